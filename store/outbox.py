"""The outbox: everything that must reach a worker, in order for each of them, with leases, and never silently twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store.database import insert_new
from store.many import insert
from store.standing import NOT_ENDED, TO_LEAVE, standing
from store.tables import cases, early_statuses, outbox, workers

RANK = {"queued": 0, "sent": 1, "undelivered": 2, "failed": 2, "delivered": 3, "read": 4}
_NEVER_BY_THEMSELVES = ("reply",)
_WITH_A_CASE = ("reply", "late")
_KNOCK_AGAIN_AFTER = 3_600_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Row:
    """An outbox row as a sender needs it. `sealed` is None for an officer's reply: its wording lies in the timeline (`case_id`, `seq`)."""

    id: int
    worker_id: str
    channel: str
    kind: str
    case_id: int | None
    seq: int | None
    sealed: bytes | None
    attempts: int
    maybe: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a send ended: `sent`, `due` (again at `due_at`), `maybe_sent` or `failed`."""

    id: int
    state: str
    provider_id: str | None = None
    status: str | None = None
    failure: str | None = None
    due_at: int = 0
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """A row whose delivery went on: what the timeline of its case should say."""

    id: int
    kind: str
    case_id: int | None
    seq: int | None
    status: str


_DEFAULTS: dict[str, Any] = {
    "case_id": None,
    "seq": None,
    "hold": None,
    "mail_id": None,
    "sealed": None,
    "sealed_else": None,
    "lease_until": None,
    "attempts": 0,
    "maybe": False,
    "provider_id": None,
    "status": None,
    "failure": None,
    "settled_at": None,
}
_PUT = insert(outbox, (*_DEFAULTS, "worker_id", "channel", "kind", "state", "due_at", "created_at"))


def put(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Put rows in the outbox. Each has at least worker_id, channel, kind, state, due_at, created_at (see store/tables.py)."""
    _PUT.run(connection, [_DEFAULTS | row for row in rows])


def with_case(case: Mapping[str, Any], seq: int, kind: str, now: int) -> dict[str, Any]:
    """A row whose wording lies in a case's timeline: behind a knock, or resting with the case while its worker hides."""
    hold = "hidden" if case["worker_id"] is None else "knock"
    row = {"worker_id": case["worker_id"] or "", "channel": case["channel"], "kind": kind, "case_id": case["id"], "seq": seq}
    return {**row, "state": "held", "hold": hold, "due_at": now, "created_at": now}


def recover(connection: sa.Connection, now: int) -> list[Moved]:
    """Take up sends that were cut off between call and answer: the carrier may have them.

    A flow's question, a knock or a notice goes once more (marked); an officer's words never go again by themselves. Returns the rows that
    ended as `maybe_sent`.
    """
    stale = standing(outbox, *TO_LEAVE) & standing(outbox, "sending") & (outbox.c.lease_until < now)
    again = stale & outbox.c.kind.not_in(_NEVER_BY_THEMSELVES) & outbox.c.maybe.is_(False)
    connection.execute(sa.update(outbox).where(again).values(state="due", maybe=True, lease_until=None))
    ended = sa.update(outbox).where(stale).values(state="maybe_sent", maybe=True, settled_at=now, lease_until=None)
    found = connection.execute(ended.returning(outbox.c.id, outbox.c.kind, outbox.c.case_id, outbox.c.seq))
    return [Moved(row.id, row.kind, row.case_id, row.seq, "maybe_sent") for row in found]


