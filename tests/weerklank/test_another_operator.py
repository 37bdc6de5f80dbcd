"""A programme file of another operator over a database with cases is more likely a mistake: it is taken on a second word only."""

from pathlib import Path

import pytest

from cases import programme
from tests.weerklank.played import Played
from weerklank.__main__ import main
from weerklank.sample import programme_text


def operator_of(played: Played) -> str:
    with played.service.database.read() as connection:
        present = programme.current(connection)
    assert present is not None
    return present.operator.id


def test_another_operators_file_is_refused_until_told_to_replace(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, before = played.service.settings, operator_of(played)
    pepper = settings.lookup_pepper
    assert pepper is not None
    monkeypatch.setenv("WEERKLANK_DATABASE_URL", settings.database)
    monkeypatch.setenv("WEERKLANK_SEALING_KEYS", ",".join(key.get_secret_value() for key in settings.sealing_keys))
    monkeypatch.setenv("WEERKLANK_LOOKUP_PEPPER", pepper.get_secret_value())
    file = tmp_path / "other.yaml"
    file.write_text(programme_text().replace(before, "elsewhere"), encoding="utf-8")

    assert main(["programme", "apply", str(file)]) == 1
    assert f"this database has cases of {before}, and the file is of elsewhere" in capsys.readouterr().err
    assert operator_of(played) == before

    assert main(["programme", "apply", "--replace", str(file)]) == 0
    assert operator_of(played) == "elsewhere"
