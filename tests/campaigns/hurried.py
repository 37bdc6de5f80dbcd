"""A process of the service by a clock that runs many times as fast: `python -m tests.campaigns.hurried serve 8000`, or `work`.

All processes of a machine share its monotonic clock, so they agree on the hurried time to the millisecond, as processes on one PostgreSQL
agree on the database's. What counts in real seconds (loops that look, calls to carriers) is not hurried.
"""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot import log
from flows.nodes.base import Here, Step
from flows.nodes.open_case import OpenCase
from weerklank.commands.serve import run, serve_until_stopped, work_until_stopped
from weerklank.settings import Settings
from weerklank.wiring import Parts, Service

BROKEN_FLOW = "raise-concern-neighbours"
_DAY = 86_400.0
_NAMES = ("MIDNIGHT", "AT", "PACE")


@dataclass(frozen=True, slots=True)
class Hurried:
    """A clock: `midnight` (ms since 1970) is when the monotonic clock says `at` (seconds); `pace` seconds pass in each.

    At the end of the day it falls back to the pace of the wall: what is looked at then must not grow a day older meanwhile.
    """

    midnight: int
    at: float
    pace: float

    def __call__(self) -> int:
        """The time now, in milliseconds since 1970."""
        passed = time.monotonic() - self.at
        hurried = min(passed, _DAY / self.pace)
        return self.midnight + int((hurried * self.pace + passed - hurried) * 1000)

    def hour(self) -> float:
        """Hours since midnight; negative before it."""
        return (self() - self.midnight) / 3_600_000

    def environment(self) -> dict[str, str]:
        """What tells another process of it."""
        values = (self.midnight, self.at, self.pace)
        return {f"WEERKLANK_DAY_{name}": repr(value) for name, value in zip(_NAMES, values, strict=True)}

    @classmethod
    def told(cls, environment: Mapping[str, str]) -> "Hurried":
        """The clock that another process told of."""
        midnight, at, pace = (environment[f"WEERKLANK_DAY_{name}"] for name in _NAMES)
        return cls(int(midnight), float(at), float(pace))


def _release_with_a_fault(broken: Path) -> None:
    """Let a step of one flow fail for as long as a file is there: what is published cannot do that, it is refused or survived."""
    entered = OpenCase.enter

    def enter(node: OpenCase, here: Here) -> Step:
        if here.flow == BROKEN_FLOW and broken.exists():
            raise RuntimeError("this release cannot open a case of a neighbour")
        return entered(node, here)

    OpenCase.enter = enter  # type: ignore[method-assign, assignment]


def main() -> None:
    """Run one process until a signal."""
    _release_with_a_fault(Path(os.environ["WEERKLANK_DAY_BROKEN"]))
    settings = Settings()
    log.set_up(settings.log_level)
    service = Service(settings, Parts(clock=Hurried.told(os.environ)))
    if sys.argv[1] == "serve":
        run(serve_until_stopped(service, "127.0.0.1", int(sys.argv[2]), background=False))
    else:
        run(work_until_stopped(service))


if __name__ == "__main__":
    main()
