"""Notices to officers that wait to leave: content-free, each key once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from store.database import insert_new
from store.many import Many
from store.standing import TO_LEAVE, standing
from store.tables import mails, officers

MOST_ATTEMPTS = 6
KINDS: Final = ("new_case", "answer", "danger", "late")
"""The kinds of notice that this version writes. One of another kind was put by a newer version and is left to it."""
_Reader = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Mail:
    """A notice to send: what kind, about which case, to which officers' addresses, and the languages of each of them."""

    id: int
    key: str
    kind: str
    case_id: int | None
    addresses: tuple[str, ...]
    attempts: int
    languages: tuple[tuple[str, ...], ...] = ((),)


def put(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Add notices (key, kind, officer_ids, case_id, due_at); one whose key is known is left out. Returns the keys that were added."""
    full = [{"state": "due", **row} for row in {row["key"]: row for row in rows}.values()]
    return insert_new(connection, mails, full, ["key"], mails.c.key)


def states_of(connection: sa.Connection, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
    """The id and state of notices by key."""
    if not keys:
        return {}
    found = connection.execute(sa.select(mails.c.key, mails.c.id, mails.c.state).where(mails.c.key.in_(list(keys))))
    return {row.key: (row.id, row.state) for row in found}


def recover(connection: sa.Connection, now: int) -> list[int]:
    """Notices cut off while they were being sent.

    News of danger goes again: a notice twice is better than none. Anything else ends as `maybe_sent`. Returns the ids that ended.
    """
    stale = standing(mails, *TO_LEAVE) & standing(mails, "sending") & (mails.c.lease_until < now) & mails.c.kind.in_(KINDS)
    connection.execute(sa.update(mails).where(stale & (mails.c.kind == "danger")).values(state="due", lease_until=None))
    ended = sa.update(mails).where(stale).values(state="maybe_sent", lease_until=None, settled_at=now)
    return list(connection.execute(ended.returning(mails.c.id)).scalars())


_DUE = (
    sa.select(mails.c.id, mails.c.key, mails.c.kind, mails.c.officer_ids, mails.c.case_id, mails.c.attempts)
    .where(standing(mails, *TO_LEAVE), standing(mails, "due"), mails.c.due_at <= sa.bindparam("now"), mails.c.kind.in_(KINDS))
    .order_by(sa.case((mails.c.kind == "danger", 0), else_=1), mails.c.id)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DANGER_DUE = _DUE.where(mails.c.kind == "danger")
_SENDING = (
    sa.update(mails)
    .where(mails.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(state="sending", attempts=mails.c.attempts + 1, lease_until=sa.bindparam("lease"))
)


def claim(connection: sa.Connection, now: int, lease_until: int, most: int, *, urgent_only: bool = False) -> list[Mail]:
    """Take up to `most` notices that are due, danger first, or danger alone."""
    statement = _DANGER_DUE if urgent_only else _DUE
    found = connection.execute(statement, {"now": now, "most": most}).all()
    if not found:
        return []
    connection.execute(_SENDING, {"ids": [row.id for row in found], "lease": lease_until})
    people = _readers(connection, {officer for row in found for officer in row.officer_ids})
    return [_mail(row, people) for row in found]


def one(connection: sa.Connection, mail_id: int) -> Mail:
    """One notice by its id."""
    columns = (mails.c.id, mails.c.key, mails.c.kind, mails.c.officer_ids, mails.c.case_id, mails.c.attempts)
    row = connection.execute(sa.select(*columns).where(mails.c.id == mail_id)).one()
    return _mail(row, _readers(connection, set(row.officer_ids)))


def _mail(row: Any, people: dict[str, _Reader]) -> Mail:
    readers = [people[officer] for officer in row.officer_ids if officer in people]
    addresses, languages = tuple(address for address, _ in readers), tuple(spoken for _, spoken in readers)
    return Mail(row.id, row.key, row.kind, row.case_id, addresses, row.attempts + 1, languages)


_READERS = sa.select(officers.c.id, officers.c.email, officers.c.languages).where(
    officers.c.id.in_(sa.bindparam("ids", expanding=True)), officers.c.active
)


def _readers(connection: sa.Connection, officer_ids: set[str]) -> dict[str, _Reader]:
    return {row.id: (row.email, tuple(row.languages)) for row in connection.execute(_READERS, {"ids": list(officer_ids)})}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a notice ended: `sent`, `failed`, `maybe_sent`, or `due` again at `due_at`."""

    id: int
    state: str
    due_at: int


_STILL_SENDING = (
    sa.select(mails.c.id).where(mails.c.id.in_(sa.bindparam("ids", expanding=True)), standing(mails, "sending")).with_for_update()
)
_SETTLE = Many(
    sa.update(mails)
    .where(mails.c.id == sa.bindparam("b_id"))
    .values(
        state=sa.bindparam("b_state"),
        settled_at=sa.bindparam("b_settled_at", type_=mails.c.settled_at.type),
        due_at=sa.bindparam("b_due_at", type_=mails.c.due_at.type),
        lease_until=sa.null(),
    ),
    prefix="b_",
)


def settle(connection: sa.Connection, outcomes: Sequence[Outcome], now: int) -> set[int]:
    """Write how notices ended. Returns the ids that are written; another process ended the rest already."""
    mine = set(connection.execute(_STILL_SENDING, {"ids": [outcome.id for outcome in outcomes]}).scalars())
    rows = [
        {"id": one.id, "state": one.state, "settled_at": None if one.state == "due" else now, "due_at": one.due_at}
        for one in outcomes
        if one.id in mine
    ]
    _SETTLE.run(connection, rows)
    return mine
