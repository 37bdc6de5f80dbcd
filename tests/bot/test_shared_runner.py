"""Several processes on one PostgreSQL share the tasks: none is run by two, none waits for one that is gone."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bot import clock as clocks
from bot.lasting import lasting
from bot.runner import LEASE, Runner
from store import jobs
from store import tasks as kept
from store.tables import tasks
from tests.bot.test_both_runners import EVERY, PATIENCE, STALLED, Bench, comes

_MANY = 60


@pytest.fixture
def benches(postgresql_url: str) -> Iterator[list[Bench]]:
    made = [Bench(postgresql_url), Bench(postgresql_url)]
    yield made
    for bench in made:
        bench.close()


async def _together(runners: list[Runner], first: Bench) -> None:
    running = [asyncio.create_task(runner.run(EVERY)) for runner in runners]
    await comes(first.ended, *running)
    for each in running:
        each.cancel()
    await asyncio.gather(*running, return_exceptions=True)


def test_two_processes_share_the_tasks_and_run_each_once(benches: list[Bench]) -> None:
    first, second = benches
    for number in range(_MANY):
        first.enqueue(number=number)

    asyncio.run(_together([bench.runner(bench.work) for bench in benches], first))

    assert Counter(first.done + second.done) == Counter(range(_MANY))
    assert first.done
    assert second.done


def test_a_task_that_takes_longer_than_a_heart_may_rest_stays_in_its_hands_while_its_process_stops(benches: list[Bench]) -> None:
    leaving, staying = benches
    begun, may_end = threading.Event(), threading.Event()

    def slow(arguments: Mapping[str, Any]) -> None:
        begun.set()
        assert may_end.wait(PATIENCE)
        leaving.work(arguments)

    async def story() -> None:
        stops = asyncio.create_task(leaving.runner(slow).run(EVERY))
        await asyncio.to_thread(begun.wait, PATIENCE)
        stays = asyncio.create_task(staying.runner(staying.work).run(EVERY))
        stops.cancel()
        await asyncio.sleep(3 * STALLED)
        may_end.set()
        await asyncio.gather(stops, return_exceptions=True)
        stays.cancel()
        await asyncio.gather(stays, return_exceptions=True)

    leaving.enqueue(number=1)
    asyncio.run(story())

    assert (leaving.done, staying.done) == ([1], [])
    assert leaving.ended()


def test_a_stop_is_heard_at_whatever_moment_of_the_start_it_comes(benches: list[Bench]) -> None:
    bench, _ = benches
    deaf: list[float] = []

    async def start_and_stop_after(seconds: float) -> None:
        starting = asyncio.create_task(lasting("tasks", partial(bench.runner(bench.work).run, EVERY), EVERY))
        await asyncio.sleep(seconds)
        starting.cancel()
        if (await asyncio.wait([starting], timeout=PATIENCE))[1]:
            deaf.append(seconds)
            starting.cancel()
            await asyncio.wait([starting])

    async def story() -> None:
        # A start opens connections and enters itself with the engine in some ten thousandths of a second each.
        for moment in range(100):
            await start_and_stop_after(moment * 0.00015)

    asyncio.run(story())

    assert deaf == []


def test_a_process_that_the_engine_gave_up_begins_anew_and_goes_on(benches: list[Bench]) -> None:
    bench, _ = benches

    async def story() -> None:
        runner = bench.runner(bench.work)
        running = asyncio.create_task(runner.run(EVERY))
        await comes(lambda: _workers(bench) == 1, running)
        await asyncio.to_thread(_forget_workers, bench)
        await asyncio.wait_for(running, PATIENCE)

    asyncio.run(story())
    bench.enqueue(number=1)
    bench.play(bench.work, bench.ended)

    assert bench.done == [1]


def _workers(bench: Bench) -> int:
    with bench.database.read() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM procrastinate_workers")).scalar_one())


def _forget_workers(bench: Bench) -> None:
    with bench.database.write() as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_workers"))


def test_a_task_that_an_older_version_enqueued_is_run_once_and_one_in_its_hands_is_left_there(benches: list[Bench]) -> None:
    bench, _ = benches
    old = {"task": "task", "state": "due", "run_at": bench.now()}
    with bench.database.write() as connection:
        connection.execute(sa.insert(tasks), [old | {"arguments": {"number": 1}}])
    bench.enqueue(number=2)
    with bench.database.write() as connection:
        held = sa.update(tasks).where(tasks.c.job.is_not(None))
        connection.execute(held.values(state="running", attempts=1, lease_until=bench.now() + LEASE))

    bench.play(bench.work, lambda: bench.done == [1])
    assert [state for _, state, _ in bench.stand()] == ["done", "running"]

    bench.ahead += LEASE
    bench.play(bench.work, bench.ended)
    assert bench.done == [1, 2]


def test_a_job_that_its_task_no_more_knows_does_nothing(benches: list[Bench]) -> None:
    bench, _ = benches
    bench.enqueue(number=1)
    with bench.database.write() as connection:
        task_id = connection.execute(sa.select(tasks.c.id)).scalar_one()
        jobs.give(connection, [task_id])
    assert bench.jobs() == 2

    def slow(arguments: Mapping[str, Any]) -> None:
        time.sleep(10 * EVERY)  # both jobs are in hands before the first has ended
        bench.work(arguments)

    bench.play(slow, bench.ended)

    assert bench.done == [1]


def test_a_task_whose_job_is_gone_gets_another(benches: list[Bench]) -> None:
    bench, _ = benches
    bench.enqueue(number=1)
    with bench.database.write() as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_jobs"))

    bench.play(bench.work, bench.ended)

    assert bench.done == [1]


def test_a_transaction_that_waits_for_its_end_rings_nobody_before(benches: list[Bench]) -> None:
    """The engine's bell is rung by the transaction itself, and PostgreSQL lets it sound when that is there to be seen."""
    bench, other = benches
    with bench.database.write() as connection:
        kept.enqueue(connection, "task", {"number": 1}, bench.now() - clocks.SECOND)
        assert (other.jobs(), other.stand()) == (0, [])
    assert other.jobs() == 1


