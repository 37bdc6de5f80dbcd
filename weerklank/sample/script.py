"""Makes a play of a sample case: every act with its moment, the ones between the written lines included."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from weerklank.sample.form import Line, SampleCase
from weerklank.sample.times import When

Kind = Literal["hello", "words", "code", "own_case", "read", "judged", "taken_up", "reply", "note", "missed", "late", "settled", "duties"]
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
_APART = 7 * SECOND
_NOTHING = Line(at="", speaker="bot")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happens in a case; `at` in milliseconds."""

    at: int
    kind: Kind
    case: SampleCase
    when: When
    line: Line = _NOTHING


def acts_of(case: SampleCase, when: When) -> tuple[Act, ...]:
    """Give the acts of a case in their order, each later than the one before and none in the future."""
    acts: list[Act] = []
    for act in _acts(case, when):
        earliest = acts[-1].at + _APART if acts else act.at
        acts.append(Act(min(max(act.at, earliest), when.now), act.kind, case, when, act.line))
    return tuple(acts)


def _acts(case: SampleCase, when: When) -> Iterator[Act]:
    first = _first_talk(case)
    unread: Line | None = None
    last = when.moment(case.dialogue[0].at)
    if case.place is not None and not case.linked:
        yield Act(last, "hello", case, when)
    for number, line in enumerate(case.dialogue):
        if number == first:
            yield from _judged(case, when, last)
        last = when.moment(line.at)
        if line.speaker == "worker":
            if unread is not None:
                yield Act(last - MINUTE, "read", case, when, unread)
            unread = None
        yield from _of_line(case, when, line)
        if line.speaker == "officer" and not line.unread:
            unread = line
    if first == len(case.dialogue):
        yield from _judged(case, when, last)
    yield Act(last + HOUR, "settled", case, when)
    yield Act(last + 2 * HOUR, "duties", case, when)


def _first_talk(case: SampleCase) -> int:
    """Count the lines before anybody but the worker and the flow speaks."""
    later = (number for number, line in enumerate(case.dialogue) if line.speaker in ("officer", "note") or line.is_late_notice)
    return next(later, len(case.dialogue))


def _judged(case: SampleCase, when: When, last: int) -> Iterator[Act]:
    yield Act(last, "judged", case, when)
    yield Act(last + 10 * MINUTE, "taken_up", case, when)


def _of_line(case: SampleCase, when: When, line: Line) -> Iterator[Act]:
    at = when.moment(line.at)
    if line.speaker == "worker":
        kind: Kind = "code" if line.is_code else "own_case" if case.linked else "words"
        yield Act(at, kind, case, when, line)
    elif line.speaker == "officer":
        yield Act(at, "reply", case, when, line)
    elif line.speaker == "note":
        yield Act(at, "note", case, when, line)
    elif line.is_late_notice:
        yield Act(when.moment(case.answer_by or line.at), "missed", case, when, line)
        yield Act(at, "late", case, when, line)
        yield Act(at + 10 * MINUTE, "read", case, when, line)
