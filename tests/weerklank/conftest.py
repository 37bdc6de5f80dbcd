"""A service that the sample was played into, once on each kind of database: these tests only look."""

from collections.abc import Iterator

import pytest

from tests.databases import KINDS, Databases, Kind
from tests.weerklank.played import Played, played_on


@pytest.fixture(scope="module", params=KINDS)
def played(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp("played")
    with databases.fresh(kind, folder) as url, played_on(url, folder) as made:
        yield made
