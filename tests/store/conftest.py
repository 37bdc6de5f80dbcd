"""A database with its one writer, for tests of the store."""

from collections.abc import Iterator

import pytest

from store.database import Database, open_database
from store.sealing import Keyring, new_key
from store.writer import Writer


@pytest.fixture
def keyring() -> Keyring:
    return Keyring([new_key()], new_key())


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    started = Writer(database)
    started.start()
    yield started
    started.stop()
