"""Bringing the tables up beside traffic: all or nothing, one at a time, and nobody waits long behind it."""

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from store.database import Database, open_database
from store.migrate import TablesBusy, is_up_to_date, unbuilt, upgrade
from tests.databases import Databases
from tests.processes import COMMAND, Installation

_OLDER = "0002"


@pytest.fixture
def older(databases: Databases, tmp_path: Path) -> Iterator[Database]:
    """A database of an older version."""
    with databases.empty("postgresql", tmp_path) as url:
        database = open_database(url)
        upgrade(database, _OLDER)
        yield database
        database.close()


def _revision(database: Database) -> str:
    with database.read() as connection:
        return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one())


def _tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(sa.inspect(connection).get_table_names())


def _waits(database: Database) -> bool:
    """Whether somebody waits for a table."""
    with database.read() as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL"
        return bool(connection.execute(sa.text(waiting)).scalar_one())


def test_an_upgrade_that_is_killed_half_way_leaves_the_older_tables_whole(older: Database, tmp_path: Path) -> None:
    house, before = Installation(tmp_path, older.url), _tables(older)
    with older.read() as traffic:
        traffic.execute(sa.text("SELECT count(*) FROM workers"))
        upgrading = subprocess.Popen([COMMAND, "db", "upgrade"], env=house.environment, cwd=tmp_path, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while not _waits(older) and time.monotonic() < until:
            time.sleep(0.02)
        assert upgrading.poll() is None
        upgrading.kill()
        upgrading.wait()
    refused = subprocess.run([COMMAND, "work"], env=house.environment, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (_revision(older), _tables(older)) == (_OLDER, before)
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == (
        "weerklank: the database has not the tables of this version; run `weerklank db upgrade` first"
    )
    upgrade(older)
    with older.read() as connection:
        assert is_up_to_date(connection)


def test_traffic_passes_while_an_upgrade_waits_for_a_table(older: Database) -> None:
    failed: list[BaseException] = []

    def bring_up() -> None:
        try:
            upgrade(older, tries=1)
        except TablesBusy as error:
            failed.append(error)

    with older.read() as traffic:
        traffic.execute(sa.text("SELECT count(*) FROM workers"))
        upgrading = threading.Thread(target=bring_up)
        upgrading.start()
        while upgrading.is_alive() and not _waits(older):
            time.sleep(0.02)
        with older.read() as other:
            other.execute(sa.text("SELECT count(*) FROM workers"))
        upgrading.join()

    assert len(failed) == 1
    assert _revision(older) == _OLDER
    upgrade(older)


def test_two_machines_that_bring_the_tables_up_at_once_both_succeed(older: Database) -> None:
    others = [open_database(older.url) for _ in range(3)]
    failed: list[BaseException] = []

    def bring_up(database: Database) -> None:
        try:
            upgrade(database)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)

    threads = [threading.Thread(target=bring_up, args=(each,)) for each in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in others:
        each.close()

    assert failed == []
    with older.read() as connection:
        assert is_up_to_date(connection)


_BROKEN = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = CAST('ix_cases_queue' AS regclass)"


def test_an_index_whose_building_was_cut_off_is_named_and_built_at_the_next_upgrade(older: Database) -> None:
    upgrade(older)
    with older.write() as connection:
        connection.execute(sa.text("DROP INDEX ix_inbox_aside"))
        connection.execute(sa.text(_BROKEN))
        lacking = unbuilt(connection)
    upgrade(older)

    assert sorted(lacking) == ["ix_cases_queue", "ix_inbox_aside"]
    with older.read() as connection:
        assert unbuilt(connection) == []


def test_nobody_waits_while_an_index_of_a_large_table_is_built(older: Database) -> None:
    """Building waits for a transaction that began before; who writes meanwhile waits for neither."""
    upgrade(older)
    with older.write() as connection:
        connection.execute(sa.text("DROP INDEX ix_inbox_aside"))
    building = threading.Thread(target=upgrade, args=(older,))
    with older.write() as long:
        long.execute(sa.text(_WORD), {"key": "SM1"})
        building.start()
        until = time.monotonic() + 30
        while not _builds(older) and time.monotonic() < until:
            time.sleep(0.02)
        with older.write() as other:
            other.execute(sa.text("SET LOCAL lock_timeout = '500ms'"))
            other.execute(sa.text(_WORD), {"key": "SM2"})
        assert building.is_alive()
    building.join()

    with older.read() as connection:
        assert unbuilt(connection) == []
        assert connection.execute(sa.text("SELECT count(*) FROM inbox")).scalar_one() == 2


_WORD = "INSERT INTO inbox (channel, key, worker_id, received_at, state) VALUES ('sms', :key, 'w', 1, 'new')"


def _builds(database: Database) -> bool:
    with database.read() as connection:
        return bool(connection.execute(sa.text("SELECT count(*) FROM pg_stat_progress_create_index")).scalar_one())
