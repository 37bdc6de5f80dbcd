"""A backup of an installation on SQLite is one file with everything but the keys, and comes back whole or not at all."""

import shutil
import sqlite3
import subprocess
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from store.tables import inbox
from tests.line import Line
from tests.operations.files import HOUSE
from weerklank.__main__ import main


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("WEERKLANK_DATABASE_URL", raising=False)
    return monkeypatch


def _installed(at: pytest.MonkeyPatch, url: str, data: Path) -> None:
    at.setenv("WEERKLANK_DATABASE_URL", url)
    at.setenv("WEERKLANK_DATA_DIR", str(data))


def test_what_a_worker_said_while_the_service_runs_is_in_the_backup_and_comes_back(
    at: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "kept.tar.gz"
    _installed(at, sqlite_url, old)
    line = Line(sqlite_url, old)
    try:
        line.phone().send("52746 en")
        (old / "attachments").mkdir()
        (old / "attachments" / ("a" * 32)).write_bytes(b"sealed")
        assert main(["backup", str(file)]) == 0
        before = line.rows(inbox)
    finally:
        line.close()
    assert "WEERKLANK_SEALING_KEYS" in capsys.readouterr().out
    assert file.stat().st_mode & 0o077 == 0

    _installed(at, f"sqlite:///{new / 'weerklank.sqlite3'}", new)
    assert main(["restore", str(file)]) == 0
    assert main(["db", "check"]) == 0
    with closing(sqlite3.connect(new / "weerklank.sqlite3")) as restored:
        count = restored.execute(f"SELECT count(*) FROM {inbox.name}").fetchone()[0]
    assert count == len(before) > 0
    assert (new / "attachments" / ("a" * 32)).read_bytes() == b"sealed"


def test_nothing_is_ever_written_over(at: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _installed(at, sqlite_url, tmp_path / "data")
    file = tmp_path / "kept.tar.gz"

    assert main(["backup", str(file)]) == 0
    assert main(["backup", str(file)]) == 1
    assert main(["restore", str(file)]) == 1
    assert capsys.readouterr().err.count("is there already") == 2


def test_what_the_page_moves_away_is_all_that_stands_in_the_way_and_no_more(
    at: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path
) -> None:
    var = tmp_path / "var"
    _installed(at, f"sqlite:///{var / 'weerklank.sqlite3'}", var)
    for folder in ("attachments", "spool", "languages"):
        (var / folder).mkdir(parents=True)
        (var / folder / "kept").write_bytes(b"sealed")
    shutil.copy(str(sa.make_url(sqlite_url).database), var / "weerklank.sqlite3")
    page = (HOUSE / "docs" / "how-to" / "back-up-and-restore.md").read_text(encoding="utf-8")
    typed = [line for line in page.splitlines() if line.startswith(("install -d", "mv "))]

    assert main(["backup", str(tmp_path / "kept.tar.gz")]) == 0
    # What a killed process leaves beside its database.
    (var / "weerklank.sqlite3-wal").touch()
    subprocess.run(["/bin/sh", "-ec", "\n".join(typed)], cwd=tmp_path, check=True)

    assert sorted(path.name for path in var.iterdir()) == ["languages", "spool"]
    assert main(["restore", str(tmp_path / "kept.tar.gz")]) == 0
    assert (var / "attachments" / "kept").read_bytes() == b"sealed"


@pytest.mark.parametrize("damage", ["cut", "no database", "no archive"])
def test_a_backup_that_is_not_whole_is_refused_before_anything_is_laid(
    at: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    _installed(at, sqlite_url, tmp_path / "data")
    file, new = tmp_path / "kept.tar.gz", tmp_path / "new"
    assert main(["backup", str(file)]) == 0
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-2000])
    elif damage == "no archive":
        file.write_bytes(b"no archive")
    else:
        with tarfile.open(file, "w:gz"):
            pass
    _installed(at, f"sqlite:///{new / 'weerklank.sqlite3'}", new)

    assert main(["restore", str(file)]) == 1
    assert "no backup" in capsys.readouterr().err
    assert list(new.iterdir()) == []


def test_on_postgresql_it_says_where_the_way_is_described(
    at: pytest.MonkeyPatch, postgresql_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _installed(at, postgresql_url, tmp_path / "data")

    assert main(["backup", str(tmp_path / "kept.tar.gz")]) == 1
    assert "docs/how-to/back-up-and-restore.md" in capsys.readouterr().err
    assert not (tmp_path / "kept.tar.gz").exists()
