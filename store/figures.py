"""Figures of the whole database for those who watch: how much waits and since when, what ended badly, which clocks are behind.

Never whose. What waits and what ended badly is found by partial indexes that hold nothing else, so that millions of rows that ended well
cost nothing. Those are not counted here: each process counts what it did.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store.standing import BADLY, TO_LEAVE, TO_PURGE, TO_RUN, standing
from store.tables import attachments, cases, code_pool, inbox, mails, outbox, tasks, ticks, timers, traces

_DAY = 86_400_000
_NOTHING: sa.ColumnElement[str] = sa.literal_column("''", sa.String)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a queue alike in channel (empty where it has none), kind and state. `since` (ms): from when the oldest should have moved on.

    `since` is None where none is overdue; `why` is a send's class of failure.
    """

    queue: str
    channel: str
    kind: str
    state: str
    count: int
    since: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Promises and timers. `late` are promises broken once and still owed, `soon` those due within a day, `unmarked` broken unseen.

    `unmarked_since` and `timers_since` (ms) are the oldest moments that nobody acted upon; `ticks` the last period of each timer.
    """

    owed: int
    late: int
    soon: int
    unmarked: int
    unmarked_since: int | None
    timers_due: int
    timers_since: int | None
    ticks: Mapping[str, int]


def _overdue(moment: sa.ColumnElement[int]) -> sa.ColumnElement[int | None]:
    return sa.func.min(sa.case((moment <= sa.bindparam("now"), moment)))


def _due(table: sa.Table, moment: sa.ColumnElement[int]) -> sa.ColumnElement[int | None]:
    """Since when the oldest could have been taken; a row in somebody's hands is not kept waiting."""
    return _overdue(sa.case((standing(table, "due"), moment)))


def _grouped(queue: str, table: sa.Table, channel: Any, kind: Any, since: Any, *where: sa.ColumnElement[bool]) -> sa.Executable:
    """Count alike rows. By an expression: grouped by the bare column, SQLite walks the whole table in that order for it."""
    by: tuple[sa.ColumnElement[str], ...] = (sa.func.coalesce(channel, _NOTHING), sa.func.coalesce(kind, _NOTHING), table.c.state)
    named = [part.label(name) for name, part in zip(("channel", "kind", "state"), by, strict=True)]
    counted: list[Any] = [sa.literal_column(f"'{queue}'").label("queue"), *named, sa.func.count().label("rows"), since.label("since")]
    return sa.select(*counted).where(*where).group_by(*by)


_WAITING = (
    _grouped("inbox", inbox, inbox.c.channel, _NOTHING, sa.func.min(inbox.c.received_at), standing(inbox, "new")),
    _grouped("outbox", outbox, outbox.c.channel, outbox.c.kind, _due(outbox, outbox.c.due_at), standing(outbox, *TO_LEAVE)),
    _grouped("mails", mails, _NOTHING, mails.c.kind, _due(mails, mails.c.due_at), standing(mails, *TO_LEAVE)),
    _grouped("tasks", tasks, _NOTHING, tasks.c.task, _due(tasks, tasks.c.run_at), standing(tasks, *TO_RUN)),
    _grouped(
        "attachments",
        attachments,
        attachments.c.channel,
        attachments.c.kind,
        _overdue(attachments.c.due_at),
        standing(attachments, "wanted"),
    ),
)
_BADLY = (
    _grouped("inbox", inbox, inbox.c.channel, _NOTHING, sa.null(), standing(inbox, "aside")),
    _grouped("mails", mails, _NOTHING, mails.c.kind, sa.null(), standing(mails, *BADLY)),
    _grouped("tasks", tasks, _NOTHING, tasks.c.task, sa.null(), standing(tasks, "dead")),
    _grouped("traces", traces, traces.c.channel, _NOTHING, sa.null(), standing(traces, "impossible")),
)
_PURGING = _grouped("traces", traces, traces.c.channel, _NOTHING, _due(traces, traces.c.due_at), standing(traces, *TO_PURGE))
_HELD = _grouped("outbox", outbox, outbox.c.channel, outbox.c.kind, sa.null(), standing(outbox, "held"))
_UNSENT = (
    sa.select(
        outbox.c.channel,
        outbox.c.kind,
        outbox.c.state,
        sa.case((standing(outbox, "failed"), sa.func.coalesce(outbox.c.failure, "unknown")), else_=_NOTHING).label("why"),
        sa.func.count().label("rows"),
    )
    .where(standing(outbox, *BADLY))
    .group_by(outbox.c.channel, outbox.c.kind, outbox.c.state, sa.literal_column("4"))
)


def waiting(connection: sa.Connection, now: int) -> Iterator[Rows]:
    """What waits to be handled, sent, mailed, run, brought or deleted at a carrier; costs as much as waits."""
    for statement in (*_WAITING, _HELD, _PURGING):
        for row in connection.execute(statement, {"now": now}):
            yield Rows(row.queue, row.channel, row.kind, row.state, row.rows, row.since)


def badly(connection: sa.Connection) -> Iterator[Rows]:
    """What rests, failed, was set aside, or may have been sent twice; costs as much as there is of it."""
    for statement in _BADLY:
        for row in connection.execute(statement):
            yield Rows(row.queue, row.channel, row.kind, row.state, row.rows)
    for row in connection.execute(_UNSENT):
        yield Rows("outbox", row.channel, row.kind, row.state, row.rows, None, row.why)


def clocks(connection: sa.Connection, now: int) -> Clocks:
    """How promises, talks that wait, and the timers themselves stand."""
    owed, later = cases.c.answer_by.is_not(None), cases.c.answer_by > now
    promised = connection.execute(
        sa.select(
            sa.func.count(),
            _many(cases.c.late_at.is_not(None)),
            _many(later & (cases.c.answer_by <= now + _DAY)),
            _many(cases.c.answer_by <= now),
            _overdue(cases.c.answer_by),
        ).where(owed),
        {"now": now},
    ).one()
    rung = connection.execute(sa.select(sa.func.count(), sa.func.min(timers.c.due_at)).where(timers.c.due_at <= now)).one()
    ticked = connection.execute(sa.select(ticks.c.task, sa.func.max(ticks.c.period).label("period")).group_by(ticks.c.task))
    ticks_of: dict[str, int] = {row.task: row.period for row in ticked}
    return Clocks(promised[0], promised[1], promised[2], promised[3], promised[4], rung[0], rung[1], ticks_of)


def codes_ready(connection: sa.Connection) -> int:
    """How many codes were made ahead."""
    return connection.execute(sa.select(sa.func.count()).select_from(code_pool)).scalar_one()


def _many(where: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((where, 1), else_=0)), 0)
