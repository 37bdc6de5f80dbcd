"""Digits of every script, and the two codes that workers type: a site's five digits and a case's eight."""

import functools
import re
import unicodedata
from collections.abc import Iterable

# Where a language's own digits begin, for languages whose readers expect them (Unicode, "decimal digit" blocks).
ZEROS = {
    "ar": "٠", "as": "০", "bn": "০", "bo": "༠", "ckb": "٠", "dz": "༠", "fa": "۰", "gu": "૦", "hi": "०", "km": "០", "lo": "໐", "mai": "०",
    "mr": "०", "my": "၀", "ne": "०", "or": "୦", "pa": "੦", "ps": "۰", "sd": "۰", "th": "๐", "ur": "۰",
}  # fmt: skip
MASK = "••••"
_DIGIT = re.compile(r"\d")
# A site's code never stands inside a larger number: an amount with its decimals, a date, a phone number.
_SITE = re.compile(r"(?<!\d)(?<!\d[.,:/-])(?<!\+)\d{5}(?![.,:/-]?\d)")
# Marks that steer writing direction or joining, which phones put around numbers and nobody sees.
_UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_CASE = re.compile(r"[^\d\s]{0,40}(?:\s+[^\d\s]{1,40})?\s*[(\[]?(\d(?:[\s()\[\]._/,–—‐‑-]{0,3}\d){7})[\s\W]{0,5}")
_GROUP = re.compile(r"\d+")
_PHONE = re.compile(r"[0-9]{8,15}")
_BETWEEN = r"[\W_]{0,3}"
_TAIL = 8


def ascii_digits(text: str) -> str:
    """The text with every decimal digit of any script as 0-9; letter for letter, so positions stay the same."""
    if text.isascii():
        return text
    return _DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)


def in_script(text: str, language: str) -> str:
    """The text with 0-9 as the digits that readers of this language (BCP 47) use; unchanged where they use 0-9, also for `bn-Latn`."""
    base, *rest = language.split("-")
    zero = ZEROS.get(base.lower())
    if zero is None or any(part.lower() == "latn" for part in rest):
        return text
    return text.translate(_table(zero))


@functools.cache
def _table(zero: str) -> dict[int, int]:
    return {ord("0") + value: ord(zero) + value for value in range(10)}


def luhn_digit(digits: str) -> str:
    """The check digit to write after these (ISO/IEC 7812-1 annex B): it catches each single slip and nearly every swap of neighbours."""
    doubled = (2 * int(digit) if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(digits)))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def luhn_ok(digits: str) -> bool:
    """Whether the last of these 0-9 digits checks the others."""
    return len(digits) > 1 and digits.isascii() and digits.isdecimal() and luhn_digit(digits[:-1]) == digits[-1]


def site_code(text: str) -> str | None:
    """The first five digits in the text that can be a site's code, as 0-9; in any script, alone or beside any words (`start 52746-en`)."""
    return next((code for code in _SITE.findall(ascii_digits(text)) if luhn_ok(code)), None)


def case_code(text: str) -> str | None:
    """The eight digits of a case's code as 0-9, however grouped, when the message is nothing else but a word or two before them.

    A date (`28-11-2026`) and a wage (`12.000.000`) have eight digits too and are no code.
    """
    found = _CASE.fullmatch(ascii_digits(_UNSEEN.sub("", text)).strip())
    groups = _GROUP.findall(found[1]) if found is not None else []
    return None if _is_date(groups) or _is_amount(groups) else "".join(groups) or None


def _is_amount(groups: list[str]) -> bool:
    """A round sum of money; a code with so many zeros is still read in the grouping it was told in (`1200 0000`)."""
    zeros = {"8": "00000", "233": "000"}.get("".join(str(len(group)) for group in groups))
    return zeros is not None and "".join(groups).endswith(zeros)


def _is_date(groups: list[str]) -> bool:
    sizes = [len(group) for group in groups]
    if sizes not in ([2, 2, 4], [4, 2, 2]):
        return False
    first, second, year = sorted((int(group) for group in groups), key=lambda value: value > 31)
    return 1900 <= year < 2100 and 0 < min(first, second) <= 12 and 0 < max(first, second) <= 31


def without_digits_of(text: str, code: str) -> str:
    """The text with this code, in any spacing and script, replaced by dots."""
    return _masked(text, re.compile(_spaced(code))) if code else text


def without_number(text: str, address: str) -> str:
    """The text with this address replaced by dots: a phone number as it is dialled at home or from abroad, or an id as it stands."""
    bare = address.rpartition(":")[2].removeprefix("+")
    if _PHONE.fullmatch(bare):
        return _masked(text, _dialled(bare))
    return _masked(text, re.compile(rf"(?<!\w){re.escape(bare)}(?!\w)", re.IGNORECASE)) if len(bare) >= 5 else text


def _spaced(digits: Iterable[str]) -> str:
    return _BETWEEN.join(digits)


@functools.lru_cache(maxsize=1024)
def _dialled(digits: str) -> re.Pattern[str]:
    """The last eight digits with whatever stands before them of country code, area and the zero that is dialled at home."""
    before = ""
    for digit in digits[:-_TAIL]:
        before = f"(?:{before}{digit}{_BETWEEN})?(?:0{_BETWEEN})?"
    return re.compile(rf"\+?(?:00{_BETWEEN})?{before}{_spaced(digits[-_TAIL:])}")


def _masked(text: str, pattern: re.Pattern[str]) -> str:
    pieces: list[str] = []
    at = 0
    for found in pattern.finditer(ascii_digits(text)):
        pieces += [text[at : found.start()], MASK]
        at = found.end()
    return "".join([*pieces, text[at:]])
