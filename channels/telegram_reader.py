"""Telegram's webhook read into values: private talks with one person only, and nothing of the person but the chat's number."""

import hmac
from collections.abc import Mapping
from typing import Any

from channels.base import BadSignature, Inbound, Malformed, Received
from channels.shapes import as_dict, as_list, as_text, whole_object

CHANNEL = "telegram"
HEADER = "x-telegram-bot-api-secret-token"
# What a person can send besides words, as far as Bot API 10 knows; anything else (a pinned message, a new theme) is not said to us.
_WORDLESS = (
    "animation", "audio", "checklist", "dice", "document", "game", "location", "paid_media", "photo", "poll", "sticker", "story", "venue",
    "video", "video_note", "voice",
)  # fmt: skip


class TelegramReader:
    """Reads updates of one bot. An edited message, a group, a reaction or a kind of update that we do not know is nothing."""

    def __init__(self, secret: str, bot_id: str) -> None:
        self._secret = secret.encode()
        self._bot_id = bot_id

    def read(self, received: Received) -> tuple[Inbound, ...]:
        """What an update says. Raises BadSignature or Malformed."""
        given = received.headers.get(HEADER, "").encode(errors="replace")
        if not self._secret or not hmac.compare_digest(given, self._secret):
            raise BadSignature
        update = whole_object(received.body)
        if update is None:
            raise Malformed
        key = f"{self._bot_id}:{_number(update.get('update_id'))}"
        if "message" in update:
            return _said(key, _part(update, "message"))
        if "callback_query" in update:
            return _tapped(key, _part(update, "callback_query"))
        return ()


def _part(whole: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = as_dict(whole.get(name))
    if not part:
        raise Malformed
    return part


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed
    return value


def _said(key: str, message: Mapping[str, Any]) -> tuple[Inbound, ...]:
    chat = _part(message, "chat")
    address = str(_number(chat.get("id")))
    if chat.get("type") != "private":
        return ()
    if "contact" in message:
        return (Inbound(CHANNEL, key, address, "contact"),)
    text = as_text(message.get("text"))
    if text:
        return (_start(key, address, text) or Inbound(CHANNEL, key, address, "message", text),)
    return _wordless(key, address, message)


def _start(key: str, address: str, text: str) -> Inbound | None:
    """A tap on Start, with what the link carried (`t.me/...?start=52746-en`)."""
    command, _, rest = text.partition(" ")
    if command.partition("@")[0] != "/start":
        return None
    return Inbound(CHANNEL, key, address, "start", payload=rest.strip() or None)


def _wordless(key: str, address: str, message: Mapping[str, Any]) -> tuple[Inbound, ...]:
    if not any(name in message for name in _WORDLESS):
        return ()
    caption = as_text(message.get("caption"))
    if not caption.strip():
        return (Inbound(CHANNEL, key, address, "unsupported"),)
    return Inbound(CHANNEL, key, address, "message", caption), Inbound(CHANNEL, f"{key}/media", address, "unsupported")


def _tapped(key: str, query: Mapping[str, Any]) -> tuple[Inbound, ...]:
    """A tapped button; who tapped is the private chat, also when the message with the buttons is too old to be told."""
    address = str(_number(_part(query, "from").get("id")))
    option = as_text(query.get("data"))
    message = as_dict(query.get("message"))
    if not option or as_dict(message.get("chat")).get("type", "private") != "private":
        return ()
    return (Inbound(CHANNEL, key, address, "button", _title(message, option), option=option),)


def _title(message: Mapping[str, Any], option: str) -> str:
    """The words on the button, from the message that it stands under."""
    rows = as_list(as_dict(message.get("reply_markup")).get("inline_keyboard"))
    buttons = [as_dict(button) for row in rows for button in as_list(row)]
    return next((as_text(button.get("text")) for button in buttons if button.get("callback_data") == option), "")
