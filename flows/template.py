"""A text with facts in it: `{code}` is filled in, and `[...]` is said only when the facts in it are known.

`Saved[warned:; the reader is warned now].` says the second half when the fact `warned` is known, `[not warned: ...]` says its words when
it is not, and `[Code: {code}.]` when `code` is. What follows the colon stands as written, its space included. A line of three dashes parts
one SMS from the next; where letters cost nothing it is an ordinary new line. `{options}` is where the answers stand on a phone without
buttons.

`[wait: one{1 minute} other{{wait} minutes}]` says what fits the count, and is said only when `wait` is known. Each language has the forms
that it needs (`zero`, `one`, `two`, `few`, `many`, `other`; see flows/plural.py), and `other` always.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flows import plural

# Every fact a text may name, and what it is. The bot fills them; one it cannot fill is simply absent.
FACTS: Mapping[str, str] = MappingProxyType(
    {
        "line": "the programme's name",
        "operator": "who runs the line and keeps the keys",
        "company": "the buying company whose people read the case",
        "reader_desk": "whose people read the case: the company, or the operator while the site is unknown",
        "answer_by": "the date, or date and hour, before which a person answers",
        "new_answer_by": "the new date after a missed one",
        "code": "the eight digits that open the case; known only in the moment they are made",
        "emergency": "the country's emergency number",
        "emergency_free": "known when calling it costs nothing",
        "fire": "the country's fire number, where it is another one",
        "women_children": "the country's line for women and children",
        "labour_office": "the labour inspection's number",
        "listening": "the line of people who listen, for someone who wants to die",
        "listening_note": "when that line listens and what it costs, in the worker's language",
        "stands_new": "known when nobody has taken the case up yet",
        "stands_taken": "known when a person is working on the case",
        "stands_asked": "known when a person wrote to the worker and waits for her",
        "stands_others": "known when others were asked and have not answered",
        "stands_proposed": "known when the worker was asked whether it is solved",
        "stands_closed": "known when the case is closed",
        "stands_late": "known when a promised date was missed and the answer is still owed",
        "union": "a union a worker may go to, by name or number",
        "women_children_note": "when that line listens and what it costs, in the worker's language",
        "right_pay": "the country's answer about pay, in the worker's language",
        "right_pay_from": "where that answer was read, and when",
        "right_hours": "the country's answer about hours, in the worker's language",
        "right_hours_from": "where that answer was read, and when",
        "right_leave": "the country's answer about leave, in the worker's language",
        "right_leave_from": "where that answer was read, and when",
        "right_pregnancy": "the country's answer about pregnancy, in the worker's language",
        "right_pregnancy_from": "where that answer was read, and when",
        "right_papers": "the country's answer about papers, in the worker's language",
        "right_papers_from": "where that answer was read, and when",
        "right_union": "the country's answer about union, in the worker's language",
        "right_union_from": "where that answer was read, and when",
        "understood": "the worker's own words as the machine understood them, carried back into their language",
        "quiet": "the hours in which nothing comes by itself, as the worker chose them (`22:00-06:00`)",
        "unread": "known when an answer waits to be read",
        "waiting": "how many answers wait to be read, when there are any",
        "self_run": "known when the buying company itself runs the line",
        "warned": "known when a notice to the reader really left",
        "voice": "known when this channel's voice messages can be heard by the reader",
        "wait": "whole minutes before another code may be tried",
        "wipes": "known when this channel lets us delete messages from the worker's phone",
    }
)
OWN = frozenset({"answer_by", "new_answer_by", "code", "waiting", "wait", "quiet", "understood"})
"""Facts of one worker; all others say the same to everybody at a place."""
OPTIONS = "options"
BREAK = re.compile(r"\n---(?:\n|$)")

_PLACE = re.compile(r"\{([a-z_]+)\}")
_CLAUSE = re.compile(r"\[([^\[\]]*)\]")
_CONDITION = re.compile(r"^(not )?([a-z_]+):")
_FORM = re.compile(rf"({'|'.join(plural.CATEGORIES)})\{{((?:[^{{}}]|\{{[a-z_]+\}})*)\}}\s*")
_COUNT = re.compile(rf"^([a-z_]+):\s*((?:{_FORM.pattern})+)$")


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a text: `pieces` are words and fact names in turn, beginning and ending with words.

    `forms` are the pieces for each form of a count, which is the first fact it needs, in `language`; `pieces` are those of `other` then.
    """

    pieces: tuple[str, ...]
    needs: tuple[str, ...] = ()
    unless: str | None = None
    forms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    language: str = ""

    def said(self, facts: Mapping[str, str]) -> bool:
        """Tell whether every fact it needs is known."""
        return (self.unless is None or self.unless not in facts) and all(name in facts for name in self.needs)

    def fill(self, facts: Mapping[str, str]) -> str:
        """Put the facts in. A fact that is not known leaves a gap: three dots, never an error at a worker's phone."""
        pieces = list(self.counted(facts))
        for place in range(1, len(pieces), 2):
            pieces[place] = facts.get(pieces[place], "...")
        return "".join(pieces)

    def counted(self, facts: Mapping[str, str]) -> tuple[str, ...]:
        """Its words and the names of its facts in turn, in the form that fits the count."""
        if not self.forms:
            return self.pieces
        return dict(self.forms).get(plural.form(self.language, facts.get(self.needs[0], "")), self.pieces)


