"""The pages keep up with the code: a setting, command or route that nobody wrote down fails here."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from weerklank.__main__ import parser
from weerklank.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_has_its_line_with_its_own_words(name: str) -> None:
    page = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")

    assert f"`WEERKLANK_{name.upper()}`" in page
    assert str(Settings.model_fields[name].description) in page


def _commands(top: argparse.ArgumentParser, before: str = "weerklank") -> Iterator[str]:
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from _commands(below, f"{before} {name}")
            return
    yield before


@pytest.mark.parametrize("command", sorted(_commands(parser())))
def test_every_command_has_its_line_and_its_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([*command.split()[1:], "--help"])

    assert f"`{command}" in page
    assert ended.value.code == 0
    assert "usage:" in capsys.readouterr().out


def test_every_decision_has_its_three_parts() -> None:
    pages = sorted((DOCS / "decisions").glob("[0-9]*.md"))

    assert pages
    for page in pages:
        heads = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("## ")]
        assert heads == ["## Context", "## Decision", "## Consequences"], page.name


@pytest.mark.parametrize("page", sorted((DOCS / "tutorial").glob("*.md")), ids=lambda page: page.name)
def test_a_tutorial_shows_every_picture_there_is_and_leads_only_to_pages_that_are_there(page: Path) -> None:
    leads = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))

    assert [lead for lead in leads if not (page.parent / lead).exists()] == []
    assert {lead for lead in leads if lead.endswith(".png")} == {picture.name for picture in page.parent.glob(f"{page.stem}*.png")}
