"""Who did what, when: officers are logged fully, workers never."""

from collections.abc import Iterable

import sqlalchemy as sa

from cases.model import Officer
from store.tables import audit


def record(connection: sa.Connection, officer: Officer, action: str, subject: str, now: int) -> None:
    """Write down an officer's act; `subject` is a case's reference or another name, never words of a case."""
    record_each(connection, officer, action, [subject], now)


def record_each(connection: sa.Connection, officer: Officer, action: str, subjects: Iterable[str], now: int) -> None:
    """Write down one act of an officer on several cases, a line for each."""
    act = {"at": now, "officer_id": officer.id, "company_id": officer.company_id, "action": action}
    rows = [{**act, "subject": subject} for subject in subjects]
    if rows:
        connection.execute(sa.insert(audit), rows)
