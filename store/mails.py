"""Notices to officers that wait to leave: content-free, each key once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store.database import insert_new
from store.tables import mails, officers

MOST_ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class Mail:
    """A notice to send: what kind, about which case, to which officers' addresses."""

    id: int
    key: str
    kind: str
    case_id: int | None
    addresses: tuple[str, ...]
    attempts: int


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
    stale = (mails.c.state == "sending") & (mails.c.lease_until < now)
    connection.execute(sa.update(mails).where(stale & (mails.c.kind == "danger")).values(state="due", lease_until=None))
    ended = sa.update(mails).where(stale).values(state="maybe_sent", lease_until=None, settled_at=now)
    return list(connection.execute(ended.returning(mails.c.id)).scalars())


def claim(connection: sa.Connection, now: int, lease_until: int, most: int) -> list[Mail]:
    """Take notices that are due, danger first."""
    danger_first = sa.case((mails.c.kind == "danger", 0), else_=1)
    due = sa.select(mails.c.id, mails.c.key, mails.c.kind, mails.c.officer_ids, mails.c.case_id, mails.c.attempts)
    due = due.where(mails.c.state == "due", mails.c.due_at <= now).order_by(danger_first, mails.c.id).limit(most)
    found = connection.execute(due.with_for_update(skip_locked=True)).all()
    if not found:
        return []
    sending = sa.update(mails).where(mails.c.id.in_([row.id for row in found]))
    connection.execute(sending.values(state="sending", attempts=mails.c.attempts + 1, lease_until=lease_until))
    people = _addresses(connection, {officer for row in found for officer in row.officer_ids})
    return [_mail(row, people) for row in found]


def one(connection: sa.Connection, mail_id: int) -> Mail:
    """One notice by its id."""
    columns = (mails.c.id, mails.c.key, mails.c.kind, mails.c.officer_ids, mails.c.case_id, mails.c.attempts)
    row = connection.execute(sa.select(*columns).where(mails.c.id == mail_id)).one()
    return _mail(row, _addresses(connection, set(row.officer_ids)))


def _mail(row: Any, people: dict[str, str]) -> Mail:
    addresses = tuple(people[officer] for officer in row.officer_ids if officer in people)
    return Mail(row.id, row.key, row.kind, row.case_id, addresses, row.attempts + 1)


def _addresses(connection: sa.Connection, officer_ids: set[str]) -> dict[str, str]:
    found = connection.execute(sa.select(officers.c.id, officers.c.email).where(officers.c.id.in_(list(officer_ids)), officers.c.active))
    return {row.id: row.email for row in found}


def settle(connection: sa.Connection, mail_id: int, state: str, now: int, due_at: int) -> bool:
    """Write how a notice ended: `sent`, `failed`, `maybe_sent`, or `due` again at `due_at`. False if another process ended it already."""
    values = {"state": state, "settled_at": None if state == "due" else now, "lease_until": None, "due_at": due_at}
    mine = sa.update(mails).where(mails.c.id == mail_id, mails.c.state == "sending").values(**values)
    return connection.execute(mine.returning(mails.c.id)).first() is not None
