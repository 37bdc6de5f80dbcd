"""Whether a request was signed by Twilio: HMAC over the public URL and every field, with the account's token or a shared key.

Facts: Twilio, "Webhooks security" and "Sign webhooks with shared keys" (the key's algorithm stands in a header of its own).
"""

import binascii
import hmac
import re
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import urlsplit

from channels.base import Received

SIGNATURE = "x-twilio-signature"
SETTINGS = "x-twilio-webhooks-signature-settings"
_ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_ALGORITHM = re.compile(r"(?:^|,)\s*algorithm\s*=\s*([^,\s]+)\s*(?=,|$)")
_BODY_HASH = re.compile(r"[?&]bodySHA256=([^&#]*)")
_PORT = re.compile(r":\d+$")
_STANDARD_PORTS = {"https": ":443", "http": ":80"}


class Signatures:
    """Checks signatures against the address that carriers were given, never against a header that a stranger could write."""

    def __init__(self, public_url: str, tokens: Sequence[str]) -> None:
        self._origins = _origins(public_url)
        self._tokens = tuple(token.encode() for token in tokens if token)

    def of_form(self, received: Received, pairs: list[tuple[str, str]]) -> bool:
        """Whether a form post is genuine; `pairs` are all its fields, blank ones too. Repeated pairs count once."""
        return self._holds(received, "".join([name + value for name, value in sorted(set(pairs))]))

    def of_body(self, received: Received) -> bool:
        """Whether any other post is genuine: the signed URL names the body's hash, and without one nothing vouches for the body."""
        named = _BODY_HASH.search(received.url)
        if named is None or not hmac.compare_digest(named[1].encode(errors="replace"), sha256(received.body).hexdigest().encode()):
            return False
        return self._holds(received, "")

    def _holds(self, received: Received, fields: str) -> bool:
        given = received.headers.get(SIGNATURE, "").encode(errors="replace")
        algorithm = _algorithm(received.headers.get(SETTINGS))
        if not given or algorithm is None:
            return False
        tail = _tail(received.url)
        return any(self._signed(origin + spelling + fields, given, algorithm) for spelling in _spellings(tail) for origin in self._origins)

    def _signed(self, text: str, given: bytes, algorithm: str) -> bool:
        whole = text.encode(errors="replace")
        for token in self._tokens:
            if hmac.compare_digest(binascii.b2a_base64(hmac.digest(token, whole, algorithm), newline=False), given):
                return True
        return False


def _spellings(tail: str) -> tuple[str, ...]:
    """Twilio is not steady about an apostrophe in the query; nearly every URL has none."""
    if "'" not in tail and "%27" not in tail:
        return (tail,)
    return tail, tail.replace("'", "%27"), tail.replace("%27", "'")


def _algorithm(settings: str | None) -> str | None:
    """The hash named in `key=...,algorithm=HMAC_SHA256`; SHA-1 where nothing is named, None for one that we do not know."""
    named = _ALGORITHM.search(settings) if settings else None
    return "sha1" if named is None else _ALGORITHMS.get(named[1].upper())


def _origins(public_url: str) -> tuple[str, ...]:
    """The address as it was given, and with and without its port, about which Twilio is not steady either."""
    scheme, host = urlsplit(public_url)[:2]
    bare = _PORT.sub("", host)
    with_port = host if host != bare else bare + _STANDARD_PORTS.get(scheme, "")
    return tuple(dict.fromkeys((f"{scheme}://{host}", f"{scheme}://{bare}", f"{scheme}://{with_port}")))


def _tail(url: str) -> str:
    """Path and query, as Twilio called them; it never sends a fragment."""
    start = url.find("/", url.find("//") + 2)
    return url[start:].partition("#")[0] if start >= 0 else ""
