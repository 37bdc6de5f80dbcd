"""The knock: before an answer that a worker is not waiting for, a message that says nothing.

A phone is shared, a screen is locked: "1 new message" is all that may stand there (REFERENCE-TALK.md, later). Who has just answered a
knock is at the phone, and is not made to knock again for a while.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from bot.clock import MINUTE
from bot.people import AddressBook, Reach
from bot.quiet import Hours, quiet_until
from bot.sealed import open_session
from bot.speech import House, Speech
from channels.base import Channel
from flows.session import Session
from store import doorbell, waiting
from store import outbox as kept
from store import sessions as stored
from store.sealing import Unopenable
from store.waiting import NotKnocked

AT_HAND = 10 * MINUTE
"""How long after her last word a worker has the phone in her hand, whatever hours her site keeps; her own hours hold all the same."""
_AT_ONCE = 200


class Knocks:
    """Gives the knocks that are owed."""

    def __init__(self, addresses: AddressBook, speech: Speech, house: Callable[[], House], channels: Mapping[str, Channel]) -> None:
        self._addresses = addresses
        self._speech = speech
        self._house = house
        self._channels = channels

    def give(self, connection: sa.Connection, now: int) -> None:
        """Knock at every worker for whom something waits, or hand it over at once to one who is in the middle of talking.

        Where it is quiet, in the hours she chose or else in those of her site, it waits for their end.
        """
        rows = waiting.not_knocked(connection, list(self._channels), now, _AT_ONCE)
        if not rows:
            return
        waiting.release(connection, [row.worker_id for row in rows if row.live_until > now], now)
        self._knock(connection, [row for row in rows if row.live_until <= now], now)

    def _knock(self, connection: sa.Connection, rows: Sequence[NotKnocked], now: int) -> None:
        people = self._addresses.address_of(connection, [row.worker_id for row in rows])
        sessions = self._sessions(connection, people)
        quiet = {row.worker_id: self._quiet(row, sessions[row.worker_id], now) for row in rows if row.worker_id in sessions}
        waiting.put_off(connection, {worker_id: until for worker_id, until in quiet.items() if until is not None})
        free = waiting.knocked(connection, [row.worker_id for row in rows if quiet.get(row.worker_id) is None], now)
        knocks: list[dict[str, Any]] = []
        for row in rows:
            if row.worker_id in free and row.worker_id in sessions:
                knocks += self._speech.rows(people[row.worker_id].worker, row.channel, "knock", sessions[row.worker_id], now)
        kept.put(connection, knocks)
        doorbell.ring(connection, doorbell.ANSWERS)

    def _sessions(self, connection: sa.Connection, people: Mapping[str, Reach]) -> dict[str, Session]:
        """Where these people stand; who cannot be read is left out, and holds up nobody."""
        sealed = stored.load(connection, list(people))
        found: dict[str, Session] = {}
        for worker_id, reach in people.items():
            with suppress(Unopenable):
                found[worker_id] = open_session(reach.worker.key, worker_id, sealed.get(worker_id)) or Session()
        return found

    def _quiet(self, row: NotKnocked, session: Session, now: int) -> int | None:
        programme, place_id = self._house().programme, session.fields.get("place")
        place = programme.place_of(place_id)
        of_site = place.quiet if place is not None and now - row.heard_at > AT_HAND else None
        hours = row.quiet or of_site
        return None if hours is None else quiet_until(Hours(*hours), programme.timezone_at(place_id), now)
