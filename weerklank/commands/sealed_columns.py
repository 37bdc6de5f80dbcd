"""How each sealed column is tried: under which key, and bound to what. What opens is let go of at once; none of it is ever told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, TypeAlias

import sqlalchemy as sa

from bot import sealed as bots
from cases import timeline
from store import casekeys
from store.rotation import PLACES, Place
from store.sealing import HEAD_BYTES, Keyring, Unopenable, open_with
from store.tables import annotations, attachments, case_grants, cases, contacts, entries, inbox, outbox, sessions, workers
from weerklank import wiring

_REMEMBERED = 4096
_GONE = "is gone, though the case was not forgotten"


class Wrong(Exception):
    """What is wrong with a field beside that it does not open; the message is a phrase of ours."""


class Missing(Exception):
    """An envelope names a key that is not on the ring."""

    def __init__(self, head: bytes) -> None:
        super().__init__("this envelope names a key that is not on the ring")
        self.head = head


class Shut(Exception):
    """A field lies under a worker's or a case's key that does not open itself, and is named in its own column."""


class Keys:
    """Opens the keys that fields lie under; of those met lately it knows the outcome, since rows of a case or a worker lie together."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._passer_by, self.try_address = wiring.tries_of(keyring)
        self._of_worker = lru_cache(_REMEMBERED)(self._opened_of_worker)
        self._of_case = lru_cache(_REMEMBERED)(self._opened_of_case)

    def ring(self, place: str, sealed: bytes, bound_to: str | bytes) -> bytes:
        """Open what lies under the ring. Raises Missing or Unopenable."""
        if self._keyring.lacks_key_of(sealed):
            raise Missing(sealed[:HEAD_BYTES])
        return self._keyring.open(place, sealed, bound_to.encode() if isinstance(bound_to, str) else bound_to)

    def worker(self, row: Any) -> bytes | None:
        """The key of the worker whom a row belongs to; None when they were forgotten. Raises Wrong or Shut."""
        if row.worker is None:
            raise Wrong("belongs to no worker that is there")
        if row.worker_key is None:
            return None
        return _or_shut(self._of_worker(row.worker, row.worker_key))

    def case(self, row: Any) -> bytes | None:
        """The data key of the case that a row belongs to; None when it was forgotten. Raises Wrong or Shut."""
        if row.reference is None:
            raise Wrong("belongs to no case that is there")
        if row.data_key_sealed is None:
            return None
        return _or_shut(self._of_case(row.public_key, row.data_key_sealed, row.envelope))

    def _opened_of_worker(self, worker_id: str, key_sealed: bytes) -> bytes | None:
        try:
            return self._passer_by(worker_id, key_sealed).key
        except Unopenable:
            return None

    def _opened_of_case(self, public_key: bytes, data_key_sealed: bytes, envelope: bytes | None) -> bytes | None:
        try:
            return casekeys.data_key(self._keyring, public_key, data_key_sealed, envelope)
        except Unopenable:
            return None

    def try_data_key(self, row: Any) -> None:
        """See that a case's data key opens, where its grant does. Raises Shut or Unopenable."""
        try:
            self.ring(_GRANTS.name, row.envelope, row.public_key)
        except (Missing, Unopenable) as error:
            raise Shut from error
        casekeys.data_key(self._keyring, row.public_key, row.data_key_sealed, row.envelope)


def _or_shut(key: bytes | None) -> bytes:
    if key is None:
        raise Shut
    return key


Tried: TypeAlias = Callable[[Keys, Any], bool]
"""Tries a field of a row: True when it opens, False when there is nothing that could.

Raises what is wrong: Wrong, Missing, Shut, Unopenable, bot.sealed.NewerForm, or what unpacking raises.
"""


