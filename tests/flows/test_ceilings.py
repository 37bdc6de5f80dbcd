"""A flow that breaks a ceiling ends: a sentence for the operator, the truth for the worker, no exception, and no word lost."""

from collections.abc import Callable

import pytest

from flows import events as ev
from flows.ceilings import ASKED_MAX, BYTES_MAX, FRAMES_MAX, NODES_MAX, OF_THE_HOUSE, STEPS_MAX
from flows.engine import Sprint, Words, resume, start
from flows.model import Flow, read
from flows.problems import FlowError
from flows.revisions import Library, library_of
from flows.session import Session
from tests.flows.shelf import LEXICON, LIBRARY

TOLD = "they did not pay us for two months"


def _flow(nodes: str, name: str = "x") -> Flow:
    return read({f"{name}.yaml": f"flow: {name}\nlanguage: en\nnodes:\n{nodes}"})


def _with(*flows: Flow) -> Library:
    return library_of([*LIBRARY.revisions.values(), *flows])


def _asking(go: str, rest: str) -> Flow:
    return _flow(f"  q: {{kind: ask, text: Why?, go: {go}}}\n{rest}")


CIRCLE = _asking("a", "  a: {kind: set_field, field: a, value: b, go: b}\n  b: {kind: set_field, field: b, value: b, go: a}\n")
DEEP = _asking("a", "  a: {kind: call, flow: x, at: a}\n")
STUBBORN = _flow(
    "  q: {kind: choose, text: 'Tea? {options}', options: {tea: {text: Tea, go: q}, no_tea: {text: None, go: bye}}}\n"
    "  bye: {kind: say, text: Bye.}\n"
)


def _filling(flow: str, field: str) -> Flow:
    """A flow that sets as many fields as it has steps, then asks."""
    sets = "".join(
        f"  n{each}: {{kind: set_field, field: {field * 30}_{each}, value: {'v' * 20}, go: n{each + 1}}}\n" for each in range(STEPS_MAX - 2)
    )
    return _flow(f"{sets}  n{STEPS_MAX - 2}: {{kind: ask, text: And?, go: n0}}\n", flow)


def _once(flow: Flow) -> Sprint:
    library = _with(flow)
    return resume(library, start(library, "x", Session(fields={"site": "known"})).session, Words(TOLD), LEXICON)


def _asked_too_often() -> Sprint:
    library = _with(STUBBORN)
    session = start(library, "x", Session(fields={"site": "known"})).session
    for _ in range(ASKED_MAX):
        session = resume(library, session, Words("neither of them, if you please"), LEXICON).session
        assert session.frames[-1].node == "q"
    return resume(library, session, Words(TOLD), LEXICON)


BREAKS: dict[str, tuple[Callable[[], Sprint], str]] = {
    "steps a sprint": (lambda: _once(CIRCLE), f"more than {STEPS_MAX} steps without a question, at a of x"),
    "frames deep": (lambda: _once(DEEP), f"more than {FRAMES_MAX} flows inside one another, on the way to x, at a of x"),
    "sprints a question": (_asked_too_often, f"a question was put more than {ASKED_MAX} times without an answer, at q of x"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_breaking_a_ceiling_is_told_to_the_operator_and_to_the_worker_and_loses_no_words(name: str) -> None:
    run, sentence = BREAKS[name]
    sprint = run()

    assert [event.broke for event in sprint.events if isinstance(event, ev.Ended)] == [sentence]
    assert [event.words for event in sprint.events if isinstance(event, ev.OpenCase | ev.AddToCase)] == [TOLD]
    assert [(event.flow, event.node) for event in sprint.events if isinstance(event, ev.Say)] == [("notices", "broken")]
    assert (sprint.session.frames, sprint.session.earlier) == ((), ())


def test_a_session_that_grows_beyond_its_ceiling_is_cut_back_to_what_the_house_knows() -> None:
    library = _with(_filling("x", "f"), _filling("y", "g"))
    first = start(library, "x", Session(fields={"site": "known", "place": "greenhouse"}))
    full = start(library, "y", Session.from_bytes(first.session.to_bytes()))

    assert not any(isinstance(event, ev.Ended) for event in first.events)
    assert [event.broke for event in full.events if isinstance(event, ev.Ended)] == [
        f"the session has more than {BYTES_MAX} bytes, at n{STEPS_MAX - 2} of y"
    ]
    assert [event.node for event in full.events if isinstance(event, ev.Say)][-1] == "broken"
    assert full.session.fields == {"site": "known", "place": "greenhouse"}
    assert set(full.session.fields) <= OF_THE_HOUSE


@pytest.mark.parametrize("name", BREAKS)
def test_after_a_break_the_next_words_join_the_case_as_ever(name: str) -> None:
    run, _ = BREAKS[name]
    after = resume(LIBRARY, Session.from_bytes(run().session.to_bytes()), Words("and no gloves"), LEXICON)

    assert ev.AddToCase("and no gloves") in after.events
    assert [event.flow for event in after.events if isinstance(event, ev.Say)] == ["dialogue"]


def test_danger_is_heard_and_answered_even_where_the_first_flow_is_broken() -> None:
    broken = _flow("  a: {kind: set_field, field: a, value: b, go: a}\n", "raise-concern")
    sprint = resume(_with(broken), Session(fields={"site": "known"}), Words("there is a fire on the second floor"), LEXICON)

    assert any(isinstance(event, ev.DangerFound) for event in sprint.events)
    assert sprint.session.frames[-1].node == "fire"
    assert ev.OpenCase("there is a fire on the second floor") in sprint.events


def test_a_first_flow_that_is_broken_says_so_once_a_message() -> None:
    broken = _flow("  a: {kind: set_field, field: a, value: b, go: a}\n", "raise-concern")
    sprint = resume(_with(broken), Session(fields={"site": "known"}), Words(TOLD), LEXICON)

    assert [event.node for event in sprint.events if isinstance(event, ev.Say)] == ["broken"]
    assert ev.OpenCase(TOLD) in sprint.events


def test_an_answer_still_counts_however_often_the_question_was_put() -> None:
    library = _with(STUBBORN)
    waits = start(library, "x", Session(fields={"site": "known"})).session
    after = resume(library, Session(waits.frames, asked=ASKED_MAX), Words("2"), LEXICON)

    assert [event.node for event in after.events if isinstance(event, ev.Say)] == ["bye"]


def test_whoever_only_listens_listens_for_ever() -> None:
    listening = start(LIBRARY, "dialogue", Session(fields={"case": "open"})).session
    after = resume(LIBRARY, Session(listening.frames, fields=listening.fields, asked=10_000), Words(TOLD), LEXICON)

    assert ev.AddToCase(TOLD) in after.events
    assert not any(isinstance(event, ev.Ended) for event in after.events)


def test_a_flow_of_too_many_nodes_is_not_read_and_the_mend_is_told() -> None:
    nodes = "".join(f"  n{each}: {{kind: say, text: Hi}}\n" for each in range(NODES_MAX + 1))
    with pytest.raises(FlowError) as refused:
        _flow(nodes)

    assert [(problem.where, problem.mend) for problem in refused.value.problems] == [
        ("nodes", "Cut the flow in two and `call` the second.")
    ]


def test_a_flow_of_as_many_nodes_as_may_be_is_read() -> None:
    assert len(_flow("".join(f"  n{each}: {{kind: say, text: Hi}}\n" for each in range(NODES_MAX))).nodes) == NODES_MAX
