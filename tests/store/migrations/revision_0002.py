"""Timers: a talk that was there before can wait after, and is there still when the timers are taken back."""

import sqlalchemy as sa

from store import timers
from store.timers import Due

_WORKER = {"id": "w1", "key_sealed": b"k"}
_SESSION = {"worker_id": "w1", "channel": "sms", "sealed": b"s", "updated_at": 1}


def load(connection: sa.Connection) -> None:
    """A worker in the middle of a talk."""
    connection.execute(sa.text("INSERT INTO workers (id, key_sealed) VALUES (:id, :key_sealed)"), _WORKER)
    connection.execute(
        sa.text("INSERT INTO sessions (worker_id, channel, sealed, updated_at) VALUES (:worker_id, :channel, :sealed, :updated_at)"),
        _SESSION,
    )


def check(connection: sa.Connection) -> None:
    """Her talk waits, once, for the newest timer."""
    row = {"worker_id": "w1", "channel": "sms", "timer": 1, "lasts": 1000, "set_at": 5, "due_at": None}
    timers.put(connection, [row])
    timers.put(connection, [row | {"timer": 2, "due_at": 2000}])
    assert timers.take(connection, 1999, 10) == []
    timers.put(connection, [row | {"timer": 3, "due_at": 2000}])
    assert timers.take(connection, 2000, 10) == [Due("w1", "sms", 3, 5)]
    timers.put(connection, [row])


def check_back(connection: sa.Connection) -> None:
    """The talk is still there."""
    assert connection.execute(sa.text("SELECT worker_id FROM sessions")).scalar_one() == "w1"
