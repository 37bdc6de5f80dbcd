"""A pooler that gives a session for a transaction only is noticed before anything is lost behind it."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from store.database import open_database
from store.pooler import shares_sessions
from tests.databases import Databases, account, free_port
from tests.processes import COMMAND, Installation

_PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")


@contextmanager
def _pooled(url: str, mode: str, folder: Path) -> Iterator[str]:
    """The same database behind pgbouncer."""
    assert _PGBOUNCER is not None
    there, port = sa.make_url(url), free_port()
    runs_as = account(folder)
    (folder / "users").write_text('"postgres" ""\n', encoding="ascii")
    lines = [
        "[databases]",
        f"* = host={there.host} port={there.port} user={there.username}",
        "[pgbouncer]",
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\nauth_file = {folder / 'users'}",
        f"pool_mode = {mode}\nunix_socket_dir =\nignore_startup_parameters = extra_float_digits",
    ]
    (folder / "pgbouncer.ini").write_text("\n".join(lines), encoding="ascii")
    with (folder / "log").open("wb") as log:
        pooler = subprocess.Popen([_PGBOUNCER, folder / "pgbouncer.ini"], user=runs_as, stdout=log, stderr=log, cwd=folder)
    try:
        through = there.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        _await(through.replace("postgresql+psycopg", "postgresql"), folder / "log")
        yield through
    finally:
        pooler.terminate()
        pooler.wait(20)


def _await(address: str, log: Path) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise RuntimeError(f"pgbouncer does not answer:\n{log.read_text()}") from None
            time.sleep(0.05)
        else:
            return


@pytest.mark.skipif(_PGBOUNCER is None, reason="no pgbouncer on this machine; .ci/run installs Debian's where it may")
@pytest.mark.parametrize(("mode", "shared"), [("transaction", True), ("statement", True), ("session", False)])
def test_a_pooler_is_told_by_what_it_does(postgresql_url: str, mode: str, *, shared: bool) -> None:
    with tempfile.TemporaryDirectory() as folder, _pooled(postgresql_url, mode, Path(folder)) as url:
        database = open_database(url)
        found = [shares_sessions(database) for _ in range(5)]
        database.close()

    assert found == [shared] * 5


@pytest.mark.skipif(_PGBOUNCER is None, reason="no pgbouncer on this machine; .ci/run installs Debian's where it may")
@pytest.mark.parametrize("command", [["serve"], ["serve", "--workers", "2"], ["work"], ["doctor"], ["db", "upgrade"]], ids=" ".join)
def test_behind_such_a_pooler_nothing_starts_and_one_sentence_says_why(postgresql_url: str, tmp_path: Path, command: list[str]) -> None:
    house = Installation(tmp_path, postgresql_url)
    house.lay()
    with tempfile.TemporaryDirectory() as folder, _pooled(postgresql_url, "transaction", Path(folder)) as url:
        environment = {**house.environment, "WEERKLANK_DATABASE_URL": url}
        done = subprocess.run([COMMAND, *command], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert "a pooler that gives a session for one transaction only" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(_PGBOUNCER is None, reason="no pgbouncer on this machine; .ci/run installs Debian's where it may")
@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_an_upgrade_behind_such_a_pooler_begins_nothing(databases: Databases, tmp_path: Path, mode: str) -> None:
    with databases.empty("postgresql", tmp_path) as there, tempfile.TemporaryDirectory() as folder:
        house = Installation(tmp_path, there)
        with _pooled(there, mode, Path(folder)) as url:
            environment = {**house.environment, "WEERKLANK_DATABASE_URL": url}
            done = subprocess.run(
                [COMMAND, "db", "upgrade"], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
            )
        database = open_database(there)
        with database.read() as connection:
            tables = sa.inspect(connection).get_table_names()
        database.close()

    assert (done.returncode, tables) == (1, [])
    assert "a pooler that gives a session for one transaction only" in done.stderr


def test_a_server_itself_gives_each_connection_a_session(database_url: str) -> None:
    database = open_database(database_url)
    found = shares_sessions(database)
    database.close()

    assert found is False
