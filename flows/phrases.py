"""Phrases that are looked for inside a worker's words, in scripts with and without spaces.

A phrase is written as people say it. `kill*` stands for every word that begins so, and `lock* .. outside` allows up to four words in
between. A phrase under the label NOTHING takes its words away: `fire me` is no fire. The longest phrase at a place wins.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from words.fold import fold

NOTHING: Final = ""
GAP_MAX: Final = 4


@dataclass(frozen=True, slots=True)
class Saying:
    """A worker's words, folded once for everything that looks at them."""

    raw: str
    tokens: tuple[str, ...]
    squeezed: str


def saying(text: str) -> Saying:
    """Fold words for looking things up in them."""
    tokens = tuple(fold(text).split())
    return Saying(text, tokens, "".join(tokens))


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    stem: bool
    gap: bool  # up to GAP_MAX words may stand before it


@dataclass(frozen=True, slots=True)
class _Phrase:
    label: str
    rest: tuple[_Token, ...]


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """Phrases by their first word, or by its beginning; and those of scripts without spaces, found anywhere."""

    words: Mapping[str, tuple[_Phrase, ...]]
    stems: Mapping[str, tuple[_Phrase, ...]]
    lengths: tuple[int, ...]
    inside: tuple[tuple[str, str], ...]

    def labels(self, said: Saying) -> frozenset[str]:
        """Every label whose phrases stand in these words."""
        found: set[str] = set() if said.squeezed.isascii() else self._inside(said.squeezed)
        place = 0
        while place < len(said.tokens):
            end, label = self._longest(said.tokens, place)
            if label:
                found.add(label)
            place = max(end, place + 1)
        return frozenset(found)

    def _longest(self, tokens: tuple[str, ...], place: int) -> tuple[int, str]:
        best = (place, NOTHING)
        for phrase in self._beginning(tokens[place]):
            end = _end(phrase.rest, tokens, place + 1)
            if end > best[0] or (end == best[0] and phrase.label == NOTHING):
                best = (end, phrase.label)
        return best

    def _beginning(self, token: str) -> Iterable[_Phrase]:
        found = self.words.get(token, ())
        for length in self.lengths:
            if length > len(token):
                break
            more = self.stems.get(token[:length])
            if more:
                found = (*found, *more)
        return found

    def _inside(self, squeezed: str) -> set[str]:
        for phrase, label in self.inside:
            if label == NOTHING:
                squeezed = squeezed.replace(phrase, " ")
        return {label for phrase, label in self.inside if label and phrase in squeezed}


def book(phrases: Iterable[tuple[str, str]], spaceless: Iterable[tuple[str, str]] = ()) -> PhraseBook:
    """Make a book of (phrase, label); `spaceless` ones are found anywhere inside a text."""
    words: dict[str, list[_Phrase]] = {}
    stems: dict[str, list[_Phrase]] = {}
    for phrase, label in phrases:
        first, *rest = _tokens(phrase)
        (stems if first.stem else words).setdefault(first.word, []).append(_Phrase(label, tuple(rest)))
    inside = tuple((fold(phrase).replace(" ", ""), label) for phrase, label in spaceless)
    return PhraseBook(_frozen(words), _frozen(stems), tuple(sorted({len(word) for word in stems})), inside)


def _frozen(found: dict[str, list[_Phrase]]) -> dict[str, tuple[_Phrase, ...]]:
    return {word: tuple(phrases) for word, phrases in found.items()}


def _tokens(phrase: str) -> list[_Token]:
    found: list[_Token] = []
    gap = False
    for part in phrase.split():
        if part == "..":
            gap = True
            continue
        stem = part.endswith("*")
        folded = fold(part.rstrip("*")).split()
        for place, word in enumerate(folded, 1):
            found.append(_Token(word, stem=stem and place == len(folded), gap=gap))
            gap = False
    return found


def _end(rest: tuple[_Token, ...], tokens: tuple[str, ...], place: int) -> int:
    """Where a phrase ends, its first word already found; 0 if it is not there."""
    for token in rest:
        last = place + (GAP_MAX if token.gap else 0)
        found = next((at for at in range(place, min(last + 1, len(tokens))) if _same(token, tokens[at])), None)
        if found is None:
            return 0
        place = found + 1
    return place


def _same(token: _Token, word: str) -> bool:
    return word.startswith(token.word) if token.stem else word == token.word
