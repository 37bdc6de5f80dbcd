"""A house with the sample programme for every test that asks, on both kinds of database."""

from collections.abc import Iterator

import pytest

from tests.cases.house import House, house_on


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    with house_on(database_url) as made:
        yield made
