"""What carriers do by themselves: the words they keep for themselves, and the countries where no worker can text back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from words.fold import squeeze

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Country:
    """What is known of text messages in a country: whether a worker can text back over the carrier's route, and where that was read.

    `two_way` is None where nothing was found.
    """

    code: str
    two_way: bool | None
    sender: str
    source: str


@cache
def reserved() -> Mapping[str, str]:
    """The words a carrier of text messages takes for itself, folded and without spaces, each with what it does."""
    rows = json.loads((_FOLDER / "sms_reserved.json").read_text(encoding="utf-8"))["rows"]
    return MappingProxyType({squeeze(word): row["does"] for row in rows for word in row["words"]})


@cache
def countries() -> Mapping[str, Country]:
    """Every country that something is known of, by its code of ISO 3166."""
    rows = json.loads((_FOLDER / "sms_countries.json").read_text(encoding="utf-8"))["rows"]
    return MappingProxyType({row["cc"]: Country(row["cc"], row["two_way"], row.get("sender", ""), row["source"]) for row in rows})


def one_way(channel: str, country: str) -> Country | None:
    """The country if workers there cannot text back on this channel (`sms` is the carrier's own route; a local gateway is another)."""
    known = countries().get(country)
    return known if channel == "sms" and known is not None and known.two_way is False else None
