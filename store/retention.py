"""What ended long ago goes: rows that only say that something was done, so that a database of years costs what one of weeks does.

Rows are looked at in the order of their ids, a lot at a time; ids follow time, so a look ends where a whole lot is too young. What waits,
rests or was set aside stays whatever its age. Of what belongs to a case, only what is left of a forgotten one goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from store.standing import standing
from store.tables import annotations, cases, entries, idempotency, inbox, mails, outbox, screens, tasks, traces, workers

LOT: Final = 500
"""Rows that are looked at in one transaction: it takes some milliseconds, and who writes meanwhile waits no longer."""
_ENDED = ("sent", "maybe_sent", "failed", "dropped")


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of one table: when each came (`at`), and which of them say nothing that anybody needs once they are old."""

    name: str
    table: sa.Table
    at: sa.ColumnElement[int]
    over: sa.ColumnElement[bool]


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("messages that were handled", inbox, inbox.c.received_at, standing(inbox, "done")),
        Kind("texts that left", outbox, outbox.c.created_at, standing(outbox, *_ENDED) & outbox.c.case_id.is_(None)),
        Kind("notices that left", mails, mails.c.due_at, standing(mails, "sent", "maybe_sent", "failed")),
        Kind("work that was done", tasks, tasks.c.run_at, standing(tasks, "done")),
        Kind("traces that were deleted", traces, traces.c.at, standing(traces, "done")),
        Kind("screens of web phones", screens, screens.c.at, sa.true()),
    )
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a lot: how many rows went, the last id that was looked at, and whether that was the end."""

    gone: int
    last: int
    ended: bool


def take_away(connection: sa.Connection, kind: Kind, after: int, before: int) -> Looked:
    """Take away what is over of the next lot behind id `after`, where it came before the moment `before` (ms)."""
    wanted = sa.select(kind.table.c.id, kind.at.label("at"), sa.case((kind.over, 1), else_=0).label("over"))
    rows = connection.execute(wanted.where(kind.table.c.id > after).order_by(kind.table.c.id).limit(LOT)).all()
    old = [row.id for row in rows if row.over and row.at < before]
    if old:
        # A row may have moved on since: it goes only if it is over still.
        connection.execute(sa.delete(kind.table).where(kind.table.c.id.in_(old), kind.over))
    return Looked(len(old), rows[-1].id if rows else after, len(rows) < LOT or all(row.at >= before for row in rows))


def answers_remembered(connection: sa.Connection, before: int) -> int:
    """Forget what was answered to programs that might ask again with the same key; returns how many."""
    gone = sa.delete(idempotency).where(idempotency.c.at < before)
    return len(connection.execute(gone.returning(idempotency.c.key)).all())


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot of cases: those that are closed and old enough to be forgotten, how many rows of forgotten ones went, and where it ended."""

    closed: Sequence[Mapping[str, Any]]
    gone: int
    last: int
    ended: bool


def look_at_cases(connection: sa.Connection, after: int, forgotten_before: int, closed_before: int | None) -> Lot:
    """Look at the next lot of cases behind id `after`; closed ones come back locked.

    Of those forgotten before a moment (ms) the timeline goes: nobody can open it, but it tells who wrote and when. Its case stays, and counts.
    """
    few = sa.select(cases.c.id, cases.c.state, cases.c.updated_at, cases.c.forgotten_at).where(cases.c.id > after)
    rows = connection.execute(few.order_by(cases.c.id).limit(LOT)).all()
    gone = 0
    forgotten = [row.id for row in rows if row.forgotten_at is not None and row.forgotten_at < forgotten_before]
    if forgotten:
        for table in (annotations, entries, outbox):
            found = connection.execute(sa.delete(table).where(table.c.case_id.in_(forgotten)).returning(table.c.case_id))
            gone += len(found.all())
    old = [row.id for row in rows if closed_before is not None and row.state.startswith("closed") and row.updated_at < closed_before]
    closed = sa.select(cases).where(cases.c.id.in_(old), cases.c.updated_at < closed_before, cases.c.state.startswith("closed"))
    found_closed = connection.execute(closed.with_for_update()).mappings().all() if old else []
    return Lot([dict(row) for row in found_closed], gone, rows[-1].id if rows else after, len(rows) < LOT)


def is_silent(connection: sa.Connection, worker_id: str, before: int) -> bool:
    """Whether a worker said nothing since before that moment (ms) and has no case left that can be read."""
    readable = sa.exists().where(cases.c.worker_id == worker_id, cases.c.data_key_sealed.is_not(None))
    silent = sa.select(workers.c.id).where(workers.c.id == worker_id, workers.c.heard_at < before, ~readable)
    return connection.execute(silent).first() is not None
