"""What Twilio posts to us: inbound messages and delivery statuses with all their fields, signed as Twilio signs them."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from tests.doubles.carrier import Webhook

ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "a-token-of-the-tests-and-of-no-account"
OUR_NUMBER = "+447700900000"
OUR_WHATSAPP = "+447700900001"
_FORM = "application/x-www-form-urlencoded"


def sid(prefix: str = "SM") -> str:
    """An id as Twilio makes them."""
    return prefix + secrets.token_hex(16)


def signature(url: str, pairs: list[tuple[str, str]], token: str = TOKEN, algorithm: str = "sha1") -> str:
    """The value of X-Twilio-Signature for a request."""
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), algorithm).digest()).decode()


def sign(url: str, params: Mapping[str, str], token: str = TOKEN) -> dict[str, str]:
    """The headers of a signed form post."""
    return {"x-twilio-signature": signature(url, list(params.items()), token), "content-type": _FORM, "user-agent": "TwilioProxy/1.1"}


def webhook(url: str, params: Mapping[str, str], token: str = TOKEN) -> Webhook:
    """A form post of Twilio to this public URL."""
    return Webhook(url, sign(url, params, token), urlencode(params).encode())


def raw_webhook(url: str, body: bytes, kind: str = "application/json") -> Webhook:
    """A post of any body: the signed URL names the body's hash."""
    whole = f"{url}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    return Webhook(whole, {"x-twilio-signature": signature(whole, []), "content-type": kind}, body)


def json_webhook(url: str, fields: Mapping[str, object]) -> Webhook:
    """A JSON post of Twilio."""
    return raw_webhook(url, json.dumps(fields).encode())


def sms(sender: str, text: str, **more: str) -> dict[str, str]:
    """The fields of an inbound SMS, as Twilio posts them."""
    message = sid()
    return {
        "ToCountry": "GB", "ToState": "", "SmsMessageSid": message, "NumMedia": "0", "ToCity": "", "FromZip": "2516 AB",
        "SmsSid": message, "FromState": "Zuid-Holland", "SmsStatus": "received", "FromCity": "DEN HAAG", "Body": text,
        "FromCountry": "NL", "To": OUR_NUMBER, "ToZip": "", "NumSegments": "1", "MessageSid": message, "AccountSid": ACCOUNT,
        "From": sender, "ApiVersion": "2010-04-01", **more,
    }  # fmt: skip


def whatsapp(sender: str, text: str, **more: str) -> dict[str, str]:
    """The fields of an inbound WhatsApp message, as Twilio posts them."""
    message = sid()
    number = sender.removeprefix("+")
    return {
        "SmsMessageSid": message, "NumMedia": "0", "ProfileName": "Rahima B.", "MessageType": "text", "SmsSid": message, "WaId": number,
        "SmsStatus": "received", "Body": text, "To": f"whatsapp:{OUR_WHATSAPP}", "NumSegments": "1", "ReferralNumMedia": "0",
        "MessageSid": message, "AccountSid": ACCOUNT, "From": f"whatsapp:{sender}", "ApiVersion": "2010-04-01",
        "ChannelMetadata": json.dumps(
            {"type": "whatsapp", "data": {"context": {"ProfileName": "Rahima B.", "WaId": number}}}, separators=(",", ":")
        ),
        **more,
    }  # fmt: skip


def whatsapp_without_number(own_id: str, text: str, **more: str) -> dict[str, str]:
    """The same of somebody who shows no phone number: WhatsApp's own id alone (`BD.1349...`)."""
    fields = whatsapp(own_id, text, ExternalUserId=f"whatsapp:{own_id}", **more)
    return {name: value for name, value in fields.items() if name not in ("WaId", "ChannelMetadata")}


def status(message: str, status: str, *, to: str, error: str | None = None) -> dict[str, str]:
    """The fields of a delivery status, as Twilio posts them."""
    origin = f"whatsapp:{OUR_WHATSAPP}" if to.startswith("whatsapp:") else OUR_NUMBER
    fields = {
        "SmsSid": message, "SmsStatus": status, "MessageStatus": status, "To": to, "MessageSid": message, "AccountSid": ACCOUNT,
        "From": origin, "ApiVersion": "2010-04-01",
    }  # fmt: skip
    if to.startswith("whatsapp:"):
        fields |= {"ChannelPrefix": "whatsapp", "ChannelInstallSid": sid("XE"), "ChannelToAddress": to.removeprefix("whatsapp:")}
    return fields | ({"ErrorCode": error, "ErrorMessage": "Said by the carrier"} if error else {})
