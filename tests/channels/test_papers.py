"""The reference page says of each channel what its adapter says."""

import pytest

from channels import papers
from channels.registry import CARDS


def test_the_table_on_the_page_is_todays() -> None:
    text = papers.PAGE.read_text(encoding="utf-8")

    assert papers.page(text) == text, "run `python -m channels.papers`"


@pytest.mark.parametrize("name", sorted(CARDS))
def test_every_channel_has_its_card(name: str) -> None:
    cards = papers.PAGE.read_text(encoding="utf-8").partition("## Cards")[2].partition("\n## ")[0]

    assert f"`{name}`" in cards


def test_a_page_without_its_marks_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="marks"):
        papers.page("# Channels\n")
