"""Whether a request was signed by Twilio: HMAC over the public URL and every field, with the account's token or a shared key.

Facts: Twilio, "Webhooks security" and "Sign webhooks with shared keys" (the key's algorithm stands in a header of its own).
"""

import binascii
import hmac
import re
from collections.abc import Iterator, Sequence
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
        return any(
            hmac.compare_digest(_base64(hmac.digest(token, url, algorithm)), given)
            for url in self._signed(received.url, fields)
            for token in self._tokens
        )

    def _signed(self, url: str, fields: str) -> Iterator[bytes]:
        """What Twilio may have signed: it is not steady about the standard port, nor about an apostrophe in the query."""
        tail = _tail(url)
        for spelling in dict.fromkeys((tail, tail.replace("'", "%27"), tail.replace("%27", "'"))):
            for origin in self._origins:
                yield (origin + spelling + fields).encode(errors="replace")


def _base64(digest: bytes) -> bytes:
    return binascii.b2a_base64(digest, newline=False)


def _algorithm(settings: str | None) -> str | None:
    """The hash named in `key=...,algorithm=HMAC_SHA256`; SHA-1 where nothing is named, None for one that we do not know."""
    named = _ALGORITHM.search(settings) if settings else None
    return "sha1" if named is None else _ALGORITHMS.get(named[1].upper())


def _origins(public_url: str) -> tuple[str, ...]:
    scheme, host = urlsplit(public_url)[:2]
    bare = _PORT.sub("", host)
    with_port = host if host != bare else bare + _STANDARD_PORTS.get(scheme, "")
    return tuple(dict.fromkeys((f"{scheme}://{host}", f"{scheme}://{bare}", f"{scheme}://{with_port}")))


def _tail(url: str) -> str:
    """Path and query, as Twilio called them; it never sends a fragment."""
    start = url.find("/", url.find("//") + 2)
    return url[start:].partition("#")[0] if start >= 0 else ""
