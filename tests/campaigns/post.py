"""Posts requests as a carrier or an officer's script does, and says honestly whether an answer came."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.doubles.carrier import Webhook

_PATIENCE = 25.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes

    def json(self) -> dict[str, object]:
        told: dict[str, object] = json.loads(self.body)
        return told


class NoAnswer(Exception):
    """The connection was refused, or broke before an answer came: whether the request had its effect is not known."""


async def request(port: int, line: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
    """Make one request on a connection of its own. Raises NoAnswer."""
    head = [f"{line} HTTP/1.1", "host: 127.0.0.1", "connection: close", f"content-length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    try:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write("\r\n".join([*head, "", ""]).encode() + body)
                return _parsed(await reader.read())
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError) as error:
        raise NoAnswer from error


def _parsed(raw: bytes) -> Reply:
    head, found, rest = raw.partition(b"\r\n\r\n")
    if not found:
        raise NoAnswer
    first, *lines = head.decode("latin-1").split("\r\n")
    lengths = [line.partition(":")[2] for line in lines if line.lower().startswith("content-length:")]
    if lengths and len(rest) < int(lengths[0]):
        raise NoAnswer
    return Reply(int(first.split(" ")[1]), rest)


async def webhook(port: int, hook: Webhook) -> Reply:
    """Post a carrier's webhook. Raises NoAnswer."""
    parts = urlsplit(hook.url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return await request(port, f"POST {target}", hook.headers, hook.body)
