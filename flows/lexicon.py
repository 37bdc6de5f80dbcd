"""The words that mean something wherever they are said: danger, repair, greetings, and people who ask who wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from flows.events import DangerKind
from flows.phrases import PhraseBook, Saying, book
from flows.wording import Command

# Of two dangers in one message the first of these is answered: help for a life that is about to end comes before all else.
GRAVEST_FIRST: Final[tuple[DangerKind, ...]] = ("suicide", "fire", "violence")
CHATTER_MAX: Final = 12


@dataclass(frozen=True, slots=True)
class Chatter:
    """Messages that say nothing but hello or thank you: every word is known, and at least one of them means it."""

    meant: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()

    def is_all(self, said: Saying) -> bool:
        """Tell whether the message holds nothing else."""
        if said.squeezed in self.whole:
            return True
        if len(said.tokens) > CHATTER_MAX or self.meant.isdisjoint(said.tokens):
            return False
        return all(token in self.meant or token in self.beside for token in said.tokens)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that is listened for, in all languages at once; all of it folded as the words of a worker are."""

    dangers: PhraseBook = field(default_factory=lambda: book(()))
    floors: PhraseBook = field(default_factory=lambda: book(()))
    hunts: PhraseBook = field(default_factory=lambda: book(()))
    commands: Mapping[str, Command] = field(default_factory=dict[str, Command])
    greetings: Chatter = Chatter()
    thanks: Chatter = Chatter()

    def danger(self, said: Saying) -> DangerKind | None:
        """The gravest danger that these words speak of."""
        found = self.dangers.labels(said)
        return next((kind for kind in GRAVEST_FIRST if kind in found), None)

    def floor(self, said: Saying) -> tuple[str, ...]:
        """What makes a case serious in these words, by name and in order of the alphabet."""
        return tuple(sorted(self.floors.labels(said)))

    def command(self, said: Saying) -> Command | None:
        """The way out that the whole message asks for."""
        return self.commands.get(said.squeezed)

    def is_hunt(self, said: Saying) -> bool:
        """Tell whether somebody wants to know who wrote."""
        return bool(self.hunts.labels(said))
