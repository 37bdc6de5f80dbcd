"""How far a translation can be believed, in three words, with a plain sentence for each reason to doubt it.

No single sign is enough. A model copies what it does not know, and then the way back looks perfect: romanised Bengali taken for English
came back at 92 of 100, clean English at 76 to 84. So every sentence is held against all of them, and one is enough to make it unsure. Where
the lines are drawn stands in `thresholds.json`, which bench/confidence.py makes; docs/explanation/what-translation-loses.md tells how.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import regex
from sacrebleu.metrics.chrf import CHRF

from translations.base import Confidence
from translations.loops import loops
from translations.splitter import split
from words.marked import marked
from words.quantities import numbers_in

MARKS: Final[Mapping[str, str]] = MappingProxyType({
    "lost": marked("a number, name or address got lost, so the original stands here"),
    "empty": marked("nothing was translated, so the original stands here"),
    "numbers": marked("the numbers differ"),
    "cut": marked("part of it was not translated"),
    "copied": marked("it may be copied, not translated"),
    "repeats": marked("it says the same thing again and again"),
    "length": marked("it is much shorter or longer than it should be"),
    "drift": marked("carried back, it says something else"),
    "weak": marked("the model was not sure of its words"),
    "long": marked("a sentence is long: short ones are translated better, and read better on a small phone"),
    "unread": marked("no model here reads its language"),
    "pieces": marked("it had no full stop, so it was cut in pieces"),
})  # fmt: skip
"""Why a sentence is not `good`: a mark, and what to tell a reader."""

_NOT_TRANSLATED: Final = frozenset({"lost", "empty", "unread"})
_TOKEN: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_LETTER: Final = regex.compile(r"\p{L}")
_CHRF: Final = CHRF()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the lines are drawn; chrF from 0 to 100, `score` a mean log probability a token, lengths as shares of what is usual.

    Below `letters` letters a sentence says too little for the copy, the length and the way back to mean anything. `drift` is for an
    officer's answer, which is longer and better written than a worker's complaint. `usual` is how many letters each language needs for one
    and the same long text; `kin` is how much higher the line for copies lies between two that share many words (`es-pt`).
    """

    letters: int
    copied: float
    copied_whole: float
    returned: float
    drift: float
    shorter: float
    longer: float
    score: float
    sentence_words: int
    sentence_letters: int
    usual: Mapping[str, int]
    kin: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one sentence's translation: the words before and after, without shielded spans, and what happened on the way.

    `score` is the mean log probability per token of the least sure hop, None where no engine says; `back` the words carried back, None
    where nothing carries them.
    """

    source: str
    target: str
    words: str
    text: str
    back: str | None = None
    score: float | None = None
    complete: bool = True
    numbers: bool = True
    pieces: bool = False


@cache
def thresholds() -> Thresholds:
    """The lines that the bench drew."""
    return Thresholds(**json.loads((Path(__file__).parent / "thresholds.json").read_text(encoding="utf-8"))["lines"])


def chrf(text: str, reference: str) -> float:
    """How much of a text's runs of one to six letters another holds, from 0 to 100 (Popović 2015, as sacrebleu reckons it)."""
    return float(_CHRF.sentence_score(text, [reference]).score) if text.strip() and reference.strip() else 0.0


def marks_of(evidence: Evidence, lines: Thresholds | None = None) -> tuple[str, ...]:
    """Every reason to doubt a sentence, in the order of MARKS; none is as good as it gets."""
    lines = lines or thresholds()
    enough = _letters(evidence.words) >= lines.letters
    doubts = {
        "numbers": not evidence.numbers,
        "cut": not evidence.complete,
        "copied": (enough and chrf(evidence.text, evidence.words) >= lines.copied + _kin(evidence, lines.kin)) or _left_over(evidence),
        "repeats": _repeats(evidence.text, evidence.words),
        "length": (enough and _length(evidence, lines) < lines.shorter) or _length(evidence, lines) > lines.longer,
        "drift": enough and evidence.back is not None and chrf(evidence.back, evidence.words) < lines.returned,
        "weak": evidence.score is not None and evidence.score < lines.score,
        "pieces": evidence.pieces,
    }
    return tuple(mark for mark, holds in doubts.items() if holds)


def is_copy(words: str, text: str) -> bool:
    """Whether a model only gave back what it got. That is no translation, whatever the way back says."""
    lines = thresholds()
    return _letters(words) >= lines.letters and chrf(text, words) >= lines.copied_whole


def confidence(marks: tuple[str, ...]) -> Confidence:
    """The word for one sentence with these marks."""
    if _NOT_TRANSLATED.intersection(marks):
        return "not_translated"
    return "unsure" if marks else "good"


def together(words: list[Confidence]) -> Confidence:
    """The word for a text whose sentences have these: as good as the worst, and untranslated only when nothing of it was translated."""
    if not words or set(words) == {"not_translated"}:
        return "not_translated"
    return "good" if set(words) == {"good"} else "unsure"


def doubts_of(draft: str, back: str) -> tuple[str, ...]:
    """What an officer should look at before an answer leaves: the marks of `drift`, and `long` where a sentence is."""
    return (*drift(draft, back), *(("long",) if long_sentences(draft) else ()))


def drift(draft: str, back: str) -> tuple[str, ...]:
    """What speaks against an answer that was translated and carried back: `drift` or `numbers`, as in MARKS; none is as it should be."""
    doubts = {"drift": chrf(back, draft) < thresholds().drift, "numbers": numbers_in(draft) != numbers_in(back)}
    return tuple(mark for mark, holds in doubts.items() if holds)


def long_sentences(text: str) -> tuple[str, ...]:
    """The sentences that are too long to be read on a small phone and to be translated well."""
    lines = thresholds()
    return tuple(
        sentence
        for paragraph in split(text)
        for sentence in paragraph
        if len(_TOKEN.findall(sentence)) > lines.sentence_words or _letters(sentence) > lines.sentence_letters
    )


def _letters(text: str) -> int:
    return len(_LETTER.findall(text))


def _kin(evidence: Evidence, kin: Mapping[str, float]) -> float:
    return kin.get("-".join(sorted((evidence.source, evidence.target))), 0.0)


def _left_over(evidence: Evidence) -> bool:
    """Whether a word stayed in its own letters among those of the other language. Latin words stand in every script, and are no sign."""
    own, other = _script(evidence.words), _script(evidence.text)
    return own not in ("", "LATIN", other) and any(_script(letter) == own for letter in _LETTER.findall(evidence.text))


def _script(text: str) -> str:
    """The script of most letters, by the first word of their names; empty without letters."""
    found = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha())
    return found.most_common(1)[0][0] if found else ""


def _length(evidence: Evidence, lines: Thresholds) -> float:
    """How long it became against how long it should be, 1 being as usual.

    A few letters may fairly become as many as the shortest sentence that is judged; what a model makes up behind them is longer.
    """
    usual = lines.usual
    words = max(_letters(evidence.words), lines.letters)
    return _letters(evidence.text) / (words * usual.get(evidence.target, usual["en"]) / usual.get(evidence.source, usual["en"]))


def _repeats(text: str, source: str) -> bool:
    """By words, and by letters too, since not every script parts its words."""
    return loops(_TOKEN.findall(text.casefold()), _TOKEN.findall(source.casefold())) or loops(
        _LETTER.findall(text.casefold()), _LETTER.findall(source.casefold())
    )
