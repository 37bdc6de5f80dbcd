"""How an answer finds its option: tap, digit in any script, its words with or without accents, or a beginning that fits only one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from flows.model import Flow
from flows.nodes import Waiting
from flows.nodes.base import Spoken
from flows.wording import CHANNELS, Command
from words.fold import fold

# What stands before a way out that is offered as a button; no node can be called so.
OFFER: Final = "do"
# The digit of each way out: the same in every flow, on every channel.
OFFER_DIGITS: Final[Mapping[Command, str]] = MappingProxyType({"person": "0", "language": "7", "who_sees": "8", "hide": "9"})
BEGINNING_MIN: Final = 3


@dataclass(frozen=True, slots=True)
class Answers:
    """Every form in which the answers of a node can come, for one language: folded and without spaces, to the option's id.

    `unclear` are forms that mean one answer in one language and another in another.
    """

    exact: Mapping[str, str]
    beginnings: tuple[tuple[str, str], ...]
    unclear: Mapping[str, tuple[str, ...]]

    def find(self, folded: str, *, whole: bool = False) -> str | None:
        """Find the option that these folded words mean; None when they mean none, or could mean two. `whole`: no mere beginning counts."""
        squeezed = folded.replace(" ", "")
        found = self.exact.get(squeezed)
        return found if found or whole or not squeezed else self._by_beginning(folded, squeezed)

    def alike(self, folded: str) -> tuple[str, ...]:
        """The options that these folded words could all mean, when they are two or more: she is asked which."""
        squeezed = folded.replace(" ", "")
        if not squeezed or squeezed in self.exact:
            return ()
        fits = self.unclear.get(squeezed) or tuple(dict.fromkeys(self._begun(folded, squeezed)))
        return fits if len(fits) > 1 else ()

    def _by_beginning(self, folded: str, squeezed: str) -> str | None:
        fits = set(self._begun(folded, squeezed))
        return fits.pop() if len(fits) == 1 else None

    def _begun(self, folded: str, squeezed: str) -> list[str]:
        """A beginning counts when it is long enough not to be chance, or is a word of two letters; one letter is a slip."""
        if len(squeezed) >= BEGINNING_MIN:
            return [option for text, option in self.beginnings if text.replace(" ", "").startswith(squeezed)]
        return [option for text, option in self.beginnings if len(squeezed) > 1 and text.startswith(folded + " ")]


def option_id(node: str, option: str) -> str:
    """The id behind a button."""
    return f"{node}.{option}"


@lru_cache(maxsize=4096)
def answers(flow: Flow, node: str, language: str) -> Answers:
    """The table of a node's answers, made once. The worker's own language wins; the others are heard too where they mean one thing."""
    exact: dict[str, str] = dict(_digits(flow, node))
    beginnings = tuple(dict.fromkeys((fold(text), option) for text, option in _own_first(flow, node, language)))
    for text, option in beginnings:
        exact.setdefault(text.replace(" ", ""), option)
    for form, option in _with_digits(flow, node, language):
        exact.setdefault(form, option)
    elsewhere = _elsewhere(flow, node)
    for form, meant in elsewhere.items():
        if len(meant) == 1:
            exact.setdefault(form, next(iter(meant)))
    exact.pop("", None)
    unclear = {form: tuple(meant) for form, meant in elsewhere.items() if form and form not in exact}
    return Answers(exact, tuple(each for each in beginnings if each[0]), unclear)


def _digits(flow: Flow, node: str) -> Iterator[tuple[str, str]]:
    own = flow.nodes[node]
    if isinstance(own, Waiting):
        yield from ((digit, option) for option, digit in own.digits().items())


def _own_first(flow: Flow, node: str, language: str) -> Iterator[tuple[str, str]]:
    """Every text an option is shown or answered with in a language, on any channel."""
    by_language = zip(*(flow.wordings(node, language, channel) for channel in CHANNELS), strict=True)
    for wording in (each for channels in by_language for near in channels for each in near):
        for option, label in wording.options.items():
            yield from ((text, option) for text in (label.text, label.button, *label.also) if text)
        for command, title in wording.offers.items():
            yield title, option_id(OFFER, command)


def _with_digits(flow: Flow, node: str, language: str) -> Iterator[tuple[str, str]]:
    """The digit and the words together, as they stand in a numbered text."""
    digits = {option: digit for digit, option in _digits(flow, node)}
    digits |= {option_id(OFFER, command): digit for command, digit in OFFER_DIGITS.items()}
    for text, option in _own_first(flow, node, language):
        if option in digits:
            yield digits[option] + fold(text).replace(" ", ""), option


def _elsewhere(flow: Flow, node: str) -> dict[str, dict[str, None]]:
    """What the options are called in every language of the flow."""
    found: dict[str, dict[str, None]] = {}
    for language in flow.languages if isinstance(flow.nodes[node], Spoken) else ():
        for text, option in _own_first(flow, node, language):
            found.setdefault(fold(text).replace(" ", ""), {})[option] = None
    return found
