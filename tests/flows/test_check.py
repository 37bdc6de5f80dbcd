"""The linter: each check finds a flow that breaks only it, and finds nothing in the same flow mended."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from flows import yaml_text
from flows.check import EVERY_CHECK, Finding, Scope, check_flow, check_flows
from flows.checks.reading import REASONS
from flows.model import read
from flows.problems import FlowError
from flows.revisions import library_of, shipped_sources

TEA = """\
flow: tea
language: en
nodes:
  tea:
    kind: choose
    text: "Do you want tea? {options}. 0 = a person 7 = language 9 = hide"
    again: "Saved. Do you want tea? {options}"
    voice: tea.ogg
    options:
      hot: {text: Hot tea, go: where}
      cold: {text: Iced tea, go: where}
  where:
    kind: ask
    text: "Where do you drink it?"
    voice: where.ogg
    go: done
  done: {kind: say, text: "Good.[code: Your code: {code}.]"}
"""
DUTCH = """\
flow: tea
language: nl
nodes:
  tea:
    text: "Wil je thee? {options}. 0 = een mens 7 = taal 9 = verberg"
    again: "Bewaard. Wil je thee? {options}"
    voice: thee.ogg
    options: {hot: Hete thee, cold: IJsthee}
  where: {text: "Waar drink je die?", voice: waar.ogg}
  done: {text: "Goed.[code: Je code: {code}.]"}
