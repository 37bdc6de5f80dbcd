"""One message as it was heard, and what must not be kept of it: the worker's own code and number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from bot.effects import Means
from bot.talk import Talk
from channels.base import Inbound
from flows.revisions import Library
from words.digits import ascii_digits, without_digits_of, without_number

_EIGHT = re.compile(r"(?<!\d)\d(?:[ .\u00a0-]?\d){7}(?!\d)")
_LONG_NUMBER = re.compile(r"\d(?:[ ().\u00a0-]?\d){6,}")
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


def cleaned(at: Heard) -> str:
    """Strike the worker's own code and number out of her words: nothing that is stored may lead to her."""
    text, plain = at.said.text, ascii_digits(at.said.text)
    if not _LONG_NUMBER.search(plain):
        return text
    for digits in _own_codes(at, plain):
        text = without_digits_of(text, digits)
    reach = at.means.addresses.address_of(at.connection, [at.talk.worker.id]).get(at.talk.worker.id)
    return text if reach is None else without_number(text, reach.address)


def _own_codes(at: Heard, plain: str) -> list[str]:
    """The code of the case that is talked about, where it stands in a text. Raises NeedsHash for digits that were not hashed yet."""
    own = at.talk.case.row["code_hash"] if at.talk.case is not None else None
    found = ["".join(filter(str.isdigit, match)) for match in _EIGHT.findall(plain)[:_MOST_NUMBERS]] if own is not None else []
    for digits in found:
        if digits not in at.hashes:
            raise NeedsHash(digits)
    return [digits for digits in found if at.hashes[digits] == own]
