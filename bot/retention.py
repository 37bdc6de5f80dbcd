"""What ended long ago goes: a little at a time, each in a transaction of its own, and at rest for as long as it worked.

Nobody who writes meanwhile waits for it (docs/decisions/0060-what-ended-goes.md).
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot.clock import DAY, Clock
from store import retention as kept
from store.retention import KINDS, Looked

TIMELINES = "rows of forgotten cases"
ANSWERS = "answers kept for programs that ask again"
Transaction = Callable[[Callable[[sa.Connection], Any]], Any]


class Retention:
    """Takes away what is over and older than `days`. `within` runs a function in a write transaction."""

    def __init__(self, within: Transaction, clock: Clock, days: int) -> None:
        self._within = within
        self._clock = clock
        self._days = days
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End after the lot under way; the next run goes on."""
        self._stopping.set()

    def run(self) -> Counter[str]:
        """Take away everything that is due; how many rows went, by what they were. Raises StoreAway."""
        before = self._clock() - self._days * DAY
        gone: Counter[str] = Counter()
        for kind in KINDS:
            gone[kind.name] += self._lots(partial(kept.take_away, kind=kind, before=before))
        gone[TIMELINES] += self._lots(partial(kept.timelines, before=before))
        gone[ANSWERS] += self._within(partial(kept.answers_remembered, before=before))
        return gone

    def _lots(self, look: Callable[..., Looked]) -> int:
        gone, last, ended = 0, 0, False
        while not ended and not self._stopping.is_set():
            began = time.monotonic()
            looked: Looked = self._within(partial(look, after=last))
            gone, last, ended = gone + looked.gone, looked.last, looked.ended
            self._stopping.wait(time.monotonic() - began)
        return gone
