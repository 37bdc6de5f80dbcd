"""Waiting: a timer that rings becomes a message of the clock in the worker's inbox, and is handled there in its order and once.

What a worker wrote before it rang is heard first, also after a day of downtime. What follows is said behind a knock: nobody is waiting
for it, and a phone is shared (docs/decisions/0011).
"""

from dataclasses import replace

import orjson
import sqlalchemy as sa

from bot import effects
from bot.clock import Clock
from bot.effects import Means
from bot.people import AddressBook, Worker
from bot.sealed import TIMER, inbox_aad
from bot.talk import Talk
from flows import engine
from store import doorbell, inbox, timers
from store.batch import Message
from store.inbox import NewMessage
from store.sealing import seal_with
from store.timers import Due

_AT_ONCE = 100


class Waits:
    """Lets timers ring."""

    def __init__(self, addresses: AddressBook, clock: Clock) -> None:
        self._addresses = addresses
        self._clock = clock

    def turn(self, connection: sa.Connection) -> bool:
        """Start the clocks that may run, and hand over the timers that ring; True when more may wait."""
        now = self._clock()
        timers.start(connection, now)
        due = timers.take(connection, now, _AT_ONCE)
        if due:
            self._hand_over(connection, due, now)
        return len(due) == _AT_ONCE

    def _hand_over(self, connection: sa.Connection, due: list[Due], now: int) -> None:
        """Put the clock's messages into the inbox; who was forgotten, or is not to be written to, gets none."""
        ids = [each.worker_id for each in due]
        closed = {state.id for state in inbox.states(connection, ids).values() if state.closed_to is not None}
        reached = self._addresses.address_of(connection, [each for each in ids if each not in closed])
        inbox.keep(connection, [_message(each, reached[each.worker_id].worker, now) for each in due if each.worker_id in reached])
        doorbell.ring(connection, doorbell.WORDS)


def _message(due: Due, worker: Worker, now: int) -> NewMessage:
    key = f"{TIMER}/{due.worker_id}/{due.timer}/{due.set_at}"
    content = orjson.dumps([TIMER, str(due.timer), None, None])
    return NewMessage(due.channel, key, worker.id, seal_with(worker.key, content, inbox_aad(due.channel, key)), now)


def time_passed(talk: Talk, timer: int, means: Means) -> None:
    """Go on behind the wait, unless the line is hidden on this phone or the case went to another one."""
    fields = talk.session.fields
    if fields.get("hidden") or (talk.case is None and fields.get("case") == "open"):
        return
    before = talk.messages
    effects.take(talk, engine.timed_out(means.house.library, talk.session, timer), means)
    talk.messages = (*before, *map(_behind_a_knock, talk.messages[len(before) :]))


def _behind_a_knock(message: Message) -> Message:
    row = {**message.row, "state": "held", "hold": "knock", "sealed_else": None}
    return replace(message, row=row, mail_key=None)
