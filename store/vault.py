"""Sealed addresses: the only table that leads from a pseudonym to a person. Only `bot/identity.py` may open this module."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from store.database import insert_new
from store.tables import contacts, workers


@dataclass(frozen=True, slots=True)
class Contact:
    """A row of the vault: the keyed hash an address is found by, whose it is, on which channel, and the sealed address."""

    lookup: bytes
    worker_id: str
    key_sealed: bytes | None
    channel: str
    address_sealed: bytes
    heard_at: int = 0
    closed_to: str | None = None


_FIELDS = (
    *(contacts.c.lookup, contacts.c.worker_id, workers.c.key_sealed, contacts.c.channel, contacts.c.address_sealed),
    *(workers.c.heard_at, workers.c.closed_to),
)
_JOINED = sa.select(*_FIELDS).join_from(contacts, workers, workers.c.id == contacts.c.worker_id)
_BY_LOOKUP = _JOINED.where(contacts.c.lookup.in_(sa.bindparam("lookups", expanding=True)))
_BY_WORKER = _JOINED.where(contacts.c.worker_id.in_(sa.bindparam("ids", expanding=True)))


def by_lookup(connection: sa.Connection, lookups: Sequence[bytes]) -> dict[bytes, Contact]:
    """Find contacts by keyed hash."""
    return {row.lookup: Contact(*row) for row in connection.execute(_BY_LOOKUP, {"lookups": list(lookups)})}


def by_worker(connection: sa.Connection, worker_ids: Sequence[str]) -> dict[str, Contact]:
    """Find the contact of each worker; forgotten workers have none."""
    return {row.worker_id: Contact(*row) for row in connection.execute(_BY_WORKER, {"ids": list(worker_ids)})}


def add(connection: sa.Connection, new: Sequence[Contact]) -> None:
    """Add workers with their contact; a contact that another process added meanwhile wins, and its would-be worker is dropped."""
    if not new:
        return
    connection.execute(sa.insert(workers), [{"id": contact.worker_id, "key_sealed": contact.key_sealed} for contact in new])
    rows = [{"lookup": c.lookup, "worker_id": c.worker_id, "channel": c.channel, "address_sealed": c.address_sealed} for c in new]
    added = insert_new(connection, contacts, rows, ["lookup"], contacts.c.lookup)
    lost = [contact.worker_id for contact in new if contact.lookup not in added]
    if lost:
        connection.execute(sa.delete(workers).where(workers.c.id.in_(lost)))


def move(connection: sa.Connection, worker_id: str, lookup: bytes, address_sealed: bytes) -> None:
    """Put a worker's address under another look-up, where no message finds it."""
    theirs = sa.update(contacts).where(contacts.c.worker_id == worker_id)
    connection.execute(theirs.values(lookup=lookup, address_sealed=address_sealed))


def give_way(connection: sa.Connection, worker_id: str, lookup: bytes) -> bool:
    """Free an address that a worker without an open case holds; False when they have one, and keep it."""
    has_case = sa.select(workers.c.current_case_id).where(workers.c.id == worker_id).with_for_update()
    if connection.execute(has_case).scalar_one() is not None:
        return False
    connection.execute(sa.delete(contacts).where(contacts.c.lookup == lookup))
    return True


def destroy(connection: sa.Connection, worker_id: str) -> None:
    """Forget a worker: the address row goes, the key is destroyed. Every byte sealed under it is dead from the commit on."""
    connection.execute(sa.delete(contacts).where(contacts.c.worker_id == worker_id))
    connection.execute(sa.update(workers).where(workers.c.id == worker_id).values(key_sealed=None, current_case_id=None))