@dataclass(frozen=True, slots=True)
class Walk:
    """A table to go through: in which order, what is read of a row, what is joined to it, its name in a report, and what is tried in it."""

    by: tuple[sa.Column[Any], ...]
    read: tuple[sa.Column[Any], ...]
    joined: Callable[[sa.Subquery], sa.Select[Any]]
    named: Callable[[Any], str]
    tried: Mapping[str, Tried]
    ours: sa.ColumnElement[bool] = field(default_factory=sa.true)

    def lot(self, after: tuple[Any, ...] | None, *, through: tuple[Any, ...] | None = None, most: int) -> sa.Select[Any]:
        """Ask for the next rows behind a place, at most so many; or for those up to another place, as they are now.

        The lot is cut before anything is joined: a server that knows nothing of its tables yet would read all workers for each lot.
        """
        lot = sa.select(*self.by, *self.read).where(self.ours).order_by(*self.by)
        lot = lot if after is None else lot.where(sa.tuple_(*self.by) > after)
        lot = lot.limit(most) if through is None else lot.where(sa.tuple_(*self.by) <= through)
        cut = lot.subquery("lot")
        return self.joined(cut).order_by(*(cut.c[column.name] for column in self.by))

    def place(self, row: Any) -> tuple[Any, ...]:
        """Where a row stands in the order."""
        return tuple(getattr(row, column.name) for column in self.by)


def _alone(lot: sa.Subquery) -> sa.Select[Any]:
    return sa.select(lot)


def _with_worker(lot: sa.Subquery) -> sa.Select[Any]:
    found = sa.select(lot, workers.c.id.label("worker"), workers.c.key_sealed.label("worker_key"))
    return found.outerjoin_from(lot, workers, workers.c.id == lot.c.worker_id)


def _with_case(lot: sa.Subquery) -> sa.Select[Any]:
    found = sa.select(lot, cases.c.reference, cases.c.public_key, cases.c.data_key_sealed, case_grants.c.envelope)
    return found.outerjoin_from(lot, cases, cases.c.id == lot.c.case_id).outerjoin(case_grants, _granted_to_us(cases))


def _with_both(lot: sa.Subquery) -> sa.Select[Any]:
    whose = (workers.c.id.label("worker"), workers.c.key_sealed.label("worker_key"))
    return _with_case(lot).add_columns(*whose).outerjoin(workers, workers.c.id == lot.c.worker_id)


def _with_grant(lot: sa.Subquery) -> sa.Select[Any]:
    return sa.select(lot, case_grants.c.envelope).outerjoin_from(lot, case_grants, _granted_to_us(lot))


def _granted_to_us(case: sa.FromClause) -> sa.ColumnElement[bool]:
    return (case_grants.c.case_id == case.c.id) & (case_grants.c.reader == casekeys.SERVICE)


def _of_the_ring(place: Place) -> Walk:
    """Go through a column under the ring that stands in one table with what it is bound to."""

    def tried(keys: Keys, row: Any) -> bool:
        sealed = getattr(row, place.column.name)
        if sealed is not None:
            keys.ring(place.name, sealed, getattr(row, place.bound_to.name))
        return sealed is not None

    read = tuple(each for each in dict.fromkeys((place.bound_to, place.column)) if each is not place.number)
    return Walk((place.number,), read, _alone, lambda row: f"row {getattr(row, place.number.name)}", {place.name: tried}, place.ours)


def _own(
    key_of: Callable[[Keys, Any], bytes | None], column: sa.Column[Any], opened: Callable[[bytes, Any, bytes], object]
) -> dict[str, Tried]:
    """A column under the key of the row's worker or case: what opens it, given key, row and envelope."""

    def tried(keys: Keys, row: Any) -> bool:
        sealed: bytes | None = getattr(row, column.name)
        if sealed is None:
            return False
        key = key_of(keys, row)
        if key is not None:
            opened(key, row, sealed)
        return key is not None

    return {_name(column): tried}


def _name(column: sa.Column[Any]) -> str:
    return f"{column.table.name}.{column.name}"


def _grant(keys: Keys, row: Any) -> bool:
    if row.envelope is None and row.data_key_sealed is not None:
        raise Wrong(_GONE)
    if row.envelope is not None and row.data_key_sealed is None:
        raise Wrong("is there still, though the key it leads to is gone")
    if row.envelope is not None:
        keys.ring(_GRANTS.name, row.envelope, row.public_key)
    return row.envelope is not None


