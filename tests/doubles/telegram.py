"""Telegram's double: takes messages over the Bot API, and makes the updates that Telegram would post, with their secret."""

import itertools
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.doubles.carrier import Answer, CarrierDouble, Fault, Request, Sent, Webhook, arguments, stand

TOKEN = "7000000001:a-token-of-the-tests-and-of-no-bot"
BOT_ID = "7000000001"
SECRET = "a-secret-of-the-tests-and-of-no-webhook"
_LONGEST = 4096
_LONGEST_OPTION = 64
_ABOUT_THE_BOT = {"id": int(BOT_ID), "is_bot": True, "first_name": "Work info line", "username": "work_info_bot"}


class TelegramDouble(CarrierDouble):
    """Takes the messages of one bot."""

    def __init__(self, *, port: int = 0, record: Path | None = None, delay: float = 0.0) -> None:
        super().__init__(port=port, record=record, delay=delay)
        self._message_ids = itertools.count(5000)
        self._update_ids = itertools.count(880_000_001)

    def take(self, request: Request) -> Sent | Answer:
        bot, _, method = request.path.removeprefix("/bot").partition("/")
        if bot != TOKEN:
            return self.refusal(Fault(401, text="Unauthorized"))
        if method == "getMe":
            return Answer(200, {"ok": True, "result": _ABOUT_THE_BOT})
        if method != "sendMessage":
            return self.refusal(Fault(404, text="Not Found: method not found"))
        fields = _fields(request)
        choices = _choices(fields)
        wrong = _wrong(fields, choices)
        if wrong:
            return self.refusal(Fault(400, text=f"Bad Request: {wrong}"))
        return Sent(0, fields["chat_id"], fields["text"], str(next(self._message_ids)), choices, fields)

    def thanks(self, sent: Sent) -> Answer:
        chat = {"id": int(sent.to), "first_name": "Rahima", "type": "private"}
        message = {"message_id": int(sent.id), "from": _ABOUT_THE_BOT, "chat": chat, "date": int(time.time()), "text": sent.body}
        return Answer(200, {"ok": True, "result": message | {"has_protected_content": True}})

    def refusal(self, fault: Fault) -> Answer:
        status = fault.status or 500
        body: dict[str, object] = {"ok": False, "error_code": status, "description": fault.text}
        if fault.retry_after is not None:
            body["parameters"] = {"retry_after": fault.retry_after}
        return Answer(status, body)

    def sign(self, secret: str = SECRET) -> dict[str, str]:
        """The headers of an update."""
        return {"x-telegram-bot-api-secret-token": secret, "content-type": "application/json"}

    def webhook(self, url: str, update: Mapping[str, object], secret: str = SECRET) -> Webhook:
        """A post of Telegram to this public URL."""
        return Webhook(url, self.sign(secret), json.dumps(update).encode())

    def update(self, **part: object) -> dict[str, object]:
        """An update with the next number."""
        return {"update_id": next(self._update_ids), **part}

    def said(self, person: int, text: str, **more: object) -> dict[str, object]:
        """The update of a message in a private talk; a command is marked as Telegram marks it."""
        entities = [{"offset": 0, "length": len(text.split(maxsplit=1)[0]), "type": "bot_command"}] if text.startswith("/") else []
        words = {"text": text, "entities": entities} if entities else {"text": text}
        return self.update(message=self.message(person, **words, **more))

    def message(self, person: int, **part: object) -> dict[str, object]:
        """A message of a person, with everything that Telegram tells of them."""
        return {
            "message_id": next(self._message_ids),
            "from": self.person(person),
            "chat": self.chat(person),
            "date": int(time.time()),
            **part,
        }

    def person(self, person: int) -> dict[str, object]:
        """A person as Telegram shows them to a bot."""
        return {
            "id": person, "is_bot": False, "first_name": "Rahima", "last_name": "Begum-Invented", "username": "rahima_invented",
            "language_code": "bn",
        }  # fmt: skip

    def chat(self, person: int) -> dict[str, object]:
        """The private talk with a person."""
        return {"id": person, "first_name": "Rahima", "last_name": "Begum-Invented", "username": "rahima_invented", "type": "private"}

    def tapped(self, person: int, option: str, title: str = "Yes, danger now") -> dict[str, object]:
        """The update of a tap on a button under a message of the bot."""
        keyboard = {"inline_keyboard": [[{"text": "No danger now", "callback_data": "other"}], [{"text": title, "callback_data": option}]]}
        question = {
            "message_id": next(self._message_ids), "from": _ABOUT_THE_BOT, "chat": self.chat(person), "date": int(time.time()),
            "text": "Is anyone in danger now?", "reply_markup": keyboard,
        }  # fmt: skip
        query = {"id": "4382bfdwdsb323b2d9", "from": self.person(person), "message": question, "chat_instance": "-3847", "data": option}
        return self.update(callback_query=query)


def _fields(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").startswith("application/json"):
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in json.loads(request.body).items()}
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def _choices(fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    markup: dict[str, Any] = json.loads(fields.get("reply_markup", "{}"))
    return tuple((button["callback_data"], button["text"]) for row in markup.get("inline_keyboard", []) for button in row)


def _wrong(fields: Mapping[str, str], choices: tuple[tuple[str, str], ...]) -> str:
    if not fields.get("text", "").strip():
        return "message text is empty"
    if len(fields["text"]) > _LONGEST:
        return "message is too long"
    if not fields.get("chat_id", "").lstrip("-").isdecimal():
        return "chat not found"
    if any(not 1 <= len(option.encode()) <= _LONGEST_OPTION for option, _ in choices):
        return "BUTTON_DATA_INVALID"
    return ""


if __name__ == "__main__":
    chosen = arguments(__doc__ or "").parse_args()
    stand(TelegramDouble(port=chosen.port, record=chosen.record, delay=chosen.delay))
