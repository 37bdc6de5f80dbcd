"""The one door to a case: who may read it, each condition on a line of its own, and forbidden looks exactly like absent."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cases.change import Case
from cases.errors import NotFound
from cases.model import READING_ROLES, Officer, Programme
from cases.programme import officer_of
from cases.wording import ENGLISH, Wording
from store.sealing import Keyring
from store.tables import cases, officers


@dataclass(frozen=True, slots=True)
class AtDesk:
    """An officer at work: the transaction, the keys, the programme, who, and when (milliseconds).

    `expects` is the case's version that the officer saw (If-Match): a write to another version is refused as Stale. None: not asked.
    """

    connection: sa.Connection
    keyring: Keyring
    programme: Programme
    officer: Officer
    now: int
    expects: int | None = None
    wording: Wording = ENGLISH


def officer(connection: sa.Connection, officer_id: str) -> Officer | None:
    """Read an officer who may sign in; None for a stranger or somebody who left: their rights end at once."""
    row = connection.execute(sa.select(officers).where(officers.c.id == officer_id, officers.c.active)).mappings().first()
    return None if row is None else officer_of(row)


def case_for(connection: sa.Connection, officer: Officer, reference: str, *, lock: bool = False) -> dict[str, Any]:
    """Read a case for an officer, locked for writing if asked. Raises NotFound alike for an absent and a forbidden case."""
    wanted = sa.select(cases).where(cases.c.reference == reference.upper())
    row = connection.execute(wanted.with_for_update() if lock else wanted).mappings().first()
    case = None if row is None else dict(row)
    if case is None or not may_read(case, officer):
        raise NotFound
    return case


def may_read(case: Case, officer: Officer) -> bool:
    """Say whether an officer may read a case."""
    if not officer.active:
        return False
    if officer.role not in READING_ROLES:
        return False
    if case["company_id"] != officer.company_id:
        return False
    return officer.id not in case["excluded"]


def visible(officer: Officer) -> sa.ColumnElement[bool]:
    """Give the same conditions for lists, as a clause over the cases' table."""
    if not officer.active or officer.role not in READING_ROLES:
        return sa.false()
    shut_out = sa.cast(cases.c.excluded, sa.Text).contains(f'"{officer.id}"', autoescape=True)
    return sa.and_(cases.c.company_id == officer.company_id, sa.not_(shut_out))