def _data_key(keys: Keys, row: Any) -> bool:
    if row.envelope is None or row.data_key_sealed is None:
        if row.envelope is None and row.data_key_sealed is None and row.forgotten_at is None:
            raise Wrong(_GONE)
        return False
    if row.forgotten_at is not None:
        raise Wrong("is there still, though the case was forgotten")
    keys.try_data_key(row)
    return True


def _address(keys: Keys, row: Any) -> bool:
    key = keys.worker(row)
    if key is None:
        raise Wrong("is there still, though its worker was forgotten")
    keys.try_address(key, row.lookup, row.address_sealed)
    return True


def _row(row: Any) -> str:
    return f"row {row.id}"


def _of_worker(row: Any) -> str:
    """A worker's pseudonym: it leads to nobody without the keys."""
    return f"row of worker {row.worker_id}"


[_GRANTS] = [place for place in PLACES if place.column is case_grants.c.envelope]

WALKS: Final = (
    *(_of_the_ring(place) for place in PLACES if place is not _GRANTS),
    Walk(
        (cases.c.id,),
        (cases.c.reference, cases.c.public_key, cases.c.data_key_sealed, cases.c.forgotten_at),
        _with_grant,
        lambda row: f"case {row.reference}",
        {_GRANTS.name: _grant, _name(cases.c.data_key_sealed): _data_key},
    ),
    Walk(
        (contacts.c.lookup,),
        (contacts.c.worker_id, contacts.c.address_sealed),
        _with_worker,
        _of_worker,
        {_name(contacts.c.address_sealed): _address},
    ),
    Walk(
        (sessions.c.worker_id,),
        (sessions.c.sealed,),
        _with_worker,
        _of_worker,
        _own(Keys.worker, sessions.c.sealed, lambda key, row, sealed: bots.open_session(key, row.worker_id, sealed)),
    ),
    Walk(
        (inbox.c.id,),
        (inbox.c.worker_id, inbox.c.channel, inbox.c.key, inbox.c.sealed),
        _with_worker,
        _row,
        _own(Keys.worker, inbox.c.sealed, lambda key, row, sealed: bots.open_inbound(key, row.channel, row.key, sealed)),
    ),
    Walk(
        (outbox.c.id,),
        (outbox.c.worker_id, outbox.c.sealed, outbox.c.sealed_else),
        _with_worker,
        _row,
        {
            **_own(Keys.worker, outbox.c.sealed, lambda key, row, sealed: bots.open_message(key, row.worker_id, sealed)),
            **_own(Keys.worker, outbox.c.sealed_else, lambda key, row, sealed: bots.open_message(key, row.worker_id, sealed)),
        },
    ),
    Walk(
        (attachments.c.id,),
        (attachments.c.worker_id, attachments.c.case_id, attachments.c.ref_sealed, attachments.c.file, attachments.c.key_sealed),
        _with_both,
        _row,
        {
            **_own(Keys.worker, attachments.c.ref_sealed, lambda key, row, sealed: bots.open_source(key, row.worker_id, sealed)),
            **_own(Keys.case, attachments.c.key_sealed, lambda key, row, sealed: open_with(key, sealed, (row.file or "").encode())),
        },
    ),
    Walk(
        (entries.c.case_id, entries.c.seq),
        (entries.c.kind, entries.c.author, entries.c.at, entries.c.sealed),
        _with_case,
        lambda row: f"case {row.reference}, entry {row.seq}",
        _own(Keys.case, entries.c.sealed, lambda key, row, _sealed: timeline.open_entry(row, row.reference, key)),
    ),
    Walk(
        (annotations.c.id,),
        tuple(column for column in annotations.c if column is not annotations.c.id),
        _with_case,
        _row,
        _own(Keys.case, annotations.c.sealed, lambda key, row, _sealed: timeline.open_annotation(row, row.reference, key)),
    ),
)
"""Every table with sealed columns; keys before what lies under them, so that a report begins with the cause."""

COLUMNS: Final = frozenset(name for walk in WALKS for name in walk.tried)
"""The columns that are tried."""
