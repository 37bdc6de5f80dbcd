"""A translator made of an engine: it cuts a message into sentences, keeps out of the models what is none of theirs, and judges what comes.

What no form of placeholder saves stands there as its writer wrote it, and so does what a model only copied. Where models lead back, every
sentence is carried back as well, for the judgement and for whoever wants to check a wording before it is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import regex

from translations.base import NO_CARE, Care, Engine, Hop, Sentence, Translation
from translations.carrying import Carried, Forms, along
from translations.quality import Evidence, confidence, is_copy, marks_of, together
from translations.shield import FORMS, Shielded, shield
from translations.splitter import chunks, split
from words.letters import has_letters

PIVOT: Final = "en"
"""The language through which models lead where none leads directly."""
LEFT_OUT: Final = "[…]"
"""What stands in words that were carried back for a sentence that could not be."""

_UNSAID: Final = regex.compile(
    r"[\p{Cc}--[\n\r\t\v\f\x85]]|[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]", regex.V1
)
UNSPACED: Final = frozenset({"ja", "zh"})
"""Languages that put no space between sentences."""
_SAME_LETTERS: Final = regex.compile(r"[a-z]{2}|[0-9]{3}|(?!latn)[a-z]{4}")


_Route = tuple[Hop, ...]
_Hops = Mapping[tuple[str, str], Hop]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence or, where there was no full stop for too long, a piece of one; `line` counts the lines of the message."""

    line: int
    text: str
    cut: bool


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A piece with what became of it there and back; `back` is None where nothing carried it back."""

    piece: _Piece
    away: Shielded
    there: Carried
    back: Carried | None = None

    def judged(self, source: str, target: str) -> Sentence:
        """The sentence with its text, its word of confidence and its marks."""
        marks = self._marks(source, target)
        believed = confidence(marks)
        text = self.piece.text if believed == "not_translated" else self.there.shielded.restored()
        return Sentence(self.piece.text, text, believed, marks)

    def returned(self) -> str:
        """What came back; what holds no words comes back as it is, and what was not translated is left out."""
        if self.back is not None and not self.back.failed:
            return self.back.shielded.returned()
        return LEFT_OUT if self.away.speaks else self.piece.text

    def _marks(self, source: str, target: str) -> tuple[str, ...]:
        if self.there.failed:
            return (self.there.failed,)
        if not self.away.speaks:
            return ()
        words, text = self.away.words, self.there.shielded.words
        if is_copy(words, text):
            return ("copied", "empty")
        back = self.back.shielded.words if self.back is not None and not self.back.failed else None
        there = self.there
        return marks_of(Evidence(source, target, words, text, back, there.score, there.complete, there.numbers, self.piece.cut))


def any_forms(hop: Hop) -> Sequence[str]:  # noqa: ARG001
    """The forms of placeholders for a model that nobody examined."""
    return FORMS


class Careful:
    """Implements `translations.base.Translator` over any engine. It keeps no words; as many threads may use it as may use its engine."""

    def __init__(self, engine: Engine, forms: Forms = any_forms) -> None:
        """Take an engine, and what says which placeholders the model of a hop keeps, best first."""
        self._engine = engine
        self._forms = forms

    @property
    def engine(self) -> Engine:
        """What it works with."""
        return self._engine

    def knows(self, source: str, target: str) -> bool:
        """Whether models lead from one language to another one, directly or through English."""
        return bool(self.models(source, target))

    def models(self, source: str, target: str) -> tuple[str, ...]:
        """The models on the way from one language to another, such as `es-en 1.9`; none where nothing leads."""
        return tuple(hop.model for hop in _route(self._hops(), source, target))

    def languages_into(self, target: str) -> frozenset[str]:
        """The languages that models lead from into another, directly or through English."""
        hops = self._hops()
        return frozenset(start for start, _ in hops if _route(hops, start, target))

    def translate(self, text: str, source: str, target: str, care: Care = NO_CARE) -> Translation:
        """Translate, or say that it cannot. Raises nothing but QueueFull, with which the engine asks for the same again later.

        What holds no letter (digits, emoji) needs no translation, with or without a model: it comes back as it is, by no engine, and good.

        A language with a way of writing of its own is another one: `bn-Latn` is not `bn`, and no model for `bn` reads it.
        """
        words, nothing = cleaned(text), Translation("", source, target, "none", "not_translated")
        if not words.strip():
            return nothing
        if not has_letters(words):
            return replace(nothing, text=words, confidence="good", back=words)
        if source and base_of(source) == base_of(target):
            return replace(nothing, text=words, confidence="good")
        hops = self._hops()
        route = _route(hops, source, target)
        return self._translated(_pieces(words), nothing, (route, _route(hops, target, source)), care) if route else nothing

    def _hops(self) -> _Hops:
        return {(hop.source, hop.target): hop for hop in self._engine.hops()}

    def _translated(self, pieces: list[_Piece], nothing: Translation, ways: tuple[_Route, _Route], care: Care) -> Translation:
        route, way_back = ways
        source, target = route[0].source, route[-1].target
        shields = [shield(piece.text, target, care) for piece in pieces]
        there = along(self._engine, self._forms, route, shields, care.urgency)
        back = along(self._engine, self._forms, way_back, [came.shielded for came in there if came.stands], care.urgency)
        returns = iter(back if way_back else ())
        outcomes = [
            _Outcome(piece, away, came, next(returns, None) if came.stands else None)
            for piece, away, came in zip(pieces, shields, there, strict=True)
        ]
        sentences = tuple(outcome.judged(source, target) for outcome in outcomes)
        made = replace(nothing, sentences=sentences, confidence=together([sentence.confidence for sentence in sentences]))
        if made.confidence == "not_translated":
            return made
        return replace(
            made,
            text=_assembled(pieces, [sentence.text for sentence in sentences], target),
            engine=self._engine.name,
            by=", ".join(hop.model for hop in route),
            hops=route,
            back=_assembled(pieces, [outcome.returned() for outcome in outcomes], source) if way_back else "",
        )


def _route(hops: _Hops, source: str, target: str) -> _Route:
    """The hops that lead from one to another, none where there is no way or no need of one."""
    start, end = base_of(source), base_of(target)
    if (start, end) in hops:
        return (hops[start, end],)
    if start != end and (start, PIVOT) in hops and (PIVOT, end) in hops:
        return hops[start, PIVOT], hops[PIVOT, end]
    return ()


def cleaned(text: str) -> str:
    """The text without what no model knows and nobody sees: control characters, marks of writing direction, halves of characters.

    Half a character (a lone surrogate, which Unicode calls ill-formed) becomes U+FFFD.
    """
    return _UNSAID.sub("", text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def base_of(language: str) -> str:
    """The language that models are made for: `pt-BR` is `pt`, but `bn-Latn`, which no model for `bn` can read, stays what it is."""
    base, *rest = language.lower().split("-")
    return base if all(_SAME_LETTERS.fullmatch(part) for part in rest) else language.lower()


def _pieces(words: str) -> list[_Piece]:
    return [
        _Piece(line, part, len(parts) > 1)
        for line, sentences in enumerate(split(words))
        for parts in map(chunks, sentences)
        for part in parts
    ]


def _assembled(pieces: Sequence[_Piece], texts: Sequence[str], language: str) -> str:
    """The sentences as one text, with its lines where they were."""
    lines: list[list[str]] = [[] for _ in range(pieces[-1].line + 1)]
    for piece, text in zip(pieces, texts, strict=True):
        lines[piece.line].append(text)
    return "\n".join(("" if language in UNSPACED else " ").join(line) for line in lines)
