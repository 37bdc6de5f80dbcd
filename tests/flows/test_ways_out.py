"""Stop, help, status and back: open at every question, in every flow, whoever wrote it."""

import orjson
import pytest

from flows import events as ev
from flows.engine import NO_LEXICON, Sprint, Words, resume, start
from flows.model import read
from flows.nodes import Waiting
from flows.revisions import Library, library_of
from flows.session import Session
from flows.way_back import EARLIER_MAX
from tests.flows.shelf import LEXICON, LIBRARY

FIRST = "They did not pay overtime for 2 months"
QUESTIONS = [
    (flow.name, name)
    for flow in LIBRARY.revisions.values()
    for name, node in flow.nodes.items()
    if isinstance(node, Waiting) and not node.listens()
]


def _begun() -> Session:
    return start(LIBRARY, "raise-concern", Session(fields={"site": "known"})).session


def _talk(session: Session, *messages: str, library: Library = LIBRARY) -> list[Sprint]:
    sprints = []
    for message in messages:
        sprints.append(resume(library, Session.from_bytes(session.to_bytes()), Words(message), LEXICON))
        session = sprints[-1].session
    return sprints


def _nodes(sprint: Sprint) -> list[str]:
    return [event.node for event in sprint.events if isinstance(event, ev.Say)]


def _without(*names: str) -> Library:
    return library_of(LIBRARY.revisions[revision] for name, revision in LIBRARY.current.items() if name not in names)


@pytest.mark.parametrize(("flow", "node"), QUESTIONS)
def test_whatever_question_waits_every_way_out_is_open_and_no_word_of_it_is_testimony(flow: str, node: str) -> None:
    """One that an answer of the question is called by is that answer: `status` of a flow whose answer is `status`."""
    revision = LIBRARY.revisions[LIBRARY.current[flow]]
    waiting = Session.from_bytes(orjson.dumps({"frames": [[flow, revision.revision, node]], "language": "en", "fields": {}, "asked": 0}))
    for said in ("no more messages", "how does this work", "any news", "go back", "repeat"):
        events = resume(LIBRARY, waiting, Words(said), LEXICON).events

        assert not any(isinstance(event, ev.OpenCase | ev.AddToCase) for event in events)
        assert any(isinstance(event, ev.Say) for event in events)


def test_after_stop_nothing_waits_and_the_case_stands() -> None:
    stopped, more = _talk(_begun(), FIRST, "no more messages", "one thing more")[1:]

    assert ev.Stopped() in stopped.events
    assert stopped.session.frames == ()
    assert stopped.session.fields["case"] == "open"
    assert ev.AddToCase("one thing more") in more.events


def test_stop_twice_says_no_second_hello() -> None:
    once, twice = _talk(_begun(), "no more messages", "pause")

    assert _nodes(once) == _nodes(twice) == ["stopped_anywhere"]


def test_back_goes_through_the_questions_one_by_one_and_on_from_there() -> None:
    talk = _talk(_begun(), FIRST, "2", "1", "back", "back", "back", "more of it", "2", "3")

    assert [_nodes(sprint)[0] for sprint in talk] == ["saved", "about", "may_we", "about", "saved", "hello", "saved", "about", "may_we"]


def test_the_case_is_never_unopened_by_going_back() -> None:
    talk = _talk(_begun(), FIRST, "back", "and the toilets are locked")

    assert [event for sprint in talk for event in sprint.events if isinstance(event, ev.OpenCase)] == [ev.OpenCase(FIRST)]
    assert ev.AddToCase("and the toilets are locked") in talk[-1].events


def test_an_answer_that_was_reported_is_reported_anew_even_after_the_last_question() -> None:
    talk = _talk(_begun(), FIRST, "2", "1", "3", "back", "1")

    assert [event for sprint in talk for event in sprint.events if isinstance(event, ev.ConsentGiven)] == [
        ev.ConsentGiven("never"),
        ev.ConsentGiven("hide_me"),
    ]
    assert talk[-1].session.fields["consent"] == "hide_me"


def test_the_code_is_not_told_again_on_the_way_back() -> None:
    back = _talk(_begun(), FIRST, "2", "back")[-1]

    assert [event.slot for event in back.events if isinstance(event, ev.Say)] == ["again"]


