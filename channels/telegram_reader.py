"""Telegram's updates read into values: private talks with one person only, and nothing of the person but the chat's number."""

import hmac
import logging
from collections.abc import Mapping
from typing import Any

import orjson

from channels.base import BadSignature, Inbound, Malformed, Received
from channels.shapes import as_dict, as_list, as_text, whole_object
from channels.telegram_media import attachments_of

_log = logging.getLogger(__name__)
CHANNEL = "telegram"
HEADER = "x-telegram-bot-api-secret-token"
# The kinds of update that we ask Telegram for, and that are read here; of all others nothing is said to us.
WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
# What a person can send besides words, as far as Bot API 10 knows; anything else in a message is Telegram's own note (a pinned message,
# a new theme, a deletion timer) and not said to us.
_SENT_BY_A_PERSON = (
    "animation", "audio", "checklist", "dice", "document", "game", "gift", "giveaway", "invoice", "live_photo", "location", "paid_media",
    "passport_data", "photo", "poll", "rich_message", "sticker", "story", "unique_gift", "venue", "video", "video_note", "voice",
)  # fmt: skip
_OF_OTHERS = ("contact", "users_shared", "chat_shared")


class TelegramReader:
    """Reads updates of one bot. Whatever happens in a group or a channel is nothing, so the bot is silent there."""

    def __init__(self, secret: str, bot_id: str) -> None:
        self._secret = secret.encode()
        self._bot_id = bot_id

    def read(self, received: Received) -> tuple[Inbound, ...]:
        """What a posted update says. Raises BadSignature or Malformed."""
        given = received.headers.get(HEADER, "").encode(errors="replace")
        if not self._secret or not hmac.compare_digest(given, self._secret):
            raise BadSignature
        return self.said(received.body)

    def said(self, body: bytes) -> tuple[Inbound, ...]:
        """What an update says that is known to be Telegram's. Raises Malformed when it has no number to answer for.

        One with a number but in no form that we know says nothing: refused, it would hold up everything behind it in its worker's chat
        for a day (tdlib/telegram-bot-api sends a chat's updates in order and tries each again).
        """
        update = whole_object(body)
        if update is None:
            raise Malformed
        key = f"{self._bot_id}:{_number(update.get('update_id'))}"
        try:
            return _read(key, update)
        except Malformed:
            _log.warning("an update of Telegram has a form that is not known; nothing is kept of it")
            return ()

    def answer(self, received: Received) -> bytes | None:
        """The answer to a posted tap on a button, None for any other update.

        A call to the Bot API may stand in the answer to a post (Bot API, "Making requests when getting updates"): this one ends the
        turning circle on the button, which would stay for minutes. Telegram keeps a tap for 150 seconds (tdlib/telegram-bot-api).
        """
        query = tap_of(received.body)
        return orjson.dumps({"method": "answerCallbackQuery", "callback_query_id": query}) if query else None


def tap_of(body: bytes) -> str:
    """The number under which a tap on a button is acknowledged; empty for any other update."""
    if b'"callback_query"' not in body:
        return ""
    return as_text(as_dict((whole_object(body) or {}).get("callback_query")).get("id"))


def _read(key: str, update: Mapping[str, Any]) -> tuple[Inbound, ...]:
    for name, read in (("message", _said), ("edited_message", _edited), ("callback_query", _tapped), ("my_chat_member", _shut_or_open)):
        if name in update:
            return read(key, _part(update, name))
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


def _address(whole: Mapping[str, Any]) -> str | None:
    """The number of a private chat, which is its person's; None for a chat with several, or with another bot."""
    chat = _part(whole, "chat")
    address = str(_number(chat.get("id")))
    is_bot = as_dict(whole.get("from")).get("is_bot") is True
    return address if chat.get("type") == "private" and not is_bot else None


def _trace(message: Mapping[str, Any]) -> str | None:
    number = message.get("message_id")
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else None


def _said(key: str, message: Mapping[str, Any]) -> tuple[Inbound, ...]:
    address = _address(message)
    if address is None:
        return ()
    trace = _trace(message)
    if any(name in message for name in _OF_OTHERS):
        return (Inbound(CHANNEL, key, address, "contact", trace=trace),)
    text = as_text(message.get("text"))
    if text:
        return (_start(key, address, text, trace) or Inbound(CHANNEL, key, address, "message", text, trace=trace),)
    media = attachments_of(message)
    if media:
        return (Inbound(CHANNEL, key, address, "message", as_text(message.get("caption")), attachments=media, trace=trace),)
    return _wordless(key, address, message, trace)


def _start(key: str, address: str, text: str, trace: str | None) -> Inbound | None:
    """A tap on Start, with what the link carried (`t.me/...?start=52746-en`)."""
    command, _, rest = text.partition(" ")
    if command.partition("@")[0] != "/start":
        return None
    return Inbound(CHANNEL, key, address, "start", payload=rest.strip() or None, trace=trace)


def _wordless(key: str, address: str, message: Mapping[str, Any], trace: str | None) -> tuple[Inbound, ...]:
    """What cannot be taken; words under it are taken all the same, and the worker hears that the rest was not."""
    if not any(name in message for name in _SENT_BY_A_PERSON):
        return ()
    caption = as_text(message.get("caption"))
    refused = Inbound(CHANNEL, f"{key}/media" if caption.strip() else key, address, "unsupported", trace=trace)
    return (Inbound(CHANNEL, key, address, "message", caption, trace=trace), refused) if caption.strip() else (refused,)


def _edited(key: str, message: Mapping[str, Any]) -> tuple[Inbound, ...]:
    """A message as the worker corrected it. A live position moves by edits without words, of which nothing is kept."""
    address, trace = _address(message), _trace(message)
    text = as_text(message.get("text")) or as_text(message.get("caption"))
    media = tuple(each for each in attachments_of(message) if each.kind != "place")
    if address is None or trace is None or not (text or media):
        return ()
    return (Inbound(CHANNEL, key, address, "edit", text, attachments=media, trace=trace),)


def _tapped(key: str, query: Mapping[str, Any]) -> tuple[Inbound, ...]:
    """A tapped button; who tapped is the private chat, also when the message with the buttons is too old to be told.

    A tap leaves no message of its own; the one with the buttons is ours, and known by its sending.
    """
    address = str(_number(_part(query, "from").get("id")))
    option = as_text(query.get("data"))
    message = as_dict(query.get("message"))
    in_private = as_dict(message.get("chat")).get("type", "private") == "private" and "inline_message_id" not in query
    if not option or not in_private:
        return ()
    return (Inbound(CHANNEL, key, address, "button", _title(message, option), option=option),)


def _title(message: Mapping[str, Any], option: str) -> str:
    """The words on the button, from the message that it stands under."""
    rows = as_list(as_dict(message.get("reply_markup")).get("inline_keyboard"))
    buttons = [as_dict(button) for row in rows for button in as_list(row)]
    return next((as_text(button.get("text")) for button in buttons if button.get("callback_data") == option), "")


def _shut_or_open(key: str, change: Mapping[str, Any]) -> tuple[Inbound, ...]:
    """The worker blocked the bot or let it in again (Bot API, `my_chat_member`: in private chats only then)."""
    address = _address(change)
    status = as_dict(change.get("new_chat_member")).get("status")
    if address is None or status not in ("kicked", "member"):
        return ()
    return (Inbound(CHANNEL, key, address, "opt_out" if status == "kicked" else "unblocked"),)
