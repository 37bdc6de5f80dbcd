"""What Telegram takes and refuses, whatever happened before: the shape of a call (telegram_bot_api.json) and its limits.

Limits: https://core.telegram.org/bots/api (Bot API 10), read on 25 November 2026; words of refusals: tdlib/telegram-bot-api.
"""

import json
import re
from collections.abc import Callable, Mapping
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import fastjsonschema

from tests.doubles.carrier import Answer, Fault, Request

Fields = Mapping[str, Any]
_DESCRIBED: dict[str, Any] = json.loads(Path(__file__).with_name("telegram_bot_api.json").read_text(encoding="utf-8"))["methods"]
_CHECKS: dict[str, Callable[[Any], Any]] = {name: fastjsonschema.compile(schema) for name, schema in _DESCRIBED.items()}
NAMES = {name.casefold(): name for name in _DESCRIBED}
"""Telegram takes a method's name in any case."""
DELETES_SECONDS = 48 * 3600
_LONGEST, _LONGEST_CAPTION, _LONGEST_ANSWER = 4096, 1024, 200
_LONGEST_OPTION, _MOST_BUTTONS, _MOST_IN_A_ROW = 64, 100, 8
_MOST_DELETED = 100
_PORTS = {443, 80, 88, 8443}
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
# By the end of the file's name; the third kind has its mark after four bytes that say how long it is (ISO 14496-12).
_SOUNDS: dict[str, tuple[bytes, ...]] = {"ogg": (b"OggS",), "mp3": (b"ID3", b"\xff\xfb"), "m4a": (b"ftyp",)}


class Upload(bytes):
    """An uploaded file, and how its name ends."""

    ending: str

    def __new__(cls, content: bytes, name: str) -> Self:
        made = super().__new__(cls, content)
        made.ending = name.rpartition(".")[2]
        return made


def fields_of(request: Request) -> dict[str, Any]:
    """The fields of a call, as a form, as JSON or with files."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        return dict(json.loads(request.body))
    if kind.startswith("multipart/"):
        whole: Message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + request.body)
        return dict(_part(part) for part in whole.walk() if not part.is_multipart())
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def _part(part: Message) -> tuple[str, Any]:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    name, file = str(part.get_param("name", header="content-disposition")), part.get_filename()
    return name, (Upload(content, file) if file else content.decode())


def typed(method: str, fields: Fields) -> dict[str, Any]:
    """Fields with the types that their method gives them: in a form, everything but text is JSON."""
    types = _DESCRIBED.get(method, {}).get("properties", {})
    return {name: value if types.get(name, {}).get("type") == "string" else _read(value) for name, value in fields.items()}


def _read(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def spelt(value: object) -> str:
    """A value as it stands in a form."""
    return f"{len(value)} bytes" if isinstance(value, bytes) else json.dumps(value)


def against(method: str, fields: Fields) -> str:
    """What in a call is against the description of its method."""
    try:
        _CHECKS[method]({name: name if isinstance(value, bytes) else value for name, value in fields.items()})
    except fastjsonschema.JsonSchemaException as error:
        return str(error)
    return ""


def choices(fields: Fields) -> tuple[tuple[str, str], ...]:
    """The buttons of a message, as (data, words)."""
    return tuple((button["callback_data"], button["text"]) for row in _rows(fields) for button in row)


def _rows(fields: Fields) -> list[list[dict[str, str]]]:
    rows: list[list[dict[str, str]]] = fields.get("reply_markup", {}).get("inline_keyboard", [])
    return rows


def wrong(method: str, fields: Fields) -> Fault | None:
    """What Telegram refuses a call for."""
    checks: dict[str, Callable[[Fields], str]] = {
        "sendMessage": _message, "sendVoice": _voice, "deleteMessages": _deletion, "answerCallbackQuery": _tap, "setWebhook": _hook,
    }  # fmt: skip
    why = _chat(fields) or (checks[method](fields) if method in checks else "")
    return Fault(400, text=f"Bad Request: {why}") if why else None


def _chat(fields: Fields) -> str:
    return "" if isinstance(fields.get("chat_id", 0), int) else "chat not found"


def _message(fields: Fields) -> str:
    if not fields["text"].strip():
        return "message text is empty"
    if len(fields["text"]) > _LONGEST:
        return "message is too long"
    return _keyboard(fields)


def _keyboard(fields: Fields) -> str:
    shown = choices(fields)
    if any(not 1 <= len(option.encode()) <= _LONGEST_OPTION for option, _ in shown):
        return "BUTTON_DATA_INVALID"
    if any(not title.strip() for _, title in shown):
        return "inline keyboard button text must be non-empty"
    if len(shown) > _MOST_BUTTONS or any(len(row) > _MOST_IN_A_ROW for row in _rows(fields)):
        return "reply markup is too long"
    return ""


def _voice(fields: Fields) -> str:
    if not isinstance(fields["voice"], Upload):
        return "wrong file identifier/HTTP URL specified"
    if not any(fields["voice"][start:].startswith(_SOUNDS.get(fields["voice"].ending, ())) for start in (0, 4)):
        return "wrong type of the file"
    return "message caption is too long" if len(fields.get("caption", "")) > _LONGEST_CAPTION else ""


def _deletion(fields: Fields) -> str:
    numbers = fields["message_ids"]
    if not numbers:
        return "message identifiers are not specified"
    if len(numbers) > _MOST_DELETED:
        return "too many message identifiers specified"
    return "invalid message identifier specified" if min(numbers) < 1 else ""


def _tap(fields: Fields) -> str:
    return "MESSAGE_TOO_LONG" if len(fields.get("text", "")) > _LONGEST_ANSWER else ""


def _hook(fields: Fields) -> str:
    if not fields["url"]:
        return ""
    parts = urlsplit(fields["url"])
    if parts.scheme != "https":
        return "bad webhook: An HTTPS URL must be provided for webhook"
    if (parts.port or 443) not in _PORTS:
        return "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
    if "secret_token" in fields and not _SECRET.fullmatch(fields["secret_token"]):
        return "secret token contains unallowed characters"
    return "" if 1 <= fields.get("max_connections", 40) <= 100 else "invalid max_connections specified"


def raw(answer: Answer) -> bytes:
    """An answer as it goes over the line."""
    body = json.dumps(answer.body).encode()
    return f"HTTP/1.1 {answer.status} Said\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def raw_file(content: bytes) -> bytes:
    """A file as it goes over the line."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % len(content) + content
