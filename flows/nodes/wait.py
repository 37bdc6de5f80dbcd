"""The node kind `wait`: let time pass."""

import re
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import AfterValidator

from flows.nodes.base import Here, Step, Waiting
from flows.wording import Id

SECONDS: Final = MappingProxyType({"m": 60, "h": 3600, "d": 86_400, "w": 604_800})
LONGEST: Final = 366 * SECONDS["d"]
_WRITTEN: Final = re.compile(r"([1-9][0-9]{0,4})([mhdw])")


def seconds_of(written: str) -> int | None:
    """How many seconds `30m`, `20h`, `3d` or `2w` are; None for what is no time, or longer than a year."""
    found = _WRITTEN.fullmatch(written)
    seconds = int(found[1]) * SECONDS[found[2]] if found is not None else 0
    return seconds if 0 < seconds <= LONGEST else None


def _is_a_time(written: str) -> str:
    if seconds_of(written) is None:
        raise ValueError("write a time: `30m`, `20h`, `3d` or `2w`, a year at most")
    return written


class Wait(Waiting):
    """Waits until a time has passed (`30m`, `20h`, `3d`, `2w`), then goes on at `after`. If the worker speaks first, `go` leads on.

    The clock starts when the last message has really left. Where something else was asked meanwhile, it starts anew when that is answered.
    What is said after the time has passed waits behind a knock, since nobody is waiting for it. The text, if there is one, is said at once.

        pause:
          kind: wait
          time: 3d
          text: "We ask you again in a few days."
          after: still_so
          go: keep
    """

    kind: Literal["wait"]
    time: Annotated[str, AfterValidator(_is_a_time)]
    after: Id
    go: Id

    def enter(self, here: Here) -> Step:
        """Say the text, if there is one, and wait."""
        return Step(events=(here.say(),) if self.text else (), wait=True)

    def chosen(self, here: Here, option: str) -> Step:  # noqa: ARG002  # it has no options
        """It has no options; whatever comes is words."""
        return self.listened(here)

    def listened(self, here: Here) -> Step:  # noqa: ARG002  # the next node takes the words
        """Go on with the words."""
        return Step(go=self.go)

    def listens(self) -> bool:
        """It is no question: nobody is asked too often here."""
        return True

    def passed(self) -> Step:
        """Go on, for the time has passed."""
        return Step(go=self.after)

    def waits(self) -> int:
        """How long it waits, in seconds."""
        return seconds_of(self.time) or 0

    def targets(self) -> tuple[tuple[str, str], ...]:
        """Where words lead, and where time does."""
        return (*super().targets(), ("after", self.after))
