"""The contract of the task port, for every runner behind it."""

import threading
from functools import partial

import pytest
import sqlalchemy as sa

from store import tasks
from store.database import Database
from store.tables import tasks as table
from store.writer import Writer

NAMES = ("greet", "carry")


def _enqueue(connection: sa.Connection, key: str | None = None) -> bool:
    return tasks.enqueue(connection, "greet", {"who": "desk"}, 100, key)


def test_a_rollback_takes_the_task_along(writer: Writer) -> None:
    def half(connection: sa.Connection) -> None:
        _enqueue(connection)
        raise LookupError

    with pytest.raises(LookupError):
        writer.call_sync(half)

    assert writer.call_sync(lambda c: tasks.claim(c, 200, 300, 5, NAMES)) == []


def test_a_key_is_taken_at_most_once_ever(writer: Writer) -> None:
    added = [writer.call_sync(lambda c: _enqueue(c, "once")) for _ in range(3)]
    [task] = writer.call_sync(lambda c: tasks.claim(c, 200, 300, 5, NAMES))
    writer.call_sync(lambda c: tasks.finished(c, task))

    assert added == [True, False, False]
    assert writer.call_sync(lambda c: _enqueue(c, "once")) is False


def test_a_task_waits_for_its_time_and_is_claimed_once(writer: Writer) -> None:
    writer.call_sync(_enqueue)

    assert writer.call_sync(lambda c: tasks.claim(c, 99, 300, 5, NAMES)) == []
    assert len(writer.call_sync(lambda c: tasks.claim(c, 100, 300, 5, NAMES))) == 1
    assert writer.call_sync(lambda c: tasks.claim(c, 100, 300, 5, NAMES)) == []


def test_a_task_whose_runner_was_killed_runs_again(writer: Writer) -> None:
    writer.call_sync(_enqueue)
    writer.call_sync(lambda c: tasks.claim(c, 100, 300, 5, NAMES))

    [again] = writer.call_sync(lambda c: tasks.claim(c, 301, 600, 5, NAMES))

    assert again.attempts == 2


def test_a_task_that_keeps_failing_rests_as_a_dead_letter_with_its_reason(writer: Writer, database: Database) -> None:
    writer.call_sync(_enqueue)
    now = 100
    for _ in range(tasks.MOST_ATTEMPTS):
        [task] = writer.call_sync(partial(tasks.claim, now=now, lease_until=now + 50, most=5, names=NAMES))
        now += 100
        writer.call_sync(partial(tasks.failed, task=task, reason="TimeoutError", again_at=now))

    assert writer.call_sync(lambda c: tasks.claim(c, 10**9, 10**9 + 1, 5, NAMES)) == []
    with database.read() as connection:
        assert connection.execute(sa.select(table.c.state, table.c.reason)).one() == ("dead", "TimeoutError")


def test_a_task_of_a_name_that_only_a_newer_version_knows_is_left_to_it(writer: Writer, database: Database) -> None:
    writer.call_sync(lambda c: tasks.enqueue(c, "fly", {}, 100, "first"))
    writer.call_sync(lambda c: tasks.enqueue_behind(c, "soar", {f"{tasks.BEHIND}1": {}}, 100))
    writer.call_sync(_enqueue)

    older = [[task.task for task in writer.call_sync(lambda c: tasks.claim(c, 200, 300, 5, NAMES))] for _ in range(3)]
    newer = [[task.task for task in writer.call_sync(lambda c: tasks.claim(c, 200, 300, 5, (*NAMES, "fly", "soar")))] for _ in range(2)]

    assert older == [["greet"], [], []]
    assert newer == [["fly"], ["soar"]]


def test_a_tick_is_claimed_by_exactly_one_of_eight(database: Database) -> None:
    mine: list[bool] = []

    def claim() -> None:
        with database.write() as connection:
            mine.append(tasks.tick(connection, "promises", 7))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(mine) == [False] * 7 + [True]


def test_old_ticks_do_not_pile_up(writer: Writer, database: Database) -> None:
    for period in range(300):
        writer.call_sync(partial(tasks.tick, task="promises", period=period))

    with database.read() as connection:
        kept = connection.execute(sa.text("SELECT count(*) FROM ticks")).scalar_one()
    assert kept <= 101


def test_what_nobody_waits_for_is_claimed_when_nothing_else_is_due_and_few_at_once(writer: Writer) -> None:
    keys = [f"{tasks.BEHIND}{number}" for number in range(4)]
    writer.call_sync(lambda c: tasks.enqueue_behind(c, "carry", {key: {} for key in keys}, 100))
    writer.call_sync(lambda c: tasks.enqueue(c, "greet", {}, 150))
    writer.call_sync(lambda c: tasks.enqueue(c, "greet", {}, 160, "with a key of its own"))

    claims = [[task.task for task in writer.call_sync(lambda c: tasks.claim(c, 200, 300, 8, NAMES))] for _ in range(4)]

    assert claims == [["greet", "greet"], ["carry", "carry"], ["carry", "carry"], []]


def test_work_behind_all_other_is_added_at_most_once_by_its_key(writer: Writer) -> None:
    one, two = (f"{tasks.BEHIND}{number}" for number in range(2))

    first = writer.call_sync(lambda c: tasks.enqueue_behind(c, "carry", {one: {}}, 100))
    second = writer.call_sync(lambda c: tasks.enqueue_behind(c, "carry", {one: {}, two: {}}, 100))

    assert [set(each) for each in (first, second)] == [{one}, {two}]
    assert writer.call_sync(lambda c: tasks.enqueue_behind(c, "carry", {}, 100)) == frozenset()
