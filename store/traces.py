"""What lies with carriers and is to be deleted there: the ledger of the purge.

`kept` is what is deleted only if the worker wipes the talk, or what the next look takes up; `due` is to be deleted; `impossible` stays as
the ledger, and `done` for a while (store/retention.py). A trace holds a carrier's id and a pseudonym, never a word or an address.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from store.many import insert_unless_there
from store.standing import TO_LEAVE, TO_PURGE, standing
from store.tables import attachments, inbox, outbox, ticks, traces, workers

KEPT_FOR = 48 * 3_600_000
"""Milliseconds that a trace is kept for a wipe: no carrier deletes older messages from a worker's phone (Bot API, deleteMessages)."""
GIVEN_UP_AFTER = 14 * 86_400_000
"""Milliseconds: Twilio may hold a message back for up to fourteen days (its error 20009)."""
LEAST_AGE = 60_000
"""Milliseconds after its final state before a carrier deletes a message."""
_SETTLED_AFTER = 10 * 60_000
"""Milliseconds: on PostgreSQL a row may be seen long after rows of higher ids. No transaction of ours lasts so long; younger rows are
looked at once more, however many came since."""
_WORDS_WAIT = 2 * 3_600_000
"""Milliseconds after which no words are kept of a message that a carrier took: until then it is looked at once more."""
_OVERLAP = 1000
"""Ids below the place where the last look ended that are looked at as well."""
_NAMES = ("worker_id", "channel", "provider_id", "ours", "media", "at", "state", "due_at", "attempts")
_UNIQUE = ["channel", "provider_id", "worker_id"]
_KEEP = insert_unless_there(traces, _NAMES, _UNIQUE)
_LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class NewTrace:
    """A message that lies with a carrier since `at` (ms)."""

    worker_id: str
    channel: str
    provider_id: str
    at: int
    ours: bool


@dataclass(frozen=True, slots=True)
class DueTrace:
    """A message to delete now; `attempts` counts this one too."""

    id: int
    worker_id: str
    channel: str
    provider_id: str
    ours: bool
    media: bool
    at: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: `done`, `due` (again at `due_at`) or `impossible` and why."""

    id: int
    state: str
    why: str | None = None
    due_at: int = 0


def keep(connection: sa.Connection, new: Sequence[NewTrace]) -> None:
    """Keep traces; one that is known already is left out."""
    rows = [
        {
            "worker_id": each.worker_id,
            "channel": each.channel,
            "provider_id": each.provider_id,
            "ours": each.ours,
            "media": False,
            "at": each.at,
            "state": "kept",
            "due_at": each.at + KEPT_FOR,
            "attempts": 0,
        }
        for each in new
        if len(each.provider_id) <= _LONGEST_ID
    ]
    _KEEP.run(connection, rows)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at what came and left on these channels, at `now`; each is due at the carrier `after` milliseconds later.

    `came` and `left` are the last ids it has come to, at most `most` a lot; it has `ended` when nothing lies behind them.
    """

    channels: Sequence[str]
    now: int
    after: int
    most: int = 5000
    came: int = -1
    left: int = -1
    ended: bool = False


def gather(connection: sa.Connection, look: Look) -> Look:
    """Take up the next lot, and say how far the look has come. What a forgotten worker left is due at once.

    What was held back or put off is not found here: its trace is kept when it leaves.
    """
    connection.execute(_kept(traces.c.channel.in_(list(look.channels))).values(state="due", due_at=traces.c.at + look.after))
    came, left = _came(connection, look), _left(connection, look)
    ended = came is None and left is None
    return replace(look, came=look.came if came is None else came, left=look.left if left is None else left, ended=ended)


def _came(connection: sa.Connection, look: Look) -> int | None:
    seen = _seen(connection, inbox)
    beyond = inbox.c.id > max(seen - _OVERLAP, look.came)
    last = _last(connection, inbox, beyond, look.most)
    if last is None:
        return None
    theirs = sa.select(*_columns(inbox, inbox.c.key, inbox.c.received_at, _due(inbox, inbox.c.received_at, look), ours=False))
    theirs = theirs.where(beyond, inbox.c.id <= last, inbox.c.channel.in_(list(look.channels)), inbox.c.received_at <= look.now - LEAST_AGE)
    _put(connection, theirs.where(inbox.c.key.not_like("%/%"), sa.func.length(inbox.c.key) <= _LONGEST_ID))
    settled = (inbox.c.id > seen) & (inbox.c.id <= last) & (inbox.c.received_at <= look.now - _SETTLED_AFTER)
    reached = connection.execute(sa.select(sa.func.max(inbox.c.id)).where(settled)).scalar_one()
    _remember(connection, inbox, reached or seen)
    return last


