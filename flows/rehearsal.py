"""A talk rehearsed: an author plays the worker, and nobody is written to.

What the author wrote is played from the beginning each time. The engine is deterministic, so nothing has to be kept between two of their
turns: no session, no case, no worker.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flows.engine import Sprint, Words, resume, start
from flows.events import Event, OpenCase, Say
from flows.learned import learned
from flows.lexicon import Lexicon
from flows.render import View, render
from flows.revisions import Library
from flows.session import Session
from flows.transcript import COME_BACK
from words.digits import case_code

CODE: Final = "code"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the rehearsal plays: the library (the draft in it), the flow it begins with, what the worker reads, and her words of danger."""

    library: Library
    flow: str
    view: View
    lexicon: Lexicon
    fields: Mapping[str, str] = field(default_factory=lambda: {"site": "known"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rehearsal. `who`: the worker, the bot, or the desk, which learns something; `choices` are buttons as (id, title)."""

    who: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    node: str = ""


def rehearse(stage: Stage, turns: Sequence[Words]) -> tuple[Line, ...]:
    """Play a talk from its beginning. `turns` are what the worker writes or taps, one after the other."""
    sprint = start(stage.library, stage.flow, Session(language=stage.view.language, fields=stage.fields))
    lines = [*_lines(stage, sprint)]
    for words in turns:
        lines.append(Line("worker", words.text))
        sprint = _hear(stage, sprint.session, words)
        lines += _lines(stage, sprint)
    return tuple(lines)


def _hear(stage: Stage, session: Session, words: Words) -> Sprint:
    """Take a turn, as a service would: a case's code leads back to its answers."""
    if case_code(words.text) is not None and COME_BACK in stage.library.current:
        return start(stage.library, COME_BACK, Session(language=session.language, fields={**session.fields, "case": "open"}))
    return resume(stage.library, session, words, stage.lexicon)


def _lines(stage: Stage, sprint: Sprint) -> Iterator[Line]:
    view = View(sprint.session.language, stage.view.limits, _known(stage.view.facts, sprint.events))
    for event in sprint.events:
        if not isinstance(event, Say):
            yield from (Line("desk", line) for line in learned(event))
            continue
        flow = stage.library.flow(event.revision)
        messages = render(flow, event, view) if flow is not None else ()
        yield from (Line("bot", message.text, message.choices, f"{event.flow}.{event.node}") for message in messages)


def _known(facts: Mapping[str, str], events: Sequence[Event]) -> Mapping[str, str]:
    """The facts as they are known at this turn: a code is told once, when the case opens."""
    opens = any(isinstance(event, OpenCase) for event in events)
    return facts if opens else {name: value for name, value in facts.items() if name != CODE}
