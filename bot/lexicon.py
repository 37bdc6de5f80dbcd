"""Carries the words of every language from `translations.danger` to the flows, folded and ready to be listened for."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from flows.lexicon import Chatter, Lexicon
from flows.phrases import NOTHING, PhraseBook, book, saying
from flows.wording import Command
from translations import danger
from translations.danger import Listed
from words.fold import fold, squeeze

_Labelled = Callable[[Listed], Iterator[tuple[str, str]]]


def the_lexicon(added: Path | None = None) -> Lexicon:
    """The lexicon of the languages we ship and of the lists in the folder `added`, made once. Raises danger.ListError."""
    return _made(added if added is not None and any(added.glob("*.yaml")) else None)


@cache
def _made(added: Path | None) -> Lexicon:
    listed = danger.load_with(added)
    made = lexicon_of(listed)
    hidden = list(_dangers_hidden(listed, made))
    if hidden:
        raise danger.ListError(hidden)
    return made


def _dangers_hidden(listed: Iterable[Listed], lexicon: Lexicon) -> Iterator[danger.Problem]:
    """Ways out whose words speak of danger: they would be taken first, and the danger never heard (`fire jan` is Bengali for `go back`)."""
    for each in listed:
        for command, phrases in each.commands.items():
            for phrase in phrases:
                if lexicon.danger(saying(phrase)) is not None:
                    where = f"commands.{command}"
                    yield danger.Problem(f"the list of {each.language}", 0, where, f"`{phrase}` is heard as danger", "Use other words.")


def lexicon_of(languages: Iterable[Listed]) -> Lexicon:
    """Make one lexicon of many languages: words of danger are heard in all of them, whatever language a talk is in."""
    every = tuple(languages)
    return Lexicon(
        dangers=_book(every, _dangers),
        floors=_book(every, _serious),
        hunts=_book(every, _hunts),
        commands=_commands(every),
        greetings=_chatter(every, lambda each: each.greetings),
        thanks=_chatter(every, lambda each: each.thanks),
    )


def _book(languages: tuple[Listed, ...], labelled: _Labelled) -> PhraseBook:
    spaced = (pair for each in languages if not each.spaceless for pair in labelled(each))
    return book(spaced, [pair for each in languages if each.spaceless for pair in labelled(each)])


def _dangers(language: Listed) -> Iterator[tuple[str, str]]:
    for kind, phrases in language.danger.items():
        yield from ((phrase, kind) for phrase in phrases)
    yield from ((phrase, NOTHING) for phrase in language.not_danger)


def _serious(language: Listed) -> Iterator[tuple[str, str]]:
    for because, phrases in language.serious.items():
        yield from ((phrase, because) for phrase in phrases)
    yield from ((phrase, NOTHING) for phrase in language.not_serious)


def _hunts(language: Listed) -> Iterator[tuple[str, str]]:
    yield from ((phrase, "hunt") for phrase in language.hunts)


def _commands(languages: tuple[Listed, ...]) -> dict[str, Command]:
    return {squeeze(phrase): command for each in languages for command, phrases in each.commands.items() for phrase in phrases}


def _chatter(languages: tuple[Listed, ...], meaning: Callable[[Listed], tuple[str, ...]]) -> Chatter:
    """Small talk is small talk in every language at once, but only with words of its own language beside it."""
    meant = [phrase for each in languages for phrase in meaning(each)]
    beside = [phrase for each in languages for phrase in (*each.beside, *each.greetings, *each.thanks)]
    return Chatter(frozenset(map(fold, meant)), frozenset(map(fold, beside)), frozenset(map(squeeze, meant)))
