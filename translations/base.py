"""What a translator is, and what it must admit."""

from dataclasses import dataclass
from typing import Literal, Protocol

Confidence = Literal["good", "unsure", "not_translated"]


@dataclass(frozen=True, slots=True)
class Translation:
    """Words in another language, with where they come from. An annotation on kept words, never a replacement.

    `engine` is `person`, `none` or a machine's name; `by` names the person or the models. With `not_translated` the text is empty: there is
    no such thing as a blank or guessed translation.
    """

    text: str
    source: str
    target: str
    engine: str
    confidence: Confidence
    by: str | None = None


class Translator(Protocol):
    """Carries words between a worker's language and a desk's, on the operator's own machine."""

    def knows(self, source: str, target: str) -> bool:
        """Whether it has models for a pair of languages."""
        ...

    def translate(self, text: str, source: str, target: str) -> Translation:
        """Translate, or say honestly that it cannot; never raises for an unknown language or pair."""
        ...


class NoTranslator:
    """The honest state of a machine without models: everything stays as it came."""

    def knows(self, source: str, target: str) -> bool:  # noqa: ARG002
        """It knows no pair."""
        return False

    def translate(self, text: str, source: str, target: str) -> Translation:  # noqa: ARG002
        """Answer `not_translated` for every pair, and keep the words out of it."""
        return Translation(text="", source=source, target=target, engine="none", confidence="not_translated")
