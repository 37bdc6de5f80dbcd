"""One pace: what waited to leave before leaves after, at the pace of all processes, and is there still when the pace is taken back."""

import sqlalchemy as sa

from store import feeds
from store.feeds import Rate

_ROW = {"worker_id": "w1", "channel": "telegram", "kind": "flow", "state": "due", "due_at": 5, "created_at": 5}


def load(connection: sa.Connection) -> None:
    """A message that waits to leave."""
    statement = "INSERT INTO outbox (worker_id, channel, kind, state, due_at, created_at)"
    connection.execute(sa.text(f"{statement} VALUES (:worker_id, :channel, :kind, :state, :due_at, :created_at)"), _ROW)


def check(connection: sa.Connection) -> None:
    """Its channel has a pace, and its worker rests."""
    assert [feeds.take(connection, "telegram", Rate(per_second=2), 3, 1000 + each) for each in (0, 1, 500)] == [2, 0, 1]
    feeds.let_rest(connection, ["w1"], 2000, 1000)
    assert feeds.resting(connection, 1999) == ["w1"]


def check_back(connection: sa.Connection) -> None:
    """It still waits."""
    assert connection.execute(sa.text("SELECT state FROM outbox")).scalar_one() == "due"