"""
DONE = '  done: {kind: say, text: "Good.[code: Your code: {code}.]"}\n'
LONG_ID = "a_very_long_name_for_a_node_of_this_flow"
TEAS = (
    ("Red", "where"),
    ("Blue", "where"),
    ("Mint", "where"),
    ("Lime", "where"),
    ("Words", "l"),
    ("Who", "w"),
    ("Hide", "h"),
    ("Plum", "where"),
    ("Rose", "where"),
)
CALLS = "".join(
    f"  {name}: {{kind: call, flow: {flow}, go: done}}\n" for name, flow in (("l", "language"), ("w", "who-sees"), ("h", "hide"))
)
EVERYWHERE = Scope()
CHAT = Scope(channels=("whatsapp",))


@dataclass(frozen=True)
class Case:
    """A check, and what breaks it: texts of the good flow, and what stands in their place in English and in Dutch."""

    code: str
    at: str
    english: Mapping[str, str] = field(default_factory=dict[str, str])
    dutch: Mapping[str, str] = field(default_factory=dict[str, str])
    broken: Scope = EVERYWHERE
    mended: Scope = EVERYWHERE
    more: Mapping[str, str] = field(default_factory=dict[str, str])
    alone: bool = False  # without its Dutch


ROUND = "  done: {kind: set_field, field: x, value: a, go: again}\n  again: {kind: set_field, field: x, value: b, go: done}\n"
PAUSE = "  pause: {kind: wait, time: 2d, after: done, go: done}\n"
MANY = "".join(f"      o{place}: {{text: {word}, go: {go}}}\n" for place, (word, go) in enumerate(TEAS, 3))
CASES = [
    Case("unreachable-node", "nodes.lost", {"  done:": "  lost: {kind: say, text: Lost.}\n  done:"}, alone=True),
    Case("dead-end", "nodes.tea", {"go: done": "go: tea", DONE: ""}, alone=True),
    Case("loop-without-wait", "nodes.done", {DONE: ROUND}, alone=True),
    Case("unknown-flow", "nodes.on.flow", {"go: done": "go: on", DONE: f"  on: {{kind: call, flow: coffee, go: done}}\n{DONE}"}),
    Case("no-transcript", "flow", broken=Scope(walked=frozenset({"hide"})), mended=Scope(walked=frozenset({"tea"}))),
    Case("options-clash", "nodes.tea.options.cold.text", {"text: Iced tea": "text: HOT TÉA!"}),
    Case("option-begins-another", "nodes.tea.options.hot.text", {"text: Iced tea": "text: Hot tea with ice"}),
    Case("way-out-taken", "nodes.tea.options.cold", {"cold: {text": 'cold: {digit: "8", text'}),
    Case("reserved-word", "nodes.tea.options.cold.also", {"text: Iced tea": "text: Iced tea, also: [cancel]"}),
    Case("sms-over-budget", "nodes.where.text", {"Where do you drink it?": "You can write here about your work. " * 12}),
    Case("text-too-long", "nodes.where.text", {"Where do you drink it?": "You can write. " * 115}, broken=CHAT, mended=CHAT),
    Case("too-many-buttons", "nodes.tea.options", {"  where:\n": f"{MANY}  where:\n", DONE: DONE + CALLS}, broken=CHAT, alone=True),
    Case("title-too-long", "nodes.tea.options.cold", {"text: Iced tea": "text: Iced tea with sugar and lemon"}),
    Case("callback-too-long", f"nodes.{LONG_ID}.options.{LONG_ID}", {"  tea:\n": f"  {LONG_ID}:\n", "cold:": f"{LONG_ID}:"}, alone=True),
    Case("text-missing", "nodes.where", dutch={'  where: {text: "Waar drink je die?", voice: waar.ogg}\n': ""}),
    Case("draft", "nodes.where", dutch={"  where: {": "  where: {draft: true, "}),
    Case("fact-lost", "nodes.done.text", dutch={"[code: Je code: {code}.]": ""}),
    Case("condition-lost", "nodes.done.text", dutch={"[code: Je code: {code}.]": " {code}"}),
    Case("no-way-to-a-person", "flow", {"0 = a person ": ""}, {"0 = een mens ": ""}),
    Case("no-way-to-stop", "flow", {" 9 = hide": ""}, {" 9 = verberg": ""}),
    Case("no-way-to-change-language", "flow", {" 7 = language": ""}, {" 7 = taal": ""}),
    Case("question-one-way", "nodes.tea", broken=Scope(country="BD"), mended=Scope(country="PH")),
    Case("false-promise", "nodes.done.text", {"Good.": "Good. You are 100 % anonymous."}),
    Case("jargon", "nodes.done.text", {"Good.": "Good. We escalate it."}),
    Case("asks-who", "nodes.where.text", {"Where do you drink it?": "What is your name?"}),
    Case("long-sentence", "nodes.done.text", {"Good.": f"Good and then we drink it {'and go on ' * 6} all day."}),
    Case("wait-over-window", "nodes.pause.time", {"go: done": "go: pause", DONE: f"{PAUSE}{DONE}"}, alone=True),
    Case("unheard", "nodes.where", {"    voice: where.ogg\n": ""}, {", voice: waar.ogg": ""}),
    Case("accepted-nothing", "accepted.0", {"nodes:\n": "accepted: [{check: jargon, because: Everybody knows the word.}]\nnodes:\n"}),
    Case("not-yaml", "", {"nodes:": "nodes: ["}),
    Case("missing-key", "language", {"language: en\n": ""}),
    Case("unknown-key", "nodes.where.goto", {"    go: done": "    go: done\n    goto: done"}),
    Case("unknown-kind", "nodes.where", {"kind: ask": "kind: aks"}),
    Case("wrong-value", "language", {"language: en": "language: English"}),
    Case("unknown-target", "nodes.where.go", {"go: done": "go: don"}),
    Case("unknown-node", "nodes.were", dutch={"  where:": "  were:"}),
    Case("unknown-option", "nodes.tea.options.cool", dutch={"cold: IJsthee": "cool: IJsthee"}),
    Case("same-digit", "nodes.tea.options.cold", {"cold: {": 'cold: {digit: "1", '}),
    Case("wrong-text", "nodes.done.text", {"{code}": "{cod}"}, alone=True),
    Case("wrong-place", "channels", {"language: en\n": "language: en\nchannels: [sms]\n"}),
    Case("other-flow", "flow", dutch={"flow: tea": "flow: coffee"}),
    Case("same-language", "language", more={"tea.x.yaml": DUTCH}),
]
IDS = [case.code for case in CASES]


def _sources(case: Case, *, broken: bool) -> dict[str, str]:
    english = _changed(TEA, case.english if broken else {})
    dutch = {} if case.alone else {"tea.nl.yaml": _changed(DUTCH, case.dutch if broken else {})}
    return {"tea.yaml": english, **dutch, **(case.more if broken else {})}


def _changed(text: str, changes: Mapping[str, str]) -> str:
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def _checked(sources: Mapping[str, str], scope: Scope) -> tuple[Finding, ...]:
    return check_flows({"tea": sources}, scope)["tea"]


def test_every_check_and_every_way_to_be_unreadable_has_its_case() -> None:
    assert sorted(IDS) == sorted([*(every.code for every in EVERY_CHECK), *REASONS])


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_check_finds_the_flow_that_breaks_only_it(case: Case) -> None:
    found = _checked(_sources(case, broken=True), case.broken)

    assert {each.code for each in found} == {case.code}, [str(each) for each in found]
    assert case.at in {each.where for each in found}
    assert all(each.line > 1 or each.where in ("", "flow", "language") for each in found)
    assert all(each.what and each.reason and each.mend for each in found)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_check_finds_nothing_in_the_same_flow_mended(case: Case) -> None:
    assert [str(each) for each in _checked(_sources(case, broken=False), case.mended)] == []


def test_a_question_that_must_know_who_somebody_is_says_so() -> None:
    asks = {"Where do you drink it?": "What is your name?", "kind: ask": "kind: ask\n    sensitive: true"}

    assert _checked({"tea.yaml": _changed(TEA, asks)}, Scope()) == ()


def test_a_warning_that_the_author_lets_stand_is_a_note_with_the_reason() -> None:
    accepted = "accepted: [{check: jargon, node: done, because: Everybody here knows the word.}]\nnodes:\n"
    found = _checked({"tea.yaml": _changed(TEA, {"Good.": "Good. We escalate it.", "nodes:\n": accepted})}, Scope())

    assert [(each.severity, each.code, each.accepted) for each in found] == [("note", "jargon", "Everybody here knows the word.")]


def test_an_error_is_never_let_stand() -> None:
    accepted = "accepted: [{check: false-promise, because: We really mean it this time.}]\nnodes:\n"
    found = _checked({"tea.yaml": _changed(TEA, {"Good.": "Good. You are anonymous.", "nodes:\n": accepted})}, Scope())

    assert sorted((each.severity, each.code) for each in found) == [("error", "false-promise"), ("warning", "accepted-nothing")]


def test_a_language_that_is_switched_on_and_has_no_words_is_found_once() -> None:
    found = _checked({"tea.yaml": TEA}, Scope(languages=("en", "sw")))

    assert [(each.code, each.where, each.language) for each in found] == [("text-missing", "language", "sw")]


def test_flows_that_call_one_another_without_waiting_are_a_loop_of_both() -> None:
    flows = {
        name: {f"{name}.yaml": f"flow: {name}\nlanguage: en\nnodes:\n  on: {{kind: call, flow: {other}}}\n"}
        for name, other in (("ping", "pong"), ("pong", "ping"))
    }
    found = check_flows(flows)

    assert {name: [each.code for each in every] for name, every in found.items()} == {name: ["loop-without-wait"] for name in flows}


def test_a_sentence_in_a_script_without_spaces_is_measured_in_letters() -> None:
    thai = "flow: tea\nlanguage: th\nnodes:\n  tea: {kind: say, text: " + "ดื่มชา" * 20 + "}\n"
    found = _checked({"tea.yaml": thai}, Scope(channels=("telegram",)))

    assert [each.code for each in found] == ["long-sentence"]
    assert "letters" in found[0].what


def test_the_flows_we_ship_have_no_error_and_no_warning_without_a_reason() -> None:
    found = [each for every in check_flows(shipped_sources()).values() for each in every]

    assert [str(each) for each in found if each.severity in ("error", "warning")] == []
    assert all(each.accepted or each.severity == "note" for each in found)


def test_every_translation_we_ship_names_the_source_it_was_made_from() -> None:
    unmarked = [
        f"{file} {node}"
        for sources in shipped_sources().values()
        for file, text in list(sources.items())[1:]
        for node, words in yaml_text.read(text).data["nodes"].items()
        if "source" not in words
    ]

    assert unmarked == []


def test_a_channel_that_carries_no_recording_has_no_unheard_question() -> None:
    dumb = _changed(TEA, {"    voice: where.ogg\n": ""})

    assert _checked({"tea.yaml": dumb}, Scope(channels=("sms",))) == ()


def test_what_cannot_be_read_is_a_list_of_findings_and_no_exception() -> None:
    sources = {"tea.yaml": _changed(TEA, {"go: done": "go: don", "{code}": "{cod}"})}
    with pytest.raises(FlowError) as refused:
        read(sources)

    found = check_flow(sources, library_of([]))
    assert [(each.line, each.what) for each in found] == [(each.line, each.what) for each in refused.value.problems]
    assert [each.code for each in found] == ["unknown-target", "wrong-text"]