Template = tuple[Clause, ...]


def compile_text(text: str, language: str = "") -> Template:
    """Cut a text into clauses once, so that filling it costs next to nothing. `language` is the text's own: its counts follow it."""
    parts = _CLAUSE.split(text)
    return tuple(_clause(part, language, optional=place % 2 == 1) for place, part in enumerate(parts) if part)


def fill(template: Template, facts: Mapping[str, str]) -> str:
    """Say a text with these facts."""
    return "".join([clause.fill(facts) for clause in template if clause.said(facts)])


def fill_apart(template: Template, facts: Mapping[str, str]) -> list[str]:
    """Say a text as words and a worker's own facts in turn, beginning and ending with words: what `fill` says, not yet joined."""
    said = [""]
    for clause in template:
        pieces = clause.counted(facts) if clause.said(facts) else ()
        for place, piece in enumerate(pieces):
            if place % 2 and piece in OWN:
                said += [facts.get(piece, "..."), ""]
            else:
                said[-1] += facts.get(piece, "...") if place % 2 else piece
    return said


def names(text: str) -> frozenset[str]:
    """Every fact a text speaks of, `{options}` included."""
    clauses = compile_text(text)
    named = {name for clause in clauses for name in (*clause.pieces[1::2], *clause.needs)}
    return frozenset(named | {clause.unless for clause in clauses if clause.unless})


def conditions(text: str) -> frozenset[str]:
    """What a text says only when something is known or not known: `code`, `not fire`."""
    clauses = compile_text(text)
    return frozenset({*(need for clause in clauses for need in clause.needs), *(f"not {each.unless}" for each in clauses if each.unless)})


def fault(text: str, language: str = "") -> str | None:
    """Say what is wrong with a text as a template, or None. With its language, the forms of its counts are looked at too."""
    rest = _PLACE.sub("", _CLAUSE.sub(_bare, text))
    if any(mark in rest for mark in "{}[]"):
        return "a bracket is not closed, or stands inside another"
    unknown = sorted(names(text) - FACTS.keys() - {OPTIONS})
    if unknown:
        return f"nobody fills the fact {', '.join(unknown)}"
    return next((wrong for clause in compile_text(text) if clause.forms and (wrong := _wrong_forms(clause, language))), None)


def _bare(clause: re.Match[str]) -> str:
    """What stands inside a clause, the brackets of its forms taken away."""
    counted = _COUNT.match(clause[1])
    return _FORM.sub(r"\2", counted[2]) if counted else clause[1]


def _wrong_forms(clause: Clause, language: str) -> str | None:
    given = [category for category, _ in clause.forms]
    twice = sorted({each for each in given if given.count(each) > 1})
    if twice:
        return f"the form {', '.join(twice)} of {clause.needs[0]} is written twice"
    missing = [each for each in (plural.forms(language) if language else (plural.OTHER,)) if each not in given]
    return f"the count {clause.needs[0]} needs the form {', '.join(missing)} too" if missing else None


def _clause(part: str, language: str, *, optional: bool) -> Clause:
    if not optional:
        return Clause(tuple(_PLACE.split(part)))
    counted = _COUNT.match(part)
    if counted is not None:
        return _count(counted[1], counted[2], language)
    condition = _CONDITION.match(part)
    if condition is None:
        pieces = tuple(_PLACE.split(part))
        return Clause(pieces, needs=pieces[1::2])
    pieces = tuple(_PLACE.split(part[condition.end() :]))
    if condition[1]:
        return Clause(pieces, needs=pieces[1::2], unless=condition[2])
    return Clause(pieces, needs=(condition[2], *pieces[1::2]))


def _count(name: str, written: str, language: str) -> Clause:
    forms = tuple((category, tuple(_PLACE.split(words))) for category, words in _FORM.findall(written))
    needs = dict.fromkeys((name, *(fact for _, pieces in forms for fact in pieces[1::2])))
    return Clause(dict(forms).get(plural.OTHER, forms[-1][1]), needs=tuple(needs), forms=forms, language=language)
