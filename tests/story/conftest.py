"""A line on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.line import Line


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    opened = Line(database_url, tmp_path / "data")
    yield opened
    opened.close()
