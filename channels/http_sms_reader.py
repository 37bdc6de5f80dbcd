"""What a local SMS gateway posts, read as its file describes: words, stops and delivery statuses, and nothing else of the post."""

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl

from channels.base import BadSignature, Failure, Inbound, Malformed, Received, Status, Thanks
from channels.http_sms_file import Gateway, Numbers, Proof
from channels.shapes import whole_object

CHANNEL = "http_sms"
PATH = "/webhooks/http-sms"
# The ends of the path by which a gateway without a field for it tells what it posts; the bare path is `receive`.
EVENTS = ("receive", "status", "sent", "delivered", "failed", "stopped")
_MOST_FIELDS = 100
_LONGEST_ADDRESS = 100
_LONGEST_ID = 100
_LONGEST_STATUS_ID = 80
_MARKS = re.compile(r"[\s()-]")
_NUMBER = re.compile(r"\+?[0-9]{7,20}")
# A name, or a number of few digits, is a carrier's or a shop's service: nobody is there, and two machines might answer each other.
_SERVICE = re.compile(r"(?!\+?[0-9\s()-]{7,}$).*", re.DOTALL)


class HttpSmsReader:
    """Reads the posts of one gateway; `secret` proves that they are its own. `thanks` is what it hears when they were kept."""

    def __init__(self, gateway: Gateway, secret: str) -> None:
        self._gateway = gateway
        self._secret = secret.encode()
        self.thanks = Thanks(gateway.inbound.reply.body.encode(), gateway.inbound.reply.media_type)

    def read(self, received: Received) -> tuple[Inbound | Status, ...]:
        """What a post says. Raises BadSignature or Malformed."""
        if not self._secret or not proven(self._gateway.inbound.proof, received, self._secret):
            raise BadSignature
        fields = self._fields(received.body)
        event = self._event(received.url, fields)
        posts = self._gateway.inbound
        stopped, statuses = self._gateway.stopped, self._gateway.statuses
        if event in posts.messages:
            return self._said(fields, "message")
        if event in posts.unsupported:
            return self._said(fields, "unsupported")
        if stopped is not None and event in stopped.events:
            return self._stop(fields, stopped.sender, event)
        if statuses is not None and (event in statuses.events or event in statuses.words):
            return self._fared(fields, event)
        return ()

    def _fields(self, body: bytes) -> Callable[[str | None], str]:
        if self._gateway.inbound.format == "json":
            whole = whole_object(body)
            if whole is None:
                raise Malformed
            return lambda spot: scalar(found(whole, spot))
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            raise Malformed from None
        # Of a field that comes twice the first counts, as in the gateways that this contract comes from.
        form = dict(reversed(pairs))
        return lambda spot: form.get(spot or "", "")

    def _event(self, url: str, fields: Callable[[str | None], str]) -> str:
        spot = self._gateway.inbound.event
        if spot is not None:
            return fields(spot)
        end = url.partition("?")[0].removesuffix("/").rpartition("/")[2]
        return end if end in EVENTS else "receive"

    def _said(self, fields: Callable[[str | None], str], kind: str) -> tuple[Inbound, ...]:
        posts = self._gateway.inbound
        sender = self._sender(fields(posts.sender))
        if sender is None:
            return ()
        text = fields(posts.text)
        key = self._key(fields(posts.id), sender, text, fields(posts.date))
        if kind == "unsupported":
            return (Inbound(CHANNEL, key, sender, "unsupported"),)
        return (Inbound(CHANNEL, key, sender, "message", text),)

    def _stop(self, fields: Callable[[str | None], str], spot: str, event: str) -> tuple[Inbound, ...]:
        sender = self._sender(fields(spot))
        if sender is None:
            return ()
        posts = self._gateway.inbound
        return (Inbound(CHANNEL, self._key(fields(posts.id), sender, event, fields(posts.date)), sender, "opt_out"),)

    def _fared(self, fields: Callable[[str | None], str], event: str) -> tuple[Status, ...]:
        told = self._gateway.statuses
        if told is None:
            return ()
        status = told.words.get(fields(told.word) if told.word else event)
        if status is None:
            return ()
        sent_id = fields(told.id)
        if not sent_id or len(sent_id) > _LONGEST_STATUS_ID:
            raise Malformed
        if status not in {"undelivered", "failed"}:
            return (Status(CHANNEL, sent_id, status),)
        reason = fields(told.reason)
        return (Status(CHANNEL, sent_id, status, reason[:_LONGEST_STATUS_ID] or None, told.reasons.get(reason, Failure.UNDELIVERABLE)),)

    def _sender(self, given: str) -> str | None:
        """The address to answer to; None for a service that cannot be answered. Raises Malformed where there is none at all."""
        if not given.strip() or len(given) > _LONGEST_ADDRESS:
            raise Malformed
        return None if _SERVICE.fullmatch(given.strip()) else one_form(given, self._gateway.numbers)

    def _key(self, given: str, *parts: str) -> str:
        """The gateway's own id; else a keyed hash of who, what and when, which tells none of them; without a date, never the same twice."""
        if given and len(given) <= _LONGEST_ID and given.isprintable():
            return given
        if not given and not parts[-1]:
            return secrets.token_hex(16)
        return hmac.digest(self._secret, "\n".join([given, *parts]).encode(errors="replace"), "sha256").hex()


