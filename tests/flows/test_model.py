"""A flow file with mistakes is refused whole: every problem, its line, and the mend; and a revision is what a flow says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import yaml_text
from flows.model import load, read
from flows.problems import FlowError, Problem
from flows.revisions import SHIPPED, library_of, shipped, shipped_sources

GOOD = """\
flow: tea
language: en
nodes:
  tea:
    kind: choose
    text: "Tea? {options}"
    options:
      yes_please: {text: Yes please, go: here}
      no: {text: no, go: here}
  here: {kind: say, text: "Here. {code}"}
"""
DUTCH = """\
flow: tea
language: nl
nodes:
  tea:
    text: "Thee? {options}"
    options: {yes_please: Graag, no: nee}
  here: {text: "Hier. {code}"}
"""


def _problems(*files: str) -> tuple[Problem, ...]:
    names = ["tea.yaml", *(f"tea.{number}.yaml" for number in range(1, len(files)))]
    with pytest.raises(FlowError) as refused:
        read(dict(zip(names, files, strict=True)))
    return refused.value.problems


def test_a_flow_reads_as_a_dialogue() -> None:
    flow = read({"tea.yaml": GOOD, "tea.nl.yaml": DUTCH})

    assert (flow.name, flow.first, flow.languages) == ("tea", "tea", ("en", "nl"))


def test_every_scalar_stays_the_text_that_was_written() -> None:
    document = yaml_text.read("a: no\nb: 1\nc: 19:30\nd: on\ne: 2026-11-28\nf: 0x10\ng: ~\nh: 1_000\n")

    assert document.data == {"a": "no", "b": "1", "c": "19:30", "d": "on", "e": "2026-11-28", "f": "0x10", "g": "~", "h": "1_000"}


@pytest.mark.parametrize(
    ("before", "after", "line", "where", "what"),
    [
        ("go: here}\n      no", "go: nowhere}\n      no", 8, "nodes.tea.options.yes_please.go", "no node is called `nowhere`"),
        ("kind: choose", "kind: chose", 4, "nodes.tea", "no node is of this kind"),
        ("    kind: choose\n", "", 4, "nodes.tea", "this node has no kind"),
        ("flow: tea\n", "", 1, "flow", "this is missing"),
        ("language: en", "language: English", 2, "language", "string should match pattern"),
        ("Yes please, go", "Yes please, goto: x, go", 8, "nodes.tea.options.yes_please.goto", "nothing of this name is known here"),
        ('"Tea? {options}"', '"Tea? {options"', 6, "nodes.tea.text", "a bracket is not closed"),
        ("{code}", "{cod}", 10, "nodes.here.text", "nobody fills the fact cod"),
        ("{code}", "[warned: told", 10, "nodes.here.text", "a bracket is not closed"),
        ("no: {text: no,", 'no: {text: no, digit: "1",', 9, "nodes.tea.options.no", "`yes_please` has the digit 1 too"),
        ("  here: {", "  Here: {", 10, "nodes.Here", "string should match pattern"),
        ("flow: tea\n", "flow: tea\nflow: tea\n", 2, "", "`flow` is written twice"),
        ("flow: tea", "flow: [tea", 2, "", "this is not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_mend(before: str, after: str, line: int, where: str, what: str) -> None:
    wrong = GOOD.replace(before, after, 1)
    assert wrong != GOOD
    problems = _problems(wrong)

    assert any((problem.line, problem.where) == (line, where) and what in problem.what and problem.mend for problem in problems), problems


def test_all_mistakes_of_all_files_come_at_once() -> None:
    problems = _problems(
        GOOD.replace("go: here}\n      no", "go: nowhere}\n      no").replace("{code}", "{cod}"), DUTCH.replace("Graag, no", "Graag, nee")
    )

    assert [(problem.file, problem.line) for problem in problems] == [("tea.yaml", 8), ("tea.yaml", 10), ("tea.1.yaml", 6)]
    assert (
        str(problems[0]) == "tea.yaml:8: nodes.tea.options.yes_please.go: no node is called `nowhere`. Name one that exists, or write it."
    )


def test_a_language_may_only_speak_where_the_flow_speaks() -> None:
    assert [problem.where for problem in _problems(GOOD, DUTCH.replace("  here:", "  there:"))] == ["nodes.there"]
    assert [problem.where for problem in _problems(GOOD, DUTCH.replace("flow: tea", "flow: coffee"))] == ["flow"]


def test_a_consent_has_its_three_answers() -> None:
    wrong = GOOD.replace("kind: choose", "kind: consent")

    assert [problem.where for problem in _problems(wrong)] == ["nodes.tea.options"]
    assert "hide_me, ask_first, never" in _problems(wrong)[0].what


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "[" * 5000,
        "a: " + "x" * 3_000_000,
        "- " * 3000,
        "a: \x00",
        "a: \ud800",
        "!!python/object/apply:os.system ['true']",
        "",
        "just words",
        "- a\n- b\n",
        "flow: {a: b}\nlanguage: []\nnodes: 7\n",
    ],
)
def test_no_file_however_odd_does_more_than_be_refused(bomb: str) -> None:
    assert all(problem.line >= 1 and problem.what for problem in _problems(bomb))


@given(st.text(max_size=300))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    with pytest.raises(FlowError):
        read({"x.yaml": text})


def test_a_revision_is_named_by_what_the_flow_says() -> None:
    same = {
        "tea.nl.yaml": DUTCH.replace("\nnodes", "  # Dutch\nnodes"),
        "tea.yaml": GOOD.replace('"Tea? {options}"', "'Tea? {options}'") + "\n\n",
    }
    other = {"tea.yaml": GOOD, "tea.nl.yaml": DUTCH.replace("Thee", "Koffie")}

    assert read(same).revision == read({"tea.yaml": GOOD, "tea.nl.yaml": DUTCH}).revision
    assert read(other).revision != read(same).revision
    assert read({"tea.yaml": GOOD}).revision != read(same).revision


def test_the_shipped_flows_are_the_same_from_files_and_from_what_is_stored() -> None:
    library = shipped()

    for name, sources in shipped_sources().items():
        assert load(SHIPPED / f"{name}.yaml").revision == read(dict(reversed(sources.items()))).revision == library.current[name]


def test_of_two_flows_of_one_name_the_later_is_current_and_both_can_be_run() -> None:
    first, second = read({"tea.yaml": GOOD}), read({"tea.yaml": GOOD.replace("Tea?", "Coffee?")})
    library = library_of([first, second])

    assert library.now("tea") is second
    assert library.flow(first.revision) is first


def test_a_notice_that_is_not_there_is_known_at_once() -> None:
    assert shipped().notice("knock").node == "knock"
    with pytest.raises(KeyError):
        library_of([]).notice("knock")


def test_every_notice_the_house_may_send_is_there(tmp_path: Path) -> None:
    flow = shipped().now("notices")
    assert flow is not None

    assert set(flow.nodes) == {
        "greeting", "thanks", "identity_hunt", "knock", "late", "wrong_code", "codes_shut", "code_again", "nothing_new",
        "site_code_unknown", "contact_refused", "unsupported", "forgotten", "no_question", "no_status", "broken",
        "pin_asked", "pin_wrong", "pin_right", "pin_set", "pin_gone",
        "voice_kept", "file_not_taken", "file_too_big", "file_not_opened", "file_not_kept",
    }  # fmt: skip
