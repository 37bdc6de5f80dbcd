"""What carriers do by themselves: the words they keep for themselves, and what they let through in a country."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from words.fold import squeeze

_FOLDER = Path(__file__).parent
_OURS = "twilio"
_NOTHING: Mapping[str, "Fact"] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was read: what it says, where, and in which month (YYYY-MM)."""

    says: str
    source: str
    read: str


@dataclass(frozen=True, slots=True)
class Route:
    """Whether a worker can text back over one provider, and what that asks for."""

    route: str
    two_way: bool
    source: str
    read: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours (local, `HH:MM`, over midnight) in which messages of a kind may not be sent; `what` names the kind."""

    start: str
    end: str
    what: str
    source: str
    read: str


@dataclass(frozen=True, slots=True)
class Country:
    """What is known of a country, by its code of ISO 3166. What is None or not there, nobody has read.

    `blocked` holds the channels that workers there cannot reach, or that businesses may not use for them.
    """

    code: str
    routes: tuple[Route, ...]
    sender: Fact | None = None
    content: Fact | None = None
    quiet: Quiet | None = None
    blocked: Mapping[str, Fact] = field(default_factory=lambda: _NOTHING)

    @property
    def carriers_route(self) -> Route | None:
        """The route that the channel `sms` uses, or what others say where nothing is known of that one."""
        return next((route for route in self.routes if route.route == _OURS), self.routes[0] if self.routes else None)

    @property
    def two_way(self) -> bool | None:
        """Whether a worker can text back over the carrier's route; None where nothing was found."""
        return None if self.carriers_route is None else self.carriers_route.two_way

    @property
    def source(self) -> str:
        """Where that was read."""
        return "" if self.carriers_route is None else self.carriers_route.source


@cache
def reserved() -> Mapping[str, str]:
    """The words a carrier of text messages takes for itself, folded and without spaces, each with what it does."""
    rows = json.loads((_FOLDER / "sms_reserved.json").read_text(encoding="utf-8"))["rows"]
    return MappingProxyType({squeeze(word): row["does"] for row in rows for word in row["words"]})


@cache
def countries() -> Mapping[str, Country]:
    """Every country that something is known of, by its code of ISO 3166."""
    rows = json.loads((_FOLDER / "carrier_countries.json").read_text(encoding="utf-8"))["rows"]
    return MappingProxyType({row["cc"]: _country(row) for row in rows})


def _country(row: Mapping[str, Any]) -> Country:
    quiet = row.get("quiet")
    return Country(
        row["cc"],
        tuple(Route(**route) for route in row["routes"]),
        _fact(row.get("sender")),
        _fact(row.get("content")),
        Quiet(quiet["from"], quiet["to"], quiet["what"], quiet["source"], quiet["read"]) if quiet else None,
        MappingProxyType({channel: Fact(**fact) for channel, fact in row.get("blocked", {}).items()}),
    )


def _fact(fields: Mapping[str, str] | None) -> Fact | None:
    return Fact(**fields) if fields else None


def one_way(channel: str, country: str) -> Country | None:
    """The country if workers there cannot text back on this channel (`sms` is the carrier's own route; a local gateway is another)."""
    known = countries().get(country)
    return known if channel == "sms" and known is not None and known.two_way is False else None


def unreachable(channel: str, country: str) -> Fact | None:
    """Why a channel does not reach workers in a country, None where nothing speaks against it."""
    known = countries().get(country)
    return known.blocked.get(channel) if known is not None else None
