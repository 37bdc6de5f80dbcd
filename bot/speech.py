"""What the bot says: a flow's text, in the worker's language, on her channel, filled with what is true now."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import SECOND
from bot.people import Worker
from bot.sealed import Wording, seal_message
from cases.model import Place, Programme
from channels.base import Channel
from channels.registry import CARDS
from flows.events import Say
from flows.render import View, render
from flows.revisions import Library
from flows.session import Session


@dataclass(frozen=True, slots=True)
class House:
    """What stands while a batch is handled: the programme and the flows as they are now."""

    programme: Programme
    library: Library
    first_flow: str = "raise-concern"
    first_flow_for_neighbours: str = "raise-concern-neighbours"


def told(moment: int, timezone: str) -> str:
    """A promised moment as a worker reads it, at the place where she is: `28-11` where that day begins, else `24-11 18:00`."""
    local = datetime.fromtimestamp(moment / SECOND, UTC).astimezone(ZoneInfo(timezone))
    return local.strftime("%d-%m" if (local.hour, local.minute) == (0, 0) else "%d-%m %H:%M")


class Facts(Mapping[str, str]):
    """What a text may say: programme and country facts, and those of this talk. A fact that is not known is absent, never empty.

    `code` is asked for only when a text really tells it, since each asking takes a code out of the pool.
    """

    def __init__(self, known: Mapping[str, str], code: Callable[[], str] | None = None) -> None:
        self._known = known
        self._code = code

    @cached_property
    def _told_code(self) -> str:
        digits = self._code() if self._code is not None else ""
        return f"{digits[:4]} {digits[4:]}"

    def with_notice(self) -> "Facts":
        """The same facts once a notice left; the code stays untold until a text tells it."""
        return Facts({**self._known, "warned": "1"}, None if self._code is None else lambda: self._told_code.replace(" ", ""))

    def __contains__(self, name: object) -> bool:
        return name in self._known or (name == "code" and self._code is not None)

    def __getitem__(self, name: str) -> str:
        if name == "code" and self._code is not None:
            return self._told_code
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._known
        if self._code is not None:
            yield "code"

    def __len__(self) -> int:
        return len(self._known) + (self._code is not None)


def place_facts(programme: Programme, place: Place | None, company_id: str | None, language: str) -> dict[str, str]:
    """Who runs the line, who reads, and whom to call where the worker is."""
    company = company_id or (place.lead if place is not None else programme.fallback_desk)
    facts = {
        "line": programme.name_in(language),
        "operator": programme.operator.name,
        "company": programme.company_name(company),
        "reader_desk": programme.company_name(company),
    }
    if programme.self_run:
        facts["self_run"] = programme.operator.name
    country = programme.countries.get(place.country) if place is not None else None
    return facts if country is None else facts | country.told(language)


class Speech:
    """Renders and seals what the bot says."""

    def __init__(self, house: Callable[[], House], channels: Mapping[str, Channel] = MappingProxyType({})) -> None:
        self._house = house
        self._channels = channels

    def able(self, channel: str) -> dict[str, str]:
        """What a text may say that a channel can do here: bring a voice to the reader, delete from the worker's own phone."""
        known = self._channels.get(channel)
        if known is None:
            return {}
        can = {"voice": "voice" in known.abilities.media, "wipes": known.abilities.deletes_seconds is not None}
        return {fact: "1" for fact, holds in can.items() if holds}

    def render(self, say: Say, channel: str, language: str, facts: Mapping[str, str]) -> tuple[Wording, ...]:
        """The messages a text becomes on a channel."""
        flow = self._house().library.revisions[say.revision]
        rendered = render(flow, say, View(language, CARDS[channel].limits, facts))
        return tuple(Wording(one.text, one.choices, one.voice, language, one.form) for one in rendered)

    def notice(self, node: str) -> Say:
        """A text that no flow asks for (a knock, a late notice), from the library's `notices`."""
        return self._house().library.notice(node)

    def wording(self, node: str, channel: str, language: str, facts: Mapping[str, str]) -> str:
        """A notice as one text, to be kept with the case."""
        return "\n".join(one.text for one in self.render(self.notice(node), channel, language, facts))

    def rows(self, worker: Worker, channel: str, node: str, session: Session, now: int) -> list[dict[str, Any]]:
        """Outbox rows of a notice that says nothing about any case."""
        programme = self._house().programme
        facts = {"line": programme.name_in(session.language)}
        return [
            {
                "worker_id": worker.id,
                "channel": channel,
                "kind": node,
                "state": "due",
                "due_at": now,
                "created_at": now,
                "sealed": seal_message(worker.key, worker.id, wording),
            }
            for wording in self.render(self.notice(node), channel, session.language, facts)
        ]
