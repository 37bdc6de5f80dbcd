"""Dates, numbers and names as they are written in one language, by CLDR: the only place that knows how."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time
from babel.numbers import format_decimal, format_percent

_WRITTEN_AS = {"en": "en_GB"}
"""English here is British: 25 November and a clock of 24 hours, as on every desk of the programme."""
_SCALE = 1000


@lru_cache(maxsize=64)
def locale_of(tag: str) -> Locale:
    """Find how a language is written; a tag that CLDR does not know is written as English."""
    base = tag.partition("-")[0]
    try:
        return Locale.parse(_WRITTEN_AS.get(base, base))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def is_known(tag: str) -> bool:
    """Tell whether CLDR knows a language."""
    try:
        Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return False
    return True


def direction(tag: str | None) -> str:
    """Say in which direction a language is written; `auto` where it is not known."""
    if not tag:
        return "auto"
    if tag.endswith("-Latn") or not is_known(tag.partition("-")[0]):
        return "ltr"
    return locale_of(tag).text_direction


def moment(at: int, zone: str, locale: Locale, *, year: bool = False) -> str:
    """Write a moment (ms) as it is on a clock in a place: with the weekday, or with the year."""
    there = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    day = format_skeleton("yMMMd" if year else "MMMEd", there, tzinfo=None, locale=locale)
    return f"{day}, {format_time(there, 'HH:mm', locale=locale)}"


def number(value: float, locale: Locale) -> str:
    """Write a number with the digits and marks of a language."""
    return format_decimal(value, locale=locale)


def percent(share: float, locale: Locale) -> str:
    """Write a share (0 to 1) as a percentage without decimals."""
    return format_percent(share, "#,##0 %" if locale.language == "en" else None, locale=locale)


def size(in_bytes: int, locale: Locale) -> str:
    """Write the size of a file in kB or MB, as phones and computers show it."""
    kilo = max(1, round(in_bytes / _SCALE))
    return f"{number(kilo, locale)} kB" if kilo < _SCALE else f"{number(round(kilo / _SCALE, 1), locale)} MB"


def playing(seconds: int) -> str:
    """Write how long a sound plays as players do: `0:42`, `1:02:03`. It is the same in every language here."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def capital(sentence: str, locale: Locale) -> str:
    """Begin a sentence with a capital as the language does, and leave every other letter as it is: `IJs` in Dutch, `İ` in Turkish."""
    if locale.language == "nl" and sentence[:2] == "ij":
        return f"IJ{sentence[2:]}"
    if locale.language in {"tr", "az"} and sentence[:1] == "i":
        return f"İ{sentence[1:]}"
    return sentence[:1].upper() + sentence[1:]


@lru_cache(maxsize=2048)
def language_name(tag: str, locale: Locale) -> str:
    """Name a language; the tag itself where nobody named it. Its script is not told."""
    return cast("Mapping[str, str]", locale.languages).get(tag.partition("-")[0], tag)


@lru_cache(maxsize=2048)
def country_name(code: str | None, locale: Locale) -> str:
    """Name a country; its code where nobody named it, nothing where it is not known."""
    return cast("Mapping[str, str]", locale.territories).get(code, code) if code else ""
