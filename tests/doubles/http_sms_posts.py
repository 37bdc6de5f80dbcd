"""What local gateways post to us: SMS Gateway for Android (JSON, signed) and an aggregator with form posts, each as its papers say."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tests.doubles.carrier import Webhook

SECRET = "a-signing-key-of-the-tests-alone"
ACCOUNT = "line"
PASSWORD = "a-password-of-the-tests-alone"
PATH = "/3rdparty/v1/messages"
TIMESTAMP = "1795435200"
AT = "2026-11-20T15:46:11.000+06:00"


def sign(body: bytes, timestamp: str = TIMESTAMP, secret: str = SECRET) -> dict[str, str]:
    """The headers that the app puts on a post: HMAC-SHA256 over the raw body and the time, in hexadecimal digits."""
    digest = hmac.new(secret.encode(), body + timestamp.encode(), hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "x-signature": digest,
        "x-timestamp": timestamp,
        "user-agent": "me.capcom.smsgateway/1.40.0",
    }


def raw_webhook(url: str, body: bytes) -> Webhook:
    """Any body, signed as the app signs."""
    return Webhook(url, sign(body), body)


def webhook(url: str, post: Mapping[str, Any]) -> Webhook:
    """An event as the app posts it."""
    return raw_webhook(url, json.dumps(post, ensure_ascii=False).encode())


def received(sender: str, text: str, key: str) -> dict[str, Any]:
    """The event of an SMS that the telephone received."""
    payload = {"messageId": "7c2d1f0a", "message": text, "phoneNumber": sender, "simNumber": 1, "receivedAt": AT}
    return {"deviceId": "ffffffffceb0b1db", "event": "sms:received", "id": key, "payload": payload, "webhookId": "Kqz1cV1nTq0aTn9m"}


def form(url: str, fields: Mapping[str, str], *, header: str = "x-gateway-secret", secret: str = SECRET) -> Webhook:
    """A form post of an aggregator that proves itself with a header."""
    headers = {"content-type": "application/x-www-form-urlencoded", header: secret}
    return Webhook(url, headers, urlencode(fields).encode())
