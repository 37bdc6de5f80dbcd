"""The inbox: what carriers brought, durable and de-duplicated before they get their answer."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from store.many import insert_unless_there
from store.standing import standing
from store.tables import inbox, sessions, workers

MOST_ATTEMPTS = 5
MOST_OF_ONE: Final = 8
"""So many messages of one worker are handled before others have their turn."""
_LOOKS: Final = 8


@dataclass(frozen=True, slots=True)
class NewMessage:
    """An inbound message ready to be kept: the carrier's key, whose it is, and its sealed content."""

    channel: str
    key: str
    worker_id: str
    sealed: bytes
    received_at: int


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A kept message that no conversation has handled yet, with its worker's state and session as they are now."""

    id: int
    channel: str
    key: str
    worker_id: str
    sealed: bytes
    received_at: int
    attempts: int


@dataclass(frozen=True, slots=True)
class WorkerState:
    """What is stored of a worker: the sealed key (None: forgotten), the open case, and what keeps the talk safe."""

    id: str
    key_sealed: bytes | None
    current_case_id: int | None
    live_until: int
    knocked_at: int | None
    wrong_codes: int
    code_blocked_until: int
    closed_to: str | None
    heard_at: int
    session_sealed: bytes | None
    talked_at: int
    pin_hash: bytes | None
    pin_open_until: int


_KEEP = insert_unless_there(inbox, ("channel", "key", "worker_id", "sealed", "received_at", "state", "attempts"), ["channel", "key"])


def keep(connection: sa.Connection, messages: Sequence[NewMessage]) -> None:
    """Keep messages; one whose carrier's key is there already is left out, also inside the batch and under concurrent duplicates."""
    rows = [
        {
            "channel": m.channel,
            "key": m.key,
            "worker_id": m.worker_id,
            "sealed": m.sealed,
            "received_at": m.received_at,
            "state": "new",
            "attempts": 0,
        }
        for m in messages
    ]
    _KEEP.run(connection, rows)


