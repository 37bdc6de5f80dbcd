"""Quiet hours: from when to when nothing knocks, at the clock of the place where the worker is."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.clock import SECOND

_WRITTEN: Final = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes after midnight, local time; they may go over midnight. The same twice is no time at all."""

    start: int
    end: int

    @property
    def are_none(self) -> bool:
        """Whether nothing is quiet."""
        return self.start == self.end

    def hold(self, minute: int) -> bool:
        """Whether a minute of the day lies in these hours; the last one does not."""
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


def read_hours(written: str) -> Hours | None:
    """Read `22:00-06:00`; None for anything else."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        return None
    first, first_minute, last, last_minute = map(int, found.groups())
    return Hours(first * 60 + first_minute, last * 60 + last_minute)


def told_hours(hours: Hours) -> str:
    """Write hours as people read them: `22:00-06:00`."""
    return f"{hours.start // 60:02d}:{hours.start % 60:02d}-{hours.end // 60:02d}:{hours.end % 60:02d}"


def quiet_until(hours: Hours, timezone: str, now: int) -> int | None:
    """The moment (ms) in which the quiet that holds now ends; None when it is not quiet.

    Where clocks are put forward over the end, it ends when they show it or more; where they are put back, at the first of the two.
    """
    local = datetime.fromtimestamp(now / SECOND, UTC).astimezone(ZoneInfo(timezone))
    minute = local.hour * 60 + local.minute
    if not hours.hold(minute):
        return None
    day = local.date() + timedelta(days=1 if minute >= hours.end else 0)
    ends = datetime(day.year, day.month, day.day, hours.end // 60, hours.end % 60, tzinfo=ZoneInfo(timezone))
    return max(int(ends.timestamp()) * SECOND, now + 1)
