"""A timer starts when everything before it has left, and is taken by one of all processes."""

import pytest
import sqlalchemy as sa

from store import timers
from store.database import Database, open_database
from store.tables import outbox
from store.tables import timers as table
from store.timers import Due

_ROW = {"worker_id": "w1", "channel": "sms", "timer": 4, "lasts": 1000, "set_at": 5, "due_at": None}


def _message(**more: object) -> dict[str, object]:
    row = {"worker_id": "w1", "channel": "sms", "kind": "flow", "state": "due", "hold": None, "due_at": 1, "created_at": 1}
    return row | more


def _due(connection: sa.Connection) -> int | None:
    due: int | None = connection.execute(sa.select(table.c.due_at)).scalar_one()
    return due


@pytest.fixture
def database(database_url: str) -> Database:
    return open_database(database_url)


@pytest.mark.parametrize(
    ("message", "started"),
    [
        (_message(), False),
        (_message(state="sending"), False),
        (_message(state="held", hold="notice"), False),
        (_message(state="held", hold="knock"), False),
        (_message(state="sent"), True),
        (_message(state="failed"), True),
        (_message(kind="reply", state="held", hold="translation"), True),
        (_message(worker_id="w2"), True),
    ],
)
def test_the_clock_runs_once_nothing_of_the_talk_is_still_to_leave(
    database: Database, message: dict[str, object], *, started: bool
) -> None:
    with database.write() as connection:
        connection.execute(sa.insert(outbox), message)
        timers.put(connection, [_ROW])
        timers.start(connection, 50)
        timers.start(connection, 60)

        assert _due(connection) == (1050 if started else None)
    database.close()


def test_a_timer_is_taken_once_and_only_when_its_time_has_passed(database: Database) -> None:
    with database.write() as connection:
        timers.put(connection, [_ROW | {"due_at": 100}])
    taken: list[list[Due]] = []
    for now in (99, 100, 101):
        with database.write() as connection:
            taken.append(timers.take(connection, now, 10))

    assert taken == [[], [Due("w1", "sms", 4, 5)], []]
    database.close()


def test_a_timer_taken_in_a_transaction_that_fails_is_still_there(database: Database) -> None:
    with database.write() as connection:
        timers.put(connection, [_ROW | {"due_at": 100}])
    with database.write() as connection:
        undone = connection.begin_nested()
        assert timers.take(connection, 100, 10) != []
        undone.rollback()

    with database.write() as connection:
        assert timers.take(connection, 100, 10) == [Due("w1", "sms", 4, 5)]
    database.close()


def test_a_timer_that_one_process_is_taking_is_not_taken_by_another_at_the_same_time(postgresql_url: str) -> None:
    here, there = open_database(postgresql_url), open_database(postgresql_url)
    with here.write() as connection:
        timers.put(connection, [_ROW | {"due_at": 100}, _ROW | {"worker_id": "w2", "due_at": 100}])
    with here.write() as first, there.write() as second:
        mine, theirs = timers.take(first, 101, 1), timers.take(second, 101, 10)
    with here.write() as connection:
        left = timers.take(connection, 101, 10)
    here.close()
    there.close()

    assert (len(mine), len(theirs), left) == (1, 1, [])
    assert {each.worker_id for each in (*mine, *theirs)} == {"w1", "w2"}
