"""What may not stand in a list of words: what nothing can match, what would alarm at every message, a way out with two meanings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from translations.danger.listed import Listed
from words.carriers import reserved
from words.fold import fold, squeeze

LETTERS_MIN: Final = 3
"""A word of danger with fewer Latin letters means too many other things; scripts that write no vowels do with one less."""
PHRASE_MAX: Final = 80
"""The most letters of a phrase."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a list: its file, line (from 1), the key, what is wrong, and how to mend it."""

    file: str
    line: int
    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}{f', {self.where}' if self.where else ''}: {self.what}. {self.mend}"


class ListError(ValueError):
    """Lists of words are refused whole; `problems` holds everything that is wrong with them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def faults_of(file: str, listed: Listed, *, added: bool) -> Iterator[Problem]:
    """Go through one list. One that was added beside the shipped ones may take nothing away."""
    for where, phrase in _phrases(listed):
        what = _fault(phrase, spaceless=listed.spaceless)
        if what:
            yield Problem(file, 0, where, f"`{phrase}` {what}", "Write the words as people write them.")
    for where, phrase in _dangers(listed):
        if not listed.spaceless and 0 < len(squeeze(phrase)) < (LETTERS_MIN if phrase.isascii() else LETTERS_MIN - 1):
            yield Problem(file, 0, where, f"`{phrase}` would alarm at too many messages", "Write a longer phrase.")
    if added and (listed.not_danger or listed.not_serious):
        mend = "Take `not_danger` and `not_serious` out; tell the project about the false alarm instead."
        yield Problem(file, 0, "not_danger", "a list that is added may not take words of danger away", mend)
    for command, phrases in listed.commands.items():
        if phrases and {squeeze(phrase) for phrase in phrases} <= reserved().keys():
            yield Problem(file, 0, f"commands.{command}", "every word here is one that carriers keep for themselves", "Add another word.")


def faults_between(named: list[tuple[str, Listed]]) -> Iterator[Problem]:
    """Go through what lists say of one another: danger that is somebody's greeting, a way out with two meanings."""
    small_talk = {fold(word): listed.language for _, listed in named for word in (*listed.greetings, *listed.thanks, *listed.beside)}
    meant: dict[str, tuple[str, str]] = {}
    for file, listed in named:
        for where, phrase in _dangers(listed):
            if fold(phrase) and fold(phrase) in small_talk:
                what = f"`{phrase}` is small talk in {small_talk[fold(phrase)]}"
                yield Problem(file, 0, where, what, "Write a longer phrase.")
        for command, phrases in listed.commands.items():
            for phrase in phrases:
                first = meant.setdefault(squeeze(phrase), (command, listed.language))
                if first[0] != command:
                    what = f"`{phrase}` means {first[0]} in {first[1]}"
                    yield Problem(file, 0, f"commands.{command}", what, "Use another word for one of the two.")


def _fault(phrase: str, *, spaceless: bool) -> str | None:
    parts = phrase.split()
    words = [part for part in parts if part != ".."]
    if len(phrase) > PHRASE_MAX:
        return f"is longer than {PHRASE_MAX} letters"
    if not words or parts[0] == ".." or parts[-1] == "..":
        return "begins or ends with `..`"
    if any("*" in word.rstrip("*") for word in words) or any(not fold(word.rstrip("*")) for word in words):
        return "holds a `*` that is not the end of a word, or a word without letters"
    if spaceless and ("*" in phrase or ".." in parts):
        return "uses `*` or `..`, which mean nothing where words are not parted"
    return None


def _dangers(listed: Listed) -> Iterator[tuple[str, str]]:
    for kind, phrases in listed.danger.items():
        yield from ((f"danger.{kind}", phrase) for phrase in phrases)


def _phrases(listed: Listed) -> Iterator[tuple[str, str]]:
    yield from _dangers(listed)
    for because, phrases in listed.serious.items():
        yield from ((f"serious.{because}", phrase) for phrase in phrases)
    for command, phrases in listed.commands.items():
        yield from ((f"commands.{command}", phrase) for phrase in phrases)
    for where in ("not_danger", "not_serious", "hunts"):
        yield from ((where, phrase) for phrase in getattr(listed, where))