def _sql(bench: Bench, statement: str) -> None:
    with bench.database.write() as connection:
        connection.execute(sa.text(statement))


def test_an_end_that_the_engine_was_not_told_is_found_again_and_does_nothing_twice(benches: list[Bench]) -> None:
    """The function by which jobs are ended is away while one ends: so it is when a connection breaks at that moment."""
    bench, _ = benches

    def breaks(arguments: Mapping[str, Any]) -> None:
        bench.work(arguments)
        _sql(bench, "ALTER FUNCTION procrastinate_finish_job_v1 RENAME TO away")

    bench.enqueue(number=1)
    asyncio.run(asyncio.wait_for(bench.runner(breaks).run(EVERY), PATIENCE))
    assert bench.stand() == [("task", "done", None)]
    assert bench.jobs() == 1

    _sql(bench, "ALTER FUNCTION away RENAME TO procrastinate_finish_job_v1")
    bench.play(bench.work, bench.ended)

    assert bench.done == [1]


_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def test_a_runner_whose_every_connection_was_cut_goes_on(benches: list[Bench]) -> None:
    bench, other = benches

    async def story() -> None:
        runner = bench.runner(bench.work)
        running = asyncio.create_task(lasting("the tasks", lambda: runner.run(EVERY), EVERY))
        await comes(lambda: _workers(other) == 1, running)
        await asyncio.to_thread(_sql, other, _CUT)
        await asyncio.to_thread(other.enqueue, number=1)
        await comes(other.ended, running)
        running.cancel()
        await asyncio.wait_for(asyncio.gather(running, return_exceptions=True), PATIENCE)

    asyncio.run(story())

    assert bench.done == [1]


def test_a_stop_ends_also_while_the_database_is_away(benches: list[Bench]) -> None:
    """The engine's last words to the database fail, and the loop ends nevertheless: it is not begun anew for ever."""
    bench, _ = benches

    async def story() -> None:
        runner = bench.runner(bench.work)
        running = asyncio.create_task(lasting("the tasks", lambda: runner.run(EVERY), EVERY))
        await comes(lambda: _workers(bench) == 1, running)
        await asyncio.to_thread(_sql, bench, "ALTER FUNCTION procrastinate_unregister_worker_v1 RENAME TO away")
        try:
            running.cancel()
            await asyncio.wait_for(asyncio.gather(running, return_exceptions=True), PATIENCE)
        finally:
            await asyncio.to_thread(_sql, bench, "ALTER FUNCTION away RENAME TO procrastinate_unregister_worker_v1")

    asyncio.run(story())

    assert _workers(bench) == 1
