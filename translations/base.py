"""What a translator is, and what it must admit; what an engine is, from which a translator is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Confidence = Literal["good", "unsure", "partly", "not_translated"]
"""`partly` is a word for whole messages only: a sentence of it is in a language that no model here reads, the others were translated."""
Urgency = Literal["danger", "dialogue", "backlog"]
"""Who waits for it: somebody in danger, two people in a dialogue, or nobody (words from before a model was here)."""


@dataclass(frozen=True, slots=True)
class Care:
    """What a translation is to watch over.

    `names` (of sites, suppliers, companies, people of the desk) come out as they went in. `glossary` holds fixed renderings: a term as it
    is written, then its rendering by language (ISO 639-1). `urgency` is its place in the queue.
    """

    names: tuple[str, ...] = ()
    glossary: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    urgency: Urgency = "dialogue"


NO_CARE = Care()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and what became of it. `marks` name why it is not `good`, in the words of `translations.quality.MARKS`.

    With `not_translated` the text is the original, so that a reader has something to go by; where it stood in the message is kept by order.
    In a message of several languages `language` is the one this sentence is in, and `by` names the models that carried it; both are empty
    where they are the whole message's.
    """

    source: str
    text: str
    confidence: Confidence
    marks: tuple[str, ...] = ()
    language: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One model on the way: from and to (ISO 639-1), and the model with its version, such as `es-en 1.9`."""

    source: str
    target: str
    model: str


@dataclass(frozen=True, slots=True)
class Translation:
    """Words in another language, with where they come from. An annotation on kept words, never a replacement.

    `engine` is `person`, `none` or a machine's name; `by` names the person or the models. With `not_translated` the text is empty: there is
    no such thing as a blank or guessed translation. `sentences` say it sentence by sentence, `hops` which models it went through, and
    `back` is the same words carried back to the source (empty where nothing can carry them back).
    """

    text: str
    source: str
    target: str
    engine: str
    confidence: Confidence
    by: str | None = None
    sentences: tuple[Sentence, ...] = ()
    hops: tuple[Hop, ...] = ()
    back: str = ""


class Translator(Protocol):
    """Carries words between a worker's language and a desk's, on the operator's own machine."""

    def knows(self, source: str, target: str) -> bool:
        """Whether it has models for a pair of languages."""
        ...

    def models(self, source: str, target: str) -> tuple[str, ...]:
        """The models on the way from one language to another, with their versions; none where nothing leads."""
        ...

    def languages_into(self, target: str) -> frozenset[str]:
        """The languages it can carry into another, directly or through English; empty while it has no model for that."""
        ...

    def translate(self, text: str, source: str, target: str, care: Care = NO_CARE) -> Translation:
        """Translate, or say honestly that it cannot; never raises for an unknown language or pair, or for what the text holds."""
        ...


class NoTranslator:
    """The honest state of a machine without models: everything stays as it came."""

    def knows(self, source: str, target: str) -> bool:  # noqa: ARG002
        """It knows no pair."""
        return False

    def models(self, source: str, target: str) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing leads anywhere."""
        return ()

    def languages_into(self, target: str) -> frozenset[str]:  # noqa: ARG002
        """It carries nothing anywhere."""
        return frozenset()

    def translate(self, text: str, source: str, target: str, care: Care = NO_CARE) -> Translation:  # noqa: ARG002
        """Answer `not_translated` for every pair, and keep the words out of it."""
        return Translation(text="", source=source, target=target, engine="none", confidence="not_translated")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What an engine made of one sentence.

    `score` is the mean log probability per token, None where the engine has none; `complete` is False where a limit cut it off.
    """

    text: str
    score: float | None = None
    complete: bool = True


class QueueFull(Exception):
    """More waits than the engine takes; the work is to be brought again later. Nothing of it was begun."""


class Engine(Protocol):
    """Models that carry sentences over one hop, many at once. It splits nothing, shields nothing and judges nothing."""

    @property
    def name(self) -> str:
        """What stands beside its translations, such as `argos`."""
        ...

    def hops(self) -> tuple[Hop, ...]:
        """Every direct pair there is a model for, now."""
        ...

    def render(self, sentences: Sequence[str], hop: Hop, urgency: Urgency = "dialogue") -> list[Rendered]:
        """Carry sentences over a hop, one result each, in order; blocks until they are done. Raises QueueFull."""
        ...
