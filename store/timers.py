"""What talks wait for: one timer a worker, the newest. A row goes when it rings, in the transaction that lets the talk hear of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store.many import insert_or_change
from store.standing import NOT_ENDED, standing
from store.tables import outbox, timers


@dataclass(frozen=True, slots=True)
class Due:
    """A timer whose time has passed: `timer` is its number in the worker's session, `set_at` when it was set."""

    worker_id: str
    channel: str
    timer: int
    set_at: int


_NAMES = ("worker_id", "channel", "timer", "lasts", "set_at", "due_at")
_PUT = insert_or_change(timers, _NAMES, ["worker_id"], _NAMES[1:])


def put(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Set timers (columns as in the table), each in the place of the worker's former one; without `due_at` the clock does not run yet."""
    _PUT.run(connection, rows)


_UNSENT = sa.exists().where(outbox.c.worker_id == timers.c.worker_id, standing(outbox, *NOT_ENDED), outbox.c.kind == "flow")
_START = (
    sa.update(timers)
    .where(timers.c.due_at.is_(None), ~_UNSENT)
    .values(due_at=sa.bindparam("now", type_=timers.c.due_at.type) + timers.c.lasts)
)


def start(connection: sa.Connection, now: int) -> None:
    """Let the clock run for those to whom everything has left that was to be said, or never will."""
    connection.execute(_START, {"now": now})


_DUE = sa.select(timers.c.worker_id).where(timers.c.due_at <= sa.bindparam("now")).order_by(timers.c.due_at).limit(sa.bindparam("most"))
_TAKEN = (
    sa.delete(timers)
    .where(timers.c.worker_id.in_(sa.bindparam("ids", expanding=True)), timers.c.due_at <= sa.bindparam("now"))
    .returning(timers.c.worker_id, timers.c.channel, timers.c.timer, timers.c.set_at)
)


def take(connection: sa.Connection, now: int, most: int) -> list[Due]:
    """Take up to `most` timers whose time has passed; nobody else takes them."""
    statement = _DUE.with_for_update(skip_locked=True) if connection.dialect.name == "postgresql" else _DUE
    ids = list(connection.execute(statement, {"now": now, "most": most}).scalars())
    return [Due(*row) for row in connection.execute(_TAKEN, {"ids": ids, "now": now})] if ids else []


def drop(connection: sa.Connection, worker_id: str) -> None:
    """Let nothing ring for a worker any more."""
    connection.execute(sa.delete(timers).where(timers.c.worker_id == worker_id))
