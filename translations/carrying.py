"""Sentences over a hop, all in one batch, with their spans shielded; again in another form where a span was lost."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from translations.base import Engine, Hop, Rendered, Urgency
from translations.shield import Shielded

Forms = Callable[[Hop], Sequence[str]]
"""Which placeholders the model of a hop keeps, best first, such as `[[{n}]]`."""


@dataclass(frozen=True, slots=True)
class Carried:
    """One sentence after some hops.

    `failed` is the mark of what went wrong for good (`lost`, `empty`), empty where nothing did; `score` is that of the least sure hop.
    """

    shielded: Shielded
    score: float | None = None
    complete: bool = True
    numbers: bool = True
    failed: str = ""

    @property
    def stands(self) -> bool:
        """Whether something was translated that can be shown and carried on."""
        return not self.failed and self.shielded.speaks


@dataclass(slots=True)
class _Work:
    """One sentence on a hop: what is still to be tried, and the best so far."""

    tries: Iterator[tuple[Shielded, str]]
    best: Carried

    @property
    def wanting(self) -> bool:
        """Whether another try could mend something."""
        return bool(self.best.failed) or not self.best.numbers


def along(engine: Engine, forms: Forms, route: Sequence[Hop], sentences: Sequence[Shielded], urgency: Urgency) -> list[Carried]:
    """Carry sentences over every hop of a route. Raises QueueFull."""
    carried = [Carried(sentence) for sentence in sentences]
    for hop in route:
        going = [place for place, each in enumerate(carried) if each.stands]
        asked = [carried[place].shielded.hardened(route[-1].target) for place in going]
        for place, made in zip(going, _over(engine, forms(hop), hop, asked, urgency), strict=True):
            carried[place] = _after(carried[place], made)
    return carried


def _after(before: Carried, made: Carried) -> Carried:
    scores = [score for score in (before.score, made.score) if score is not None]
    return replace(
        made,
        score=min(scores, default=None),
        complete=before.complete and made.complete,
        numbers=before.numbers and made.numbers,
    )


def _over(engine: Engine, forms: Sequence[str], hop: Hop, asked: Sequence[Shielded], urgency: Urgency) -> list[Carried]:
    works = [_Work(iter(_tries(sentence, forms)), Carried(sentence, failed="lost")) for sentence in asked]
    while waiting := [(work, *tried) for work in works if work.wanting and (tried := next(work.tries, None)) is not None]:
        rendered = engine.render([sentence.write(form) for _, sentence, form in waiting], hop, urgency)
        for (work, sentence, form), came in zip(waiting, rendered, strict=True):
            work.best = _better(work.best, _taken(sentence, form, came))
    return [work.best for work in works]


def _tries(sentence: Shielded, forms: Sequence[str]) -> list[tuple[Shielded, str]]:
    """First with plain numbers as they are, then with every number shielded, in every form that can be told from the words around it."""
    if not sentence.spans:
        return [(sentence, "")]
    eased = sentence.eased()
    found = [(eased, form) for form in (forms[:1] if eased.spans else [""])] + [(sentence, form) for form in forms]
    return list(dict.fromkeys((each, form) for each, form in found if each.fits(form)))


def _taken(sentence: Shielded, form: str, came: Rendered) -> Carried:
    if not came.text.strip():
        return Carried(sentence, failed="empty")
    read = sentence.read(came.text, form)
    if read is None:
        return Carried(sentence, failed="lost")
    return Carried(read, came.score, came.complete, read.numbers == sentence.numbers)


def _better(best: Carried, new: Carried) -> Carried:
    """A later try counts only when it mends something; what came out with other numbers is better than nothing."""
    return best if not best.failed and (new.failed or not new.numbers) else new
