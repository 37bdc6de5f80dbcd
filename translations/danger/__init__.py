"""The words that must never wait for a translation: danger, what makes a case serious, greetings, and ways out; one file a language."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict

FOLDER = Path(__file__).parent
# Every scalar stays text (`no` is a word here); libyaml's form of this reader is faster and not in every wheel.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def _lines(raw: object) -> object:
    """A list may be written one phrase a line, or separated by commas."""
    if not isinstance(raw, str):
        return raw
    return tuple(part.strip() for line in raw.splitlines() for part in line.split(",") if part.strip())


Phrases = Annotated[tuple[str, ...], BeforeValidator(_lines)]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Listed(_File):
    """One language's words, as they stand in its file.

    `source` and `limits` say where they come from and what they miss. `not_danger` and `not_serious` take away what would only sound so.
    In a phrase `*` ends the beginning of a word and `..` stands for up to four words. `spaceless` scripts are searched inside the text.
    """

    language: str
    source: str
    limits: str
    spaceless: bool = False
    danger: Mapping[Literal["suicide", "fire", "violence"], Phrases] = {}
    not_danger: Phrases = ()
    serious: Mapping[str, Phrases] = {}
    not_serious: Phrases = ()
    greetings: Phrases = ()
    thanks: Phrases = ()
    beside: Phrases = ()
    hunts: Phrases = ()
    commands: Mapping[Literal["person", "language", "who_sees", "hide", "forget", "repeat"], Phrases] = {}


def load(folder: Path = FOLDER) -> tuple[Listed, ...]:
    """Read every language's words. Raises ValueError (pydantic's) for a file that says anything else."""
    return tuple(Listed.model_validate(_read(path)) for path in sorted(folder.glob("*.yaml")))


def _read(path: Path) -> object:
    return yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506  # this reader builds texts, lists and mappings, nothing else