def _left(connection: sa.Connection, look: Look) -> int | None:
    low = _seen(connection, outbox)
    beyond = outbox.c.id > max(low - _OVERLAP, look.left)
    last = _last(connection, outbox, beyond, look.most)
    if last is None:
        return None
    ours = sa.select(*_columns(outbox, outbox.c.provider_id, outbox.c.settled_at, _due(outbox, outbox.c.settled_at, look), ours=True))
    ours = ours.where(beyond, outbox.c.id <= last, outbox.c.provider_id.is_not(None), outbox.c.settled_at.is_not(None))
    _put(connection, ours.where(outbox.c.channel.in_(list(look.channels))))
    _remember(connection, outbox, min(last, _lowest_open(connection, low, look.now) or last))
    return last


def _last(connection: sa.Connection, table: sa.Table, beyond: sa.ColumnElement[bool], most: int) -> int | None:
    lot = sa.select(table.c.id).where(beyond).order_by(table.c.id).limit(most).subquery()
    last: int | None = connection.execute(sa.select(sa.func.max(lot.c.id))).scalar_one()
    return last


_FORGET_WORDS = (
    sa.update(outbox)
    .where(
        outbox.c.sealed.is_not(None) | outbox.c.sealed_else.is_not(None),  # the condition of ix_outbox_worded: whose words lie here yet
        standing(outbox, "sent"),
        outbox.c.sealed.is_not(None),
        outbox.c.settled_at < sa.bindparam("before"),
    )
    .values(sealed=None)
)


def forget_words(connection: sa.Connection, before: int) -> None:
    """Wipe what was kept in case a carrier could not deliver what it had queued, and the carrier never said more."""
    connection.execute(_FORGET_WORDS, {"before": before})


def _due(table: sa.Table, at: sa.ColumnElement[Any], look: Look) -> sa.ColumnElement[int]:
    forgotten = sa.exists().where(workers.c.id == table.c.worker_id, workers.c.key_sealed.is_(None))
    return sa.case((forgotten, sa.literal(look.now, traces.c.due_at.type)), else_=at + look.after)


def _columns(
    table: sa.Table, key: sa.ColumnElement[Any], at: sa.ColumnElement[Any], due: sa.ColumnElement[int], *, ours: bool
) -> tuple[sa.ColumnElement[Any], ...]:
    flags = (sa.literal(ours, sa.Boolean), sa.literal(value=False, type_=sa.Boolean))
    return (table.c.worker_id, table.c.channel, key, *flags, at, sa.literal("due", sa.String), due, sa.literal(0, sa.Integer))


def _put(connection: sa.Connection, found: sa.Select[*tuple[Any, ...]]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(traces).from_select(_NAMES, found).on_conflict_do_nothing(index_elements=_UNIQUE))


def _seen(connection: sa.Connection, table: sa.Table) -> int:
    """How far the last look came, kept as a tick of its own."""
    found: int | None = connection.execute(sa.select(sa.func.max(ticks.c.period)).where(ticks.c.task == _look(table))).scalar_one()
    return found or 0


def _remember(connection: sa.Connection, table: sa.Table, reached: int) -> None:
    connection.execute(sa.delete(ticks).where(ticks.c.task == _look(table)))
    connection.execute(sa.insert(ticks), {"task": _look(table), "period": reached})


def _look(table: sa.Table) -> str:
    return f"traces.{table.name}"


_STRAIGHT_ON_ITS_WAY = standing(outbox, *TO_LEAVE) & (outbox.c.due_at == outbox.c.created_at)
"""What was never held back or put off. Anything else may wait for months behind a knock, and must not have months looked through again."""


