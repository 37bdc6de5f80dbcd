"""The one writer of a process: group commit, set-wise work, and no batch spoiled by one bad message.

Everything that writes goes through here. Waiting work of one kind is drained together and committed once: on SQLite that is thirteen times
what a transaction a message reaches (docs/explanation/performance.md), and there is never a second writer to wait for.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from store.database import Database, StoreAway, is_away, is_conflict
from store.events import event

_log = logging.getLogger(__name__)
_AGAIN_AFTER = 1.0
_TRIES = 5
T = TypeVar("T")


class WriterBusy(Exception):
    """More work waits than this process can hold; the caller must push back."""


class Apply(Protocol):
    """Writes a batch in the transaction it is given and returns one result an item."""

    def __call__(self, connection: sa.Connection, items: Sequence[Any], /) -> Sequence[Any]:
        """Write all items, or raise and have nothing written."""
        ...


@dataclass(slots=True, eq=False)
class _Waiting:
    """An item and who waits for it: a thread by its future, or a coroutine by a future of its loop."""

    item: Any
    future: "Future[Any] | asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None


_Outcome = tuple["Future[Any] | asyncio.Future[Any]", Any, BaseException | None]


def _settle(outcomes: Sequence[_Outcome]) -> None:
    for future, result, error in outcomes:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def _tell(batch: Sequence[_Waiting], results: Sequence[Any], error: BaseException | None = None) -> None:
    """Wake everybody who waits for a batch: one call a loop, since waking a loop from a thread is dear."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[_Outcome]] = {}
    for waiting, result in zip(batch, results, strict=True):
        by_loop.setdefault(waiting.loop, []).append((waiting.future, result, error))
    for loop, outcomes in by_loop.items():
        if loop is None:
            _settle(outcomes)
        elif not loop.is_closed():
            loop.call_soon_threadsafe(_settle, outcomes)


class Lane:
    """One kind of work: how a batch of it is written, and how large a batch may be."""

    def __init__(self, name: str, apply: Apply, max_batch: int) -> None:
        self.name = name
        self.apply = apply
        self.max_batch = max_batch
        self.waiting: deque[_Waiting] = deque()


class Turn:
    """Work that finds itself: called again and again, each time in a transaction of its own, until it says there is no more."""

    def __init__(self, name: str, run: Callable[[sa.Connection], bool], after: Callable[[], None] | None = None) -> None:
        self.name = name
        self.run = run
        self.after = after
        self.rung = False


def _nobody_watches(name: str, items: int, seconds: float) -> None:
    """Takes what is told of a transaction that was committed: whose it was, how many items it wrote (a turn says 0), how long it took."""


def _call(connection: sa.Connection, items: Sequence[Callable[[sa.Connection], Any]]) -> Sequence[Any]:
    return [item(connection) for item in items]


