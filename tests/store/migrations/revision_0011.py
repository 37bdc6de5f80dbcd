"""What is due goes on being due, and is found by its channel."""

import sqlalchemy as sa

_DUE = """INSERT INTO outbox (worker_id, channel, kind, state, due_at, created_at)
VALUES ('w1', 'sms', 'flow', 'due', 5, 1), ('w2', 'telegram', 'flow', 'due', 5, 1)"""
_FOUND = "SELECT worker_id FROM outbox WHERE channel = 'telegram' AND state IN ('due', 'sending')"


def load(connection: sa.Connection) -> None:
    """A message due on each of two channels."""
    connection.execute(sa.text(_DUE))


def check(connection: sa.Connection) -> None:
    """That of one channel is found."""
    assert connection.execute(sa.text(_FOUND)).scalar_one() == "w2"


def check_back(connection: sa.Connection) -> None:
    """It is found without the index too."""
    check(connection)
