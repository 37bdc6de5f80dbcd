"""The sample's times: "-6d 19:40" is six days before the demo starts, at that hour where the site is; "+19h" is still to come."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from words.digits import in_script

_MOMENT = re.compile(r"([+-]\d+)([dh])(?: (\d\d):(\d\d))?")
_IN_TEXT = re.compile(r"\{([+-]\d+[dh])\}")
# So that "19 hours left" still stands there while a visitor looks around.
_GRACE = timedelta(minutes=9)


@dataclass(frozen=True, slots=True)
class When:
    """Reads times against the start of the demo (milliseconds) at one place (IANA zone)."""

    now: int
    zone: str

    def moment(self, text: str) -> int:
        """Read a time, in milliseconds. Raises ValueError for any other form."""
        found = _MOMENT.fullmatch(text)
        if found is None:
            raise ValueError("a sample's time looks like -6d 19:40, -5h or +2d")
        count, unit, hour, minute = found.groups()
        if hour is None:
            away = timedelta(**{"days" if unit == "d" else "hours": int(count)})
            return self.now + int((away + (_GRACE if unit == "h" or int(count) > 0 else timedelta())).total_seconds() * 1000)
        zone = ZoneInfo(self.zone)
        day = datetime.fromtimestamp(self.now / 1000, UTC).astimezone(zone).date() + timedelta(days=int(count))
        return int(datetime.combine(day, time(int(hour), int(minute)), zone).timestamp() * 1000)

    def dated(self, text: str, language: str) -> str:
        """Fill the dates into a text, as day and month in the digits of its language."""
        return _IN_TEXT.sub(lambda found: in_script(self._day(found[1]), language), text)

    def _day(self, text: str) -> str:
        return datetime.fromtimestamp(self.moment(text) / 1000, UTC).astimezone(ZoneInfo(self.zone)).strftime("%d-%m")

    def promised(self, text: str) -> int | None:
        """Give the last date that a text promises, in milliseconds; None when it names none that is still to come."""
        ahead = [moment for moment in map(self.moment, _IN_TEXT.findall(text)) if moment > self.now]
        return ahead[-1] if ahead else None
