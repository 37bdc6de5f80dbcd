"""Carriers' words on what was sent: a status never goes backwards, and one that comes before our own send is settled waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store.database import insert_new
from store.tables import early_statuses, outbox

RANK = {"queued": 0, "sent": 1, "undelivered": 2, "failed": 2, "delivered": 3, "read": 4}
_ARRIVED = ("delivered", "read")
_NOT_ARRIVED = ("undelivered", "failed")


@dataclass(frozen=True, slots=True)
class Moved:
    """A row whose delivery went on. `failure` is set where a carrier said, after it had taken the message, that it did not arrive."""

    id: int
    kind: str
    case_id: int | None
    seq: int | None
    status: str
    failure: str | None = None
    worker_id: str = ""
    channel: str = ""
    attempts: int = 0
    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """What a carrier says of one message: its id there, how far it came, and the class of what went wrong (or the carrier's number)."""

    provider_id: str
    status: str
    failure: str | None = None


_FOUND = (
    sa.select(
        outbox.c.id,
        outbox.c.kind,
        outbox.c.case_id,
        outbox.c.seq,
        outbox.c.status,
        outbox.c.state,
        outbox.c.worker_id,
        outbox.c.channel,
        outbox.c.attempts,
    )
    .where(outbox.c.provider_id == sa.bindparam("provider_id"))
    .with_for_update()
)


def note(connection: sa.Connection, words: Sequence[Word], now: int) -> list[Moved]:
    """Write carriers' words; returns the rows that moved on. An unknown id waits for its send; what failed twice is told once."""
    moved: list[Moved] = []
    for word in words:
        row = _row_of(connection, word, now)
        if row is not None and RANK[word.status] > RANK.get(row.status, -1):
            _write(connection, row.id, row.state, word, now)
            failure = (word.failure or "") if word.status in _NOT_ARRIVED and row.state == "sent" else None
            found = (row.id, row.kind, row.case_id, row.seq, word.status)
            moved.append(Moved(*found, failure, row.worker_id, row.channel, row.attempts, word.provider_id))
    return moved


def _row_of(connection: sa.Connection, word: Word, now: int) -> Any:
    """The message that a word is of; None when the word is kept for its send to be settled."""
    while (row := connection.execute(_FOUND, {"provider_id": word.provider_id}).first()) is None:
        if _keep_early(connection, word, now):
            return None
    return row


def _write(connection: sa.Connection, row_id: int, state: str, word: Word, now: int) -> None:
    """A message that arrived after all does not go again; once a carrier has more than queued it, its words are kept no longer."""
    change = sa.update(outbox).where(outbox.c.id == row_id)
    if word.status in _ARRIVED and state in ("due", "held"):
        change = change.values(state="sent", hold=None, settled_at=now)
    if state == "sent" and word.status not in ("queued", *_NOT_ARRIVED):
        change = change.values(sealed=None)
    connection.execute(change.values(status=word.status, failure=word.failure))


def unheard(connection: sa.Connection, words: Sequence[Word]) -> set[str]:
    """The ids of those of these words that are of messages of ours and would take them further than we know."""
    wanted = {word.provider_id: word.status for word in words}
    found = sa.select(outbox.c.provider_id, outbox.c.status).where(outbox.c.provider_id.in_(list(wanted)))
    rows = connection.execute(found).all()
    return {row.provider_id for row in rows if RANK[wanted[row.provider_id]] > RANK.get(row.status, -1)}


def apply_early(connection: sa.Connection, provider_ids: Sequence[str], now: int) -> list[Moved]:
    """Apply what carriers said of these messages before their sends were settled."""
    if not provider_ids:
        return []
    gone = sa.delete(early_statuses).where(early_statuses.c.provider_id.in_(list(provider_ids)))
    waiting = list(connection.execute(gone.returning(early_statuses.c.provider_id, early_statuses.c.status, early_statuses.c.error)))
    return note(connection, [Word(*row) for row in waiting], now)


def take_up_early(connection: sa.Connection, now: int, before: int) -> list[Moved]:
    """Apply early statuses whose send was settled in the same moment by another process; those older than `before` are dropped."""
    known = sa.select(early_statuses.c.provider_id).join(outbox, outbox.c.provider_id == early_statuses.c.provider_id)
    moved = apply_early(connection, list(connection.execute(known).scalars()), now)
    connection.execute(sa.delete(early_statuses).where(early_statuses.c.at < before))
    return moved


def _keep_early(connection: sa.Connection, word: Word, now: int) -> bool:
    """Keep a word until its send is settled; False when what was kept before was applied in this very moment: the send is settled now."""
    values = {"provider_id": word.provider_id, "status": word.status, "error": word.failure, "at": now}
    if insert_new(connection, early_statuses, [values], ["provider_id"], early_statuses.c.provider_id):
        return True
    theirs = early_statuses.c.provider_id == word.provider_id
    known = connection.execute(sa.select(early_statuses.c.status).where(theirs).with_for_update()).scalar_one_or_none()
    if known is not None and RANK[word.status] > RANK[known]:
        connection.execute(sa.update(early_statuses).where(theirs).values(status=word.status, error=word.failure))
    return known is not None
