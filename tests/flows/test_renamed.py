"""A flow that got another name strands nobody: pinned talks call it by the old one, and those who stand in it stay there."""

from flows import events as ev
from flows.engine import Words, resume, start
from flows.model import Flow, read
from flows.revisions import Library, library_of
from flows.session import Session
from tests.flows.shelf import LEXICON, LIBRARY

_OLD_CALLER = """
flow: raise-concern
language: en
nodes:
  saved:
    kind: danger
    text: "Is anyone in danger now? {options}"
    options:
      "yes": {text: "Yes", happening: "yes", go: in_danger}
      "no": {text: "No", go: bye}
  in_danger: {kind: call, flow: danger, at: said}
  bye: {kind: say, text: "OK."}
"""
_OLD_DANGER = """
flow: danger
language: en
nodes:
  said: {kind: ask, text: "The old text.", go: bye}
  bye: {kind: say, text: "The old end."}
"""
_FIELDS = {"case": "open", "site": "known", "who": "affected"}


def _with(*old: Flow) -> Library:
    """Today's library, in which older revisions are kept beside it, as a database keeps them."""
    return Library(LIBRARY.current, {**LIBRARY.revisions, **{flow.revision: flow for flow in old}})


def test_a_talk_that_was_pinned_before_the_new_name_finds_the_flow() -> None:
    old = read({"raise-concern.yaml": _OLD_CALLER})
    asked = start(library_of([old]), "raise-concern", Session(fields=_FIELDS)).session

    sprint = resume(_with(old), asked, Words("1"), LEXICON)

    assert [event.node for event in sprint.events if isinstance(event, ev.Say)] == ["said", "may_we_danger"]
    assert sprint.session.frames[0].flow == "raise-concern"
    assert not any(isinstance(event, ev.Ended) for event in sprint.events)


def test_whoever_stands_in_the_flow_of_the_old_name_stays_in_it() -> None:
    old = read({"danger.yaml": _OLD_DANGER})
    asked = start(library_of([old]), "danger", Session(fields=_FIELDS)).session

    sprint = resume(_with(old), asked, Words("we are on the third floor"), LEXICON)

    assert [(event.flow, event.node) for event in sprint.events if isinstance(event, ev.Say)] == [("danger", "bye")]


def test_a_flow_that_is_still_there_under_its_old_name_is_the_one_that_is_called() -> None:
    old = read({"danger.yaml": _OLD_DANGER})

    assert library_of([old, *map(LIBRARY.revisions.__getitem__, LIBRARY.current.values())]).now("danger") is old
    assert LIBRARY.now("danger") is LIBRARY.now("urgent")
