"""One message as it was heard, and what must not be kept of it: the worker's own code and number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from bot.effects import Means
from bot.talk import Talk
from channels.base import Inbound
from flows.nodes import Waiting
from flows.nodes.base import Heard as Spoken
from flows.revisions import Library
from words.digits import ascii_digits, without_digits_of, without_number

_EIGHT = re.compile(r"(?<!\d)\d(?:[ .\u00a0-]?\d){7}(?!\d)")
_LONG_NUMBER = re.compile(r"\d(?:[ ().\u00a0-]?\d){6,}")
_FOUR = re.compile(r"(?<!\d)\d(?:[ -]?\d){3}(?!\d)")
_MOST_NUMBERS = 3


class NeedsHash(Exception):
    """These digits must be hashed before the message can be understood."""

    def __init__(self, digits: str) -> None:
        super().__init__("digits must be hashed first")
        self.digits = digits


@dataclass(frozen=True, slots=True)
class Heard:
    """One message with what is needed to understand it; `hashes` holds those of digits that were hashed already."""

    connection: sa.Connection
    talk: Talk
    said: Inbound
    hashes: Mapping[str, bytes]
    means: Means

    @property
    def flows(self) -> Library:
        """The flows that serve the channel on which this worker writes."""
        return self.means.house.library.on(self.said.channel)

    def hash_of(self, digits: str) -> bytes:
        """The slow hash of digits. Raises NeedsHash where it was not made yet."""
        if digits not in self.hashes:
            raise NeedsHash(digits)
        return self.hashes[digits]

    def pin_key(self, digits: str) -> str:
        """What is hashed of a PIN: with the worker in it, so that two people with one PIN have two hashes."""
        return f"pin/{self.talk.worker.id}/{digits}"


def pin_in(text: str) -> str | None:
    """The four digits of a message that is nothing else."""
    plain = ascii_digits(text).strip(" .!")
    return "".join(filter(str.isdigit, plain)) if _FOUR.fullmatch(plain) else None


def is_number_asked(at: Heard) -> bool:
    """Whether the question that waits takes just these words for its number."""
    frames = at.talk.session.frames
    standing = at.means.house.library.standing(frames[-1]) if frames else None
    flow = at.means.house.library.flow(standing.revision) if standing is not None else None
    node = flow.nodes[standing.node] if flow is not None and standing is not None else None
    return isinstance(node, Waiting) and node.is_answer(Spoken(at.said.text))


def cleaned(at: Heard) -> str:
    """Strike the worker's own code, PIN and number out of her words: nothing that is stored may lead to her."""
    text = _without_pin(at)
    plain = ascii_digits(text)
    if not _LONG_NUMBER.search(plain):
        return text
    for digits in _own_codes(at, plain):
        text = without_digits_of(text, digits)
    reach = at.means.addresses.address_of(at.connection, [at.talk.worker.id]).get(at.talk.worker.id)
    return text if reach is None else without_number(text, reach.address)


def _without_pin(at: Heard) -> str:
    """The words without the PIN that is asked for on this phone. Alone, as an answer to a question for a number, it is a number."""
    text = at.said.text
    if at.talk.pin_hash is None or pin_in(text) is not None:
        return text
    found = ["".join(filter(str.isdigit, match)) for match in _FOUR.findall(ascii_digits(text))[:_MOST_NUMBERS]]
    for digits in found:
        if at.hash_of(at.pin_key(digits)) == at.talk.pin_hash:
            text = without_digits_of(text, digits)
    return text


def _own_codes(at: Heard, plain: str) -> list[str]:
    """The code of the case that is talked about, where it stands in a text. Raises NeedsHash for digits that were not hashed yet."""
    own = at.talk.case.row["code_hash"] if at.talk.case is not None else None
    found = ["".join(filter(str.isdigit, match)) for match in _EIGHT.findall(plain)[:_MOST_NUMBERS]] if own is not None else []
    return [digits for digits in found if at.hash_of(digits) == own]
