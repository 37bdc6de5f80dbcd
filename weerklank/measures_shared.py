"""Figures of the whole database, named for those who watch: each stands the same in every process, so take the largest, never the sum."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from bot.clock import SECOND
from channels.base import Failure
from channels.registry import CARDS
from store import figures
from store.figures import Clocks, Rows

OTHER = "other"
CHANNELS = frozenset(CARDS)
KINDS = frozenset({"flow", "knock", "reply", "late"})
NOTICES = frozenset({"new_case", "answer", "danger", "late", "sign_in"})
FILES = frozenset({"voice", "photo", "video", "document", "place", "sticker"})
FAILURES = frozenset({*(failure.value for failure in Failure), "unreadable", "unknown"})
_WITH_CHANNEL = ("inbox", "outbox", "attachments")
_WITHOUT = ("mails", "tasks", "traces")
_DEAD = {"inbox": "aside", "outbox": "failed", "mails": "failed", "tasks": "dead"}


def known(name: str, names: frozenset[str]) -> str:
    """A name of a closed list, or `other`: what stands in the database may be older or newer than this version."""
    return name if name in names else OTHER


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as Prometheus has it: name, what it is, its labels' names, and a value for each set of labels. `counts`: it only grows."""

    name: str
    words: str
    labels: tuple[str, ...] = ()
    values: Mapping[tuple[str, ...], float] = field(default_factory=dict[tuple[str, ...], float])
    counts: bool = False


def single(name: str, words: str, value: float) -> Figure:
    """A figure without labels."""
    return Figure(name, words, (), {(): value})


@dataclass(frozen=True, slots=True)
class House:
    """What of a service the figures need: its channels, its tasks, and the timers that one process rings alone, with their seconds."""

    channels: tuple[str, ...]
    tasks: frozenset[str]
    timers: Mapping[str, float]


class Shared:
    """Reads the figures of the whole database. `tick` gives seconds."""

    def __init__(self, house: House, tick: Callable[[], float] = time.monotonic) -> None:
        self._house = house
        self._kinds = {"outbox": KINDS, "mails": NOTICES, "tasks": house.tasks, "attachments": FILES}
        self._tick, self._born = tick, tick()

    def read(self, connection: sa.Connection, now: int) -> Iterator[Figure]:
        """Every figure; `now` is in milliseconds."""
        rows = [*figures.waiting(connection, now), *figures.badly(connection)]
        yield self._rows(rows)
        yield self._oldest(rows, now)
        urgent = [row.since for row in rows if (row.queue, row.kind) == ("mails", "danger") and row.since is not None]
        yield single(
            "danger_notice_oldest_seconds", "How long the oldest notice of danger waits to leave", _ago(min(urgent, default=None), now)
        )
        yield self._dead(rows)
        yield from self._clocks(figures.clocks(connection, now), now)
        yield single("codes_ready", "Workers' codes made ahead", figures.codes_ready(connection))

    def _rows(self, rows: list[Rows]) -> Figure:
        found: Counter[tuple[str, ...]] = Counter()
        for row in rows:
            found[row.queue, _channel(row), self._kind(row), row.state] += row.count
        return Figure("queue_rows", "Rows of a queue by state", ("queue", "channel", "kind", "state"), found)

    def _oldest(self, rows: list[Rows], now: int) -> Figure:
        found: dict[tuple[str, ...], float] = {(queue, channel): 0.0 for queue in _WITH_CHANNEL for channel in self._house.channels}
        found |= {(queue, ""): 0.0 for queue in _WITHOUT}
        for row in rows:
            place = (row.queue, _channel(row) if row.queue in _WITH_CHANNEL else "")
            found[place] = max(found.get(place, 0.0), _ago(row.since, now))
        words = "How long the oldest row waits since it could have been taken; 0 when none does"
        return Figure("queue_oldest_seconds", words, ("queue", "channel"), found)

    def _dead(self, rows: list[Rows]) -> Figure:
        found: Counter[tuple[str, ...]] = Counter(dict.fromkeys([(queue, "", "", "") for queue in _DEAD], 0))
        for row in rows:
            if _DEAD.get(row.queue) == row.state:
                found[row.queue, _channel(row), self._kind(row), known(row.why, FAILURES) if row.why else ""] += row.count
        words = "Rows that nobody will try again by themselves"
        return Figure("dead_letters", words, ("queue", "channel", "kind", "failure"), found)

    def _clocks(self, clocks: Clocks, now: int) -> Iterator[Figure]:
        promises = {"owed": clocks.owed, "late": clocks.late, "soon": clocks.soon, "unmarked": clocks.unmarked}
        by_state: dict[tuple[str, ...], float] = {(state,): count for state, count in promises.items()}
        words = "Promised answers: owed, late (broken once, still owed), soon (within a day), unmarked (broken, and no clock saw it yet)"
        yield Figure("promises", words, ("state",), by_state)
        yield single(
            "promise_unmarked_seconds",
            "How long ago the oldest broken promise was due that no clock saw yet",
            _ago(clocks.unmarked_since, now),
        )
        yield single("timers_due", "Talks whose wait is over and that were not told so", clocks.timers_due)
        yield single("timer_behind_seconds", "How long ago the oldest of these should have been told", _ago(clocks.timers_since, now))
        silent: dict[tuple[str, ...], float] = {
            (name,): self._silent(clocks.ticks.get(name), every, now) for name, every in self._house.timers.items()
        }
        yield Figure("clock_silent_seconds", "For how long a timer of all processes has rung in none of them", ("clock",), silent)

    def _silent(self, period: int | None, every: float, now: int) -> float:
        """Seconds since the period that was rung last had ended; before the first ring, since this process looks."""
        return self._tick() - self._born if period is None else max(0.0, now / SECOND - (period + 1) * every)

    def _kind(self, row: Rows) -> str:
        return known(row.kind, self._kinds.get(row.queue, frozenset())) if row.kind else ""


def _channel(row: Rows) -> str:
    return known(row.channel, CHANNELS) if row.channel else ""


def _ago(since: int | None, now: int) -> float:
    return 0.0 if since is None else max(0.0, (now - since) / SECOND)
