"""What ended long ago goes: rows that only say that something was done, so that a database of years costs what one of weeks does.

Rows are looked at in the order of their ids, a lot at a time; ids follow time, so a look ends where a whole lot is too young. What waits,
rests or was set aside stays whatever its age. Of what belongs to a case, only what is left of a forgotten one goes.
"""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from store.standing import standing
from store.tables import annotations, cases, entries, idempotency, inbox, mails, outbox, screens, tasks, traces

LOT: Final = 2000
"""Rows that are looked at in one transaction: it takes some milliseconds, and who writes meanwhile waits no longer."""
_ENDED = ("sent", "maybe_sent", "failed", "dropped")


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of one table: when each came (`at`), and which of them say nothing that anybody needs once they are old."""

    name: str
    table: sa.Table
    at: sa.ColumnElement[int]
    over: sa.ColumnElement[bool]


KINDS: Final = (
    Kind("messages that were handled", inbox, inbox.c.received_at, standing(inbox, "done")),
    Kind("texts that left", outbox, outbox.c.created_at, standing(outbox, *_ENDED) & outbox.c.case_id.is_(None)),
    Kind("notices that left", mails, mails.c.due_at, standing(mails, "sent", "maybe_sent", "failed")),
    Kind("work that was done", tasks, tasks.c.run_at, standing(tasks, "done")),
    Kind("traces that were deleted", traces, traces.c.at, standing(traces, "done")),
    Kind("screens of web phones", screens, screens.c.at, sa.true()),
)


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


def timelines(connection: sa.Connection, after: int, before: int) -> Looked:
    """Take away what is left of the next lot of cases behind id `after` that were forgotten before a moment (ms).

    Nobody can open their entries, but they tell who wrote and when. The case stays, and counts.
    """
    rows = connection.execute(sa.select(cases.c.id, cases.c.forgotten_at).where(cases.c.id > after).order_by(cases.c.id).limit(LOT)).all()
    forgotten = [row.id for row in rows if row.forgotten_at is not None and row.forgotten_at < before]
    gone = 0
    for table in (annotations, entries, outbox) if forgotten else ():
        gone += len(connection.execute(sa.delete(table).where(table.c.case_id.in_(forgotten)).returning(table.c.case_id)).all())
    return Looked(gone, rows[-1].id if rows else after, len(rows) < LOT)
