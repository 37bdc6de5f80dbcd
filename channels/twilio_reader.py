"""Twilio's webhooks, which carry both SMS and WhatsApp, read into values; the SDK is not needed for it."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from channels.base import Attachment, AttachmentKind, BadSignature, Failure, Inbound, InboundKind, Malformed, Received, SendStatus, Status
from channels.config import ChannelConfig
from channels.failures import of_twilio
from channels.shapes import whole_object
from channels.twilio_signature import Signatures

WHATSAPP = "whatsapp:"
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
_LONGEST_URL = 2000
# Twilio's NumMedia goes up to ten.
_MOST_MEDIA = 10
_FORM = "application/x-www-form-urlencoded"
_ARRIVED = frozenset({"received", "receiving"})
_TYPED = frozenset({"", "text", "button", "interactive"})
_WITH_A_FILE = frozenset({"image", "audio", "voice", "video", "document", "sticker"})
# WhatsApp tells of a new number or id in a message of its own (Meta, changelog of 11 August 2026); Twilio has not published its names.
_CHANGES = frozenset({"system", "user_changed_number", "user_changed_user_id"})
_PREVIOUS = ("PreviousExternalUserId", "PreviousExternalUserIdentifier", "PreviousFrom")
_OPT_OUT_TYPES: Mapping[str, InboundKind] = {"STOP": "opt_out", "START": "opt_in"}
# What Twilio has acted upon already when these come alone as an SMS ("Support for opt-out keywords"). YES answers many a question and so
# stays a word; so does HELP, which somebody in danger may write.
_SMS_KEYWORDS: Mapping[str, InboundKind] = {
    **dict.fromkeys(("stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"), "opt_out"),
    **dict.fromkeys(("start", "unstop"), "opt_in"),
}
_FAMILIES: Mapping[str, AttachmentKind] = {"audio": "voice", "image": "photo", "video": "video"}
# Long SMS have been seen to arrive as base64: no spaces, and longer than any word.
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}){20,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,20})?")


class TwilioReader:
    """Reads both of Twilio's webhooks, messages and delivery statuses, for SMS and WhatsApp."""

    def __init__(self, public_url: str, auth_tokens: tuple[str, ...]) -> None:
        self._signatures = Signatures(public_url, auth_tokens)

    def read(self, received: Received) -> tuple[Inbound | Status, ...]:
        """What a request says. Raises BadSignature or Malformed.

        A message is read as one wherever it was posted, also by the fallback address, which adds ErrorCode and ErrorUrl.
        """
        form = self._genuine(received)
        on_status_path = received.url.partition("?")[0].endswith("/status")
        status = form.get("MessageStatus") or (form.get("SmsStatus") if on_status_path else None)
        return statuses(form, status) if status and status.lower() not in _ARRIVED else messages(form)

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


def statuses(form: Mapping[str, str], said: str) -> tuple[Status, ...]:
    """How a message of ours fared, by the fields of a status; nothing where the word for it is none that we know. Raises Malformed."""
    sid, status = _message_sid(form), STATUSES.get(said.lower())
    if status is None:
        return ()
    error = form.get("ErrorCode") or None
    failure = of_twilio(error) or Failure.TEMPORARY if status in {"undelivered", "failed"} else None
    over_whatsapp = any(form.get(name, "").startswith("whatsapp") for name in ("From", "To", "ChannelPrefix"))
    return (Status("whatsapp" if over_whatsapp else "sms", sid, status, error, failure),)


def messages(form: Mapping[str, str]) -> tuple[Inbound, ...]:
    """What a worker did, by the fields of a message. Raises Malformed.

    HELP that Twilio answered itself gets no second answer, and what it carries from elsewhere (`messenger:`) is no channel of ours.
    """
    sid, sender = _message_sid(form), _identified(form.get("From"))
    if not (sender.startswith(WHATSAPP) or ":" not in sender):
        return ()
    channel, address = ("whatsapp", _whatsapp_address(form, sender)) if sender.startswith(WHATSAPP) else ("sms", sender)
    if acted_upon := form.get("OptOutType", "").upper():
        kind = _OPT_OUT_TYPES.get(acted_upon)
        return (Inbound(channel, sid, address, kind),) if kind else ()
    if channel == "sms":
        keyword = _SMS_KEYWORDS.get(form.get("Body", "").strip().casefold())
        return (Inbound(channel, sid, address, keyword),) if keyword else _with_media(form, channel, sid, address)
    return _on_whatsapp(form, sid, address)


