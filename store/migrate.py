"""Brings a database to the tables of this version, and says whether it is there."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from store.database import Database
from store.jobs import ENGINE_PREFIX

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


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply the migrations up to a revision; does nothing when they are there."""
    with database.write() as connection:
        command.upgrade(configuration(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back down to a revision."""
    with database.write() as connection:
        command.downgrade(configuration(connection), revision)


def newest() -> str:
    """The revision this version of the program is written for."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    return head or ""


def is_up_to_date(connection: sa.Connection) -> bool:
    """Whether the database has exactly the tables of this version."""
    return MigrationContext.configure(connection).get_current_revision() == newest()
