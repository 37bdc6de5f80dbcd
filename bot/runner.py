"""Runs tasks in this process: claims them with a lease, tries again with back-off, sets the hopeless aside with a reason."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from bot.clock import HOUR, MINUTE, SECOND, Clock
from bot.lasting import WholeSteps
from bot.watch import Unwatched, Watch
from store import tasks as kept
from store.events import event
from store.writer import Writer

_log = logging.getLogger(__name__)
LEASE = 5 * MINUTE
AT_ONCE = 8
Work = Callable[[Mapping[str, Any]], None]


def back_off(task: kept.Task) -> int:
    """How long a task that failed waits before it is tried again (ms): 20 s, and twice as long each time, an hour at most."""
    return min(10 * SECOND << task.attempts, HOUR)


class Runner:
    """The task loop of one process."""

    def __init__(self, writer: Writer, clock: Clock, work: Mapping[str, Work]) -> None:
        self._writer = writer
        self._clock = clock
        self._work = work
        self.watch: Watch = Unwatched()
        self._steps = WholeSteps()

    @property
    def names(self) -> tuple[str, ...]:
        """The tasks that are known here."""
        return tuple(self._work)

    async def run(self, every: float) -> None:
        """Run due tasks until cancelled, looking every `every` seconds."""
        while True:
            while await self._steps.take(self.run_due()):
                pass
            await asyncio.sleep(every)

    async def drain(self) -> None:
        """Let the tasks under way come to their end: cut off, they would wait for their lease to run out."""
        await self._steps.ended()

    async def run_due(self) -> bool:
        """Run the tasks that are due, side by side: translations of several cases share a batch; True if there were any."""
        now = self._clock()
        due = await self._writer.call(lambda connection: kept.claim(connection, now, now + LEASE, AT_ONCE, self._work))
        for ended in await asyncio.gather(*map(self._run, due), return_exceptions=True):
            if isinstance(ended, BaseException):
                raise ended
        return bool(due)

    async def _run(self, task: kept.Task) -> bool:
        """Run a task to its end and write how that was; True if it did its work."""
        with event("task"):
            began = time.perf_counter()
            well = await self._tried(task)
            self.watch.worked(task.task, time.perf_counter() - began, well=well)
            return well

    async def _tried(self, task: kept.Task) -> bool:
        try:
            await asyncio.to_thread(self._work[task.task], task.arguments)
        except Exception as error:  # noqa: BLE001 - whatever a task breaks on, the others go on; its reason is kept and shown
            _log.exception("the task %s failed", task.task)
            again = self._clock() + back_off(task)
            reason = type(error).__name__
            await self._writer.call(lambda connection: kept.failed(connection, task, reason, again))
            return False
        await self._writer.call(lambda connection: kept.finished(connection, task))
        return True
