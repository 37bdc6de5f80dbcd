"""The desk's sentences carried into another language: which texts there are, and the same sentences said by somebody who has a catalogue.

Cases know no catalogue: whoever seats an officer at a desk gives the two functions that look texts up.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any, cast

from cases.wording import ENGLISH, Count, Plural, Wording


def messages() -> Iterator[str | Plural]:
    """Give every text that a catalogue needs for cases: single ones, and pairs for one and for many."""
    for field in fields(ENGLISH):
        if field.name not in ("language", "count"):
            yield from _texts(getattr(ENGLISH, field.name))


def _texts(value: Any) -> Iterator[str | Plural]:
    if isinstance(value, Mapping):
        yield from (text for text in cast("Mapping[Any, str]", value).values() if text)
    else:
        yield value


def in_tongue(language: str, say: Callable[[str], str], count: Count) -> Wording:
    """Give the desk's sentences in a language: `say` looks a text up, `count` one that goes with a number."""
    carried = {field.name: _said(getattr(ENGLISH, field.name), say) for field in fields(ENGLISH) if field.name not in ("language", "count")}
    return replace(ENGLISH, language=language, count=count, **carried)


def _said(value: Any, say: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType({key: say(text) if text else "" for key, text in cast("Mapping[Any, str]", value).items()})
    return say(value) if isinstance(value, str) else value
