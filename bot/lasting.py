"""Keeps a loop of the service running, whatever breaks in it: a database that goes away must not end deliveries for good."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from store.database import StoreAway
from store.writer import WriterBusy

_log = logging.getLogger(__name__)
T = TypeVar("T")
DRAIN_SECONDS = 20.0
"""So long an orderly stop waits for carriers and mail servers. Whoever supervises us ends a process after thirty (docker-compose.yml)."""


class WholeSteps:
    """Steps of a loop that an orderly stop does not cut in two: what was claimed is handed over, and how that ended is written."""

    def __init__(self) -> None:
        self._step: asyncio.Task[Any] | None = None

    async def take(self, step: Coroutine[Any, Any, T]) -> T:
        """Take a step; when the loop is cancelled meanwhile the step goes on (see `ended`)."""
        task = self._step = asyncio.create_task(step)
        return await asyncio.shield(task)

    async def ended(self) -> None:
        """Wait for the step that was under way; whatever it broke has been told to its loop, or is found again by its lease."""
        if self._step is not None:
            await asyncio.wait([self._step])


async def ended_within(seconds: float, tasks: set[asyncio.Task[None]]) -> None:
    """Wait so many seconds for tasks to come to their end; those that do not are broken off."""
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def lasting(name: str, run: Callable[[], Awaitable[None]], again_after: float) -> None:
    """Run a loop, and run it again `again_after` seconds after it broke, until cancelled."""
    while True:
        try:
            await run()
        except (StoreAway, WriterBusy):
            _log.warning("the database is away; %s waits", name)
        except Exception:  # noqa: BLE001 - a fault that nobody foresaw is loud, but what runs by itself goes on
            _log.exception("%s broke and begins again", name)
        await asyncio.sleep(again_after)
