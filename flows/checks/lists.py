"""The lists of words that the linter looks for, one file a language: promises nobody can keep, jargon, and asking who somebody is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BeforeValidator, Field

from flows import yaml_text
from flows.phrases import NOTHING, PhraseBook, book
from flows.wording import Written

FOLDER = Path(__file__).with_name("phrases")
SENTENCE_WORDS = 24


def _listed(raw: object) -> object:
    """A list may be written one phrase a line, or separated by commas."""
    if not isinstance(raw, str):
        return raw
    return tuple(part.strip() for line in raw.splitlines() for part in line.split(",") if part.strip())


Phrases = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class ListFile(Written):
    """One language's words. `source` and `limits` say where they come from and what they miss; `not_...` takes away what only looks so.

    In a phrase `*` ends the beginning of a word and `..` stands for up to four words. `spaceless` scripts are searched inside the text.
    `sentence_words` is the most a sentence should have.
    """

    language: str
    source: str
    limits: str
    spaceless: bool = False
    sentence_words: Annotated[int, Field(ge=5, le=60)] = SENTENCE_WORDS
    promises: Phrases = ()
    not_promises: Phrases = ()
    jargon: Phrases = ()
    identity: Phrases = ()
    not_identity: Phrases = ()


@dataclass(frozen=True, slots=True)
class Lists:
    """One language's lists, folded and ready; the labels in each book are the phrases as written."""

    promises: PhraseBook
    jargon: PhraseBook
    identity: PhraseBook
    sentence_words: int = SENTENCE_WORDS


@cache
def lists() -> Mapping[str, Lists]:
    """The lists of every language that has them."""
    return MappingProxyType({each.language: _made(each) for each in files()})


def files() -> Iterator[ListFile]:
    """Read every file. Raises ValueError (pydantic's) for one that says anything else."""
    for path in sorted(FOLDER.glob("*.yaml")):
        yield ListFile.model_validate(yaml_text.read(path.read_text(encoding="utf-8")).data)


def _made(file: ListFile) -> Lists:
    return Lists(
        _book(file, file.promises, file.not_promises),
        _book(file, file.jargon, ()),
        _book(file, file.identity, file.not_identity),
        file.sentence_words,
    )


def _book(file: ListFile, phrases: tuple[str, ...], but: tuple[str, ...]) -> PhraseBook:
    pairs = [*((phrase, phrase) for phrase in phrases), *((phrase, NOTHING) for phrase in but)]
    return book((), pairs) if file.spaceless else book(pairs)
