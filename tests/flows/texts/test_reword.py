"""A text is changed in its place: nothing else in the file moves, and other languages learn that their source changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import yaml_text
from flows.model import read
from flows.problems import FlowError
from flows.revisions import shipped_sources
from flows.texts.reword import Edit, of_part, reworded
from flows.wording import slots
from tests.flows.texts.tea import SOURCES, TEA, drafts, texts

NEW = "Tea, dear? {options}[wait: one{In 1 minute.} other{In {wait} minutes.}]"
AGAIN = "Nog eens: thee? {options}"
_text = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}[]\ufffe\uffff"), min_size=1, max_size=300)


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in after.splitlines() if line not in before.splitlines()]


def test_a_text_changes_and_every_other_line_stays() -> None:
    after = reworded(SOURCES, "tea", [Edit("en", {("again",): "Kept. Tea? {options}"})])

    assert changed_lines(TEA, after["tea.yaml"]) == ['    again: "Kept. Tea? {options}"']
    assert len(after["tea.yaml"].splitlines()) == len(TEA.splitlines())


def test_translations_of_a_changed_text_become_drafts_unless_they_still_fit() -> None:
    edit = Edit("en", {("text",): NEW})

    assert drafts(reworded(SOURCES, "tea", [edit]), "nl") == {"tea"}
    assert drafts(reworded(SOURCES, "tea", [edit], fits=True), "nl") == set()
    stamped = reworded(SOURCES, "tea", [edit], fits=True)
    assert drafts(reworded(stamped, "tea", [Edit("en", {("text",): NEW + "!"})]), "nl") == {"tea"}


def test_both_languages_change_in_one_go_and_the_comments_stay() -> None:
    after = reworded(
        SOURCES, "here", [Edit("en", {("text",): "Take it.[code: Code {code}.]"}), Edit("nl", {("text",): "Pak.[code: {code}.]"})]
    )

    assert texts(after, "nl")["here.text"] == "Pak.[code: {code}.]"
    assert drafts(after, "nl") == set()
    assert "# Short, for a cup is waiting." in after["tea.nl.yaml"]


def test_an_answer_gets_a_button_it_never_had_and_other_words_for_it() -> None:
    after = reworded(SOURCES, "tea", [Edit("en", {("options", "no", "button"): "No: none", ("options", "no", "also"): "nope | a, b"})])

    label = read(after).nodes["tea"].labels()["no"]  # type: ignore[attr-defined]
    assert (label.button, label.also) == ("No: none", ("nope", "a, b"))


def test_a_language_that_the_flow_has_not_gets_its_file_as_a_draft() -> None:
    after = reworded(SOURCES, "here", [Edit("es", {("text",): "Aquí.[code: Su código: {code}.]"}, draft=True)])

    assert drafts(after, "es") == {"here"}


def test_a_draft_is_accepted_without_a_letter_changed() -> None:
    waiting = reworded(SOURCES, "tea", [Edit("en", {("text",): NEW})])

    assert drafts(reworded(waiting, "tea", [Edit("nl")]), "nl") == set()
    assert reworded(SOURCES, "tea", [Edit("nl"), Edit("en", {})]) == SOURCES


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        (Edit("en", {("text",): "Tea {"}), "a bracket is not closed"),
        (Edit("nl", {("text",): "Thee?"}), "of the source is missing"),
        (Edit("en", {("telegram", "text"): "Tea"}), "has no place yet"),
    ],
)
def test_words_that_cannot_be_kept_are_refused_with_the_reason(edit: Edit, what: str) -> None:
    with pytest.raises(FlowError, match=what):
        reworded(SOURCES, "tea", [edit])


def test_a_text_that_two_nodes_share_by_an_alias_is_not_changed_behind_the_other_ones_back() -> None:
    shared = TEA.replace('"Saved. Tea? {options}"', "&s Saved.").replace('"Here.[code: Your code: {code}.]"', "*s")

    with pytest.raises(FlowError, match="repeated by an alias"):
        reworded({"tea.yaml": shared}, "tea", [Edit("en", {("again",): "Kept."})])


@pytest.mark.parametrize("name", sorted(shipped_sources()))
def test_every_text_of_the_library_can_be_changed_where_it_stands(name: str) -> None:
    sources = {f"{name}.yaml": shipped_sources()[name][f"{name}.yaml"]}
    flow = read(sources)
    for node, each in flow.nodes.items():
        for slot, text in slots(each) if hasattr(each, "sms") else ():  # type: ignore[arg-type]
            after = reworded(sources, node, [Edit(flow.language, {slot: f"{text} Thank you."})])
            assert dict(slots(read(after).nodes[node]))[slot] == f"{text} Thank you."  # type: ignore[arg-type]
            assert [line for line in after[f"{name}.yaml"].splitlines() if "#" in line] == [
                line for line in sources[f"{name}.yaml"].splitlines() if "#" in line
            ]


@given(_text)
def test_whatever_is_typed_reads_back_as_it_was_typed(text: str) -> None:
    after = reworded(SOURCES, "here", [Edit("en", {("text",): text})])

    assert yaml_text.read(after["tea.yaml"]).data["nodes"]["here"]["text"] == text


def test_a_part_is_every_channel_of_a_text_and_all_the_words_of_an_answer() -> None:
    flow = read(SOURCES)

    assert [row.key for row in of_part(flow, "tea", ("text",), "en")] == ["tea.text", "tea.sms.text"]
    assert [(row.slot[-1], row.text) for row in of_part(flow, "tea", ("options", "yes_please"), "nl")] == [
        ("text", "Graag"),
        ("button", ""),
        ("also", "ja"),
    ]
