"""The one writer: many waiting items, one commit; one bad item, nobody else's fault."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from store import sessions
from store.database import Database
from store.tables import ticks, workers
from store.writer import Writer, WriterBusy


class _Broken(Exception):
    pass


def _insert(connection: sa.Connection, items: Sequence[int]) -> Sequence[int]:
    if any(item < 0 for item in items):
        raise _Broken
    connection.execute(sa.insert(ticks), [{"task": "t", "period": item} for item in items])
    return [item * 2 for item in items]


def _periods(database: Database) -> set[int]:
    with database.read() as connection:
        return set(connection.execute(sa.select(ticks.c.period)).scalars())


def test_waiting_items_are_written_together_and_each_gets_its_own_answer(database: Database) -> None:
    writer = Writer(database)
    sizes: list[int] = []

    def counted(connection: sa.Connection, items: Sequence[int]) -> Sequence[int]:
        sizes.append(len(items))
        return _insert(connection, items)

    lane = writer.lane("numbers", counted)

    async def story() -> list[int]:
        submitted = [asyncio.ensure_future(writer.submit(lane, number)) for number in range(50)]
        await asyncio.sleep(0)
        writer.start()
        return list(await asyncio.gather(*submitted))

    answers = asyncio.run(story())
    writer.stop()

    assert answers == [number * 2 for number in range(50)]
    assert sizes == [50]
    assert _periods(database) == set(range(50))


def test_one_poisoned_item_fails_alone(database: Database, writer: Writer) -> None:
    lane = writer.lane("numbers", _insert)

    async def story() -> list[int | BaseException]:
        return list(await asyncio.gather(*(writer.submit(lane, number) for number in (1, 2, -1, 3)), return_exceptions=True))

    answers = asyncio.run(story())

    assert [answer for answer in answers if isinstance(answer, int)] == [2, 4, 6]
    assert isinstance(answers[2], _Broken)
    assert _periods(database) == {1, 2, 3}


def test_a_call_that_raises_leaves_nothing_behind(database: Database, writer: Writer) -> None:
    def half(connection: sa.Connection) -> None:
        _insert(connection, [7])
        raise _Broken

    with pytest.raises(_Broken):
        writer.call_sync(half)

    assert _periods(database) == set()


def test_a_full_writer_pushes_back(database: Database) -> None:
    writer = Writer(database, capacity=2)
    lane = writer.lane("numbers", _insert)

    async def story() -> int:
        waiting = [asyncio.ensure_future(writer.submit(lane, number)) for number in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(WriterBusy):
            await writer.submit(lane, 3)
        writer.start()
        await asyncio.gather(*waiting)
        return len(waiting)

    assert asyncio.run(story()) == 2
    writer.stop()


def test_a_turn_comes_again_until_it_has_no_more_work(database: Database, writer: Writer) -> None:
    left = [3, 2, 1, 0]
    finished = threading.Event()

    def run(connection: sa.Connection) -> bool:
        number = left.pop(0)
        _insert(connection, [number])
        return number > 0

    def after() -> None:
        if not left:
            finished.set()

    turn = writer.turn("count", run, after)
    writer.ring(turn)

    assert finished.wait(10)
    assert _periods(database) == {0, 1, 2, 3}


def test_a_turn_that_breaks_does_not_end_the_writer(database: Database, writer: Writer) -> None:
    def run(_connection: sa.Connection) -> bool:
        raise _Broken

    writer.ring(writer.turn("broken", run))
    writer.call_sync(lambda connection: _insert(connection, [1]))

    assert _periods(database) == {1}


def test_eight_threads_changing_one_row_lose_no_update(database: Database, writer: Writer) -> None:
    """The trap: read, change, write from 8 threads lost 338 of 400 updates with default settings, every commit `ok` (STACK.md)."""

    def add_worker(connection: sa.Connection) -> None:
        connection.execute(sa.insert(workers), {"id": "w", "key_sealed": b"k"})

    writer.call_sync(add_worker)

    def add_one(connection: sa.Connection) -> None:
        now = connection.execute(sa.select(workers.c.wrong_codes).where(workers.c.id == "w").with_for_update()).scalar_one()
        row = {"b_id": "w", "b_wrong_codes": now + 1, "b_current_case_id": None, "b_live_until": 0, "b_knocked_at": None}
        fresh = {"b_code_blocked_until": 0, "b_pin_hash": None, "b_pin_open_until": 0, "b_closed_to": None, "b_heard_at": 0}
        sessions.save_workers(connection, [row | fresh])

    def fifty_times() -> None:
        for number in range(50):
            if number % 2:
                writer.call_sync(add_one)
            else:
                with database.write() as connection:
                    add_one(connection)

    threads = [threading.Thread(target=fifty_times) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as connection:
        assert connection.execute(sa.select(workers.c.wrong_codes)).scalar_one() == 400
