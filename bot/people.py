"""A worker as the rest of the house may know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker as the rest of the house may know them: a pseudonym and the key their rows are sealed under."""

    id: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Reach:
    """How to reach a worker: only a sender sees this, and only for the length of a send.

    `heard_at` is when their last word came (ms), `closed_to` why nothing may be sent to them.
    """

    worker: Worker
    channel: str
    address: str
    heard_at: int = 0
    closed_to: str | None = None


class AddressBook(Protocol):
    """Gives addresses to one who was handed it: the wiring hands it to senders only."""

    def address_of(self, connection: sa.Connection, worker_ids: Sequence[str]) -> dict[str, Reach]:
        """How to reach these workers now; forgotten ones are missing."""
        ...

    def part_from(self, connection: sa.Connection, worker_id: str) -> None:
        """Let the next words from this address be a stranger's, while a last text can still reach it."""
        ...
