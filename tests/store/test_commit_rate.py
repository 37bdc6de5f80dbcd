"""The bench of the writer compares like with like: both sides of it leave the same rows, whatever columns a message has come to write."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench import commit_rate
from store.database import open_database
from store.tables import cases, entries, inbox, outbox, sessions, workers

_TABLES = (workers, cases, entries, inbox, outbox, sessions)
# What each side draws by chance or numbers for itself.
_OWN = {"id", "key_sealed", "code_hash", "public_key", "data_key_sealed"}


def _left(url: str) -> dict[str, list[dict[str, Any]]]:
    database = open_database(url)
    try:
        with database.read() as connection:
            rows = {table.name: connection.execute(sa.select(table)).mappings().all() for table in _TABLES}
    finally:
        database.close()
    return {name: sorted((_told(dict(row)) for row in found), key=repr) for name, found in rows.items()}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _OWN}


def test_both_sides_of_the_bench_leave_the_same_rows(tmp_path: Path) -> None:
    messages = commit_rate.prepare(576)
    sides = {"sqlite3": commit_rate.through_sqlite3, "writer": commit_rate.through_the_writer}
    left = {}
    for name, commit in sides.items():
        (tmp_path / name).mkdir()
        url = commit_rate.lay(tmp_path / name)
        commit(url, messages)
        left[name] = _left(url)

    assert [len(left["writer"][table]) for table in ("inbox", "outbox", "entries")] == [576, 576, 1152]
    assert left["sqlite3"] == left["writer"]
