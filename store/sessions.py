"""Where each worker stands in a conversation: sealed under the worker's own key, written once a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store.many import Many, insert_or_change
from store.tables import sessions, workers

_SESSIONS = insert_or_change(sessions, ("worker_id", "channel", "sealed", "updated_at"), ["worker_id"], ("channel", "sealed", "updated_at"))


def save(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write sessions (worker_id, channel, sealed, updated_at), new or known."""
    _SESSIONS.run(connection, rows)


_WORKER = Many(
    sa.update(workers)
    .where(workers.c.id == sa.bindparam("b_id"))
    .values(
        current_case_id=sa.bindparam("b_current_case_id"),
        live_until=sa.bindparam("b_live_until"),
        knocked_at=sa.bindparam("b_knocked_at"),
        wrong_codes=sa.bindparam("b_wrong_codes"),
        code_blocked_until=sa.bindparam("b_code_blocked_until"),
        pin_hash=sa.bindparam("b_pin_hash"),
        pin_open_until=sa.bindparam("b_pin_open_until"),
        closed_to=sa.bindparam("b_closed_to"),
        heard_at=sa.bindparam("b_heard_at"),
    )
)


def save_workers(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write workers' states after they wrote or their time passed (keys as the columns, with the prefix `b_`)."""
    _WORKER.run(connection, rows)


def forget(connection: sa.Connection, worker_id: str) -> None:
    """Drop a worker's session."""
    connection.execute(sa.delete(sessions).where(sessions.c.worker_id == worker_id))


def load(connection: sa.Connection, worker_ids: Sequence[str]) -> dict[str, bytes]:
    """The sealed sessions of these workers."""
    found = connection.execute(sa.select(sessions.c.worker_id, sessions.c.sealed).where(sessions.c.worker_id.in_(list(worker_ids))))
    return {row.worker_id: row.sealed for row in found}


@dataclass(frozen=True, slots=True)
class Stands:
    """A worker's sealed session, and when they last talked (milliseconds)."""

    sealed: bytes
    updated_at: int


def stands(connection: sa.Connection, worker_id: str) -> Stands | None:
    """Where a worker stands; None for one who never talked, or was forgotten."""
    found = connection.execute(sa.select(sessions.c.sealed, sessions.c.updated_at).where(sessions.c.worker_id == worker_id)).first()
    return None if found is None else Stands(found.sealed, found.updated_at)


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A worker's session as it lies here: both the worker's key and the session are sealed."""

    worker_id: str
    key_sealed: bytes
    sealed: bytes


_KEPT = (
    sa.select(sessions.c.worker_id, workers.c.key_sealed, sessions.c.sealed)
    .join_from(sessions, workers, workers.c.id == sessions.c.worker_id)
    .where(workers.c.key_sealed.is_not(None))
    .order_by(sessions.c.worker_id)
)
_PAGE = _KEPT.where(sessions.c.worker_id > sa.bindparam("after")).limit(sa.bindparam("most"))
_THESE = _KEPT.where(sessions.c.worker_id.in_(sa.bindparam("ids", expanding=True)))
_LOCK = sa.select(workers.c.id).where(workers.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(workers.c.id).with_for_update()
_MOVE = Many(
    sa.update(sessions)
    .where(sessions.c.worker_id == sa.bindparam("b_worker_id"), sessions.c.sealed == sa.bindparam("b_before"))
    .values(sealed=sa.bindparam("b_after")),
)


def page(connection: sa.Connection, after: str, most: int) -> list[KeptSession]:
    """The next sessions behind a worker's id, in the order of ids; those of forgotten workers are left out."""
    return [KeptSession(*row) for row in connection.execute(_PAGE, {"after": after, "most": most})]


def locked(connection: sa.Connection, worker_ids: Sequence[str]) -> list[KeptSession]:
    """The sessions of these workers, who are locked first, as a conversation does: nothing of theirs is handled until this commits."""
    connection.execute(_LOCK, {"ids": list(worker_ids)}).all()
    return [KeptSession(*row) for row in connection.execute(_THESE, {"ids": list(worker_ids)})]


def replace(connection: sa.Connection, changes: Sequence[tuple[KeptSession, bytes]]) -> None:
    """Put a session in the place of the one that was read. The sealed bytes are its version: one that was written since stays as it is.

    When the worker last talked does not change by it.
    """
    _MOVE.run(connection, [{"b_worker_id": kept.worker_id, "b_before": kept.sealed, "b_after": sealed} for kept, sealed in changes])
