"""What those who watch the service are told while it works: counts and durations by closed lists of names, never a person or a case."""

from typing import Protocol


class Watch(Protocol):
    """Is told what happens. Safe for threads; never raises, never waits."""

    def heard(self, channel: str, waited: int) -> None:
        """A message was handled, so many milliseconds after it came."""
        ...

    def sent(self, channel: str, kind: str, outcome: str, seconds: float) -> None:
        """A send ended (`outcome` is the row's state after it); the carrier took so many seconds over it."""
        ...

    def answered(self, channel: str, waited: int) -> None:
        """The answer to somebody's words was handed to the carrier, so many milliseconds after they came."""
        ...

    def failed(self, channel: str, failure: str, *, told: bool) -> None:
        """A send failed; `told` says that a carrier told it later, of a message that it had taken."""
        ...

    def mailed(self, kind: str, outcome: str) -> None:
        """A notice to officers ended so, or goes again (`due`)."""
        ...

    def worked(self, task: str, seconds: float, *, well: bool) -> None:
        """A task ran."""
        ...


class Unwatched:
    """Nobody watches."""

    def heard(self, channel: str, waited: int) -> None:
        """Nobody hears it."""

    def sent(self, channel: str, kind: str, outcome: str, seconds: float) -> None:
        """Nobody hears it."""

    def answered(self, channel: str, waited: int) -> None:
        """Nobody hears it."""

    def failed(self, channel: str, failure: str, *, told: bool) -> None:
        """Nobody hears it."""

    def mailed(self, kind: str, outcome: str) -> None:
        """Nobody hears it."""

    def worked(self, task: str, seconds: float, *, well: bool) -> None:
        """Nobody hears it."""
