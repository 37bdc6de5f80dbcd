"""A bell that any thread may ring and one loop listens to."""

import asyncio
import contextlib


class Bell:
    """Rings are not counted: one that comes while work is done means one more look."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ring(self) -> None:
        """Ring, from any thread; before anybody listens it has no effect."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)

    def listen(self) -> None:
        """Say, in the loop that does the work, that the work is looked at from now on."""
        self._loop = asyncio.get_running_loop()
        self._event.clear()

    async def wait(self, at_most: float) -> None:
        """Wait for a ring, at most so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self._event.wait()
