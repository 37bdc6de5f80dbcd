"""The form a language gives to a count: `1 message`, `2 messages`; by the rules of the Unicode CLDR, as babel ships them."""

from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.plural import PluralRule

CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
# The form that every language has, and the only one of a language CLDR does not know.
OTHER: Final = "other"
# A text for a worker counts minutes and messages. Forms that begin at a million (Spanish, French) are asked of nobody.
COUNT_MAX: Final = 1000


@lru_cache(maxsize=256)
def forms(language: str) -> tuple[str, ...]:
    """The forms that whole numbers up to COUNT_MAX take in a language (BCP 47), `other` always among them and last."""
    rule = _rule(language)
    used = {OTHER} if rule is None else {OTHER, *(rule(count) for count in range(COUNT_MAX + 1))}
    return tuple(each for each in CATEGORIES if each in used)


def form(language: str, count: str) -> str:
    """The form for a count; `other` for what is no whole number."""
    rule = _rule(language)
    return rule(int(count)) if rule is not None and count.isdecimal() else OTHER


@lru_cache(maxsize=256)
def _rule(language: str) -> PluralRule | None:
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-").plural_form
        except (UnknownLocaleError, ValueError):
            continue
    return None