def _lowest_open(connection: sa.Connection, low: int, now: int) -> int | None:
    """Where the next look begins: at the oldest message that is straight on its way, or may still change."""
    oldest = sa.select(sa.func.min(outbox.c.id))
    young = sa.or_(outbox.c.created_at > now - _SETTLED_AFTER, outbox.c.settled_at > now - _WORDS_WAIT)
    found = [
        connection.execute(oldest.where(_STRAIGHT_ON_ITS_WAY)).scalar_one(),
        connection.execute(oldest.where(outbox.c.id >= low - _OVERLAP, young)).scalar_one(),
    ]
    return min((each for each in found if each is not None), default=None)


def _kept(condition: sa.ColumnElement[bool]) -> sa.Update:
    return sa.update(traces).where(standing(traces, *TO_PURGE), standing(traces, "kept"), condition)


def wipe(connection: sa.Connection, worker_id: str, now: int) -> None:
    """The worker wants the talk gone: everything of theirs that can be deleted is due now. Call it before the address goes.

    What leaves afterwards, a farewell say, is not deleted: it is the word that it was done.
    """
    theirs = (traces.c.worker_id == worker_id) & standing(traces, *TO_PURGE)
    soon = sa.case((traces.c.at + LEAST_AGE > now, traces.c.at + LEAST_AGE), else_=now)
    connection.execute(sa.update(traces).where(theirs, standing(traces, "due")).values(due_at=soon))
    connection.execute(_kept(traces.c.worker_id == worker_id).values(state="due", due_at=now))


def is_wiping(connection: sa.Connection, worker_id: str, channels: Sequence[str]) -> bool:
    """Whether something of this worker is still to be deleted on channels where their address is needed for it."""
    theirs = (traces.c.worker_id == worker_id) & standing(traces, *TO_PURGE) & standing(traces, "due")
    return connection.execute(sa.select(sa.exists().where(theirs, traces.c.channel.in_(list(channels))))).scalar_one()


_UNBROUGHT = sa.exists().where(attachments.c.worker_id == traces.c.worker_id, standing(attachments, "wanted"))
# The number itself stands in the statement: of a bound one PostgreSQL knows nothing in a plan for all values, expects a tenth of the rows,
# and sorts millions for each lot.
_MOST = sa.bindparam("most", type_=sa.Integer, literal_execute=True)
_DUE = (
    sa.select(traces.c.id)
    .where(
        standing(traces, *TO_PURGE),
        standing(traces, "due"),
        traces.c.due_at <= sa.bindparam("now"),
        traces.c.channel.concat("") == sa.bindparam("channel"),  # an expression: SQLite would look through the whole ledger by channel
        ~_UNBROUGHT,  # a carrier deletes what came with a message together with it
    )
    .order_by(traces.c.due_at)
    .limit(_MOST)
)
_TAKEN = (
    sa.update(traces)
    .where(traces.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(due_at=sa.bindparam("lease"), attempts=traces.c.attempts + 1)
    .returning(
        *(traces.c.id, traces.c.worker_id, traces.c.channel, traces.c.provider_id, traces.c.ours, traces.c.media, traces.c.at),
        traces.c.attempts,
    )
)


def claim(connection: sa.Connection, channel: str, now: int, lease_until: int, most: int) -> list[DueTrace]:
    """Take up to `most` that are due on a channel; they come again at `lease_until` if nobody says what became of them."""
    statement = _DUE.with_for_update(skip_locked=True) if connection.dialect.name == "postgresql" else _DUE
    ids = list(connection.execute(statement, {"now": now, "channel": channel, "most": most}).scalars())
    return [DueTrace(*row) for row in connection.execute(_TAKEN, {"ids": ids, "lease": lease_until})] if ids else []


_SETTLE = (
    sa.update(traces)
    .where(traces.c.id == sa.bindparam("b_id"), standing(traces, *TO_PURGE))
    .values(state=sa.bindparam("b_state"), why=sa.bindparam("b_why"), due_at=sa.bindparam("b_due_at"))
)


def settle(connection: sa.Connection, outcomes: Sequence[Outcome]) -> None:
    """Write what became of purges."""
    rows = [{"b_id": each.id, "b_state": each.state, "b_why": each.why, "b_due_at": each.due_at} for each in outcomes]
    if rows:
        connection.execute(_SETTLE, rows)


def drop_old(connection: sa.Connection, now: int) -> None:
    """Drop what was kept for a wipe that can no longer be done."""
    old = standing(traces, *TO_PURGE) & standing(traces, "kept") & (traces.c.due_at <= now)
    connection.execute(sa.delete(traces).where(old))
