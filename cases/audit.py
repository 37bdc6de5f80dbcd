"""Who did what, when: officers are logged fully, workers never."""

import sqlalchemy as sa

from cases.model import Officer
from store.tables import audit


def record(connection: sa.Connection, officer: Officer, action: str, subject: str, now: int) -> None:
    """Write down an officer's act; `subject` is a case's reference or another name, never words of a case."""
    row = {"at": now, "officer_id": officer.id, "company_id": officer.company_id, "action": action, "subject": subject}
    connection.execute(sa.insert(audit), row)
