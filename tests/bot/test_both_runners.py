"""The contract of the task port, kept by both runners: the one of this process on SQLite, the engine's on PostgreSQL."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from bot import clock as clocks
from bot.runner import AT_ONCE, LEASE, Runner, Work
from bot.shared_runner import SharedRunner, runner_of
from store import tasks as kept
from store.database import Database, open_database
from store.tables import tasks
from store.writer import Writer

EVERY = 0.05
PATIENCE = 20.0
STALLED = 1.0
Stand = list[tuple[str, str, str | None]]

# A process that begins a task and never ends it; it is killed in the middle.
HANGS = """
import asyncio, sys, time
from bot import clock
from bot.shared_runner import runner_of
from store.database import open_database
from store.writer import Writer

def hang(arguments):
    print("begun", flush=True)
    time.sleep(600)

database = open_database(sys.argv[1])
writer = Writer(database)
writer.start()
asyncio.run(runner_of(database, writer, clock.now, {"task": hang}).run(0.05))
"""


async def comes(until: Callable[[], bool], *running: asyncio.Task[None]) -> None:
    """Wait until something is seen, while these loops run."""
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(until):
            assert not any(each.done() for each in running)
            await asyncio.sleep(EVERY)


@dataclass
class Bench:
    """A database, and a runner whose tasks are the test's; time goes on as the test says."""

    url: str
    ahead: int = 0
    done: list[Any] = field(default_factory=list[Any])

    def __post_init__(self) -> None:
        self.database: Database = open_database(self.url)
        self.writer = Writer(self.database)
        self.writer.start()

    def close(self) -> None:
        self.writer.stop()
        self.database.close()

    def now(self) -> int:
        return clocks.now() + self.ahead

    def enqueue(self, *, key: str | None = None, later: int = 0, **arguments: Any) -> bool:
        return self.writer.call_sync(lambda connection: kept.enqueue(connection, "task", arguments, self.now() + later, key))

    def runner(self, work: Work) -> Runner:
        made = runner_of(self.database, self.writer, self.now, {"task": work})
        if isinstance(made, SharedRunner):
            made.stalled_after = STALLED
        return made

    def work(self, arguments: Mapping[str, Any]) -> None:
        self.done.append(arguments.get("number"))

    def stand(self) -> Stand:
        with self.database.read() as connection:
            found = connection.execute(sa.select(tasks.c.task, tasks.c.state, tasks.c.reason).order_by(tasks.c.id))
            return [(row.task, row.state, row.reason) for row in found]

    def attempts(self) -> int:
        with self.database.read() as connection:
            return int(connection.execute(sa.select(tasks.c.attempts)).scalar_one())

    def jobs(self) -> int:
        """What the engine still holds; SQLite has none."""
        if self.database.kind == "sqlite":
            return 0
        with self.database.read() as connection:
            return int(connection.execute(sa.text("SELECT count(*) FROM procrastinate_jobs")).scalar_one())

    def play(self, work: Work, until: Callable[[], bool]) -> None:
        """Run tasks until something is seen, and stop in order."""
        asyncio.run(self._play(self.runner(work), until))

    async def _play(self, runner: Runner, until: Callable[[], bool]) -> None:
        running = asyncio.create_task(runner.run(EVERY))
        await comes(until, running)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await runner.drain()

    def ended(self) -> bool:
        return bool(self.stand()) and all(state in {"done", "dead"} for _, state, _ in self.stand()) and self.jobs() == 0


@pytest.fixture
def bench(database_url: str) -> Iterator[Bench]:
    made = Bench(database_url)
    yield made
    made.close()


def fail(_: Mapping[str, Any]) -> None:
    raise TimeoutError("words of somebody")


def test_a_rollback_takes_the_task_along(bench: Bench) -> None:
    def half(connection: sa.Connection) -> None:
        kept.enqueue(connection, "task", {"number": 1}, bench.now())
        raise LookupError

    with pytest.raises(LookupError):
        bench.writer.call_sync(half)
    assert (bench.stand(), bench.jobs()) == ([], 0)
    bench.enqueue(number=2)

    bench.play(bench.work, bench.ended)

    assert bench.done == [2]


def test_a_key_has_one_effect_at_most_however_often_it_is_asked_for(bench: Bench) -> None:
    assert [bench.enqueue(key="once", number=number) for number in (1, 2, 3)] == [True, False, False]
    bench.play(bench.work, bench.ended)

    assert bench.enqueue(key="once", number=4) is False
    bench.enqueue(number=5)
    bench.play(bench.work, bench.ended)

    assert bench.done == [1, 5]


def test_a_key_that_is_there_already_breaks_no_transaction_that_asks_for_it(bench: Bench) -> None:
    bench.enqueue(key="once", number=1)

    def both(connection: sa.Connection) -> None:
        kept.enqueue(connection, "task", {"number": 2}, bench.now(), "once")
        kept.enqueue(connection, "task", {"number": 3}, bench.now())

    bench.writer.call_sync(both)
    bench.play(bench.work, bench.ended)

    assert sorted(bench.done) == [1, 3]


