"""Why a case is as grave as it is and lies where it lies: a few fixed sentences, kept in English, told in any language.

A timeline keeps a reason as it was written; nothing in it is ever changed. Whoever shows it knows the sentence again by its form, and says
that form in the reader's language. The words of a programme's author, of an officer and of an older version stay as they were written.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "danger": "danger: {kind}",
        "speaks": "the words speak of: {topic}",
        "starts": "{code} starts at {level}",
        "people": "about {people} people",
        "unknown": "nothing more is known yet: {level}",
        "alone": "always: everybody else at that desk is named in the case",
        "no_site": "always: the site is not known yet, so it lies with {company}",
        "no_rule": "always: no rule matched, so it lies with {company}",
        "danger_words": "danger words: {kind}",
        "answered": "answered {option} to {asks}",
        "before_site": "said before the site was known",
        "wrote": "the worker wrote",
        "solved": "the worker said that it is solved",
    }
)
"""The sentences as they are kept; whoever changes one leaves the older cases of every installation in English."""

TOPICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "child": "a child",
        "papers": "papers held back",
        "passport": "a passport",
        "locked": "being locked in",
        "trafficking": "trafficking",
        "fainted": "fainting",
        "injury": "an injury",
        "pregnant": "a pregnancy",
        "poison": "poison",
        "union": "a union",
        "fired": "dismissal",
        "threatened": "threats",
    }
)
"""What grave words speak of, by the name under which it is kept."""


def kept(form: str, **values: object) -> str:
    """Write a reason as a timeline keeps it."""
    return FORMS[form].format(**values)


def known_again(line: str) -> tuple[str, dict[str, str]] | None:
    """Give the form of a kept reason with what it was filled with; None for words of somebody else."""
    for form, pattern in _patterns():
        if (match := pattern.fullmatch(line)) is not None:
            return form, match.groupdict()
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (form, re.compile(re.sub(r"\\\{(\w+)\\\}", lambda name: f"(?P<{name[1]}>{_VALUES[name[1]]})", re.escape(text))))
        for form, text in FORMS.items()
    )


_NAME: Final = r"[a-z0-9_-]+"
_VALUES: Final = {
    **dict.fromkeys(("option", "asks", "kind", "topic"), _NAME),
    "code": r"[a-z_.]+",
    "level": r"[1-5]",
    "people": r"\d+",
    "company": r".+",
}
