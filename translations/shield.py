"""Spans of a sentence kept out of a model's hands: a placeholder goes in for each, and each must come out exactly once.

The form of the placeholder decides everything: of `[[1]]` or `XQ1X` a model keeps all, of `{1}` or `<x1>` none, by its vocabulary. So forms
are given, best first, as the model's self-test found them. A plain number (`3`) stays a number at first, because models inflect the words
around it; its value is compared afterwards, and when it changed it is shielded too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import regex

from translations.base import NO_CARE, Care
from translations.spans import Span, find
from words.digits import ascii_digits
from words.quantities import numbers_in

FORMS: Final = ("[[{n}]]", "[{n}]", "XQ{n}X")
"""Forms to try on a model that nobody examined; measured as kept to the letter by a real one."""


Part = str | int
_LETTER: Final = regex.compile(r"\p{L}")


@dataclass(frozen=True, slots=True)
class Shielded:
    """A sentence in parts: words for a model, and numbers of the spans that it never sees, in the order in which they stand."""

    parts: tuple[Part, ...]
    spans: tuple[Span, ...]

    def write(self, form: str) -> str:
        """The sentence with a placeholder of this form for each span, counted from 1."""
        return "".join(part if isinstance(part, str) else form.replace("{n}", str(part + 1)) for part in self.parts)

    def read(self, text: str, form: str) -> "Shielded | None":
        """What a model made of it, in parts again; None unless every span is there exactly once."""
        if not self.spans:
            return Shielded((text,) if text else (), ())
        parts, seen, at = list[Part](), list[int](), 0
        for found in _placeholder(form).finditer(text):
            seen.append(int(found["n"]) - 1)
            parts += [text[at : found.start()], seen[-1]]
            at = found.end()
        parts.append(text[at:])
        whole = sorted(seen) == list(range(len(self.spans)))
        return replace(self, parts=tuple(part for part in parts if part != "")) if whole else None

    def fits(self, form: str) -> bool:
        """Whether a form can be told from the words around it: somebody may have written `[1]` themselves."""
        return self.read(self.write(form), form) == self

    def eased(self) -> "Shielded":
        """The same with plain numbers as words, in 0-9: a model inflects what stands around them."""
        return self._merged([ascii_digits(span.written) if span.kind == "number" else place for place, span in enumerate(self.spans)])

    def hardened(self, target: str) -> "Shielded":
        """The same with spans also for the numbers that stand among the words, as after `eased`."""
        parts, spans = list[Part](), list(self.spans)
        for part in self.parts:
            if isinstance(part, str):
                inner = _apart(part, [span for span in find(part, target) if span.kind in {"number", "figure"}], len(spans))
                parts += inner.parts
                spans += inner.spans
            else:
                parts.append(part)
        return Shielded(tuple(parts), tuple(spans))

    def restored(self) -> str:
        """The sentence with every span as the target's readers are to see it."""
        return "".join(part if isinstance(part, str) else self.spans[part].rendered for part in self.parts)

    def returned(self) -> str:
        """The sentence with every span as it was written at first; for words that were carried back."""
        return "".join(part if isinstance(part, str) else self.spans[part].written for part in self.parts)

    @property
    def words(self) -> str:
        """What a model gets to change, without the spans."""
        return " ".join(part.strip() for part in self.parts if isinstance(part, str)).strip()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that stand among the words, by their values."""
        return tuple(sorted(number for part in self.parts if isinstance(part, str) for number in numbers_in(part)))

    @property
    def speaks(self) -> bool:
        """Whether anything is left to translate: a letter outside the spans."""
        return any(isinstance(part, str) and _LETTER.search(part) for part in self.parts)

    def _merged(self, turned: Sequence[Part]) -> "Shielded":
        """The parts with each span as it was turned, and the spans that are left counted anew."""
        left = [place for place in turned if isinstance(place, int)]
        parts: list[Part] = []
        for part in self.parts:
            now = part if isinstance(part, str) else turned[part]
            if isinstance(now, int):
                parts.append(left.index(now))
            elif parts and isinstance(parts[-1], str):
                parts[-1] += now
            else:
                parts.append(now)
        return Shielded(tuple(parts), tuple(self.spans[place] for place in left))


def shield(sentence: str, target: str, care: Care = NO_CARE) -> Shielded:
    """Take every span out of a sentence that goes to a target language (ISO 639-1)."""
    return _apart(sentence, find(sentence, target, care), 0)


def _apart(text: str, spans: Sequence[Span], first: int) -> Shielded:
    parts, at = list[Part](), 0
    for place, span in enumerate(spans, start=first):
        parts += [text[at : span.start], place]
        at = span.end
    parts.append(text[at:])
    return Shielded(tuple(part for part in parts if part != ""), tuple(spans))


@lru_cache(maxsize=32)
def _placeholder(form: str) -> regex.Pattern[str]:
    """A form as models give it back: with spaces inside, with one bracket of two lost, with digits of another script."""
    before, after = form.split("{n}")
    return regex.compile(rf"{_edge(before)}\s*(?P<n>\d{{1,3}})\s*{_edge(after)}" + ("" if after else r"(?!\d)"))


def _edge(mark: str) -> str:
    if mark and not mark[0].isalnum() and mark == mark[0] * len(mark):
        sign = regex.escape(mark[0])
        return rf"{sign}(?:\s*{sign}){{0,{len(mark) - 1}}}"
    return r"\s*".join(f"(?i:{regex.escape(letter)})" for letter in mark)
