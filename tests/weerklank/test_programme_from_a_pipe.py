"""A programme file comes from standard input too: into a container whose file system is read-only, nothing can be copied."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import programme
from cases.model import Programme
from store.database import Database, open_database
from tests.processes import COMMAND, Installation
from weerklank.sample import programme_text

SAMPLE = programme_text().encode()
SANNE = SAMPLE[: SAMPLE.index(b"Sanne")].count(b"\n") + 1


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Installation:
    return Installation(tmp_path, database_url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def _piped(house: Installation, action: str, content: bytes) -> "subprocess.CompletedProcess[bytes]":
    command: list[str | Path] = [COMMAND, "programme", action, "-"]
    return subprocess.run(command, input=content, env=house.environment, cwd=house.folder, capture_output=True, check=False)


def _in_force(database: Database) -> Programme | None:
    with database.read() as connection:
        return programme.current(connection)


def test_a_programme_is_checked_and_applied_from_a_pipe(house: Installation, database: Database) -> None:
    checked = _piped(house, "check", SAMPLE)
    assert (checked.returncode, checked.stdout) == (0, b"standard input: nothing wrong\n")
    assert _in_force(database) is None

    assert _piped(house, "apply", SAMPLE).returncode == 0
    assert _in_force(database) == programme.read_programme(programme_text(), "the sample")
    assert b"nothing changed" in _piped(house, "apply", SAMPLE).stdout


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            SAMPLE.replace(b"company: halmstra, role: officer", b"company: nobody, role: officer", 1),
            "line 48, people[sanne]: there is no company",
        ),
        (programme_text().encode("utf-16"), "line 1: this is no UTF-8; save the file as UTF-8"),
        (SAMPLE.replace(b"Sanne", b"Sann\xe9", 1), f"line {SANNE}: this is no UTF-8; save the file as UTF-8"),
    ],
    ids=["a company that is not there", "UTF-16", "Latin-1"],
)
def test_what_is_wrong_in_a_pipe_is_named_with_its_line_and_nothing_is_applied(
    house: Installation, database: Database, wrong: bytes, said: str
) -> None:
    done = _piped(house, "apply", wrong)

    assert done.returncode == 1
    assert f"standard input, {said}" in done.stderr.decode()
    assert _in_force(database) is None
