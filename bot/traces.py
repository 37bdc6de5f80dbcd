"""Deletes at carriers what needs to lie there no longer: after a while by itself, and at once when the worker wipes the talk.

A purge that fails blocks nothing: it comes again, later each time, and stands in the ledger with what became of it.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from bot.clock import HOUR, MINUTE, SECOND, Clock
from bot.lasting import WholeSteps
from bot.people import AddressBook
from channels.base import Abilities, Channel, Purged, Sent, Trace
from store import traces as kept
from store.outbox import Row
from store.traces import DueTrace, Look, NewTrace, Outcome
from store.writer import Writer

_log = logging.getLogger(__name__)
_LOT = 25
_LEASE = 5 * MINUTE
_FIRST_WAIT = MINUTE
_LONGEST_WAIT = 12 * HOUR
_CALL_TIMEOUT = 30.0
_BREATH = 1.0
"""Seconds between two lots of one channel: there is no hurry, and messages to workers go first."""
_WORDS_KEPT = HOUR
TOO_OLD = "too old to be deleted from the worker's phone"
GIVEN_UP = "the carrier did not delete it in fourteen days"


@dataclass(frozen=True, slots=True)
class PurgeMeans:
    """What purging is made of; `after` is how long (ms) a carrier keeps its copy, 0 for as long as it likes."""

    writer: Writer
    addresses: AddressBook
    clock: Clock
    channels: Mapping[str, Channel]
    after: int


class Purges:
    """The purge of one process."""

    def __init__(self, means: PurgeMeans) -> None:
        self._writer = means.writer
        self._addresses = means.addresses
        self._clock = means.clock
        self._after = means.after
        self._all = means.channels
        self._steps = WholeSteps()
        self._stopping = threading.Event()

    @property
    def _channels(self) -> dict[str, Channel]:
        """The channels that delete, with those that were switched on since the start, as the demo's phones are."""
        return {name: channel for name, channel in self._all.items() if _deletes(channel.abilities)}

    @property
    def _copies(self) -> list[str]:
        return [name for name, channel in self._channels.items() if channel.abilities.deletes_seconds is None]

    @property
    def wiped_at_once(self) -> tuple[str, ...]:
        """Channels where a wipe needs the worker's address, and so comes before it is forgotten."""
        return tuple(name for name, channel in self._channels.items() if channel.abilities.deletes_seconds is not None)

    def stop(self) -> None:
        """End a look after the lot under way; the next goes on there."""
        self._stopping.set()

    def gather(self) -> None:
        """Take up what came and left since the last look, and let go of what is kept too long; run by a timer.

        A lot at a time, at rest for as long as it worked: after a long silence there may be millions, and nobody who writes waits for them.
        """
        self._writer.call_sync(self._let_go)
        look = Look(self._copies, self._clock(), max(self._after, kept.LEAST_AGE))
        while self._after and look.channels and not look.ended and not self._stopping.is_set():
            began = time.monotonic()
            look = self._writer.call_sync(partial(kept.gather, look=look))
            self._stopping.wait(time.monotonic() - began)

    def _let_go(self, connection: sa.Connection) -> None:
        now = self._clock()
        kept.forget_words(connection, now - _WORDS_KEPT)
        kept.drop_old(connection, now)

    async def run(self, every: float) -> None:
        """Delete what is due until cancelled, looking every `every` seconds."""
        while True:
            found = [await self._steps.take(self.purge_due(name)) for name in self._channels]
            await asyncio.sleep(_BREATH if any(found) else every)

    async def drain(self) -> None:
        """Let the lot under way come to its end."""
        await self._steps.ended()

    async def purge_due(self, name: str) -> bool:
        """Delete one lot on a channel; True if there was one."""
        lot, addresses = await self._writer.call(lambda connection: self._claim(connection, name))
        if not lot:
            return False
        wanted = [self._trace(each, addresses) for each in lot]
        able = [(each, trace) for each, trace in zip(lot, wanted, strict=True) if trace is not None]
        lost = [Outcome(each.id, "impossible", TOO_OLD) for each, trace in zip(lot, wanted, strict=True) if trace is None]
        purged = await self._purged(name, [trace for _, trace in able]) if able else ()
        outcomes = [self._outcome(each, one) for (each, _), one in zip(able, purged, strict=True)]
        await self._writer.call(lambda connection: kept.settle(connection, [*lost, *outcomes]))
        return True

    def _claim(self, connection: sa.Connection, name: str) -> tuple[list[DueTrace], dict[str, str]]:
        now = self._clock()
        lot = kept.claim(connection, name, now, now + _LEASE, _LOT)
        people = self._addresses.address_of(connection, list({each.worker_id for each in lot})) if lot else {}
        return lot, {worker_id: reach.address for worker_id, reach in people.items()}

    def _trace(self, due: DueTrace, addresses: Mapping[str, str]) -> Trace | None:
        """What a channel needs to delete it; None where it cannot be done any more."""
        deletes = self._channels[due.channel].abilities.deletes_seconds
        address = addresses.get(due.worker_id, "")
        if deletes is not None and (not address or self._clock() >= due.at + deletes * SECOND):
            return None
        return Trace(due.provider_id, address, due.at, due.ours, due.media)

    async def _purged(self, name: str, traces: Sequence[Trace]) -> Sequence[Purged]:
        later = [Purged("later", "the carrier did not answer")] * len(traces)
        try:
            async with asyncio.timeout(_CALL_TIMEOUT):
                found = await self._channels[name].purge(traces)
        except Exception as error:  # noqa: BLE001 - whatever breaks here, the copies are tried again later and nothing else waits
            _log.warning("channel %s broke in a purge: %s", name, type(error).__name__)
            return later
        return found if len(found) == len(traces) else later

    def _outcome(self, due: DueTrace, purged: Purged) -> Outcome:
        if purged.outcome != "later":
            return Outcome(due.id, purged.outcome, purged.why[:120] or None)
        now = self._clock()
        if now - due.at > kept.GIVEN_UP_AFTER:
            return Outcome(due.id, "impossible", GIVEN_UP)
        wait = int(purged.retry_after * SECOND) if purged.retry_after is not None else _FIRST_WAIT << min(due.attempts - 1, 10)
        return Outcome(due.id, "due", purged.why[:120] or None, now + min(wait, _LONGEST_WAIT))


def _deletes(abilities: Abilities) -> bool:
    return abilities.purges or abilities.deletes_seconds is not None


def left_behind(abilities: Abilities, row: Row, sent: Sent, now: int) -> tuple[NewTrace, ...]:
    """What lies with the carrier since this send, where it can be deleted there.

    On a channel that keeps copies only, the id of a row that went straight is found by the next look at the outbox. The ids beside it stand
    nowhere else, and what was held back or put off may lie far behind where that look begins.
    """
    if not _deletes(abilities):
        return ()
    is_found = abilities.deletes_seconds is None and row.due_at == row.created_at
    ids = sent.beside if is_found else (sent.provider_id, *sent.beside)
    return tuple(NewTrace(row.worker_id, row.channel, each, now, ours=True) for each in ids)
