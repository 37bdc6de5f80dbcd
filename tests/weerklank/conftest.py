"""A service that the sample was played into, on both kinds of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.weerklank.played import Played, played_on


@pytest.fixture
def played(database_url: str, tmp_path: Path) -> Iterator[Played]:
    with played_on(database_url, tmp_path) as made:
        yield made