_earlier = outbox.alias("earlier")
_BLOCKED = sa.exists().where(
    _earlier.c.worker_id == outbox.c.worker_id,
    _earlier.c.id < outbox.c.id,
    standing(_earlier, *NOT_ENDED),
    sa.or_(
        standing(_earlier, *TO_LEAVE),
        sa.and_(standing(_earlier, "held"), _earlier.c.hold == "notice", _earlier.c.kind == "flow"),
    ),
)
_DUE = (
    sa.select(
        outbox.c.id,
        outbox.c.worker_id,
        outbox.c.channel,
        outbox.c.kind,
        outbox.c.case_id,
        outbox.c.seq,
        outbox.c.sealed,
        outbox.c.attempts,
        outbox.c.maybe,
    )
    .where(
        standing(outbox, *TO_LEAVE),
        standing(outbox, "due"),
        outbox.c.due_at <= sa.bindparam("now"),
        outbox.c.channel.in_(sa.bindparam("channels", expanding=True)),
        ~_BLOCKED,
    )
    .order_by(outbox.c.id)
    .limit(sa.bindparam("most"))
)
_DUE_LOCKED = _DUE.with_for_update(skip_locked=True)
_SENDING = (
    sa.update(outbox)
    .where(outbox.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(state="sending", attempts=outbox.c.attempts + 1, lease_until=sa.bindparam("lease"))
)


def claim(connection: sa.Connection, now: int, lease_until: int, channels: Sequence[str], most: int) -> list[Row]:
    """Take up to `most` rows that are due on the given channels, the oldest of each worker only, and mark them `sending`."""
    if not channels or most < 1:
        return []
    statement = _DUE_LOCKED if connection.dialect.name == "postgresql" else _DUE
    rows = [Row(*row) for row in connection.execute(statement, {"now": now, "channels": list(channels), "most": most})]
    if rows:
        connection.execute(_SENDING, {"ids": [row.id for row in rows], "lease": lease_until})
    return rows


_SETTLE = (
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("b_id"), standing(outbox, "sending", "due", "maybe_sent"))
    .values(
        state=sa.bindparam("b_state"),
        provider_id=sa.func.coalesce(sa.bindparam("b_provider_id", type_=sa.String), outbox.c.provider_id),
        status=sa.bindparam("b_status"),
        failure=sa.bindparam("b_failure"),
        maybe=sa.or_(outbox.c.maybe, sa.bindparam("b_maybe", type_=sa.Boolean)),
        settled_at=sa.bindparam("b_now"),
        lease_until=sa.null(),
    )
)
_WIPE = sa.update(outbox).where(outbox.c.id.in_(sa.bindparam("ids", expanding=True))).values(sealed=None, sealed_else=None)


def settle(connection: sa.Connection, settlements: Sequence[Settlement], now: int) -> list[Moved]:
    """Write how sends ended; what a carrier said before we had its id is applied too. Returns the rows that moved on.

    A row may have moved on while it was being sent: the worker came, hid, or went to another phone. A send that ended is written all the
    same, since it is true; one that must come again looks at how things stand now.
    """
    ended = [s for s in settlements if s.state != "due"]
    rows = [
        {
            "b_id": s.id,
            "b_state": s.state,
            "b_provider_id": s.provider_id,
            "b_status": s.status,
            "b_failure": s.failure,
            "b_maybe": s.maybe,
            "b_now": now,
        }
        for s in ended
    ]
    if ended:
        connection.execute(_SETTLE, rows)
        connection.execute(_WIPE, {"ids": [s.id for s in ended]})
    for s in settlements:
        if s.state == "due":
            _comes_again(connection, s, now)
    moved = _moved(connection, {s.id: s.status or s.state for s in ended})
    return moved + _apply_early(connection, [s.provider_id for s in settlements if s.provider_id])


def _comes_again(connection: sa.Connection, s: Settlement, now: int) -> None:
    """Put a send off, unless what it was for is gone: a knock that was answered, a case that is hidden or moved to another phone."""
    found = sa.select(outbox.c.kind, outbox.c.worker_id, workers.c.knocked_at, cases.c.worker_id.label("present"), cases.c.channel)
    found = found.join_from(outbox, workers, workers.c.id == outbox.c.worker_id, isouter=True).join(
        cases, cases.c.id == outbox.c.case_id, isouter=True
    )
    row = connection.execute(found.where(outbox.c.id == s.id, standing(outbox, "sending"))).first()
    if row is None:
        return
    values: dict[str, Any] = {
        "state": "due",
        "due_at": s.due_at,
        "failure": s.failure,
        "maybe": sa.or_(outbox.c.maybe, sa.literal(s.maybe)),
    }
    if row.kind == "knock" and row.knocked_at is None:
        values |= {"state": "dropped", "sealed": None, "settled_at": now}
    elif row.kind in _WITH_A_CASE and row.present is None:
        values |= {"state": "held", "hold": "hidden"}
    elif row.kind in _WITH_A_CASE and row.present != row.worker_id:
        values |= {"state": "held", "hold": "knock", "worker_id": row.present, "channel": row.channel}
    connection.execute(sa.update(outbox).where(outbox.c.id == s.id).values(lease_until=None, **values))


