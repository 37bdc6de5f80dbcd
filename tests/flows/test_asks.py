"""What is asked for, what fits it, and what becomes of what does not."""

from datetime import date

import pytest

from flows import events as ev
from flows.engine import Sprint, Words, resume, start
from flows.events import Attachment
from flows.model import Flow, read
from flows.nodes.ask import Wanted
from flows.problems import FlowError
from flows.revisions import Library, library_of
from flows.session import Session
from tests.flows.shelf import LEXICON, LIBRARY

TODAY = date(2026, 1, 10)


def _flow(wants: str, more: str = "") -> Flow:
    text = f'flow: tiny\nlanguage: en\nnodes:\n  it: {{kind: ask, wants: {wants}, text: "What?", {more}go: after}}\n'
    return read({"tiny.yaml": text + '  after: {kind: ask, text: "And?", go: after}\n'})


def _asked(wants: str, said: Words, *, case: bool = False, more: str = "") -> Sprint:
    library = library_of([*LIBRARY.revisions.values(), _flow(wants, more)])
    session = start(library, "tiny", Session(fields={"case": "open"} if case else {})).session
    return _resumed(library, session, said)


def _resumed(library: Library, session: Session, said: Words) -> Sprint:
    return resume(library, Session.from_bytes(session.to_bytes()), said, LEXICON)


def _node(sprint: Sprint) -> str:
    return sprint.session.frames[-1].node


@pytest.mark.parametrize("wants", ["text", "voice", "photo", "number", "date", "place"])
def test_a_voice_message_is_welcome_at_every_question_and_opens_the_case(wants: Wanted) -> None:
    sprint = _asked(wants, Words("", attachment="voice"))

    assert _node(sprint) == "after"
    assert sprint.events[0] == ev.OpenCase("", "voice")


@pytest.mark.parametrize(
    ("wants", "attachment", "fits"),
    [
        ("photo", "photo", True),
        ("photo", "document", True),
        ("photo", "place", False),
        ("number", "photo", False),
        ("date", "document", False),
        ("place", "place", True),
        ("place", "photo", False),
        ("voice", "photo", False),
        ("text", "photo", True),
    ],
)
def test_what_is_sent_fits_or_is_kept_and_the_question_put_again(wants: Wanted, attachment: Attachment, *, fits: bool) -> None:
    sprint = _asked(wants, Words("", attachment=attachment), case=True)

    assert sprint.events[0] == ev.AddToCase("", attachment)
    assert (_node(sprint) == "after") is fits
    assert fits or ev.Say("tiny", _flow(wants).revision, "it", "again") in sprint.events


@pytest.mark.parametrize("said", ["0", "7", "8", "9", "৯"])
def test_a_bare_digit_is_a_number_where_one_is_asked_for_and_a_way_out_elsewhere(said: str) -> None:
    number, words = _asked("number", Words(said), more="field: many, "), _asked("text", Words(said))

    assert (_node(number), len(number.session.frames)) == ("after", 1)
    assert number.session.fields["many"] == {"৯": "9"}.get(said, said)
    assert not any(isinstance(event, ev.OpenCase) for event in number.events)
    assert words.events[0] != ev.Say("tiny", _flow("text").revision, "after")


@pytest.mark.parametrize("said", ["hide", "a person"])
def test_the_words_of_a_way_out_are_heard_where_a_number_is_asked_for(said: str) -> None:
    assert _asked("number", Words(said), more="field: many, ").session.fields.get("many") is None
    assert "after" not in [frame.node for frame in _asked("number", Words(said)).session.frames]


def test_danger_is_heard_before_the_number_that_stands_beside_it() -> None:
    sprint = _asked("number", Words("there is a fire on floor 3"), more="field: many, ")

    assert any(isinstance(event, ev.DangerFound) for event in sprint.events)
    assert sprint.session.frames[0].flow != "tiny"


def test_a_number_without_a_field_is_testimony_like_any_words() -> None:
    assert _asked("number", Words("12")).events[0] == ev.OpenCase("12")


def test_a_number_with_a_field_joins_the_case_that_is_open() -> None:
    sprint = _asked("number", Words("about 12"), case=True, more="field: many, ")

    assert sprint.events[0] == ev.AddToCase("about 12")
    assert sprint.session.fields["many"] == "12"


def test_a_date_without_its_year_is_the_one_nearest_to_the_day_it_is_said() -> None:
    sprint = _asked("date", Words("28/12", today=TODAY), more="field: since, ")

    assert sprint.session.fields["since"] == "2025-12-28"


def test_a_telephone_number_is_put_into_no_field() -> None:
    sprint = _asked("number", Words("call me on 07700900123"), more="field: many, ")

    assert (_node(sprint), sprint.session.fields.get("many")) == ("it", None)
    assert sprint.events[0] == ev.OpenCase("call me on 07700900123")


def test_a_missed_answer_is_counted_anew_at_the_next_question() -> None:
    library = library_of([*LIBRARY.revisions.values(), _flow("number")])
    session = start(library, "tiny", Session()).session
    asked: list[int] = []
    for said in ("a lot", "so many", "12"):
        session = _resumed(library, session, Words(said)).session
        asked.append(session.asked)

    assert asked == [1, 2, 0]


@pytest.mark.parametrize(
    ("node", "what"),
    [
        ("{kind: ask, wants: hours, text: When?, go: it}", "hours are kept in a field alone"),
        ("{kind: ask, wants: text, field: x, text: What?, go: it}", "only a number, a date or hours are put into a field"),
        ("{kind: ask, wants: number, text: What?, options: {no: {text: No, go: it}}, go: it}", "each option needs a `digit`"),
        ("{kind: ask, wants: shoes, text: What?, go: it}", "'text', 'voice', 'photo', 'number', 'date', 'hours' or 'place'"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_its_line(node: str, what: str) -> None:
    with pytest.raises(FlowError) as refused:
        read({"tiny.yaml": f"flow: tiny\nlanguage: en\nnodes:\n  it: {node}\n"})

    [problem] = refused.value.problems
    assert what in problem.what
    assert problem.line == 4
