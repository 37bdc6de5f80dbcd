"""What Telegram posts to us: updates with everything that it tells of a person, and the secret in their header."""

import itertools
import json
import time
from collections.abc import Mapping

from tests.doubles.carrier import Webhook

TOKEN = "7000000001:a-token-of-the-tests-and-of-no-bot"
BOT_ID = "7000000001"
SECRET = "a-secret-of-the-tests-and-of-no-webhook"
ABOUT_THE_BOT: Mapping[str, object] = {"id": int(BOT_ID), "is_bot": True, "first_name": "Work info line", "username": "work_info_bot"}
_message_ids = itertools.count(1000)
_update_ids = itertools.count(880_000_001)


def sign(secret: str = SECRET) -> dict[str, str]:
    """The headers of an update."""
    return {"x-telegram-bot-api-secret-token": secret, "content-type": "application/json"}


def webhook(url: str, update: Mapping[str, object], secret: str = SECRET) -> Webhook:
    """A post of Telegram to this public URL."""
    return raw_webhook(url, json.dumps(update).encode(), secret)


def raw_webhook(url: str, body: bytes, secret: str = SECRET) -> Webhook:
    """A post of any body."""
    return Webhook(url, sign(secret), body)


def update(**part: object) -> dict[str, object]:
    """An update with the next number."""
    return {"update_id": next(_update_ids), **part}


def said(by: int, text: str, **more: object) -> dict[str, object]:
    """The update of a message in a private talk; a command is marked as Telegram marks it."""
    entities = [{"offset": 0, "length": len(text.split(maxsplit=1)[0]), "type": "bot_command"}] if text.startswith("/") else []
    words = {"text": text, "entities": entities} if entities else {"text": text}
    return update(message=message(by, **words, **more))


def message(of: int, **part: object) -> dict[str, object]:
    """A message of a person, with everything that Telegram tells of them."""
    return {
        "message_id": next(_message_ids),
        "from": person(of),
        "chat": chat(of),
        "date": int(time.time()),
        **part,
    }


def person(number: int) -> dict[str, object]:
    """A person as Telegram shows them to a bot."""
    return {
        "id": number, "is_bot": False, "first_name": "Rahima", "last_name": "Begum-Invented", "username": "rahima_invented",
        "language_code": "bn",
    }  # fmt: skip


def chat(number: int) -> dict[str, object]:
    """The private talk with a person."""
    return {"id": number, "first_name": "Rahima", "last_name": "Begum-Invented", "username": "rahima_invented", "type": "private"}


def tapped(by: int, option: str, title: str = "Yes, danger now") -> dict[str, object]:
    """The update of a tap on a button under a message of the bot."""
    keyboard = {"inline_keyboard": [[{"text": "No danger now", "callback_data": "other"}], [{"text": title, "callback_data": option}]]}
    question = {
        "message_id": next(_message_ids), "from": ABOUT_THE_BOT, "chat": chat(by), "date": int(time.time()),
        "text": "Is anyone in danger now?", "reply_markup": keyboard,
    }  # fmt: skip
    query = {"id": "4382bfdwdsb323b2d9", "from": person(by), "message": question, "chat_instance": "-3847", "data": option}
    return update(callback_query=query)
