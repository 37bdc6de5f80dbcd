"""The clock: wakes each promise with a date, once for all processes, also after a day of downtime.

APScheduler only rings; what is due stands in the database, and a tick is claimed there before it is acted upon (STACK.md: shared job
stores ran jobs twice and lost them on a kill; tick claims did neither).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from apscheduler.schedulers.background import BackgroundScheduler  # pyright: ignore[reportMissingTypeStubs]  # it ships none

from bot.clock import SECOND, Clock
from store import tasks as kept
from store.database import StoreAway
from store.writer import Writer, WriterBusy


@dataclass(frozen=True, slots=True)
class Timer:
    """Something done every so many seconds: alone among all processes, or (`everywhere`) in each of them."""

    every: float
    run: Callable[[], object]
    everywhere: bool = False


class Timers:
    """The timers of one process."""

    def __init__(self, writer: Writer, clock: Clock, timers: Mapping[str, Timer]) -> None:
        self._writer = writer
        self._clock = clock
        self._timers = timers
        self._scheduler: Any = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    @property
    def running(self) -> bool:
        """Whether the timers ring."""
        return bool(self._scheduler.running)

    @property
    def alone(self) -> dict[str, float]:
        """The timers of which each period is one process's, and their seconds."""
        return {name: timer.every for name, timer in self._timers.items() if not timer.everywhere}

    def start(self) -> None:
        """Start ringing."""
        for name, timer in self._timers.items():
            self._scheduler.add_job(self._ring, "interval", seconds=timer.every, args=(name, timer), id=name)
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ringing; waits for what runs."""
        self._scheduler.shutdown(wait=True)

    def _ring(self, name: str, timer: Timer) -> None:
        try:
            if timer.everywhere or self._writer.call_sync(lambda connection: self._mine(connection, name, timer)):
                timer.run()
        except (StoreAway, WriterBusy):
            return

    def _mine(self, connection: sa.Connection, name: str, timer: Timer) -> bool:
        return kept.tick(connection, name, self._clock() // int(timer.every * SECOND))
