"""The inbox: a carrier's message is durable and de-duplicated before the carrier gets its answer; nothing slow happens here."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa

from bot.clock import Clock
from bot.identity import Identity
from bot.sealed import seal_inbound
from bot.spool import Spool
from channels.base import Inbound, Status
from store import doorbell
from store import inbox as kept
from store.database import StoreAway
from store.events import Passed
from store.writer import Writer, WriterBusy

_log = logging.getLogger(__name__)
_CARRIERS_THAT_CALL_AGAIN = frozenset({"telegram"})
_PATIENCE = 8.0
"""Seconds until a message goes to the spool: Twilio hangs up after fifteen."""
_REPLAYED_AT_ONCE = 64
Told = Callable[[sa.Connection, Sequence[Status]], None]


class Inbox:
    """Takes what channels read and keeps it; a database that is away costs nobody their words."""

    def __init__(self, writer: Writer, identity: Identity, spool: Spool, clock: Clock, told: Told) -> None:
        self._writer = writer
        self._identity = identity
        self._spool = spool
        self._clock = clock
        self._told = told
        self._lane = writer.lane("inbox", self._keep, max_batch=128)
        self._status_lane = writer.lane("statuses", self._note, max_batch=128)
        self.on_words: Callable[[], None] = lambda: None
        self.events = Passed()

    async def accept(self, messages: Sequence[Inbound]) -> None:
        """Keep messages. Raises StoreAway only when the carrier itself will call again."""
        wanted = [message for message in messages if message.kind != "ignore"]
        if not wanted:
            return
        for message in wanted:
            self.events.keep((message.channel, message.key))
        comes_again = all(message.channel in _CARRIERS_THAT_CALL_AGAIN for message in wanted)
        # Behind what is spooled already, so that nobody's words change places.
        if (comes_again or self._spool.is_empty()) and await self._taken(wanted):
            self.on_words()
        elif comes_again:
            raise StoreAway("the database is away; the carrier will call again")
        else:
            await asyncio.to_thread(self._spool.put, wanted)

    async def _taken(self, messages: list[Inbound]) -> bool:
        try:
            kept_soon = [self._writer.put(self._lane, message) for message in messages]
            async with asyncio.timeout(_PATIENCE):
                for committed in kept_soon:
                    await committed
        except (StoreAway, WriterBusy, TimeoutError):
            _log.warning("the database is away")
            return False
        return True

    async def statuses(self, statuses: Sequence[Status]) -> None:
        """Keep carriers' words on what we sent. Raises StoreAway."""
        await asyncio.gather(*(self._writer.submit(self._status_lane, status) for status in statuses))

    async def replay(self) -> int:
        """Take up the spool, oldest first, until it is empty; returns how many were taken. Raises StoreAway while the database is away."""
        taken = 0
        while waiting := await asyncio.to_thread(self._spool.oldest, _REPLAYED_AT_ONCE):
            work = (self._writer.submit(self._lane, message) for _, message in waiting)
            results = await asyncio.gather(*work, return_exceptions=True)
            await asyncio.to_thread(self._drop_spooled, [(path, result) for (path, _), result in zip(waiting, results, strict=True)])
            taken += sum(not isinstance(result, BaseException) for result in results)
            self.on_words()
        return taken

    def _drop_spooled(self, ended: Sequence[tuple[Path, object]]) -> None:
        """Remove what the inbox took; what it refuses is set aside, so that it holds up nobody. Raises StoreAway or WriterBusy."""
        self._spool.remove([path for path, result in ended if not isinstance(result, BaseException)])
        for path, result in ended:
            if isinstance(result, StoreAway | WriterBusy):
                raise result
            if isinstance(result, BaseException):
                self._spool.set_aside(path)

    def _keep(self, connection: sa.Connection, messages: Sequence[Inbound]) -> Sequence[None]:
        for message in messages:
            if message.kind == "identity_change" and message.previous is not None:
                self._identity.follow(connection, message.channel, message.previous, message.address)
        workers = self._identity.pseudonyms(connection, [(message.channel, message.address) for message in messages])
        now = self._clock()
        rows = [
            kept.NewMessage(m.channel, m.key, worker.id, seal_inbound(worker.key, m), now)
            for m, worker in zip(messages, workers, strict=True)
        ]
        kept.keep(connection, rows)
        doorbell.ring(connection, doorbell.WORDS)
        return [None] * len(messages)

    def _note(self, connection: sa.Connection, statuses: Sequence[Status]) -> Sequence[None]:
        self._told(connection, statuses)
        return [None] * len(statuses)
