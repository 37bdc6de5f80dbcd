"""Writes a change of one locked case in the caller's transaction: its entries, its columns with the new tail, its notices."""

from dataclasses import dataclass

import sqlalchemy as sa

from cases import timeline
from cases.change import Case, CaseChange
from store import mails
from store.casekeys import load_data_key
from store.sealing import Keyring
from store.tables import cases


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written: the case's version now, and the number of its last entry."""

    version: int
    last_seq: int


def save(connection: sa.Connection, keyring: Keyring, case: Case, change: CaseChange) -> Saved:
    """Write a change. Raises store.sealing.Unopenable when entries are due and the case's keys were destroyed."""
    columns = dict(change.columns)
    last_seq: int = case["last_seq"]
    if change.entries:
        data_key = load_data_key(connection, keyring, case["id"])
        appended = timeline.write(connection, case, data_key, change.entries)
        columns |= appended.columns
        last_seq = appended.tail.last_seq
    if columns:
        connection.execute(sa.update(cases).where(cases.c.id == case["id"]).values(**columns))
    mails.put(
        connection,
        [
            {
                "key": mail.key,
                "kind": mail.kind,
                "officer_ids": list(mail.officer_ids),
                "case_id": case["id"],
                "due_at": columns.get("updated_at", case["updated_at"]),
            }
            for mail in change.mails
        ],
    )
    return Saved({**case, **columns}["version"], last_seq)
