"""Time passes once: only the newest timer of a session means anything, and only while something waits for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import events as ev
from flows.engine import Sprint, Words, resume, start, timed_out
from flows.model import read
from flows.nodes import KINDS
from flows.nodes.wait import Wait, seconds_of
from flows.problems import FlowError
from flows.revisions import library_of
from flows.session import Session
from tests.flows.shelf import LEXICON, LIBRARY

_TINY = """
flow: tiny
language: en
nodes:
  pause: {kind: wait, time: 20h, after: ask, go: pause}
  ask: {kind: ask, text: "And now?", go: pause}
"""
TINY = read({"tiny.yaml": _TINY})
SHELF = library_of([*LIBRARY.revisions.values(), TINY])


def _again(session: Session) -> Session:
    return Session.from_bytes(session.to_bytes())


def _timer(sprint: Sprint) -> ev.WaitBegun:
    (begun,) = (event for event in sprint.events if isinstance(event, ev.WaitBegun))
    return begun


def test_a_timer_rings_once() -> None:
    begun = start(SHELF, "tiny", Session())
    asked = timed_out(SHELF, _again(begun.session), _timer(begun).timer)
    after = timed_out(SHELF, _again(asked.session), _timer(begun).timer)

    assert _timer(begun) == ev.WaitBegun(20 * 3600, 1)
    assert asked.events == (ev.Say("tiny", TINY.revision, "ask"),)
    assert after == Sprint(asked.session, ())


def test_a_timer_of_an_earlier_wait_does_nothing() -> None:
    begun = start(SHELF, "tiny", Session())
    spoken = resume(SHELF, _again(begun.session), Words("it got worse"), LEXICON)

    assert spoken.session.frames == begun.session.frames
    assert _timer(spoken).timer == 2
    assert timed_out(SHELF, _again(spoken.session), 1) == Sprint(spoken.session, ())
    assert timed_out(SHELF, _again(spoken.session), 2).session.frames[-1].node == "ask"


def test_a_new_talk_on_the_same_phone_does_not_hear_an_old_timer() -> None:
    old = start(SHELF, "tiny", Session()).session
    anew = start(SHELF, "tiny", _again(old).anew("nl", {"site": "known"}))

    assert _timer(anew).timer == 2
    assert timed_out(SHELF, anew.session, 1).events == ()


@pytest.mark.parametrize("timer", [-1, 0, 1, 7])
@pytest.mark.parametrize("name", ["raise-concern", "dialogue", "tiny"])
def test_a_timer_that_nothing_waits_for_changes_nothing(name: str, timer: int) -> None:
    session = start(SHELF, name, Session(fields={"site": "known"})).session
    if (name, timer) == ("tiny", 1):
        session = timed_out(SHELF, session, timer).session

    assert timed_out(SHELF, session, timer) == Sprint(session, ())


def test_a_session_of_an_earlier_version_is_read() -> None:
    raw = b'{"frames":[],"language":"en","fields":{},"asked":0}'

    assert Session.from_bytes(raw) == Session()


@given(count=st.integers(1, 366), unit=st.sampled_from("mhdw"))
def test_a_time_is_read_in_minutes_hours_days_and_weeks(count: int, unit: str) -> None:
    seconds = count * {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}[unit]

    assert seconds_of(f"{count}{unit}") == (seconds if seconds <= 366 * 86_400 else None)


@pytest.mark.parametrize("time", ["", "0h", "20", "h", "-1d", "1.5h", "20 h", "20s", "53w", "99999w", "२०h"])
def test_what_is_no_time_is_refused_with_its_line(time: str) -> None:
    with pytest.raises(FlowError) as refused:
        read({"tiny.yaml": _TINY.replace("20h", f'"{time}"')})

    assert [(problem.line, problem.where) for problem in refused.value.problems] == [(5, "nodes.pause.time")]
    assert "write a time" in str(refused.value)


def test_a_linter_can_read_how_long_each_node_waits() -> None:
    pause, ask = TINY.nodes["pause"], TINY.nodes["ask"]

    assert (pause.waits(), ask.waits()) == (72_000, None)
    assert [kind for kind, node in KINDS.items() if issubclass(node, Wait)] == ["wait"]
