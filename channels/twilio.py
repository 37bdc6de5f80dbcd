"""Twilio, which carries both SMS and WhatsApp: its webhooks read into values, and its REST call to send one message."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

from channels.base import BadSignature, Failure, Inbound, Malformed, Received, SendError, SendStatus, Sent, Status
from channels.config import ChannelConfig
from channels.failures import of_twilio
from channels.quiet import hush
from channels.shapes import whole_object
from channels.twilio_signature import Signatures

WHATSAPP = "whatsapp:"
STATUS_PATH = "/webhooks/twilio/status"
STATUSES: Mapping[str, SendStatus] = {
    "accepted": "queued",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "partially_delivered": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}
_MOST_FIELDS = 500
_LONGEST_ID = 300
_FORM = "application/x-www-form-urlencoded"
_TYPED = frozenset({"", "text", "button", "interactive"})
# Long SMS have been seen to arrive as base64: no spaces, and longer than any word.
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}){20,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
PATIENCE = 15.0
_CONNECTIONS = httpx.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=15.0)
# Nothing of the request had left when these happened, so that sending again cannot say anything twice.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class TwilioReader:
    """Reads both of Twilio's webhooks, messages and delivery statuses, for SMS and WhatsApp."""

    def __init__(self, public_url: str, auth_tokens: tuple[str, ...]) -> None:
        self._signatures = Signatures(public_url, auth_tokens)

    def read(self, received: Received) -> tuple[Inbound | Status, ...]:
        """What a request says. Raises BadSignature or Malformed."""
        form = self._genuine(received)
        on_status_path = received.url.partition("?")[0].endswith("/status")
        status = form.get("MessageStatus") or (form.get("SmsStatus") if on_status_path else None)
        return _status(form, status) if status else _messages(form)

    def _genuine(self, received: Received) -> dict[str, str]:
        if not received.headers.get("content-type", _FORM).lower().startswith(_FORM):
            return self._genuine_body(received)
        try:
            pairs = parse_qsl(received.body.decode(errors="replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            raise BadSignature from None
        if not self._signatures.of_form(received, pairs):
            raise BadSignature
        return dict(pairs)

    def _genuine_body(self, received: Received) -> dict[str, str]:
        if not self._signatures.of_body(received):
            raise BadSignature
        fields = whole_object(received.body)
        if fields is None:
            raise Malformed
        return {name: value for name, value in fields.items() if isinstance(value, str)}


def _identified(value: str | None) -> str:
    if not value or len(value) > _LONGEST_ID:
        raise Malformed
    return value


def _message_sid(form: Mapping[str, str]) -> str:
    return _identified(form.get("MessageSid") or form.get("SmsSid") or form.get("SmsMessageSid"))


def _status(form: Mapping[str, str], said: str) -> tuple[Status, ...]:
    sid, status = _message_sid(form), STATUSES.get(said.lower())
    if status is None:
        return ()
    error = form.get("ErrorCode") or None
    failure = of_twilio(error) or Failure.TEMPORARY if status in {"undelivered", "failed"} else None
    over_whatsapp = any(form.get(name, "").startswith("whatsapp") for name in ("From", "To", "ChannelPrefix"))
    return (Status("whatsapp" if over_whatsapp else "sms", sid, status, error, failure),)


def _messages(form: Mapping[str, str]) -> tuple[Inbound, ...]:
    """What a worker did. Twilio answers STOP, START and HELP itself, and what it carries from elsewhere is no channel of ours."""
    sid, sender = _message_sid(form), _identified(form.get("From"))
    if form.get("OptOutType") or not (sender.startswith(WHATSAPP) or ":" not in sender):
        return ()
    return _on_whatsapp(form, sid, sender) if sender.startswith(WHATSAPP) else _with_media(form, "sms", sid, sender)


def _on_whatsapp(form: Mapping[str, str], sid: str, sender: str) -> tuple[Inbound, ...]:
    """A sender's id at this business is preferred to a phone number: it outlives the number, and may come without one."""
    own_id = form.get("ExternalUserId") or form.get("ExternalUserIdentifier") or sender
    address = _identified(own_id.removeprefix(WHATSAPP))
    option = form.get("ButtonPayload") or form.get("ListId")
    if option:
        title = form.get("ButtonText") or form.get("ListTitle") or form.get("Body", "")
        return (Inbound("whatsapp", sid, address, "button", title, option=option),)
    if form.get("MessageType", "") == "contacts":
        return (Inbound("whatsapp", sid, address, "contact"),)
    return _with_media(form, "whatsapp", sid, address)


def _with_media(form: Mapping[str, str], channel: str, sid: str, address: str) -> tuple[Inbound, ...]:
    """Words, and a word about what came with them that cannot be read here; of a shared contact not even its name is kept."""
    media = [value for name, value in form.items() if name.startswith("MediaContentType")]
    if any("vcard" in kind.lower() for kind in media):
        return (Inbound(channel, sid, address, "contact"),)
    text = _plain(form.get("Body", ""))
    wordless = bool(media) or form.get("MessageType", "") not in _TYPED or form.get("NumMedia", "0") not in {"0", ""}
    if wordless and not text.strip():
        return (Inbound(channel, sid, address, "unsupported"),)
    words = Inbound(channel, sid, address, "message", text)
    return (words, Inbound(channel, f"{sid}/media", address, "unsupported")) if wordless else (words,)


def _plain(text: str) -> str:
    if not _BASE64.fullmatch(text):
        return text
    try:
        decoded = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text
    return decoded if " " in decoded and all(letter.isprintable() or letter.isspace() for letter in decoded) else text


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """The account that messages leave from; `status_url` is where Twilio tells how they fared."""

    sid: str
    token: str = field(repr=False)
    api_url: str
    status_url: str


def account(config: ChannelConfig) -> TwilioAccount:
    """The account of an installation; the first token sends."""
    token = next(iter(config.twilio_auth_tokens), "")
    status_url = config.public_url.rstrip("/") + STATUS_PATH
    return TwilioAccount(config.twilio_account_sid or "", token, config.twilio_api_url.rstrip("/"), status_url)


def open_reader(config: ChannelConfig) -> TwilioReader:
    """The reader of an installation's webhooks."""
    return TwilioReader(config.public_url, config.twilio_auth_tokens)


class TwilioSender:
    """Posts one message at a time; the SDK is not used since it has no base address, no timeout of its own and logs numbers.

    `patience` is how many seconds it waits for Twilio's answer.
    """

    def __init__(self, from_account: TwilioAccount, *, patience: float = PATIENCE) -> None:
        hush()
        self._status_url = from_account.status_url
        self._path = f"{from_account.api_url}/2010-04-01/Accounts/{from_account.sid}/Messages.json"
        timeouts = httpx.Timeout(patience, connect=min(patience, 5.0))
        self._client = httpx.AsyncClient(auth=(from_account.sid, from_account.token), timeout=timeouts, limits=_CONNECTIONS)

    async def send(self, fields: Mapping[str, str]) -> Sent:
        """Create a message of these fields (`To`, `Body`, `From` ...). Raises SendError."""
        try:
            response = await self._client.post(self._path, data={**fields, "StatusCallback": self._status_url})
        except _BEFORE_SENDING:
            raise SendError(Failure.TEMPORARY) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise SendError(Failure.CONFIG) from None
        except httpx.HTTPError:
            raise SendError(Failure.TEMPORARY, ambiguous=True) from None
        return _outcome(response)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


def _outcome(response: httpx.Response) -> Sent:
    said = whole_object(response.content) or {}
    if not response.is_success:
        raise _refusal(response, said)
    sid = said.get("sid")
    if not isinstance(sid, str) or not sid:
        raise SendError(Failure.TEMPORARY, ambiguous=True)
    return Sent(sid, STATUSES.get(str(said.get("status")), "queued"))


def _refusal(response: httpx.Response, said: Mapping[str, Any]) -> SendError:
    status = response.status_code
    code = str(said["code"]) if isinstance(said.get("code"), int) else str(status)
    if status >= 500 or status == 408:
        return SendError(Failure.TEMPORARY, ambiguous=True, code=code)
    unlisted = Failure.RATE_LIMITED if status == 429 else Failure.BAD_CONTENT if status in {400, 413, 422} else Failure.CONFIG
    return SendError(of_twilio(code) or unlisted, retry_after=_seconds(response.headers.get("retry-after")), code=code)


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and re.fullmatch(r"[0-9]{1,6}", header) else None