def test_a_task_waits_for_its_time(bench: Bench) -> None:
    bench.enqueue(number=1, later=clocks.HOUR)
    bench.enqueue(number=2)
    bench.play(bench.work, lambda: bench.done == [2])
    assert [state for _, state, _ in bench.stand()] == ["due", "done"]

    bench.ahead += clocks.HOUR
    bench.play(bench.work, bench.ended)

    assert bench.done == [2, 1]


def test_a_task_that_fails_comes_again_after_a_while_and_stops_no_other(bench: Bench) -> None:
    def work(arguments: Mapping[str, Any]) -> None:
        if arguments["number"] == 1 and not bench.ahead:
            fail(arguments)
        bench.work(arguments)

    bench.enqueue(number=1)
    bench.enqueue(number=2)
    failed_once: Stand = [("task", "due", "TimeoutError"), ("task", "done", None)]
    bench.play(work, lambda: bench.stand() == failed_once)

    bench.ahead += 21 * clocks.SECOND
    bench.play(work, bench.ended)

    assert bench.done == [2, 1]
    assert bench.stand() == [("task", "done", None)] * 2


def test_what_nobody_waits_for_stands_behind_what_somebody_does(bench: Bench) -> None:
    many = {f"{kept.BEHIND}{number}": {"number": number} for number in range(30)}
    added = [bench.writer.call_sync(lambda connection: kept.enqueue_behind(connection, "task", many, bench.now())) for _ in range(2)]
    assert added == [frozenset(many), frozenset()]
    bench.enqueue(number=-1)

    bench.play(bench.work, bench.ended)

    assert sorted(bench.done) == list(range(-1, 30))
    assert bench.done.index(-1) < AT_ONCE


def _rest(bench: Bench) -> None:
    """Let a task fail as often as it may."""

    def seen() -> bool:
        bench.ahead += clocks.HOUR
        return bench.ended()

    bench.play(fail, seen)


def test_a_task_that_keeps_failing_rests_with_its_reason_and_runs_again_when_somebody_says_so(bench: Bench) -> None:
    bench.enqueue(number=1)
    _rest(bench)
    assert bench.stand() == [("task", "dead", "TimeoutError")]
    with bench.database.read() as connection:
        [letter] = kept.dead_letters(connection, 10)
    assert (letter.task, letter.attempts, letter.reason) == ("task", kept.MOST_ATTEMPTS, "TimeoutError")

    assert bench.writer.call_sync(lambda connection: kept.again(connection, bench.now(), letter.id)) == 1
    assert bench.writer.call_sync(lambda connection: kept.again(connection, bench.now(), letter.id)) == 0
    bench.play(bench.work, bench.ended)

    assert bench.done == [1]
    assert bench.stand() == [("task", "done", None)]


def test_a_task_whose_process_was_killed_runs_again(bench: Bench) -> None:
    bench.enqueue(number=1)
    with subprocess.Popen([sys.executable, "-c", HANGS, bench.url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.kill()
    assert bench.stand() == [("task", "running", None)]
    if bench.database.kind == "sqlite":
        bench.ahead += LEASE  # beside no other process the lease tells; on PostgreSQL the heart that stands still does

    bench.play(bench.work, bench.ended)

    assert bench.done == [1]


def test_an_orderly_stop_lets_the_task_under_way_come_to_its_end(bench: Bench) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work(arguments: Mapping[str, Any]) -> None:
        begun.set()
        threading.Timer(2 * STALLED, may_end.set).start()
        assert may_end.wait(PATIENCE)
        bench.work(arguments)

    bench.enqueue(number=1)
    bench.play(work, begun.is_set)

    assert bench.done == [1]
    assert bench.ended()


def test_a_task_that_kills_whoever_runs_it_rests_in_the_end(bench: Bench) -> None:
    bench.enqueue(number=1)
    killed = {"state": "running", "attempts": kept.MOST_RUNS, "lease_until": 1 if bench.database.kind == "sqlite" else None}
    with bench.database.write() as connection:
        connection.execute(sa.update(tasks).values(**killed))

    bench.play(bench.work, bench.ended)

    assert bench.done == []
    assert bench.stand() == [("task", "dead", kept.KILLED)]


def test_a_run_that_was_overtaken_changes_nothing_any_more(bench: Bench) -> None:
    """A process that was thought dead, cut off from the database for a while, comes back with how its task ended."""

    def overtaken(arguments: Mapping[str, Any]) -> None:
        with bench.database.write() as connection:
            connection.execute(sa.update(tasks).values(attempts=7))
        fail(arguments)

    bench.enqueue(number=1)
    bench.play(overtaken, lambda: bench.stand() == [("task", "running", None)] and bench.attempts() == 7)

    assert bench.stand() == [("task", "running", None)]