def known(connection: sa.Connection, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these messages (channel and the carrier's key) that came already, also of workers who are forgotten since."""
    channels = {channel for channel, _ in keys}
    found = sa.select(inbox.c.channel, inbox.c.key).where(inbox.c.channel.in_(channels), inbox.c.key.in_([key for _, key in keys]))
    return {(row.channel, row.key) for row in connection.execute(found)} & set(keys)


_STATE = (
    sa.select(
        workers.c.id,
        workers.c.key_sealed,
        workers.c.current_case_id,
        workers.c.live_until,
        workers.c.knocked_at,
        workers.c.wrong_codes,
        workers.c.code_blocked_until,
        workers.c.closed_to,
        workers.c.heard_at,
        sessions.c.sealed,
        sa.func.coalesce(sessions.c.updated_at, 0),
        workers.c.pin_hash,
        workers.c.pin_open_until,
    )
    .join_from(workers, sessions, sessions.c.worker_id == workers.c.id, isouter=True)
    .where(workers.c.id.in_(sa.bindparam("ids", expanding=True)))
)
_LOCK = sa.select(workers.c.id).where(workers.c.id.in_(sa.bindparam("ids", expanding=True))).with_for_update(skip_locked=True)
_CANDIDATES = (
    sa.select(inbox.c.id, inbox.c.worker_id)
    .where(standing(inbox, "new"), inbox.c.worker_id.not_in(sa.bindparam("skipped", expanding=True)))
    .order_by(inbox.c.id)
    .limit(sa.bindparam("most"))
)
_PLACE = sa.func.row_number().over(partition_by=inbox.c.worker_id, order_by=inbox.c.id).label("place")
_OLDEST = (
    sa.select(inbox.c.id, inbox.c.channel, inbox.c.key, inbox.c.worker_id, inbox.c.sealed, inbox.c.received_at, inbox.c.attempts, _PLACE)
    .where(standing(inbox, "new"), inbox.c.worker_id.in_(sa.bindparam("ids", expanding=True)), inbox.c.id <= sa.bindparam("last"))
    .subquery()
)
_MESSAGES = (
    sa.select(*(column for column in _OLDEST.c if column.name != "place"))
    .where(_OLDEST.c.place <= sa.bindparam("most_of_one"))
    .order_by(_OLDEST.c.id)
    .limit(sa.bindparam("most"))
)


def states(connection: sa.Connection, worker_ids: Sequence[str]) -> dict[str, WorkerState]:
    """How these workers stand now; the caller holds them locked."""
    rows: list[tuple[Any, ...]] = [tuple(row) for row in connection.execute(_STATE, {"ids": list(worker_ids)})]
    return {row[0]: WorkerState(*row) for row in rows}


def claim(connection: sa.Connection, most: int, skipped: Collection[str]) -> tuple[dict[str, WorkerState], list[WaitingMessage]]:
    """Take up to `most` waiting messages in order, with their workers locked, so that no other process handles the same person.

    Workers in `skipped` (one waits for a code to be hashed, say) keep their messages for a later turn. Of one worker no more than
    MOST_OF_ONE are taken, and where the oldest belong to one person who wrote a thousand, or to people whom another process holds, those
    behind them are looked at: neither a flood nor a neighbour at work keeps anybody waiting.
    """
    ids, last = _theirs(connection, most, skipped)
    if not ids:
        return {}, []
    # Read by a statement of its own, after the lock: what the holder before us committed is seen, the session too.
    present = states(connection, ids)
    found = connection.execute(_MESSAGES, {"ids": list(present), "last": last, "most_of_one": MOST_OF_ONE, "most": most})
    return present, [WaitingMessage(*row) for row in found]


def _theirs(connection: sa.Connection, most: int, skipped: Collection[str]) -> tuple[list[str], int]:
    """The workers whose messages are next, locked, and the number of the last message that was looked at."""
    seen, taken, worth, last = set(skipped), list[str](), 0, 0
    for _ in range(_LOOKS):
        wanted = most - worth
        rows = connection.execute(_CANDIDATES, {"skipped": list(seen), "most": wanted}).all()
        waiting = Counter(row.worker_id for row in rows)
        ours = _locked(connection, list(waiting)) if waiting else []
        taken += ours
        worth += sum(min(waiting[worker_id], MOST_OF_ONE) for worker_id in ours)
        last = max([last, *(row.id for row in rows)])
        if len(rows) < wanted or worth * 2 >= most:
            break
        seen |= waiting.keys()
    return taken, last


def _locked(connection: sa.Connection, worker_ids: Sequence[str]) -> list[str]:
    if connection.dialect.name != "postgresql":
        return list(worker_ids)
    return list(connection.execute(_LOCK, {"ids": list(worker_ids)}).scalars())


_DONE = sa.update(inbox).where(inbox.c.id.in_(sa.bindparam("ids", expanding=True))).values(state="done", sealed=None)
_FAILED = sa.update(inbox).where(inbox.c.id == sa.bindparam("b_id"))


def done(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Mark messages handled; their content is dropped, the carrier's key stays so that a redelivery is known."""
    if ids:
        connection.execute(_DONE, {"ids": list(ids)})


def failed(connection: sa.Connection, message: WaitingMessage, reason: str) -> None:
    """Count a failed attempt; after MOST_ATTEMPTS the message is set aside with its reason and stands in `doctor`."""
    state = "aside" if message.attempts + 1 >= MOST_ATTEMPTS else "new"
    connection.execute(_FAILED, {"b_id": message.id, "state": state, "attempts": message.attempts + 1, "reason": reason[:200]})


def waiting_since(connection: sa.Connection) -> int | None:
    """When the oldest unhandled message came, or None."""
    oldest: int | None = connection.execute(sa.select(sa.func.min(inbox.c.received_at)).where(standing(inbox, "new"))).scalar_one()
    return oldest


@dataclass(frozen=True, slots=True)
class AsideMessage:
    """A message that was tried as often as it may be: its number, channel and the kind of fault; never whose, nor what it said."""

    id: int
    channel: str
    since: int
    attempts: int
    reason: str


def set_aside(connection: sa.Connection, most: int) -> list[AsideMessage]:
    """The messages set aside, in the order they came; `since` (ms) is when the carrier brought one."""
    columns = (inbox.c.id, inbox.c.channel, inbox.c.received_at, inbox.c.attempts, sa.func.coalesce(inbox.c.reason, "unknown"))
    oldest = sa.select(*columns).where(standing(inbox, "aside")).order_by(inbox.c.id).limit(most)
    return [AsideMessage(*row) for row in connection.execute(oldest)]


def again(connection: sa.Connection, message_id: int | None = None) -> int:
    """Let a message set aside be handled anew, with every attempt before it; with no `message_id`, all. Returns how many will."""
    aside = standing(inbox, "aside")
    chosen = aside if message_id is None else aside & (inbox.c.id == message_id)
    revived = sa.update(inbox).where(chosen).values(state="new", attempts=0, reason=None)
    return connection.execute(revived).rowcount
