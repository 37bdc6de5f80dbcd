"""What a carrier is that is asked for news, for a place that no carrier can post to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from channels.base import ChannelError, Inbound


@dataclass(frozen=True, slots=True)
class News:
    """One thing that a carrier told when it was asked: its number in the carrier's order, and what was read from it.

    `tap` is the number under which a tapped button is acknowledged, empty for anything else.
    """

    number: int
    messages: tuple[Inbound, ...]
    tap: str = field(default="", repr=False)


class SourceError(ChannelError):
    """Asking failed; `why` is a sentence of ours that says what is wrong, `wait` how many seconds to leave the carrier alone.

    `mend` says that only the operator can end it.
    """

    def __init__(self, why: str, *, wait: float, mend: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.wait = wait
        self.mend = mend


class Source(Protocol):
    """A carrier that is asked for news, for a place that no carrier can post to."""

    async def ask(self) -> Sequence[News]:
        """The oldest news that were not `kept`, as soon as there are any; nothing after a while without. Raises SourceError."""
        ...

    async def kept(self, news: Sequence[News]) -> None:
        """Say that these are durable here and need never be told again."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