@pytest.mark.parametrize("aside", ["7", "8", "forget me", "help"])
def test_back_from_an_aside_leads_to_the_question_it_broke_in_on(aside: str) -> None:
    talk = _talk(_begun(), FIRST, aside, "back")

    assert _nodes(talk[-1]) == ["saved"]
    assert talk[-1].session.frames == talk[0].session.frames


def test_where_nothing_was_asked_before_back_says_so_and_the_question_waits_on() -> None:
    begun = _begun()
    (back,) = _talk(begun, "back")

    assert _nodes(back) == ["no_question"]
    assert back.session.frames == begun.frames


@pytest.mark.parametrize("last", [("9",), ("forget me", "1"), ("no more messages",), ("there is a fire on the second floor",)])
def test_what_ends_a_talk_leaves_no_way_back_into_it(last: tuple[str, ...]) -> None:
    assert _talk(_begun(), FIRST, "2", *last)[-1].session.earlier == ()


def test_a_session_remembers_a_few_questions_and_no_more() -> None:
    turns = ("2", "1", "back", "back", "2", "1") * 5
    sizes = [len(sprint.session.earlier) for sprint in _talk(_begun(), FIRST, *turns)]

    assert max(sizes) <= EARLIER_MAX == 4
    assert len(_talk(_begun(), FIRST, *turns)[-1].session.to_bytes()) < 1_000


def test_a_session_that_was_written_before_there_was_a_way_back_is_read() -> None:
    raw = orjson.loads(_talk(_begun(), FIRST)[-1].session.to_bytes())
    del raw["earlier"]
    old = Session.from_bytes(orjson.dumps(raw))

    assert old.earlier == ()
    assert _nodes(resume(LIBRARY, old, Words("back"), LEXICON)) == ["no_question"]


def test_a_question_that_is_gone_is_passed_over_on_the_way_back() -> None:
    raw = orjson.loads(_talk(_begun(), FIRST, "2")[-1].session.to_bytes())
    raw["earlier"][-1][0] = ["raise-concern", "0" * 64, "gone"]

    assert _nodes(resume(LIBRARY, Session.from_bytes(orjson.dumps(raw)), Words("back"), LEXICON)) == ["hello"]


def test_help_is_the_welcome_or_where_a_line_has_none_who_sees_what() -> None:
    assert _nodes(_talk(_begun(), "help")[0]) == ["welcome"]
    assert _nodes(_talk(_begun(), "help", library=_without("welcome"))[0]) == ["who_sees"]


def test_help_at_a_question_about_danger_says_the_numbers_once_more() -> None:
    danger, again = _talk(_begun(), "there is a fire on the second floor", "help")

    assert _nodes(danger) == _nodes(again) == ["fire"]
    assert again.session.frames == danger.session.frames


def test_where_a_line_has_no_status_that_is_said() -> None:
    assert _nodes(_talk(_begun(), FIRST, "any news", library=_without("status"))[-1]) == ["no_status"]


def test_a_way_out_that_a_library_has_no_flow_for_is_testimony() -> None:
    assert ev.OpenCase("no more messages") in _talk(_begun(), "no more messages", library=_without("stop"))[0].events


def test_every_way_out_can_stand_on_a_button() -> None:
    flow = read(
        {
            "x.yaml": "flow: x\nlanguage: en\nnodes:\n  q:\n    kind: ask\n    text: Why?\n    go: bye\n    "
            "offers: {back: Back, stop: No more, status: News, repeat: Again}\n  bye: {kind: say, text: Bye.}\n"
        }
    )
    library = library_of([*LIBRARY.revisions.values(), flow])
    waits = start(library, "x", Session()).session
    tapped = {command: _nodes(resume(library, waits, Words("title", f"do.{command}"), NO_LEXICON)) for command in flow_offers(flow)}

    assert tapped == {"back": ["no_question"], "stop": ["stopped_anywhere"], "status": ["nothing_open"], "repeat": ["q"]}


def flow_offers(flow: object) -> tuple[str, ...]:
    """The ways out that stand on the buttons of the flow above."""
    return tuple(flow.nodes["q"].offers)  # type: ignore[attr-defined]
