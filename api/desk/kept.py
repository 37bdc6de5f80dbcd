"""What stands the same in somebody's words and in their translation: found by the shield's own rules, to be compared at a glance.

A reader who does not know the language can still check an amount, a date or a name. So these are marked in both texts and listed in words
below, each with what it is; what stands in one text alone is marked in neither.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from cases.desk import EntryView
from cases.model import Programme
from translations.base import Care
from translations.spans import Kind, Span, find
from translations.translator import base_of
from words.marked import marked

MOST: Final = 200
"""Spans of one text that are looked for; nobody compares more by eye."""
LISTED: Final = 12
"""Spans that are listed in words below a translation."""

_CALLED: Final[Mapping[Kind, str]] = {
    "url": marked("link"),
    "email": marked("mail address"),
    "handle": marked("account"),
    "name": marked("name"),
    "term": marked("fixed term"),
    "reference": marked("case number"),
    "amount": marked("amount"),
    "date": marked("date"),
    "time": marked("time"),
    "count": marked("measure"),
    "phone": marked("phone number"),
    "code": marked("code"),
    "figure": marked("number"),
    "number": marked("number"),
}
_UNSPACED: Final = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Han}\p{Hiragana}\p{Katakana}]")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True)
class Piece:
    """Some letters of a text, and whether they are marked. What is marked runs from left to right unless it has letters that do not."""

    text: str
    kept: bool = False

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`: figures and addresses keep their order also among Arabic words."""
        return "rtl" if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in self.text) else "ltr"


@dataclass(frozen=True, slots=True)
class Same:
    """One thing that stands in both texts: what it is, how it was written, and how it is written in the translation."""

    called: str
    written: str
    rendered: str


@dataclass(frozen=True, slots=True)
class Side:
    """A translation in pieces, with what it has in common with the original; `more` counts what is not listed."""

    pieces: tuple[Piece, ...]
    same: tuple[Same, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry's own words in pieces, and each of its translations that is shown, in their order."""

    pieces: tuple[Piece, ...]
    sides: tuple[Side, ...]


def kept_in(entries: Sequence[EntryView], programme: Programme) -> dict[int, Kept]:
    """Lay out every entry that has a translation, by its number."""
    care = Care(tuple(programme.proper_names()), programme.glossary)
    found: dict[int, Kept] = {}
    for entry in entries:
        shown = [each for each in entry.translations if each.confidence != "not_translated"]
        if shown:
            found[entry.seq] = laid(entry.text, [(each.text, each.language) for each in shown], care)
    return found


def laid(text: str, translations: Sequence[tuple[str, str]], care: Care) -> Kept:
    """Lay a text beside its translations, each with its language: what the shield's rules find in one and see again in the other."""
    places: set[tuple[int, int]] = set()
    sides: list[Side] = []
    for other, language in translations:
        spans = [span for span in find(text, base_of(language), care) if span.kind in _CALLED][:MOST]
        pairs = tuple(_pairs(spans, other))
        places |= {(span.start, span.end) for span, _ in pairs}
        same = tuple(dict.fromkeys(Same(_CALLED[span.kind], span.written, span.rendered) for span, _ in pairs))
        sides.append(Side(_cut(other, {place for _, place in pairs}), same[:LISTED], max(0, len(same) - LISTED)))
    return Kept(_cut(text, places), tuple(sides))


def _pairs(spans: Sequence[Span], other: str) -> Iterator[tuple[Span, tuple[int, int]]]:
    """Each span with its place in the other text; of what is written twice and said once, the first."""
    wanted = Counter(span.rendered for span in spans)
    taken = bytearray(len(other))
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for rendered in sorted(wanted, key=lambda each: (-len(each), each)):
        for match in regex.finditer(_alone(rendered), other):
            if len(places[rendered]) < wanted[rendered] and not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                places[rendered].append(match.span())
    for span in spans:
        if places[span.rendered]:
            yield span, places[span.rendered].pop(0)


def _alone(rendered: str) -> str:
    """A pattern for a span as it stands by itself: `30` is not in `2030`, nor `An` in `Anna`."""
    before = r"(?<![\p{L}\p{M}\p{N}])" if rendered[0].isalnum() and not _UNSPACED.match(rendered[0]) else ""
    after = r"(?![\p{L}\p{M}\p{N}])" if rendered[-1].isalnum() and not _UNSPACED.match(rendered[-1]) else ""
    more = (r"(?<!\d[.,:])" if rendered[0].isdigit() else "", r"(?![.,:]\d)" if rendered[-1].isdigit() else "")
    return before + more[0] + regex.escape(rendered) + after + more[1]


def _cut(text: str, places: set[tuple[int, int]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = 0
    for start, end in sorted(places):
        if start < at:
            continue
        pieces += [Piece(text[at:start]), Piece(text[start:end], kept=True)]
        at = end
    return tuple(piece for piece in (*pieces, Piece(text[at:])) if piece.text)