def _moved(connection: sa.Connection, said: dict[int, str]) -> list[Moved]:
    if not said:
        return []
    found = connection.execute(
        sa.select(outbox.c.id, outbox.c.kind, outbox.c.case_id, outbox.c.seq).where(
            outbox.c.id.in_(list(said)), outbox.c.case_id.is_not(None)
        )
    )
    return [Moved(row.id, row.kind, row.case_id, row.seq, said[row.id]) for row in found]


def _apply_early(connection: sa.Connection, provider_ids: Sequence[str]) -> list[Moved]:
    if not provider_ids:
        return []
    gone = sa.delete(early_statuses).where(early_statuses.c.provider_id.in_(list(provider_ids)))
    waiting = list(connection.execute(gone.returning(early_statuses.c.provider_id, early_statuses.c.status, early_statuses.c.error)))
    return note_statuses(connection, [(row.provider_id, row.status, row.error) for row in waiting], 0)


def note_statuses(connection: sa.Connection, statuses: Sequence[tuple[str, str, str | None]], now: int) -> list[Moved]:
    """Write carriers' words on our messages (id there, status, error). A status never goes backwards; an unknown id waits for its send."""
    moved: list[Moved] = []
    for provider_id, status, error in statuses:
        row = connection.execute(
            sa.select(outbox.c.id, outbox.c.kind, outbox.c.case_id, outbox.c.seq, outbox.c.status, outbox.c.worker_id)
            .where(outbox.c.provider_id == provider_id)
            .with_for_update()
        ).first()
        if row is None:
            _keep_early(connection, provider_id, status, error, now)
        elif RANK[status] > RANK.get(row.status, -1):
            connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(status=status, failure=error))
            if row.kind == "knock" and status in ("undelivered", "failed"):
                knock_failed(connection, [row.worker_id], now)
            if row.case_id is not None:
                moved.append(Moved(row.id, row.kind, row.case_id, row.seq, status))
    return moved


def knock_failed(connection: sa.Connection, worker_ids: Sequence[str], now: int) -> None:
    """A knock did not arrive: what waits behind it is knocked for again later."""
    theirs = outbox.c.worker_id.in_(list(worker_ids)) & standing(outbox, "held") & (outbox.c.hold == "knock")
    connection.execute(sa.update(outbox).where(theirs).values(due_at=now + _KNOCK_AGAIN_AFTER))
    connection.execute(sa.update(workers).where(workers.c.id.in_(list(worker_ids))).values(knocked_at=None))


def take_up_early(connection: sa.Connection, before: int) -> list[Moved]:
    """Apply early statuses whose send was settled in the same moment by another process; those older than `before` are dropped."""
    known = sa.select(early_statuses.c.provider_id).join(outbox, outbox.c.provider_id == early_statuses.c.provider_id)
    moved = _apply_early(connection, list(connection.execute(known).scalars()))
    connection.execute(sa.delete(early_statuses).where(early_statuses.c.at < before))
    return moved


def _keep_early(connection: sa.Connection, provider_id: str, status: str, error: str | None, now: int) -> None:
    values = {"provider_id": provider_id, "status": status, "error": error, "at": now}
    if insert_new(connection, early_statuses, [values], ["provider_id"], early_statuses.c.provider_id):
        return
    known = connection.execute(sa.select(early_statuses.c.status).where(early_statuses.c.provider_id == provider_id)).scalar_one()
    if RANK[status] > RANK[known]:
        connection.execute(sa.update(early_statuses).where(early_statuses.c.provider_id == provider_id).values(status=status, error=error))