def proven(proof: Proof, received: Received, secret: bytes) -> bool:
    """Whether a post shows the gateway's secret where its file says it does."""
    if proof.kind == "query":
        query = parse_qsl(received.url.partition("?")[2], keep_blank_values=True)
        given = [value for name, value in query if name == proof.name]
        return len(given) == 1 and _same(given[0], secret)
    if proof.kind == "basic":
        scheme, _, given_word = received.headers.get("authorization", "").partition(" ")
        return _same(given_word, base64.b64encode(proof.name.encode() + b":" + secret)) and scheme.lower() == "basic"
    given_header = received.headers.get(proof.name.lower(), "")
    if proof.kind == "header":
        return _same(given_header, secret)
    over = received.body
    if proof.then_header is not None:
        over += received.headers.get(proof.then_header.lower(), "").encode(errors="replace")
    digest = hmac.digest(secret, over, proof.hash)
    return _same(given_header, proof.prefix.encode() + _written(digest, proof.digits))


def _written(digest: bytes, digits: str) -> bytes:
    if digits == "base64":
        return binascii.b2a_base64(digest, newline=False)
    return (digest.hex() if digits == "hex" else digest.hex().upper()).encode()


def _same(given: str, expected: bytes) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), expected)


def found(whole: Mapping[str, Any], spot: str | None) -> object:
    """What stands at a dotted path of a JSON object, numbers counting along lists from 0; None where nothing does."""
    here: object = whole if spot else None
    for step in (spot or "").split("."):
        if isinstance(here, dict):
            here = cast("dict[str, object]", here).get(step)
        elif isinstance(here, list) and step.isdecimal() and step.isascii() and len(step) < 6:
            row = cast("Sequence[object]", here)
            here = row[int(step)] if int(step) < len(row) else None
        else:
            return None
    return here


def scalar(value: object) -> str:
    """A JSON text, number or truth value as text; nothing for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, str | int | float) else ""


def one_form(given: str, numbers: Numbers | None) -> str:
    """A telephone number in one form, `+` first where its calling code is there or known; what is no number stays as it came.

    A plus that a gateway did not escape in a form arrives as a space.
    """
    bare = _MARKS.sub("", given)
    if not _NUMBER.fullmatch(bare):
        return given.strip()
    if bare.startswith("+") or (given.startswith(" ") and not bare.startswith("0")):
        return "+" + bare.removeprefix("+")
    if bare.startswith("00"):
        return "+" + bare[2:]
    return bare if numbers is None else _with_code(bare, numbers)


def _with_code(bare: str, numbers: Numbers) -> str:
    if bare.startswith(numbers.calling_code) and len(bare) == len(numbers.calling_code) + numbers.national_digits:
        return "+" + bare
    national = bare.removeprefix(numbers.trunk)
    return f"+{numbers.calling_code}{national}" if len(national) == numbers.national_digits else bare
