"""A text with facts in it: `{code}` is filled in, and `[...]` is said only when the facts in it are known.

`Saved[warned:; the reader is warned now].` says the second half when the fact `warned` is known, `[not warned: ...]` says its words when
it is not, and `[Code: {code}.]` when `code` is. What follows the colon stands as written, its space included. A line of three dashes parts
one SMS from the next; where letters cost nothing it is an ordinary new line. `{options}` is where the answers stand on a phone without
buttons.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Every fact a text may name, and what it is. The bot fills them; one it cannot fill is simply absent.
FACTS: Mapping[str, str] = MappingProxyType(
    {
        "line": "the programme's name",
        "operator": "who runs the line and keeps the keys",
        "company": "the buying company whose people read the case",
        "reader_desk": "whose people read the case: the company, or the operator while the site is unknown",
        "answer_by": "the date, or date and hour, before which a person answers",
        "new_answer_by": "the new date after a missed one",
        "code": "the eight digits that open the case; known only in the sprint that makes them",
        "emergency": "the country's emergency number",
        "emergency_free": "known when calling it costs nothing",
        "fire": "the country's fire number, where it is another one",
        "women_children": "the country's line for women and children",
        "labour_office": "the labour inspection's number",
        "listening": "the line of people who listen, for someone who wants to die",
        "listening_note": "when that line listens and what it costs, in the worker's language",
        "waiting": "how many answers wait to be read, when there are any",
        "self_run": "known when the buying company itself runs the line",
        "warned": "known when a notice to the reader really left",
        "voice": "known when this channel's voice messages can be heard by the reader",
        "wait": "whole minutes before another code may be tried; known only when more than one",
        "wipes": "known when this channel lets us delete messages from the worker's phone",
    }
)
OPTIONS = "options"
BREAK = re.compile(r"\n---(?:\n|$)")

_PLACE = re.compile(r"\{([a-z_]+)\}")
_CLAUSE = re.compile(r"\[([^\[\]]*)\]")
_CONDITION = re.compile(r"^(not )?([a-z_]+):")


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a text: `pieces` are words and fact names in turn, beginning and ending with words."""

    pieces: tuple[str, ...]
    needs: tuple[str, ...] = ()
    unless: str | None = None

    def said(self, facts: Mapping[str, str]) -> bool:
        """Tell whether every fact it needs is known."""
        return (self.unless is None or self.unless not in facts) and all(name in facts for name in self.needs)

    def fill(self, facts: Mapping[str, str]) -> str:
        """Put the facts in. A fact that is not known leaves a gap: three dots, never an error at a worker's phone."""
        pieces = list(self.pieces)
        for place in range(1, len(pieces), 2):
            pieces[place] = facts.get(pieces[place], "...")
        return "".join(pieces)


Template = tuple[Clause, ...]


def compile_text(text: str) -> Template:
    """Cut a text into clauses once, so that filling it costs next to nothing."""
    parts = _CLAUSE.split(text)
    return tuple(_clause(part, optional=place % 2 == 1) for place, part in enumerate(parts) if part)


def fill(template: Template, facts: Mapping[str, str]) -> str:
    """Say a text with these facts."""
    return "".join([clause.fill(facts) for clause in template if clause.said(facts)])


def names(text: str) -> frozenset[str]:
    """Every fact a text speaks of, `{options}` included."""
    clauses = compile_text(text)
    named = {name for clause in clauses for name in (*clause.pieces[1::2], *clause.needs)}
    return frozenset(named | {clause.unless for clause in clauses if clause.unless})


def fault(text: str) -> str | None:
    """Say what is wrong with a text as a template, or None."""
    rest = _PLACE.sub("", _CLAUSE.sub(r"\1", text))
    if any(mark in rest for mark in "{}[]"):
        return "a bracket is not closed, or stands inside another"
    unknown = sorted(names(text) - FACTS.keys() - {OPTIONS})
    return f"nobody fills the fact {', '.join(unknown)}" if unknown else None


def _clause(part: str, *, optional: bool) -> Clause:
    if not optional:
        return Clause(tuple(_PLACE.split(part)))
    condition = _CONDITION.match(part)
    if condition is None:
        pieces = tuple(_PLACE.split(part))
        return Clause(pieces, needs=pieces[1::2])
    pieces = tuple(_PLACE.split(part[condition.end() :]))
    if condition[1]:
        return Clause(pieces, needs=pieces[1::2], unless=condition[2])
    return Clause(pieces, needs=(condition[2], *pieces[1::2]))
