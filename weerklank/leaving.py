"""An orderly end of a web process behind a proxy: first it says that it leaves, and goes on answering; then it closes its door.

A door that closes at once turns away who is just coming in: a call on a connection that a proxy kept open cannot be made again elsewhere.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

SECONDS: Final = 4.0
"""So long a process answers after it was asked to end: a proxy that asks every two seconds (deploy/Caddyfile) is with others by then."""
_ASKED_BY_PROXIES: Final = frozenset({"/healthz", "/readyz"})
_BODY: Final = b'{"status":"leaving"}'


class Leaving:
    """Whether this process leaves. `seconds` pass between being asked to (SIGTERM) and closing the door; Ctrl-C closes it at once."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.begun = False

    def watch(self) -> None:
        """Stand before the server's own handler of SIGTERM: in the main thread, in the server's loop, once the server handles it."""
        loop = asyncio.get_running_loop()
        close = signal.getsignal(signal.SIGTERM)

        def begin(number: int, _: FrameType | None) -> None:
            self.begun = True
            if callable(close):
                loop.call_soon_threadsafe(loop.call_later, self._seconds, close, number, None)

        signal.signal(signal.SIGTERM, begin)

    def refuses(self, path: str) -> bool:
        """Whether a call is a proxy's question if it may send somebody here, and it may not any more."""
        return self.begun and path in _ASKED_BY_PROXIES

    def hanging_up(self, send: Send) -> Send:
        """An answer after which the connection is closed, if this process leaves."""
        if not self.begun:
            return send

        async def last(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        return last


async def say_so(send: Send) -> None:
    """Answer a proxy that this process leaves."""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY})


@contextmanager
def ending_well() -> Generator[None]:
    """Let a server that ended in good order return: it would raise the signal again that asked for it, and end the process by that."""
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
