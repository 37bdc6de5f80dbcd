"""What every answer to a browser says about itself: whom it may load from, who may frame it, that nothing is kept (ASVS 3.4.x, 14.3.x)."""

from collections.abc import MutableMapping
from typing import Any

from api.webhooks import Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_ALWAYS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    (b"x-frame-options", b"DENY"),
)
_HSTS = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
_NO_STORE = (b"cache-control", b"no-store")


def guarded(send: Send, *, secure: bool) -> Send:
    """Wrap `send` so that every answer carries our headers; an answer that says nothing of caching is not stored."""

    async def send_guarded(event: MutableMapping[str, Any]) -> None:
        if event["type"] == "http.response.start":
            headers = list(event.get("headers", ()))
            known = {name for name, _ in headers}
            ours = [*_ALWAYS, _NO_STORE, _HSTS] if secure else [*_ALWAYS, _NO_STORE]
            event = {**event, "headers": headers + [pair for pair in ours if pair[0] not in known]}
        await send(event)

    return send_guarded
