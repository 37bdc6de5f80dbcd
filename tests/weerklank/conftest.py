"""A service that the sample was played into, once on each kind of database, for tests that only look; and where an operator sits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import open_database
from tests.databases import KINDS, Databases, Kind
from tests.weerklank.office import PEPPER, Office, text
from tests.weerklank.played import Played, played_on


@pytest.fixture(scope="module", params=KINDS)
def played(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp("played")
    with databases.fresh(kind, folder) as url, played_on(url, folder) as made:
        yield made


@pytest.fixture
def office(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Office]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEERKLANK_DATABASE_URL", database_url)
    monkeypatch.setenv("WEERKLANK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WEERKLANK_LOOKUP_PEPPER", text(PEPPER))
    opened = open_database(database_url)
    yield Office(opened, tmp_path / "data", monkeypatch, capsys)
    opened.close()
