"""The outbox: everything that must reach a worker, in order for each of them, with leases, and never silently twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from store import feeds
from store.many import insert
from store.standing import NOT_ENDED, TO_LEAVE, standing
from store.statuses import Moved, apply_early
from store.tables import cases, outbox, workers

KINDS: Final = ("flow", "knock", "reply", "late")
"""The kinds of message that this version knows. Another was put by a newer version: it is left to it, with what stands behind it."""
_NEVER_BY_THEMSELVES = ("reply",)
_WITH_A_CASE = ("reply", "late")
_COMES_AGAIN = ("due", "held")


@dataclass(frozen=True, slots=True)
class Row:
    """An outbox row as a sender needs it. `sealed` is None for an officer's reply: its wording lies in the timeline (`case_id`, `seq`).

    `created_at` and `due_at` (ms) are the same for what was never held back or put off.
    """

    id: int
    worker_id: str
    channel: str
    kind: str
    case_id: int | None
    seq: int | None
    sealed: bytes | None
    attempts: int
    maybe: bool
    created_at: int = 0
    due_at: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a send ended: `sent`, `due` (again at `due_at`), `held` (behind a knock from `due_at`), `maybe_sent`, `failed` or `dropped`.

    `told` says that a carrier told it later, of a message that it had taken first.
    """

    id: int
    state: str
    provider_id: str | None = None
    status: str | None = None
    failure: str | None = None
    due_at: int = 0
    maybe: bool = False
    told: bool = False


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
    ended as `maybe_sent`; a knock among them may have reached nobody, so what waits behind it is for the caller to put off.
    """
    stale = standing(outbox, *TO_LEAVE) & standing(outbox, "sending") & (outbox.c.lease_until < now) & outbox.c.kind.in_(KINDS)
    again = stale & outbox.c.kind.not_in(_NEVER_BY_THEMSELVES) & outbox.c.maybe.is_(False)
    connection.execute(sa.update(outbox).where(again).values(state="due", maybe=True, lease_until=None))
    ended = sa.update(outbox).where(stale).values(state="maybe_sent", maybe=True, settled_at=now, lease_until=None)
    found = connection.execute(ended.returning(outbox.c.id, outbox.c.kind, outbox.c.case_id, outbox.c.seq, outbox.c.worker_id))
    return [Moved(row.id, row.kind, row.case_id, row.seq, "maybe_sent", worker_id=row.worker_id) for row in found]


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
        outbox.c.created_at,
        outbox.c.due_at,
    )
    .where(
        standing(outbox, *TO_LEAVE),
        standing(outbox, "due"),
        outbox.c.due_at <= sa.bindparam("now"),
        outbox.c.kind.in_(KINDS),
        outbox.c.channel.in_(sa.bindparam("channels", expanding=True)),
        outbox.c.worker_id.not_in(sa.bindparam("resting", expanding=True)),
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


@dataclass(frozen=True, slots=True)
class Room:
    """How much may leave now: at most so many rows on these channels, and none for workers who were written to a moment ago.

    `rate` is what the one channel's carrier takes from all processes together.
    """

    channels: Sequence[str]
    most: int
    resting: Sequence[str] = ()
    rate: feeds.Rate = feeds.UNLIMITED


def claim(connection: sa.Connection, now: int, lease_until: int, room: Room) -> list[Row]:
    """Take what is due and has room, the oldest of each worker only, and mark it `sending`."""
    if not room.channels or room.most < 1:
        return []
    wanted = {"now": now, "channels": list(room.channels), "most": room.most, "resting": list(room.resting)}
    statement = _DUE_LOCKED if connection.dialect.name == "postgresql" else _DUE
    found = [Row(*row) for row in connection.execute(statement, wanted)]
    rows = found[: feeds.take(connection, room.channels[0], room.rate, len(found), now)]
    if rows:
        connection.execute(_SENDING, {"ids": [row.id for row in rows], "lease": lease_until})
        if room.rate.between:
            feeds.let_rest(connection, [row.worker_id for row in rows], now + room.rate.between, now)
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
    ended = [s for s in settlements if s.state not in _COMES_AGAIN and not s.told]
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
    over = [s.id for s in settlements if s.state not in _COMES_AGAIN and not (s.state == "sent" and s.status == "queued")]
    if over:
        connection.execute(_WIPE, {"ids": over})
    for s in settlements:
        if s.state in _COMES_AGAIN:
            _comes_again(connection, s, now)
    held_back = {s.id: s.failure for s in settlements if s.state == "held" and s.failure and not s.told}
    moved = _moved(connection, {s.id: s.status or s.state for s in ended} | held_back)
    return moved + apply_early(connection, [s.provider_id for s in settlements if s.provider_id], now)


def _comes_again(connection: sa.Connection, s: Settlement, now: int) -> None:
    """Put a send off, unless what it was for is gone: a knock that was answered, a case that is hidden or moved to another phone.

    What a carrier had taken and then could not deliver comes again only while its words are still here.
    """
    found = sa.select(
        outbox.c.kind, outbox.c.worker_id, outbox.c.sealed, workers.c.knocked_at, cases.c.worker_id.label("present"), cases.c.channel
    )
    found = found.join_from(outbox, workers, workers.c.id == outbox.c.worker_id, isouter=True).join(
        cases, cases.c.id == outbox.c.case_id, isouter=True
    )
    row = connection.execute(found.where(outbox.c.id == s.id, standing(outbox, "sent" if s.told else "sending"))).first()
    if row is None or (s.told and row.kind not in _WITH_A_CASE and row.sealed is None):
        return
    values: dict[str, Any] = {
        "state": s.state,
        "hold": "knock" if s.state == "held" else None,
        "due_at": s.due_at,
        "failure": s.failure,
        "maybe": sa.or_(outbox.c.maybe, sa.literal(s.maybe)),
    }
    if row.kind == "knock" and row.knocked_at is None:
        values |= {"state": "dropped", "hold": None, "sealed": None, "settled_at": now}
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
