"""Discretion and traces: a worker who talked before has an open window after, and her talk is there when the columns are taken back."""

import sqlalchemy as sa

from store.tables import workers

_WORKER = {"id": "w1", "key_sealed": b"k"}
_SESSION = {"worker_id": "w1", "channel": "whatsapp", "sealed": b"s", "updated_at": 77}


def load(connection: sa.Connection) -> None:
    """One worker in the middle of a talk, and one who never talked."""
    connection.execute(sa.text("INSERT INTO workers (id, key_sealed) VALUES (:id, :key_sealed)"), [_WORKER, _WORKER | {"id": "w2"}])
    connection.execute(
        sa.text("INSERT INTO sessions (worker_id, channel, sealed, updated_at) VALUES (:worker_id, :channel, :sealed, :updated_at)"),
        _SESSION,
    )


def check(connection: sa.Connection) -> None:
    """The last word of the first is as old as her talk; nobody has quiet hours or a PIN."""
    found = sa.select(workers.c.id, workers.c.heard_at, workers.c.quiet_from, workers.c.pin_hash).order_by(workers.c.id)
    assert [tuple(row) for row in connection.execute(found)] == [("w1", 77, None, None), ("w2", 0, None, None)]


def check_back(connection: sa.Connection) -> None:
    """The talk is still there."""
    assert connection.execute(sa.text("SELECT worker_id FROM sessions")).scalar_one() == "w1"
