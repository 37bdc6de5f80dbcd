"""The doctor's look at places: whether workers there can answer on the channels that their poster names, and what carriers ask for."""

from collections import defaultdict
from collections.abc import Iterator

from cases.model import Programme
from channels.config import ChannelConfig
from channels.http_sms_file import read_gateway
from channels.registry import CARDS, Channels
from weerklank.commands.findings import Finding
from words.carriers import Country, countries, one_way, unreachable

_MOST_NAMES = 3


def look(programme: Programme, channels: Channels, config: ChannelConfig) -> Iterator[Finding]:
    """For each country and channel of the programme in force what stands in the way, and what is asked for there."""
    places: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for place in programme.places.values():
        for channel in place.channels:
            places[place.country, channel].append(place.name)
    served = _served(config) if "http_sms" in channels.senders else ()
    for (country, channel), names in sorted(places.items()):
        where = f"{channel} in {country} ({_listed(names)})"
        yield from _reach(country, channel, where)
        if CARDS[channel].needs and channel not in channels.senders:
            yield Finding(well=False, what=f"{where} is off", do=channels.off.get(channel, "set it up, or take it out of the programme"))
        if channel == "http_sms" and served and country not in served:
            yield Finding(
                well=False, what=f"{where}: the gateway serves {', '.join(served)}", do="name the country in its file, or another channel"
            )
    for country in sorted({country for country, channel in places if channel in {"sms", "http_sms"}}):
        yield from _asked_for(country, countries().get(country), by_carrier=(country, "sms") in places)


def _served(config: ChannelConfig) -> tuple[str, ...]:
    return tuple(read_gateway(config.http_sms_file or "").countries)


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _reach(country: str, channel: str, where: str) -> Iterator[Finding]:
    silent = one_way(channel, country)
    if silent is not None:
        locally = "; ".join(f"{each.route} hears them {each.says}".strip() for each in silent.routes if each.two_way)
        what = f"nobody can text back on {where}: {silent.source}" + (f"; {locally}" if locally else "")
        yield Finding(
            well=False, what=what, do="put a gateway there and use `http_sms`; keep `sms` only if your carrier told you that it hears them"
        )
    blocked = unreachable(channel, country)
    if blocked is not None:
        yield Finding(
            well=False,
            what=f"workers do not get {where}: {blocked.says} ({blocked.source}, {blocked.read})",
            do="offer another channel there",
        )


def _asked_for(country: str, known: Country | None, *, by_carrier: bool) -> Iterator[Finding]:
    if known is None or (by_carrier and known.two_way is None):
        yield Finding(
            well=True, what=f"nothing is known of text messages in {country}", do="ask your carrier whether workers can text back"
        )
    if known is None:
        return
    for what, fact in (("sender", known.sender), ("content", known.content)):
        if fact is None:
            continue
        yield Finding(well=True, what=f"text messages in {country}, {what}: {fact.says}", do=f"read {fact.read} at {fact.source}")
    if known.quiet is not None:
        hours = f"no {known.quiet.what} messages from {known.quiet.start} to {known.quiet.end}"
        yield Finding(well=True, what=f"text messages in {country}, hours: {hours}", do=f"read {known.quiet.read} at {known.quiet.source}")
