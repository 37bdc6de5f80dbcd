"""A town for every test that asks: on both databases where rows matter, on SQLite alone where only the page does."""

from collections.abc import Iterator

import pytest

from tests.api.town import Town, town_on


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    with town_on(database_url) as made:
        yield made


@pytest.fixture
def small_town(sqlite_url: str) -> Iterator[Town]:
    with town_on(sqlite_url) as made:
        yield made
