"""Engines and transactions: one code path on SQLite (embedded) and PostgreSQL (beyond one machine)."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, PendingRollbackError

from store.wire import WireWatch

Kind = Literal["sqlite", "postgresql"]
_BUSY_MS = 4_000
PATIENCE: dict[str, int] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""How long every connection to PostgreSQL believes in a wire that says nothing: about 15 s, where the system's own patience is two hours.

Seconds, but for `tcp_user_timeout` (ms); the names are libpq's. On a socket of the file system they mean nothing.
"""
_NO_ROOM = "Check free disk space"
"""PostgreSQL's hint beside a file that cannot grow: where the limit is not the disk's, it calls the error an internal one."""
_LOCKED = ("database is locked", "database is busy")


class StoreAway(Exception):
    """The database cannot be reached now; nothing was written."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database's two doors: `writing` for the one writer of this process, `reading` for everybody's short reads."""

    url: str
    kind: Kind
    writing: sa.Engine
    reading: sa.Engine

    @property
    def address(self) -> str:
        """The address in libpq's form, with the same patience: for connections to PostgreSQL beside the two doors."""
        return _address(self.url)

    @contextmanager
    def read(self) -> Generator[sa.Connection]:
        """A connection to read with, in one transaction of its own. Raises StoreAway when the database cannot be reached."""
        try:
            with self.reading.connect() as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            if not is_away(error):
                raise
            raise StoreAway("the database cannot be reached") from error

    @contextmanager
    def write(self) -> Generator[sa.Connection]:
        """A write transaction for commands that run alone (migrations, `db check`); the service itself writes through its Writer."""
        with self.writing.connect() as connection, connection.begin():
            yield connection

    def scrub(self) -> None:
        """Overwrite what was destroyed where the database still keeps an old copy: SQLite's log, PostgreSQL's dead rows."""
        if self.kind == "sqlite":
            raw = self.reading.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            finally:
                raw.close()
            return
        with self.reading.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM workers, contacts, sessions, cases, case_grants, outbox")

    def close(self) -> None:
        """Let go of every connection."""
        self.writing.dispose()
        self.reading.dispose()


def _address(url: str) -> str:
    options = {name: str(value) for name, value in PATIENCE.items()}
    return sa.make_url(url).set(drivername="postgresql").update_query_dict(options).render_as_string(hide_password=False)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _engine(url: str, kind: Kind, begin: str, pool: int) -> sa.Engine:
    options: dict[str, Any] = {"hide_parameters": True, "json_serializer": _json, "json_deserializer": orjson.loads}
    if kind == "postgresql":
        engine = sa.create_engine(url, pool_size=pool, max_overflow=pool, pool_pre_ping=True, connect_args=PATIENCE, **options)
        watch = WireWatch(_address(url))

        def connect(_dialect: Any, _record: Any, arguments: Any, named: Any) -> Any:
            return watch.connect(*arguments, **named)

        event.listen(engine, "do_connect", connect)
        return engine
    engine = sa.create_engine(url, connect_args={"check_same_thread": False}, **options)
    event.listen(engine, "connect", _on_connect)

    def on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "begin", on_begin)
    return engine


def open_database(url: str) -> Database:
    """Open `sqlite:////file` or `postgresql+psycopg://...`. Raises ValueError for anything else."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Database(url, "sqlite", _engine(url, "sqlite", "BEGIN IMMEDIATE", 1), _engine(url, "sqlite", "BEGIN", 8))
    if parsed.drivername == "postgresql+psycopg":
        return Database(url, "postgresql", _engine(url, "postgresql", "", 4), _engine(url, "postgresql", "", 8))
    raise ValueError("WEERKLANK_DATABASE_URL must start with sqlite:/// (a file) or postgresql+psycopg://")


_CONFLICTS = frozenset({"40001", "40P01"})


def is_conflict(error: BaseException) -> bool:
    """Whether PostgreSQL gave up a transaction for another one's sake (deadlock, serialization): the same work may simply be done again."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _CONFLICTS


def is_away(error: BaseException) -> bool:
    """Whether an error means that the database is out of reach or locked, rather than that the statement was wrong.

    A connection that was lost in the middle of a transaction refuses every further statement (PendingRollbackError).
    """
    if isinstance(error, StoreAway | PendingRollbackError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return True
    if isinstance(error, InternalError):
        return _NO_ROOM in str(error.orig)
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    text = str(error.orig)
    return not text.startswith(("no such", "near ", "table ")) or any(word in text for word in _LOCKED)


def insert_new(
    connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]], unique: list[str], returning: sa.ColumnElement[Any]
) -> set[Any]:
    """Insert the rows whose `unique` columns are not there yet; returns the `returning` values of those that really went in.

    RETURNING and not the row count: SQLAlchemy with psycopg reports -1 rows for ON CONFLICT DO NOTHING (STACK.md, traps).
    """
    if not rows:
        return set()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing(index_elements=unique).returning(returning)
    return set(connection.execute(statement, rows).scalars())


def upsert(connection: sa.Connection, table: sa.Table, values: dict[str, Any], unique: list[str], changes: dict[str, Any]) -> None:
    """Insert a row, or apply `changes` to the one that is there."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(**values).on_conflict_do_update(index_elements=unique, set_=changes))
