"""Brings a database to the tables of this version, and says whether it is there."""

import functools
import time
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from store import indexes
from store.database import Database
from store.jobs import ENGINE_PREFIX

_LOCK_TIMEOUT = sa.text("SET LOCAL lock_timeout = '2s'")
# Two machines that are set up at the same moment both bring the tables up. PostgreSQL's advisory locks have numbers and no names.
_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(1464160594, 2)")
_LOCK_NOT_AVAILABLE = "55P03"
_LET_PASS = 1.0
_FOLDER = Path(__file__).parent / "migrations"


def configuration(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration for our migrations, on a connection."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def ours(name: str | None, _kind: str, _within: object) -> bool:
    """Whether a table is described in store/tables.py: the engine's tables beside ours come from its own scripts (revision 0006)."""
    return name is None or not name.startswith(ENGINE_PREFIX)


class TablesBusy(Exception):
    """A table stayed in somebody's use; nothing was changed."""


def upgrade(database: Database, revision: str = "head", *, tries: int = 10) -> None:
    """Apply the migrations up to a revision, all or none; does nothing when they are there. Raises TablesBusy.

    On PostgreSQL whoever waits for a table makes everybody wait behind them: so we wait for 2 s, let the traffic pass, and try again.
    Indexes of large tables are built afterwards, beside the traffic, also those that an upgrade before this one left unbuilt.
    """
    for _ in range(tries):
        try:
            with database.write() as connection:
                if database.kind == "postgresql":
                    connection.execute(_LOCK_TIMEOUT)
                    connection.execute(_ONE_AT_A_TIME)
                command.upgrade(configuration(connection), revision)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            time.sleep(_LET_PASS)
        else:
            if database.kind == "postgresql":
                indexes.build(database, _beside_traffic(revision))
            return
    raise TablesBusy("a table stayed in use; nothing was changed")


def unbuilt(connection: sa.Connection) -> list[str]:
    """Indexes of this version that are not there yet: an upgrade was cut off after its tables were whole. None on SQLite."""
    return list(indexes.missing(connection, _beside_traffic("head"))) if connection.dialect.name == "postgresql" else []


def _beside_traffic(revision: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for script in ScriptDirectory.from_config(configuration()).iterate_revisions(revision, "base"):
        found |= getattr(script.module, "BESIDE_TRAFFIC", {})
    return found


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back down to a revision."""
    with database.write() as connection:
        command.downgrade(configuration(connection), revision)


@functools.cache
def newest() -> str:
    """The revision this version of the program is written for."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    return head or ""


@functools.cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions())


def is_newer(connection: sa.Connection) -> bool:
    """Whether a newer version of ours was at the tables: they are of a revision that this one does not know."""
    return _revision(connection) not in {None, *_known()}


def _revision(connection: sa.Connection) -> str | None:
    """What `db upgrade` wrote last; None where it never ran."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    there: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return there


def is_up_to_date(connection: sa.Connection) -> bool:
    """Whether the database has exactly the tables of this version."""
    return _revision(connection) == newest()
