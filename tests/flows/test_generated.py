"""Whatever flow is written and whatever is said in it: the engine never raises, never loses words, and does the same again."""

from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import events as ev
from flows.ceilings import FRAMES_MAX, STEPS_MAX
from flows.engine import Sprint, Words, resume, start, timed_out
from flows.events import Attachment, Event
from flows.model import Flow, read
from flows.nodes import KINDS
from flows.nodes.ask import Wanted
from flows.revisions import Library, library_of
from flows.session import Session
from tests.flows.shelf import LEXICON, LIBRARY

_NODES = ("a", "b", "c", "d", "e", "f")
_FLOWS = ("made", "other")
_FIELDS = ("x", "y")

go = st.sampled_from(_NODES)
_field = st.sampled_from(_FIELDS)
_flow = st.sampled_from((*_FLOWS, "nowhere", "dialogue"))
_number = st.integers(-3, 20).map(str)
_option = st.fixed_dictionaries({"text": st.sampled_from(("Yes", "No", "12", "Fire")), "go": go})


def _options(**more: object) -> st.SearchStrategy[dict[str, object]]:
    both = st.fixed_dictionaries({"one": _option, "two": _option})
    return both.map(
        lambda found: {name: {**option, "digit": digit, **more} for (name, option), digit in zip(found.items(), "45", strict=True)}
    )


_Parts = dict[str, st.SearchStrategy[Any]]


def _node(kind: str, must: _Parts, may: _Parts | None = None) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), **must}, optional=may or {})


_TEXT = {"text": st.sampled_from(("Say.", "Ask? {options}"))}
_COMPARISON = st.one_of(
    st.fixed_dictionaries({"above": _number, "go": go}),
    st.fixed_dictionaries({"is": _number, "go": go, "field": _field}),
    st.fixed_dictionaries({"known": st.sampled_from(("yes", "no")), "go": go, "field": _field}),
    st.fixed_dictionaries({"of": st.just("language"), "is": st.just("nl"), "go": go}),
)
_PLAIN_ASK = {**_TEXT, "wants": st.sampled_from([each for each in get_args(Wanted) if each not in ("number", "date", "hours")]), "go": go}
_ASK_TO_READ = {**_TEXT, "wants": st.sampled_from(("number", "date", "hours")), "field": _field, "go": go}
_HAPPENING = st.fixed_dictionaries({"one": _option, "two": _option.map(lambda option: {**option, "happening": "yes"})})
_SCOPES = st.fixed_dictionaries({"hide_me": _option, "ask_first": _option, "never": _option})

by_kind = {
    "add_to_case": _node("add_to_case", {}, {**_TEXT, "go": go}),
    "ask": st.one_of(_node("ask", _PLAIN_ASK, {"options": _options()}), _node("ask", _ASK_TO_READ, {"options": _options()})),
    "branch": _node("branch", {"field": _field, "when": st.lists(_COMPARISON, min_size=1, max_size=3), "otherwise": go}),
    "call": _node("call", {"flow": _flow}, {"go": go}),
    "choose": _node("choose", {**_TEXT, "options": _options()}, {"otherwise": st.sampled_from(("keep", "return"))}),
    "consent": _node("consent", {**_TEXT, "options": _SCOPES}),
    "danger": _node("danger", {**_TEXT, "options": _HAPPENING}),
    "end": _node("end", {"then": st.sampled_from(("return", "repeat", "stop"))}),
    "group": _node("group", {**_TEXT, "options": _options(group="wages")}),
    "jump": st.one_of(_node("jump", {"go": go}), _node("jump", {"flow": _flow})),
    "open_case": _node("open_case", {"go": go}),
    "relay": _node("relay", _TEXT, {"options": _options()}),
    "say": _node("say", _TEXT, {"go": go}),
    "set_field": _node("set_field", {"field": _field, "value": st.sampled_from(("", "yes")), "go": go}),
    "set_language": _node("set_language", {"language": st.sampled_from(("en", "nl")), "go": go}),
    "show_status": _node("show_status", _TEXT, {"go": go}),
    "tell": _node("tell", {"fact": st.sampled_from(("person_wanted", "answers_wanted", "site_unknown", "solved")), "go": go}),
    "wait": _node("wait", {"time": st.sampled_from(("20h", "3d")), "after": go, "go": go}, _TEXT),
}
_any_node = st.one_of(*by_kind.values())


@st.composite
def flows(draw: st.DrawFn, name: str) -> Flow:
    """A small flow of any kinds of node, each of which may lead to any other."""
    nodes = {place: draw(_any_node) for place in _NODES}
    text = yaml.safe_dump({"flow": name, "language": "en", "nodes": nodes}, allow_unicode=True, sort_keys=False)
    return read({f"{name}.yaml": text})


