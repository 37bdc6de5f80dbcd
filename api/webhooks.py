"""The carriers' door: a bare ASGI callable that reads, checks and keeps a message before it answers, and does nothing else.

No framework stands before it (docs/explanation/performance.md: 106 instead of 418 microseconds a request), and nothing of a request is
ever logged: not its address, not its words, not its query.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from api.deps import InboxDoor, Services
from channels.base import Answering, BadSignature, Inbound, Malformed, Reader, Received, Status, Thankful
from store.database import StoreAway
from store.events import event
from store.writer import WriterBusy

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PREFIX = "/webhooks/"
MOST_BYTES = 256 * 1024
READ_SECONDS = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer, made once."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]


def _answer(status: int, body: bytes, kind: bytes = b"text/plain; charset=utf-8", *more: tuple[bytes, bytes]) -> Answer:
    headers = (
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    )
    return Answer(status, body, headers + more)


def _thanks(reader: object) -> Answer:
    """What a carrier hears when all is well, where its reader knows better than an empty word."""
    if isinstance(reader, Thankful):
        return _answer(200, reader.thanks.body, reader.thanks.media_type.encode("latin-1", "replace"))
    return _answer(200, b"")


_CLOSE = (b"connection", b"close")
TWIML = _answer(200, b'<?xml version="1.0" encoding="UTF-8"?><Response/>', b"text/xml; charset=utf-8")
EMPTY_JSON = _answer(200, b"{}", b"application/json")
MALFORMED = _answer(400, b"This cannot be read as a message.\n")
FORBIDDEN = _answer(403, b"Forbidden.\n")
UNKNOWN = _answer(404, b"There is no such webhook.\n")
ONLY_POST = _answer(405, b"Carriers post here.\n", b"text/plain; charset=utf-8", (b"allow", b"POST"))
TOO_SLOW = _answer(408, b"The request took too long.\n", b"text/plain; charset=utf-8", _CLOSE)
TOO_LARGE = _answer(413, b"The request is too large.\n", b"text/plain; charset=utf-8", _CLOSE)
# A gateway may tell by the end of the path what it posts (RapidPro's External channel, whose contract many speak).
_GATEWAY_PATHS = (
    "/webhooks/http-sms",
    *(f"/webhooks/http-sms/{end}" for end in ("receive", "status", "sent", "delivered", "failed", "stopped")),
)
AWAY = _answer(503, b"Please call again.\n", b"text/plain; charset=utf-8", (b"retry-after", b"5"))


@dataclass(frozen=True, slots=True)
class _Door:
    """One path: whose requests come in, who reads them, and what a carrier hears when all is well."""

    url: str
    carrier: str
    reader: Reader | None
    thanks: Answer


class TooLarge(Exception):
    """The body is larger than any carrier's message."""


class Gone(Exception):
    """The carrier hung up before its request was whole."""


async def _read_body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Gone
        chunk: bytes = event.get("body", b"")
        size += len(chunk)
        if size > MOST_BYTES:
            raise TooLarge
        chunks.append(chunk)
        more = event.get("more_body", False)
    return b"".join(chunks)


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _declared_too_large(headers: dict[str, str]) -> bool:
    length = headers.get("content-length", "")
    return length.isdecimal() and (len(length) > 9 or int(length) > MOST_BYTES)


class Webhooks:
    """The ASGI callable for everything under /webhooks/."""

    def __init__(self, services: Services) -> None:
        self._inbox: InboxDoor = services.inbox
        self._answered = services.webhook_answered
        self._answering = {carrier: reader for carrier, reader in services.readers.items() if isinstance(reader, Answering)}
        self._doors = {
            path: _Door(services.public_url.rstrip("/") + path, carrier, services.readers.get(carrier), thanks)
            for path, carrier, thanks in (
                ("/webhooks/twilio/messages", "twilio", TWIML),
                ("/webhooks/twilio/status", "twilio", TWIML),
                ("/webhooks/telegram", "telegram", EMPTY_JSON),
                *((path, "http_sms", _thanks(services.readers.get("http_sms"))) for path in _GATEWAY_PATHS),
            )
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of a carrier."""
        began, door = time.perf_counter(), self._doors.get(scope["path"])
        try:
            with event("webhook"):
                answer = await self._answer(door, scope, receive)
        except Gone:
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})
        self._answered("" if door is None else door.carrier, answer.status, time.perf_counter() - began)

    async def _answer(self, door: _Door | None, scope: Scope, receive: Receive) -> Answer:
        if door is None:
            return UNKNOWN
        if scope["method"] != "POST":
            return ONLY_POST
        if door.reader is None:
            return _answer(404, f"The channels of {door.carrier} are not switched on here.\n".encode())
        headers = _headers(scope)
        if _declared_too_large(headers):
            return TOO_LARGE
        try:
            async with asyncio.timeout(READ_SECONDS):
                body = await _read_body(receive)
        except TooLarge:
            return TOO_LARGE
        except TimeoutError:
            return TOO_SLOW
        query: bytes = scope["query_string"]
        url = f"{door.url}?{query.decode('latin-1')}" if query else door.url
        return await self._take(door, door.reader, Received(url, headers, body))

    async def _take(self, door: _Door, reader: Reader, received: Received) -> Answer:
        try:
            await self._keep(reader.read(received))
        except BadSignature:
            return FORBIDDEN
        except Malformed:
            return MALFORMED
        except (StoreAway, WriterBusy):
            return AWAY
        except Exception as error:  # noqa: BLE001 - whatever broke may hold a worker's words: its name is told, never its text, and the carrier is asked to call again
            _log.error("a webhook of %s failed: %s", door.carrier, type(error).__name__)
            return AWAY
        answering = self._answering.get(door.carrier)
        own = None if answering is None else answering.answer(received)
        return door.thanks if own is None else _answer(200, own, b"application/json")

    async def _keep(self, news: tuple[Inbound | Status, ...]) -> None:
        messages = [each for each in news if isinstance(each, Inbound)]
        if messages:
            await self._inbox.accept(messages)
        statuses = [each for each in news if isinstance(each, Status)]
        if statuses:
            await self._inbox.statuses(statuses)
