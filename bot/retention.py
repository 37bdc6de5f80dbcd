"""Keeps a database small and a promise: what ended long ago goes, and closed cases are forgotten when the operator says after how long.

A little at a time, each in a transaction of its own, and at rest for as long as it worked: nobody who writes meanwhile waits for it.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot import forgetting
from bot.clock import DAY, Clock
from store import retention as kept
from store import tasks
from store.casekeys import KeyCache
from store.retention import KINDS, Kind, Lot
from store.sealing import Keyring

FORGOTTEN = "closed cases that were forgotten"
TIMELINES = "rows of forgotten cases"
ANSWERS = "answers to programs"


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things are kept, in days: what ended, and cases after their last word once they are closed (None: until the worker asks)."""

    ended: int
    closed: int | None = None


class Retention:
    """Takes away what is kept no longer. `within` runs a function in a write transaction."""

    def __init__(self, within: Callable[[Callable[[sa.Connection], Any]], Any], keyring: Keyring, clock: Clock, terms: Terms) -> None:
        self._within = within
        self._keyring = keyring
        self._keys = KeyCache(keyring)
        self._clock = clock
        self._terms = terms
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End after the lot under way; the next run goes on."""
        self._stopping.set()

    def run(self) -> Counter[str]:
        """Take away everything that is due; how much went, by what it was. Raises StoreAway."""
        now = self._clock()
        before = now - self._terms.ended * DAY
        gone: Counter[str] = Counter()
        for kind in KINDS.values():
            self._kind(kind, before, gone)
        gone[ANSWERS] += self._within(lambda connection: kept.answers_remembered(connection, before))
        self._cases(now, gone)
        return gone

    def _kind(self, kind: Kind, before: int, gone: Counter[str]) -> None:
        last, ended = 0, False
        while not ended and not self._stopping.is_set():
            began = time.monotonic()
            looked = self._within(lambda connection, after=last: kept.take_away(connection, kind, after, before))
            gone[kind.name] += looked.gone
            last, ended = looked.last, looked.ended
            self._stopping.wait(time.monotonic() - began)

    def _cases(self, now: int, gone: Counter[str]) -> None:
        last, ended = 0, False
        while not ended and not self._stopping.is_set():
            began = time.monotonic()
            lot = self._within(lambda connection, after=last: self._lot(connection, after, now))
            gone[TIMELINES] += lot.gone
            gone[FORGOTTEN] += len(lot.closed)
            last, ended = lot.last, lot.ended
            self._stopping.wait(time.monotonic() - began)

    def _lot(self, connection: sa.Connection, after: int, now: int) -> Lot:
        closed_before = None if self._terms.closed is None else now - self._terms.closed * DAY
        lot = kept.look_at_cases(connection, after, now - self._terms.ended * DAY, closed_before)
        for case in lot.closed:
            forgetting.forget_case(connection, self._keyring, self._keys, dict(case), now, by="clock")
            worker_id = case["worker_id"]
            if closed_before is not None and worker_id is not None and kept.is_silent(connection, worker_id, closed_before):
                arguments = {"worker_id": worker_id, "since": now}
                tasks.enqueue(connection, forgetting.TASK, arguments, now, f"forget:{worker_id}")
        return lot