libraries = st.builds(lambda made, other: library_of([*LIBRARY.revisions.values(), made, other]), flows("made"), flows("other"))


@dataclass(frozen=True)
class Passes:
    """Time passes: this timer, counted from the newest, rings."""

    back: int


_SAID = (
    "no pay",
    "12",
    "4",
    "5",
    "7",
    "0",
    "9",
    "1-2-2026",
    "fire on floor 2",
    "hello",
    "yes",
    "",
    "২",
    "back",
    "again",
    "stop",
    "who wrote this?",
)
turns = st.one_of(
    st.builds(Words, st.sampled_from(_SAID), st.none(), st.none(), st.just(date(2026, 3, 1))),
    st.builds(Words, st.text(max_size=20)),
    st.builds(Words, st.just(""), st.none(), st.sampled_from(get_args(Attachment))),
    st.builds(Words, st.just("Yes"), st.sampled_from([f"{node}.one" for node in _NODES] + ["do.person", "x.y"])),
    st.builds(Passes, st.integers(0, 1)),
)


def _next(library: Library, session: Session, turn: Words | Passes) -> Sprint:
    session = Session.from_bytes(session.to_bytes())
    if isinstance(turn, Passes):
        return timed_out(library, session, session.timers - turn.back)
    return resume(library, session, turn, LEXICON)


def _kept(events: tuple[Event, ...]) -> list[tuple[str, Attachment | None]]:
    return [(event.words, event.attachment) for event in events if isinstance(event, ev.OpenCase | ev.AddToCase)]


def test_every_kind_of_node_is_in_the_flows_that_are_made_up() -> None:
    assert set(by_kind) == set(KINDS)


@settings(max_examples=120)
@given(library=libraries, talk=st.lists(turns, min_size=1, max_size=8))
def test_no_flow_and_no_words_break_the_engine_and_each_sprint_can_be_done_again(library: Library, talk: list[Words | Passes]) -> None:
    session = start(library, "made", Session()).session
    for turn in talk:
        sprint = _next(library, session, turn)

        assert sprint == _next(library, session, turn)
        assert len(sprint.session.frames) <= FRAMES_MAX
        assert len(sprint.events) <= 3 * STEPS_MAX
        assert sprint.session.timers >= session.timers
        assert len(_kept(sprint.events)) <= 1
        assert _is_kept_or_understood(session, turn, sprint)
        session = sprint.session


def _is_kept_or_understood(before: Session, turn: Words | Passes, sprint: Sprint) -> bool:
    """What a worker sends is in an event as it came, or was understood: it led on, it is in a field, or something is said about it."""
    if isinstance(turn, Passes) or not (turn.text.strip() or turn.attachment):
        return _kept(sprint.events) == []
    if _kept(sprint.events):
        return _kept(sprint.events) == [(turn.text, turn.attachment)]
    if turn.attachment is not None:
        return False
    after = sprint.session
    return (after.frames, after.fields, after.language) != (before.frames, before.fields, before.language) or bool(sprint.events)


@settings(max_examples=100)
@given(library=libraries, talk=st.lists(turns, max_size=4), told=st.text(alphabet="bcdfgjklmpqvwxz ", min_size=8, max_size=30))
def test_words_that_are_no_answer_are_kept_wherever_the_talk_stands(library: Library, talk: list[Words | Passes], told: str) -> None:
    """Letters without a meaning in any list are testimony at every question of every flow."""
    session = start(library, "made", Session()).session
    for turn in talk:
        session = _next(library, session, turn).session
    sprint = _next(library, session, Words(f"zq {told}"))

    assert _kept(sprint.events) == [(f"zq {told}", None)]


@settings(max_examples=80)
@given(library=libraries, talk=st.lists(turns, max_size=6))
def test_an_old_timer_does_nothing_wherever_the_talk_stands(library: Library, talk: list[Words | Passes]) -> None:
    session = start(library, "made", Session()).session
    for turn in talk:
        session = _next(library, session, turn).session

    assert timed_out(library, session, session.timers - 1) == Sprint(session, ())


@settings(max_examples=120)
@given(
    name=st.sampled_from(sorted(LIBRARY.current)),
    open_case=st.booleans(),
    talk=st.lists(turns, min_size=1, max_size=8),
)
def test_the_shipped_flows_keep_what_is_sent_and_do_the_same_again(name: str, talk: list[Words | Passes], *, open_case: bool) -> None:
    session = start(LIBRARY, name, Session(fields={"case": "open", "site": "known"} if open_case else {"site": "unknown"})).session
    for turn in talk:
        sprint = _next(LIBRARY, session, turn)

        assert sprint == _next(LIBRARY, session, turn)
        assert _is_kept_or_understood(session, turn, sprint)
        assert not any(isinstance(event, ev.Ended) and event.broke for event in sprint.events)
        session = sprint.session
