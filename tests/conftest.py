"""What every test may ask for: a database of each kind, and a house whose doors to the outside are shut."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from nacl.pwhash import argon2id

from api import passwords
from store import codes
from store.database import open_database
from store.migrate import upgrade
from tests.databases import KINDS, Databases, Kind

# The same examples on every machine: a failure seen once can be looked at.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("house")

# Codes and passwords are hashed slowly on purpose, and tests/test_slow_hashes.py holds the house to it. Elsewhere a hash is a way to the
# subject and no more: there it takes the least that Argon2id knows, or a third of all the tests' time would be hashing.
_SLOWLY = [(room, name, getattr(room, name)) for room in (codes, passwords) for name in ("_MEMORY", "_PASSES")]
for room, name, _ in _SLOWLY:
    setattr(room, name, argon2id.MEMLIMIT_MIN if name == "_MEMORY" else argon2id.OPSLIMIT_MIN)

# Pages are tested in a real browser, from the environment that has the tools for it; `.ci/run` says when it cannot.
BROWSER_IS_HERE = importlib.util.find_spec("playwright") is not None
collect_ignore = [] if BROWSER_IS_HERE else ["browser"]


def pytest_report_header() -> str:
    return "browser: driven by playwright" if BROWSER_IS_HERE else "browser: its tests are not part of this run (they run in .venv-dev)"


def pytest_xdist_auto_num_workers() -> int:
    """Three test processes on two processors: half of a test's time is spent waiting for a service, a carrier or a timer."""
    return (os.cpu_count() or 1) * 3 // 2


# Folders whose tests run whole processes for many seconds.
LONG = ("campaigns", "operations", "story", "weerklank")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long tests, so that no test process is alone with one while the others have nothing left to take from it.

    A block also stays with one process for longer, which then makes what a module shares (an image, a played sample) but once.
    """
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return LONG.index(folder) if folder in LONG else len(LONG)


def lay_tables(url: str) -> None:
    """Fill a template database with every table, by the same migrations that an operator runs."""
    database = open_database(url)
    upgrade(database)
    database.close()


@pytest.fixture
def full_strength(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash as slowly as the service does."""
    for room, name, value in _SLOWLY:
        monkeypatch.setattr(room, name, value)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("templates"), lay_tables)
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database with every table and no row; each test that asks runs on both kinds."""
    kind: Kind = request.param
    with databases.fresh(kind, tmp_path) as url:
        yield url


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it, for migrations; each test that asks runs on both kinds."""
    kind: Kind = request.param
    with databases.empty(kind, tmp_path) as url:
        yield url


@pytest.fixture
def sqlite_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """A fresh SQLite file with every table, for what only SQLite does."""
    with databases.fresh("sqlite", tmp_path) as url:
        yield url


@pytest.fixture
def postgresql_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """A fresh PostgreSQL database with every table, for what only PostgreSQL does."""
    with databases.fresh("postgresql", tmp_path) as url:
        yield url
