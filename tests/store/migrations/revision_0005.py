"""Lengths: what was kept before has none and is otherwise as it was, also when the column is taken back."""

import sqlalchemy as sa

_LEFT = "SELECT id, state, file, size FROM attachments"


def load(connection: sa.Connection) -> None:
    """One voice note that was kept before lengths were counted."""
    connection.execute(
        sa.text(
            "INSERT INTO attachments"
            " (id, worker_id, channel, kind, case_id, seq, state, file, key_sealed, media_type, size, due_at, created_at)"
            " VALUES (7, 'w1', 'whatsapp', 'voice', 1, 4, 'kept', 'f1', :key, 'audio/ogg', 4321, 0, 0)"
        ),
        {"key": b"k"},
    )


def check(connection: sa.Connection) -> None:
    """Nobody knows its length; a new one can be told beside it."""
    assert connection.execute(sa.text("SELECT seconds FROM attachments")).scalar_one() is None
    connection.execute(sa.text("UPDATE attachments SET seconds = 86400"))
    assert connection.execute(sa.text("SELECT seconds FROM attachments")).scalar_one() == 86_400


def check_back(connection: sa.Connection) -> None:
    """The note is still there."""
    assert connection.execute(sa.text(_LEFT)).one() == (7, "kept", "f1", 4321)
