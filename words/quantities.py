"""Numbers, dates and hours as people type them, in any script's digits, brought into one form that can be compared.

A number's form is `12`, `0.5` or `-3`: no grouping, no zeros at the end. A date's is ISO 8601 (`2026-11-28`). A date without its year gets
the year that brings it nearest to the day it was said on: whoever writes `28-12` in January speaks of last month.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from words.digits import ascii_digits

# Longer ones are telephone numbers or identity cards, which no field may hold.
DIGITS_MAX: Final = 9

_MARKS: Final = str.maketrans({"٫": ".", "٬": ",", "،": ",", "−": "-", "’": "'", "\u00a0": " ", "\u202f": " "})
_NUMBER: Final = re.compile(r"(?<![\w.,])-?\d+(?:(?:[.,']| (?=\d{3}(?!\d)))\d+)*(?![\w]|[.,:/-]\d)")
_ANY_NUMBER: Final = re.compile(r"[0-9]+(?:(?:[.,']| (?=[0-9]{3}(?![0-9])))[0-9]+)*")
_CLOCK: Final = re.compile(r"(?<=[0-9])[:hu](?=[0-9]{2}(?![0-9]))")
_ISO: Final = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST: Final = re.compile(r"(?<![\d./-])(\d{1,2}) ?[-/.] ?(\d{1,2})(?: ?[-/.] ?(\d{4}|\d{2}))?(?![./-]?\d)")
_HOUR: Final = r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?"
_HOURS: Final = re.compile(rf"{_HOUR}[\s–—-]+{_HOUR}")
_BESIDE_HOURS: Final = re.compile(
    r"(?<![^\W\d_])(?:from|till|until|to|and|van|tussen|tot|en|uur|desde|hasta|las|de|a|y|horas|hrs|h)(?![^\W\d_])|থেকে|পর্যন্ত|টা"
)
_SPACES: Final = re.compile(r"[\s'’]")


def number_in(text: str) -> str | None:
    """The one number that these words hold (`12`, `about 1,200`, `১২`); None when there is none, more than one, or too long a one."""
    plain = ascii_digits(text).translate(_MARKS)
    found = _NUMBER.findall(plain)
    if len(found) != 1 or sum(map(str.isdigit, plain)) != sum(map(str.isdigit, found[0])):
        return None
    value = found[0] if sum(map(str.isdigit, found[0])) <= DIGITS_MAX else ""
    return _canonical(_ungrouped(_SPACES.sub("", value))) if value else None


def numbers_in(text: str) -> tuple[str, ...]:
    """Every number in these words by its value, in the order of values: `1,25,000` and `১২৫০০০` are `125000`, `12.500` is `12,500`.

    Made for comparing two texts that say the same: parts of a date or telephone number count one by one, `19:30` and `19h30` as `19.30`.
    """
    plain = _CLOCK.sub(".", ascii_digits(text).translate(_MARKS))
    return tuple(sorted(_value(found) for found in _ANY_NUMBER.findall(plain)))


def _value(digits: str) -> str:
    ungrouped = _ungrouped(_SPACES.sub("", digits))
    return ungrouped.lstrip("0") or "0" if ungrouped.isdecimal() else _canonical(ungrouped)


def _ungrouped(digits: str) -> str:
    """The number with a point for its decimals: the last mark is the decimal one, unless it stands as marks of grouping do."""
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    whole, _, part = digits.rpartition(last)
    grouping = marks.count(last) > 1 or (len(set(marks)) == 1 and len(part) == 3 and whole.lstrip("-") != "0")
    return re.sub("[.,]", "", digits) if grouping else f"{re.sub('[.,]', '', whole)}.{part}"


def _canonical(digits: str) -> str:
    value = Decimal(digits).normalize()
    return f"{value + 0:f}"


def date_in(text: str, today: date | None = None) -> str | None:
    """The one date that these words hold: ISO, or day before month with or without the year (`28-11-2026`, `28/11`, `২৮.১১`).

    None when there is none, more than one, or no such day; without `today` also when the year is missing.
    """
    plain = ascii_digits(text).translate(_MARKS)
    iso = _ISO.findall(plain)
    others = _DAY_FIRST.findall(_ISO.sub(" ", plain))
    if len(iso) + len(others) != 1:
        return None
    found = _day(*map(int, iso[0])) if iso else _day_first(others[0], today)
    return found.isoformat() if found is not None else None


def _day_first(found: tuple[str, str, str], today: date | None) -> date | None:
    first, second, year = found
    day, month = (int(second), int(first)) if int(second) > 12 else (int(first), int(second))
    if year:
        return _day(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    if today is None:
        return None
    near = [each for each in (_day(today.year + step, month, day) for step in (-1, 0, 1)) if each is not None]
    return min(near, key=lambda each: abs((each - today).days), default=None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year < 2100 else None
    except ValueError:
        return None


def hours_in(text: str) -> str | None:
    """From when to when, where the words say nothing else (`22-6`, `from 10 pm to 6`): `22:00-06:00`. None for anything else."""
    plain = _BESIDE_HOURS.sub(" ", ascii_digits(text).translate(_MARKS).casefold())
    found = _HOURS.fullmatch(plain.strip(" .!"))
    if found is None:
        return None
    first, last = _minutes(*found.groups()[:3]), _minutes(*found.groups()[3:])
    if first is None or last is None or first == last:
        return None
    return f"{first // 60:02d}:{first % 60:02d}-{last // 60:02d}:{last % 60:02d}"


def _minutes(hour: str, minute: str | None, half: str | None) -> int | None:
    """Minutes after midnight; 24 is midnight too."""
    hours, minutes = int(hour), int(minute or 0)
    if minutes > 59 or hours > (12 if half else 24) or (half and not hours):
        return None
    return ((hours % 12 + (12 if half == "pm" else 0) if half else hours) * 60 + minutes) % (24 * 60)


def measure(text: str) -> Decimal | date | None:
    """What can be compared in a canonical form (or an author's number or ISO date): a number, a date, or None for words."""
    if _ISO.fullmatch(text):
        return _day(*map(int, text.split("-"))) if text.count("-") == 2 else None
    return Decimal(text) if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", text) else None