def _whatsapp_address(form: Mapping[str, str], sender: str) -> str:
    """A sender's id at this business is preferred to a phone number: it outlives the number, and may come without one."""
    own_id = form.get("ExternalUserId") or form.get("ExternalUserIdentifier") or sender
    return _identified(own_id.removeprefix(WHATSAPP))


def _on_whatsapp(form: Mapping[str, str], sid: str, address: str) -> tuple[Inbound, ...]:
    what = form.get("MessageType", "").lower()
    previous = next((form[name].removeprefix(WHATSAPP) for name in _PREVIOUS if form.get(name)), "")
    if previous and len(previous) <= _LONGEST_ID and previous != address:
        return (Inbound("whatsapp", sid, address, "identity_change", previous=previous),)
    if what == "reaction" or what in _CHANGES:
        return ()
    option = form.get("ButtonPayload") or form.get("ListId")
    if option:
        title = form.get("ButtonText") or form.get("ListTitle") or form.get("Body", "")
        return (Inbound("whatsapp", sid, address, "button", title, option=option),)
    if what == "contacts":
        return (Inbound("whatsapp", sid, address, "contact"),)
    return _with_media(form, "whatsapp", sid, address)


def _with_media(form: Mapping[str, str], channel: str, sid: str, address: str) -> tuple[Inbound, ...]:
    """Words and what came with them, and a word about what cannot be read here; of a shared contact not even its name is kept."""
    if any("vcard" in value.lower() for name, value in form.items() if name.startswith("MediaContentType")):
        return (Inbound(channel, sid, address, "contact"),)
    attachments = (*_media(form), *_place(form))
    text, unread = _words(form), _unread(form, len(attachments))
    if not (attachments or text.strip()) and unread:
        return (Inbound(channel, sid, address, "unsupported"),)
    read = Inbound(channel, sid, address, "message", text, attachments=attachments)
    return (read, Inbound(channel, f"{sid}/media", address, "unsupported")) if unread else (read,)


def _unread(form: Mapping[str, str], found: int) -> bool:
    """Whether there was more than words and what was found beside them."""
    told, what = form.get("NumMedia", "0") or "0", form.get("MessageType", "").lower()
    files = int(told) if told.isdecimal() and len(told) < 4 else 1
    named = sum(name.startswith("MediaContentType") for name in form)
    return max(files, named) > found or (not found and what not in _TYPED) or (what not in _TYPED | _WITH_A_FILE | {"location"})


def _words(form: Mapping[str, str]) -> str:
    """What was written; the name and the street of a place are not kept, and some posts repeat them as the text."""
    text = form.get("Body", "")
    if form.get("Latitude") and text in {form.get("Address"), form.get("Label")}:
        return ""
    return _plain(text)


def _media(form: Mapping[str, str]) -> Iterator[Attachment]:
    for number in range(_MOST_MEDIA):
        url, media_type = form.get(f"MediaUrl{number}", ""), form.get(f"MediaContentType{number}", "").lower()[:_LONGEST_ID]
        if url and len(url) <= _LONGEST_URL:
            yield Attachment(_kind(media_type, form.get("MessageType", "")), url, media_type)


def _kind(media_type: str, message_type: str) -> AttachmentKind:
    """WhatsApp's stickers are WebP pictures; photos come as JPEG or PNG (Meta, Cloud API, supported media)."""
    if message_type == "sticker" or (message_type and media_type.startswith("image/webp")):
        return "sticker"
    if message_type == "document":
        return "document"
    return _FAMILIES.get(media_type.partition("/")[0], "document")


def _place(form: Mapping[str, str]) -> tuple[Attachment, ...]:
    latitude, longitude = form.get("Latitude", ""), form.get("Longitude", "")
    if not (_DEGREES.fullmatch(latitude) and _DEGREES.fullmatch(longitude)):
        return ()
    north, east = float(latitude), float(longitude)
    return (Attachment("place", f"{north:.6f},{east:.6f}"),) if abs(north) <= 90 and abs(east) <= 180 else ()


def _plain(text: str) -> str:
    if not _BASE64.fullmatch(text):
        return text
    try:
        decoded = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text
    return decoded if " " in decoded and all(letter.isprintable() or letter.isspace() for letter in decoded) else text


def open_reader(config: ChannelConfig) -> TwilioReader:
    """The reader of an installation's webhooks."""
    return TwilioReader(config.public_url, config.twilio_auth_tokens)
