"""Word lists of one's own: the service hears them, and neither starts nor stays silent about one that would do harm."""

from pathlib import Path

import pytest

from translations.danger import ListError
from weerklank.commands import doctor
from weerklank.commands.findings import Finding
from weerklank.commands.keys import fresh_lines
from weerklank.settings import Settings
from weerklank.wiring import Service

_GOOD = "language: en\nsource: The kiln sites.\nlimits: Kilns only.\ndanger: {fire: the kiln is open}\n"
_BAD = _GOOD + "not_danger: [smoke]\n"


def _settings(folder: Path, text: str) -> Settings:
    keys = dict(line.removeprefix("WEERKLANK_").split("=", 1) for line in fresh_lines())
    folder.joinpath("words").mkdir(parents=True)
    folder.joinpath("words", "kiln.yaml").write_text(text, encoding="utf-8")
    return Settings(data_dir=folder, sealing_keys=keys["SEALING_KEYS"], lookup_pepper=keys["LOOKUP_PEPPER"])  # type: ignore[arg-type]  # as text, like the environment


def _said(present: Settings) -> list[Finding]:
    return [finding for finding in doctor.examine(present) if finding.what.startswith("words of danger")]


def test_the_doctor_counts_the_lists_of_ones_own(tmp_path: Path) -> None:
    assert _said(_settings(tmp_path, _GOOD)) == [Finding(well=True, what="words of danger are read; lists of your own: 1")]


def test_the_doctor_says_what_is_wrong_with_a_list_and_how_to_mend_it(tmp_path: Path) -> None:
    (finding,) = _said(_settings(tmp_path, _BAD))

    assert not finding.well
    assert "kiln.yaml, line 5, not_danger" in finding.do
    assert "Take `not_danger`" in finding.do


def test_a_service_does_not_start_on_a_list_that_would_do_harm(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="may not take words of danger away"):
        Service(_settings(tmp_path, _BAD))
