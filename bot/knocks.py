"""The knock: before an answer that a worker is not waiting for, a message that says nothing.

A phone is shared, a screen is locked: "1 new message" is all that may stand there (REFERENCE-TALK.md, later). Who has just answered a
knock is at the phone, and is not made to knock again for a while.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bot.clock import MINUTE
from bot.people import AddressBook
from bot.sealed import open_session
from bot.speech import Speech
from channels.base import Channel
from flows.session import Session
from store import doorbell, waiting
from store import outbox as kept
from store import sessions as stored
from store.sealing import Unopenable

LIVE = 15 * MINUTE
_AT_ONCE = 200


class Knocks:
    """Gives the knocks that are owed."""

    def __init__(self, addresses: AddressBook, speech: Speech, channels: Mapping[str, Channel]) -> None:
        self._addresses = addresses
        self._speech = speech
        self._channels = channels

    def give(self, connection: sa.Connection, now: int) -> None:
        """Knock at every worker for whom something waits, or hand it over at once to one who is in the middle of talking."""
        rows = waiting.not_knocked(connection, list(self._channels), now, _AT_ONCE)
        if not rows:
            return
        live = [worker_id for worker_id, _, live_until in rows if live_until > now]
        waiting.release(connection, live, now)
        self._knock(connection, {worker_id: channel for worker_id, channel, live_until in rows if live_until <= now}, now)

    def _knock(self, connection: sa.Connection, channels: Mapping[str, str], now: int) -> None:
        people = self._addresses.address_of(connection, list(waiting.knocked(connection, list(channels), now)))
        sealed = stored.load(connection, list(people))
        knocks: list[dict[str, Any]] = []
        for worker_id, reach in people.items():
            try:
                session = open_session(reach.worker.key, worker_id, sealed.get(worker_id)) or Session()
            except Unopenable:
                continue
            knocks += self._speech.rows(reach.worker, channels[worker_id], "knock", session, now)
        kept.put(connection, knocks)
        doorbell.ring(connection, doorbell.ANSWERS)
