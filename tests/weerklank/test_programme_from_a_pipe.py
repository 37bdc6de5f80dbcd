"""A programme file comes from standard input too: into a container whose file system is read-only, nothing can be copied."""

import io
from types import SimpleNamespace

import pytest

from cases import programme
from cases.model import Programme
from tests.weerklank.played import Played
from weerklank.__main__ import main
from weerklank.sample import programme_text


@pytest.fixture(autouse=True)
def line(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = played.service.settings
    pepper = settings.lookup_pepper
    assert pepper is not None
    monkeypatch.setenv("WEERKLANK_DATABASE_URL", settings.database)
    monkeypatch.setenv("WEERKLANK_SEALING_KEYS", ",".join(key.get_secret_value() for key in settings.sealing_keys))
    monkeypatch.setenv("WEERKLANK_LOOKUP_PEPPER", pepper.get_secret_value())


def _pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))


def _in_force(played: Played) -> Programme | None:
    with played.service.database.read() as connection:
        return programme.current(connection)


def test_a_programme_is_checked_and_applied_from_a_pipe(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    changed = programme_text().replace("Sanne de Wit", "Sanne de Wit-Ooms")

    _pipe(monkeypatch, changed)
    assert main(["programme", "check", "-"]) == 0
    _pipe(monkeypatch, changed)
    assert main(["programme", "apply", "-"]) == 0
    assert "sanne" in capsys.readouterr().out
    _pipe(monkeypatch, changed)
    assert main(["programme", "apply", "-"]) == 0
    assert "nothing changed" in capsys.readouterr().out


def test_what_is_wrong_in_a_pipe_is_named_with_its_line_and_nothing_is_applied(
    played: Played, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _in_force(played)
    _pipe(monkeypatch, programme_text().replace("company: halmstra, role: officer", "company: nobody, role: officer", 1))

    assert main(["programme", "apply", "-"]) == 1
    assert "standard input, line 48, people[sanne]" in capsys.readouterr().err
    assert _in_force(played) == before
