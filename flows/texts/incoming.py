"""What comes back from translators: one text at a time, and what may be wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flows import template
from flows.model import LANGUAGE, Flow
from flows.problems import FlowError, Problem
from flows.texts.rows import Row
from flows.wording import SYNONYMS

BYTES_MAX: Final = 5_000_000
TEXT_MAX: Final = 4000
LABEL_MAX: Final = 200
BUTTON_MAX: Final = 40
# YAML holds no others, and no phone shows one.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Given:
    """One text as it came in. `source` is the source it was made from, where the file says so; `line` is where it stands in the file."""

    key: str
    language: str
    text: str
    draft: bool
    line: int
    source: str | None = None


def check_language(flow: Flow, language: str) -> None:
    """Raise FlowError unless a flow can be translated into this language: it has a language's name, and is not the flow's own."""
    if not re.fullmatch(LANGUAGE, language):
        what, mend = f"`{language[:40]}` is no name of a language", "Write it as `bn`, `es-PE` or `bn-Latn`."
        raise FlowError([Problem(flow.name, 1, "", what, mend)])
    if language == flow.language:
        what, mend = f"`{language}` is the flow's own language", "Change its texts in the flow itself, or name another language."
        raise FlowError([Problem(flow.name, 1, "", what, mend)])


def clean(text: str) -> str:
    """The text with the line ends of every machine made one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def same(row: Row, text: str) -> bool:
    """Tell whether a text says what is there already; spaces around synonyms do not count."""
    if row.slot[-1] == "also":
        return synonyms(text) == synonyms(row.text)
    return text == row.text


def synonyms(text: str) -> list[str]:
    """The words that people answer instead, one by one."""
    return [word for each in text.split(SYNONYMS.strip()) if (word := each.strip())]


def faults(row: Row, given: Given) -> Iterator[tuple[str, str]]:
    """Say what is wrong with a text that is to be taken over, each with its mend."""
    text = given.text
    if _CONTROL.search(text):
        yield "a letter in it is none that a phone can show", "Type the text anew in place of pasting it."
    longest = _longest(row)
    if len(text) > longest:
        yield f"it has {len(text)} letters, and {longest} is the most", "Say it shorter."
    if row.slot[-1] == "also":
        return
    wrong = template.fault(text, given.language)
    if wrong:
        yield wrong, "Leave what stands in brackets as it is in the source, and translate the words only."
    elif text:
        yield from _lost(row, text)


def _longest(row: Row) -> int:
    if "options" in row.slot:
        return {"text": LABEL_MAX, "button": BUTTON_MAX}.get(row.slot[-1], TEXT_MAX)
    return TEXT_MAX


def _lost(row: Row, text: str) -> Iterator[tuple[str, str]]:
    """What the source fills in, or says only at times, and the text does not; and the other way about.

    Where the source has no words of its own, nothing of it can be missing.
    """
    for marks, form in ((_places, "{%s}"), (template.conditions, "[%s:...]")):
        there, here = marks(row.source), marks(text)
        if row.needed and there - here:
            yield f"{_listed(there - here, form)} of the source is missing", "Put it where it belongs in the sentence."
        if here - there:
            yield f"{_listed(here - there, form)} is not in the source", "Take it out, or mend its spelling."


def _places(text: str) -> frozenset[str]:
    return frozenset(name for clause in template.compile_text(text) for pieces in _pieces(clause) for name in pieces[1::2])


def _pieces(clause: template.Clause) -> list[tuple[str, ...]]:
    return [pieces for _, pieces in clause.forms] or [clause.pieces]


def _listed(names: frozenset[str], form: str) -> str:
    return ", ".join(form % name for name in sorted(names))
