"""Phrases that are looked for inside a worker's words, in scripts with and without spaces.

A phrase is written as people say it. `kill*` stands for every word that begins so, and `lock* .. outside` allows up to four words in
between. A phrase under the label NOTHING takes its words away, unless a longer one begins at the same place: `fire me` is no fire. All
others may share their words, for `want to kill myself` begins like a threat and is none.
"""

from collections.abc import Iterable, Iterator, Mapping
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
    """Phrases by their first word; those that begin with the beginning of a word by its first letters; and those found anywhere.

    Nearly every word of a message begins no phrase at all, so that finding this out must cost two look-ups.
    """

    words: Mapping[str, tuple[_Phrase, ...]]
    stems: Mapping[str, tuple[tuple[str, _Phrase], ...]]
    head: int
    inside: tuple[tuple[str, str], ...]

    def labels(self, said: Saying) -> frozenset[str]:
        """Every label whose phrases stand in these words."""
        found: set[str] = set() if said.squeezed.isascii() else self._inside(said.squeezed)
        past = 0
        for place, token in enumerate(said.tokens):
            if place < past or not (token in self.words or token[: self.head] in self.stems):
                continue
            taken, here = self._standing(said.tokens, place)
            found |= here
            past = past if here else taken
        return frozenset(found)

    def _standing(self, tokens: tuple[str, ...], place: int) -> tuple[int, set[str]]:
        """Where the longest phrase that means nothing ends, and the labels of those that are longer."""
        ends = [(_end(phrase.rest, tokens, place + 1), phrase.label) for phrase in self._beginning(tokens[place])]
        taken = max((end for end, label in ends if label == NOTHING), default=0)
        return taken, {label for end, label in ends if label != NOTHING and end > taken}

    def _beginning(self, token: str) -> Iterator[_Phrase]:
        yield from self.words.get(token, ())
        for stem, phrase in self.stems.get(token[: self.head], ()):
            if token.startswith(stem):
                yield phrase

    def _inside(self, squeezed: str) -> set[str]:
        for phrase, label in self.inside:
            if label == NOTHING:
                squeezed = squeezed.replace(phrase, " ")
        return {label for phrase, label in self.inside if label and phrase in squeezed}


def book(phrases: Iterable[tuple[str, str]], spaceless: Iterable[tuple[str, str]] = ()) -> PhraseBook:
    """Make a book of (phrase, label); `spaceless` ones are found anywhere inside a text."""
    words: dict[str, tuple[_Phrase, ...]] = {}
    stems: list[tuple[str, _Phrase]] = []
    for phrase, label in phrases:
        first, *rest = _tokens(phrase)
        if first.stem:
            stems.append((first.word, _Phrase(label, tuple(rest))))
        else:
            words[first.word] = (*words.get(first.word, ()), _Phrase(label, tuple(rest)))
    head = min((len(word) for word, _ in stems), default=1)
    inside = tuple((fold(phrase).replace(" ", ""), label) for phrase, label in spaceless)
    return PhraseBook(words, _by_head(stems, head), head, inside)


def _by_head(stems: list[tuple[str, _Phrase]], head: int) -> dict[str, tuple[tuple[str, _Phrase], ...]]:
    found: dict[str, tuple[tuple[str, _Phrase], ...]] = {}
    for word, phrase in stems:
        found[word[:head]] = (*found.get(word[:head], ()), (word, phrase))
    return found


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
        last = place + GAP_MAX if token.gap else place
        while place < len(tokens) and place <= last and not _same(token, tokens[place]):
            place += 1
        if place >= len(tokens) or place > last:
            return 0
        place += 1
    return place


def _same(token: _Token, word: str) -> bool:
    return word.startswith(token.word) if token.stem else word == token.word
