"""Telegram's double: takes messages over the Bot API."""

import itertools
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.doubles.carrier import Answer, CarrierDouble, Fault, Request, Sent, arguments, stand
from tests.doubles.telegram_posts import ABOUT_THE_BOT, TOKEN, sign, webhook

_LONGEST = 4096
_LONGEST_OPTION = 64


class TelegramDouble(CarrierDouble):
    """Takes the messages of one bot."""

    sign = staticmethod(sign)
    webhook = staticmethod(webhook)

    def __init__(self, *, port: int = 0, record: Path | None = None, delay: float = 0.0) -> None:
        super().__init__(port=port, record=record, delay=delay)
        self._message_ids = itertools.count(5000)

    def take(self, request: Request) -> Sent | Answer:
        if not request.path.startswith("/bot"):
            return self.refusal(Fault(404, text="Not Found"))
        bot, _, method = request.path.removeprefix("/bot").partition("/")
        if bot != TOKEN:
            return self.refusal(Fault(401, text="Unauthorized"))
        if method == "getMe":
            return Answer(200, {"ok": True, "result": ABOUT_THE_BOT})
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
        message = {"message_id": int(sent.id), "from": ABOUT_THE_BOT, "chat": chat, "date": int(time.time()), "text": sent.body}
        return Answer(200, {"ok": True, "result": message | {"has_protected_content": True}})

    def refusal(self, fault: Fault) -> Answer:
        status = fault.status or 500
        body: dict[str, object] = {"ok": False, "error_code": status, "description": fault.text}
        if fault.retry_after is not None:
            body["parameters"] = {"retry_after": fault.retry_after}
        return Answer(status, body)


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
