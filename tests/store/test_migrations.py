"""Migrations: up and down with people's data in between, and the tables at the end are those of the code."""

import importlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from store.database import Database, open_database
from store.migrate import configuration, downgrade, is_up_to_date, ours, upgrade
from store.tables import metadata

REVISIONS = [script.revision for script in reversed(list(ScriptDirectory.from_config(configuration()).walk_revisions()))]


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    opened = open_database(empty_database_url)
    yield opened
    opened.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_revision_goes_up_and_down_with_data_in_it(empty: Database, revision: str) -> None:
    data = importlib.import_module(f"tests.store.migrations.revision_{revision}")
    before = REVISIONS[REVISIONS.index(revision) - 1] if revision != REVISIONS[0] else None
    if before is not None:
        upgrade(empty, before)
    with empty.write() as connection:
        data.load(connection)
    upgrade(empty, revision)
    with empty.write() as connection:
        data.check(connection)
    downgrade(empty, before or "base")

    with empty.read() as connection:
        if hasattr(data, "check_back"):
            data.check_back(connection)
        left = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    assert left == set() if before is None else left


BY_EXPRESSIONS = frozenset({"ix_cases_queue", "ix_cases_first_half", "ix_cases_second_half"})
"""Indexes that Alembic cannot compare, since databases tell expressions in words of their own; test_plans.py shows that they serve."""


def _is_compared(_object: object, name: str | None, *_more: object) -> bool:
    return name not in BY_EXPRESSIONS


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index", "ignore:autogenerate skipping metadata")
def test_the_migrations_end_in_exactly_the_tables_of_the_code(empty: Database) -> None:
    upgrade(empty)

    with empty.read() as connection:
        options = {"compare_type": True, "include_name": ours, "include_object": _is_compared}
        found = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(found, metadata) == []
        assert is_up_to_date(connection)


def test_an_empty_database_is_not_up_to_date(empty: Database) -> None:
    with empty.read() as connection:
        assert not is_up_to_date(connection)


def test_every_script_of_the_installed_engine_belongs_to_a_revision_of_ours() -> None:
    """A release of the engine with a new script needs a new revision: this fails until there is one."""
    revision = importlib.import_module("store.migrations.versions.0006_tasks_on_an_engine")

    assert [script.name for script in revision.scripts()][-1] == revision.LAST_SCRIPT
