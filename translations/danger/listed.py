"""One language's words as a value: what is listened for, where the list comes from, and what it misses."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Command = Literal["person", "language", "who_sees", "hide", "forget", "repeat", "back", "help", "status", "stop", "quiet", "pin"]


def _lines(raw: object) -> object:
    """A list may be written one phrase a line, or separated by commas."""
    if not isinstance(raw, str):
        return raw
    return tuple(part.strip() for line in raw.splitlines() for part in line.split(",") if part.strip())


Phrases = Annotated[tuple[str, ...], BeforeValidator(_lines)]
_Tag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
_Sentence = Annotated[str, Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Listed(_File):
    """One language's words, as they stand in its file.

    `source` and `limits` say where they come from and what they miss. `not_danger` and `not_serious` take away what would only sound so.
    In a phrase `*` ends the beginning of a word and `..` stands for up to four words. `spaceless` scripts are searched inside the text.
    """

    language: _Tag
    source: _Sentence
    limits: _Sentence
    spaceless: bool = False
    danger: Mapping[Literal["suicide", "fire", "violence"], Phrases] = {}
    not_danger: Phrases = ()
    serious: Mapping[str, Phrases] = {}
    not_serious: Phrases = ()
    greetings: Phrases = ()
    thanks: Phrases = ()
    beside: Phrases = ()
    hunts: Phrases = ()
    commands: Mapping[Command, Phrases] = {}
