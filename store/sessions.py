"""Where each worker stands in a conversation: sealed under the worker's own key, written once a batch."""

from collections.abc import Sequence
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
        closed_to=sa.null(),
    )
)


def save_workers(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write workers' states after they wrote (keys as the columns, with the prefix `b_`): whoever writes to us may be written to again."""
    _WORKER.run(connection, rows)


def forget(connection: sa.Connection, worker_id: str) -> None:
    """Drop a worker's session."""
    connection.execute(sa.delete(sessions).where(sessions.c.worker_id == worker_id))


def load(connection: sa.Connection, worker_ids: Sequence[str]) -> dict[str, bytes]:
    """The sealed sessions of these workers."""
    found = connection.execute(sa.select(sessions.c.worker_id, sessions.c.sealed).where(sessions.c.worker_id.in_(list(worker_ids))))
    return {row.worker_id: row.sealed for row in found}
