"""One time for every process on one PostgreSQL, whatever their machines say."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database, open_database
from store.shared_clock import SharedClock
from tests.databases import Databases


@pytest.fixture
def postgresql(databases: Databases, tmp_path: Path) -> Iterator[Database]:
    with databases.fresh("postgresql", tmp_path) as url:
        database = open_database(url)
        yield database
        database.close()


def _wall() -> int:
    return time.time_ns() // 1_000_000


def test_a_machine_whose_clock_was_set_wrong_works_by_the_databases_time(postgresql: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    right = time.time_ns
    with monkeypatch.context() as wrong:
        wrong.setattr(time, "time_ns", lambda: right() - 3_600_000_000_000)
        clock = SharedClock(postgresql)
    before = clock()
    clock.look()

    assert _wall() - before > 3_000_000
    assert abs(clock() - _wall()) < 1_000


def test_a_clock_set_anew_while_we_run_moves_nothing(postgresql: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SharedClock(postgresql)
    clock.look()
    before = clock()
    monkeypatch.setattr(time, "time_ns", lambda: 0)

    assert 0 <= clock() - before < 60_000
