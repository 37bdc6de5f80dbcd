"""What grows: a case of before is found by either half of its reference, and what ended badly is counted without looking at the rest."""

import importlib

import sqlalchemy as sa

from store.migrate import unbuilt

_REVISION = importlib.import_module("store.migrations.versions.0008_what_grows")
_CASE = """INSERT INTO cases (reference, channel, language, company_id, excluded, who, state, severity, groups, may_we, opened_at,
    updated_at, tail_hash, public_key)
    VALUES ('WK-7F3K-92QX', 'sms', 'bn', 'halmstra', '[]', 'affected', 'new', 3, '[]', 'never', 5, 5, :hash, :hash)"""
_ROW = "INSERT INTO outbox (worker_id, channel, kind, state, due_at, created_at) VALUES ('w1', 'sms', 'flow', 'failed', 5, 5)"


def load(connection: sa.Connection) -> None:
    """A case, and a message that failed."""
    connection.execute(sa.text(_CASE), {"hash": b"h" * 32})
    connection.execute(sa.text(_ROW))


def check(connection: sa.Connection) -> None:
    """Every index is there, and holds them."""
    assert set(unbuilt(connection)).isdisjoint(_REVISION.BESIDE_TRAFFIC)
    halves = "SELECT count(*) FROM cases WHERE substr(reference, 4, 4) = '7F3K' AND substr(reference, 9, 4) BETWEEN '92Q0' AND '92QZ'"
    assert connection.execute(sa.text(halves)).scalar_one() == 1
    assert connection.execute(sa.text("SELECT count(*) FROM outbox WHERE state IN ('failed', 'maybe_sent')")).scalar_one() == 1


def check_back(connection: sa.Connection) -> None:
    """They are there still."""
    assert connection.execute(sa.text("SELECT reference FROM cases")).scalar_one() == "WK-7F3K-92QX"