class Writer:
    """A thread that owns the write connection. Lanes, plain calls and turns each get their share, however much the others bring."""

    def __init__(self, database: Database, *, capacity: int = 20_000) -> None:
        self._database = database
        self._capacity = capacity
        self._calls = Lane("call", _call, max_batch=1)
        self._lanes: list[Lane] = [self._calls]
        self._turns: list[Turn] = []
        self._bell = threading.Condition()
        self._stopping = False
        self._served = 0
        self._waiting = 0
        self._thread: threading.Thread | None = None
        self._connection: sa.Connection | None = None
        self.on_commit: Callable[[str, int, float], None] = _nobody_watches

    @property
    def waiting(self) -> int:
        """How many items wait in the lanes."""
        return self._waiting

    def lane(self, name: str, apply: Apply, *, max_batch: int = 128) -> Lane:
        """Add a kind of work, before all plain calls."""
        lane = Lane(name, apply, max_batch)
        self._lanes.insert(len(self._lanes) - 1, lane)
        return lane

    def turn(self, name: str, run: Callable[[sa.Connection], bool], after: Callable[[], None] | None = None) -> Turn:
        """Add work that finds itself; `run` returns whether more may wait, `after` is called when its transaction is committed."""
        turn = Turn(name, run, after)
        self._turns.append(turn)
        return turn

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits in the lanes, then end the thread."""
        with self._bell:
            self._stopping = True
            self._bell.notify()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def ring(self, turn: Turn) -> None:
        """Say that a turn may have work."""
        with self._bell:
            turn.rung = True
            self._bell.notify()

    def _queue(self, lane: Lane, waiting: _Waiting) -> None:
        with self._bell:
            if self._waiting >= self._capacity or self._stopping:
                raise WriterBusy("the writer is full" if not self._stopping else "the writer has stopped")
            self._waiting += 1
            lane.waiting.append(waiting)
            self._bell.notify()

    def put(self, lane: Lane, item: Any) -> "asyncio.Future[Any]":
        """Queue an item; its future ends with its batch: the result, StoreAway, or what the item broke. Raises WriterBusy."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._queue(lane, _Waiting(item, future, loop))
        return future

    async def submit(self, lane: Lane, item: Any) -> Any:
        """Queue an item and await the commit of its batch; returns its result. Raises WriterBusy, StoreAway, or what the item broke."""
        return await self.put(lane, item)

    def call_sync(self, function: Callable[[sa.Connection], T]) -> T:
        """Run `function` in a write transaction of its own and wait for it. Never call it from a lane or a turn."""
        future: Future[T] = Future()
        self._queue(self._calls, _Waiting(function, future))
        return future.result()

    async def call(self, function: Callable[[sa.Connection], T]) -> T:
        """Run `function` in a write transaction of its own and await it."""
        result: T = await self.submit(self._calls, function)
        return result

    def _next(self) -> tuple[Lane, list[_Waiting]] | Turn | None:
        with self._bell:
            while True:
                job = self._pick()
                if job is not None or self._stopping:
                    return job
                self._bell.wait()

    def _pick(self) -> tuple[Lane, list[_Waiting]] | Turn | None:
        """The next that has work, from the one after the last served on; a writer that stops serves lanes only."""
        sources: list[Lane | Turn] = [*self._lanes, *([] if self._stopping else self._turns)]
        for step in range(len(sources)):
            number = (self._served + step) % len(sources)
            source = sources[number]
            if isinstance(source, Turn) and source.rung:
                source.rung = False
            elif not isinstance(source, Lane) or not source.waiting:
                continue
            self._served = number + 1
            return source if isinstance(source, Turn) else (source, self._drained(source))
        return None

    def _drained(self, lane: Lane) -> list[_Waiting]:
        batch = [lane.waiting.popleft() for _ in range(min(len(lane.waiting), lane.max_batch))]
        self._waiting -= len(batch)
        return batch

    def _work(self) -> None:
        while (job := self._next()) is not None:
            with event("turn"):
                if isinstance(job, Turn):
                    self._take_turn(job)
                else:
                    self._commit(*job)
        self._hang_up()

    def _open(self) -> sa.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._database.writing.connect()
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _in_transaction(self, function: Callable[[sa.Connection], T], tries: int = _TRIES) -> T:
        try:
            connection = self._open()
            with connection.begin():
                return function(connection)
        except SQLAlchemyError as error:
            if is_conflict(error) and tries > 1:
                return self._in_transaction(function, tries - 1)
            if is_away(error):
                self._hang_up()
                raise StoreAway("the database cannot be reached") from error
            raise

    def _take_turn(self, turn: Turn) -> None:
        began = time.perf_counter()
        try:
            more = self._in_transaction(turn.run)
        except StoreAway:
            _log.warning("the database is away; %s waits", turn.name)
            self._ring_later(turn)
            return
        except Exception:  # noqa: BLE001 - a turn's fault must not end the thread that writes for everyone; it is loud and comes again
            _log.exception("the turn %s failed", turn.name)
            self._ring_later(turn)
            return
        self.on_commit(turn.name, 0, time.perf_counter() - began)
        if turn.after is not None:
            turn.after()
        if more:
            self.ring(turn)

    def _ring_later(self, turn: Turn) -> None:
        timer = threading.Timer(_AGAIN_AFTER, self.ring, (turn,))
        timer.daemon = True
        timer.start()

    def _commit(self, lane: Lane, batch: list[_Waiting]) -> None:
        began = time.perf_counter()
        try:
            results = self._in_transaction(lambda connection: lane.apply(connection, [waiting.item for waiting in batch]))
        except StoreAway as error:
            _tell(batch, [None] * len(batch), error)
        except Exception as error:  # noqa: BLE001 - one bad item must not fail its neighbours: each is tried alone
            self._one_by_one(lane, batch, error)
        else:
            self.on_commit(lane.name, len(batch), time.perf_counter() - began)
            _tell(batch, results)

    def _one_by_one(self, lane: Lane, batch: list[_Waiting], error: Exception) -> None:
        if len(batch) == 1:
            _tell(batch, [None], error)
            return
        for waiting in batch:
            self._commit(lane, [waiting])
