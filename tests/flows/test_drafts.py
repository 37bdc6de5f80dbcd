"""A draft is shown only where a worker would read a strange language otherwise."""

from flows.events import Say
from flows.model import Flow, read
from flows.render import View, render
from flows.transcript import MEASURES

SOURCE = """\
flow: tea
language: en
nodes:
  tea: {kind: say, text: Tea.}
"""


def overlay(language: str, text: str, more: str = "") -> dict[str, str]:
    return {f"tea.{language}.yaml": f"flow: tea\nlanguage: {language}\nnodes:\n  tea: {{text: {text}{more}}}\n"}


def said(flow: Flow, language: str) -> str:
    return render(flow, Say("tea", flow.revision, "tea"), View(language, MEASURES["sms"], {}))[0].text


DRAFT = ", draft: true"


def test_a_draft_is_better_than_a_language_she_does_not_read() -> None:
    flow = read({"tea.yaml": SOURCE, **overlay("bn", "Cha?", DRAFT)})

    assert said(flow, "bn") == "Cha?"


def test_words_that_were_read_come_before_a_nearer_draft() -> None:
    flow = read({"tea.yaml": SOURCE, **overlay("bn", "চা।"), **overlay("bn-Latn", "Cha?", DRAFT)})

    assert said(flow, "bn-Latn") == "চা।"


def test_of_two_drafts_the_nearer_is_shown() -> None:
    flow = read({"tea.yaml": SOURCE, **overlay("bn", "চা।", DRAFT), **overlay("bn-Latn", "Cha?", DRAFT)})

    assert said(flow, "bn-Latn") == "Cha?"


def test_whoever_reads_the_source_language_is_shown_it_and_not_a_draft() -> None:
    flow = read({"tea.yaml": SOURCE, **overlay("en-GB", "Cuppa?", DRAFT)})

    assert said(flow, "en-GB") == "Tea."


def test_words_made_from_an_older_source_are_a_draft_whatever_the_file_says() -> None:
    flow = read({"tea.yaml": SOURCE, **overlay("nl", "Thee.", ", source: 00000000")})

    assert flow.overlays["nl"]["tea"].draft


def test_words_without_a_mark_of_their_source_are_taken_at_their_word() -> None:
    flow = read({"tea.yaml": SOURCE, **overlay("nl", "Thee.")})

    assert not flow.overlays["nl"]["tea"].draft
