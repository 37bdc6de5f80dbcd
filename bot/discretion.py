"""What a phone may show, and when: hiding, forgetting, the PIN before anything is shown, and the hours in which nothing comes by itself.

A phone is shared, lies on a table, wakes a room. What is decided here holds for every flow, whoever wrote it (docs/decisions/0039).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from bot import forgetting
from bot.clock import MINUTE
from bot.people import AddressBook
from bot.quiet import Hours, read_hours, told_hours
from bot.talk import Talk
from flows import events as ev
from store import traces, waiting
from store.casekeys import KeyCache
from store.sealing import Keyring

LIVE: Final = 15 * MINUTE
"""How long after their last word somebody is taken to be at the phone still."""
PIN_FIELD: Final = "pin"
WANTED_FIELD: Final = "pin_for"
"""What the PIN was asked for: one of `SHOWN`."""
SHOWN: Final[Mapping[type[ev.Event], str]] = {ev.AnswersWanted: "answers", ev.StatusWanted: "status", ev.PinUnwanted: "pin_unwanted"}
_PRESET: Final = {"night": Hours(22 * 60, 6 * 60), "work": Hours(7 * 60, 19 * 60), "never": Hours(0, 0)}


def is_private(flow: str) -> bool:
    """Whether what a flow says is no officer's business: that a phone is shared, and when its owner sleeps."""
    return flow in ("quiet", "pin")


def came(talk: Talk) -> None:
    """Somebody wrote: who is at the phone stays so for a while, and what a PIN opened stays open as long."""
    if talk.now < talk.live_until:
        talk.live_until = talk.now + LIVE
    if talk.now < talk.pin_open_until:
        talk.pin_open_until = talk.now + LIVE
    _tell_flows(talk)


def _tell_flows(talk: Talk) -> None:
    told = {PIN_FIELD: "set"} if talk.pin_hash is not None else {}
    fields = {name: value for name, value in talk.session.fields.items() if name != PIN_FIELD} | told
    if fields != talk.session.fields:
        talk.session = replace(talk.session, fields=fields)


def is_shut(talk: Talk) -> bool:
    """Whether a PIN must be typed before anything is shown."""
    return talk.pin_hash is not None and talk.now >= talk.pin_open_until


def set_pin(talk: Talk, hashed: bytes) -> None:
    """From now on a PIN is asked for; whoever set it is at the phone."""
    talk.pin_hash = hashed
    open_for_a_while(talk)
    _tell_flows(talk)


def open_for_a_while(talk: Talk) -> None:
    """The PIN was typed."""
    talk.pin_open_until = talk.now + LIVE


def take_pin_away(talk: Talk) -> None:
    """No PIN is asked for any more."""
    talk.pin_hash, talk.pin_open_until = None, 0
    _tell_flows(talk)


def ask_for_pin(talk: Talk, wanted: str) -> None:
    """Remember what is to be shown once the PIN was typed."""
    talk.session = replace(talk.session, fields={**talk.session.fields, WANTED_FIELD: wanted})


def wanted_with_pin(talk: Talk) -> str | None:
    """What the PIN was asked for a short while ago."""
    return talk.session.fields.get(WANTED_FIELD) if talk.now - talk.state.talked_at <= LIVE else None


def veiled(talk: Talk, found: tuple[ev.Event, ...], ask: ev.Say) -> Iterator[ev.Event]:
    """The events of a sprint, with the request for the PIN in the place of what it keeps shut: how it stands goes with its text."""
    events = iter(found)
    for event in events:
        wanted = SHOWN.get(type(event)) if is_shut(talk) else None
        if wanted is None:
            yield event
            continue
        ask_for_pin(talk, wanted)
        if wanted == "status":
            next(events, None)
        yield ask


def choose_quiet(talk: Talk) -> None:
    """Keep the hours that a flow put into the field `quiet`; what waits for the end of the old ones is looked at anew."""
    hours = _chosen(talk)
    if hours is not None:
        talk.orders += (partial(waiting.keep_quiet, worker_id=talk.worker.id, hours=(hours.start, hours.end), now=talk.now),)


def quiet_told(talk: Talk) -> dict[str, str]:
    """The hours as a text may say them."""
    hours = _chosen(talk)
    return {} if hours is None or hours.are_none else {"quiet": told_hours(hours)}


def _chosen(talk: Talk) -> Hours | None:
    written = talk.session.fields.get("quiet")
    return None if written is None else _PRESET.get(written) or read_hours(written)


def hide(talk: Talk, keyring: Keyring) -> None:
    """Nothing of any case goes to this phone, until a code comes; a PIN would only show that there was something.

    What the channel can delete from the phone is deleted now; the last line, which says nothing, stays.
    """
    talk.turn_to(None)
    talk.knocked_at, talk.live_until = None, 0
    take_pin_away(talk)
    hide_cases = partial(forgetting.hide_cases, keyring=keyring, worker_id=talk.worker.id, now=talk.now)
    wipe = partial(traces.wipe, worker_id=talk.worker.id, now=talk.now)
    talk.orders += (hide_cases, partial(waiting.hide, worker_id=talk.worker.id), wipe)


def forget(talk: Talk, keyring: Keyring, keys: KeyCache, addresses: AddressBook) -> None:
    """Destroy the keys of every case whose answers come to this phone; the worker's own key follows once the last text left."""
    talk.turn_to(None)
    talk.knocked_at, talk.live_until = None, 0
    take_pin_away(talk)
    talk.orders += (partial(addresses.part_from, worker_id=talk.worker.id),)
    destroy = partial(forgetting.forget_cases, keyring=keyring, keys=keys, worker_id=talk.worker.id, now=talk.now)
    talk.orders += (destroy,)
