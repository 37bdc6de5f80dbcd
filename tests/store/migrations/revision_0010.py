"""What waits behind a knock goes on waiting, and is found by when it may be knocked for."""

import sqlalchemy as sa

_HELD = """INSERT INTO outbox (worker_id, channel, kind, state, hold, due_at, created_at)
VALUES ('w1', 'sms', 'reply', 'held', 'knock', 5, 1), ('w2', 'sms', 'reply', 'held', 'knock', 7, 1)"""
_FOUND = "SELECT worker_id FROM outbox WHERE state = 'held' AND hold = 'knock' AND due_at <= 6"


def load(connection: sa.Connection) -> None:
    """Two messages behind a knock, of which one was put off."""
    connection.execute(sa.text(_HELD))


def check(connection: sa.Connection) -> None:
    """The one that may be knocked for is found."""
    assert connection.execute(sa.text(_FOUND)).scalar_one() == "w1"


def check_back(connection: sa.Connection) -> None:
    """It is found without the index too."""
    check(connection)
