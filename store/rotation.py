"""Sealing anew, under the first key of the ring, what lies under an older one: then the older key may be taken away.

What people said is sealed under workers' and cases' own keys; only the envelopes of those keys, and little beside them, lie under the ring.
A lot is one short transaction and leaves out rows that somebody else is at, so nobody waits for it, and kill -9 leaves every row whole.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from store.casekeys import SERVICE
from store.database import Database, StoreAway, is_away
from store.many import Many
from store.sealing import HEAD_BYTES, Keyring, Unopenable
from store.tables import Bytes, case_grants, cases, code_pool, marks, officers, screens, workers

LOT: Final = 250
"""Rows in one transaction: some ten milliseconds."""
_PASSES = 4
_BETWEEN_PASSES = 0.5
_TRIES = 5
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """A column that is sealed under the ring: what it holds, which rows, how each is told apart, and what its envelope is bound to."""

    what: str
    column: sa.Column[bytes]
    number: sa.Column[Any]
    bound_to: sa.Column[Any]
    rows: sa.FromClause
    ours: sa.ColumnElement[bool] = field(default_factory=sa.true)

    @property
    def name(self) -> str:
        """Table and column: what the place's own key is derived by."""
        return f"{self.column.table.name}.{self.column.name}"

    @property
    def head(self) -> sa.ColumnElement[bytes]:
        """The part of the envelope that names its key."""
        first, length = (sa.literal_column(str(number), sa.Integer) for number in (1, HEAD_BYTES))
        return sa.func.substr(self.column, first, length, type_=Bytes())


def _place(what: str, column: sa.Column[bytes], number: sa.Column[Any], bound_to: sa.Column[Any]) -> Place:
    return Place(what, column, number, bound_to, column.table)


PLACES: Final = (
    _place("workers' keys", workers.c.key_sealed, workers.c.id, workers.c.id),
    Place(
        "cases' keys",
        case_grants.c.envelope,
        case_grants.c.case_id,
        cases.c.public_key,
        case_grants.join(cases, cases.c.id == case_grants.c.case_id),
        # Another reader's grant would be sealed to that reader's own key, which only they can open.
        case_grants.c.reader == SERVICE,
    ),
    _place("codes made ahead", code_pool.c.code_sealed, code_pool.c.id, code_pool.c.code_hash),
    _place("screens of web phones", screens.c.sealed, screens.c.id, screens.c.phone),
    _place("second factors of officers", officers.c.totp_sealed, officers.c.id, officers.c.id),
    _place("the mark of the database", marks.c.sealed, marks.c.id, marks.c.lookup),
)
_SEALED_ANEW = {
    place.name: Many(
        sa.update(place.column.table)
        .where(place.number == sa.bindparam("b_number"), place.column == sa.bindparam("b_before"))
        .values({place.column: sa.bindparam("b_after")})
    )
    for place in PLACES
}


@dataclass(frozen=True, slots=True)
class Unopened:
    """A row that no key of the ring opens, by its table and what tells it apart there."""

    table: str
    number: Any


def standing(connection: sa.Connection, keyring: Keyring) -> dict[Place, Counter[int | None]]:
    """How many rows stand under which key, by its place on the ring (1 is the first; None: under one that is not on it)."""
    found: dict[Place, Counter[int | None]] = {}
    for place in PLACES:
        counted = sa.select(place.head.label("head"), sa.func.count().label("rows")).select_from(place.column.table)
        rows = connection.execute(counted.where(place.column.is_not(None), place.ours).group_by(place.head))
        found[place] = Counter()
        for row in rows:
            found[place][keyring.number_of(row.head)] += row.rows
    return found


def is_begun(connection: sa.Connection, keyring: Keyring) -> bool:
    """Whether a process was started since the first key came to its place: it seals the mark under it (store/mark.py)."""
    return all(keyring.is_newest(sealed) for sealed in connection.execute(sa.select(marks.c.sealed)).scalars())


class Rotation:
    """Seals anew until nothing stands under an older key, or until what is left does not open or comes anew under an older key."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring
        self.unopened: set[Unopened] = set()

    def run(self) -> Iterator[tuple[Place, int]]:
        """Yield each place with how many of its rows were sealed anew. Raises StoreAway, or DBAPIError for a database that stays away.

        What is done stays done: another run goes on where this one ended.
        """
        for place in PLACES:
            yield place, self._through(place)

    def _through(self, place: Place) -> int:
        """Go through a place until everything that opens was met; rows that somebody was at are taken the next time."""
        done = 0
        for again in range(_PASSES):
            time.sleep(_BETWEEN_PASSES if again else 0)
            anew, left_out = self._once(place)
            done += anew
            if not left_out:
                break
        return done

    def _once(self, place: Place) -> tuple[int, int]:
        """From the first row to the last: how many were sealed anew, and how many were left out although they may open."""
        anew, left_out, last = 0, 0, None
        while numbers := _patient(partial(self._older, place, last)):
            began = time.monotonic()
            sealed, unopened = _patient(partial(self._lot, place, numbers))
            anew, left_out, last = anew + sealed, left_out + len(numbers) - sealed - unopened, numbers[-1]
            # At rest for as long as it worked: who writes meanwhile finds the database free half of the time at least.
            time.sleep(time.monotonic() - began)
        return anew, left_out

    def _older(self, place: Place, after: Any) -> Sequence[Any]:
        """The next rows behind one that stand under another key than the first."""
        found = sa.select(place.number).where(place.column.is_not(None), place.ours, place.head != self._keyring.newest_head)
        found = found if after is None else found.where(place.number > after)
        with self._database.read() as connection:
            return connection.execute(found.order_by(place.number).limit(LOT)).scalars().all()

    def _lot(self, place: Place, numbers: Sequence[Any]) -> tuple[int, int]:
        with self._database.write() as connection:
            return self._seal_anew(connection, place, numbers)

    def _seal_anew(self, connection: sa.Connection, place: Place, numbers: Sequence[Any]) -> tuple[int, int]:
        """Seal these rows anew, as far as they are older still and nobody else is at them; how many were, and how many do not open."""
        table = place.column.table
        asked = sa.select(place.number.label("number"), place.bound_to.label("bound_to"), place.column.label("sealed"))
        asked = asked.select_from(place.rows).where(place.number.in_(numbers), place.ours, place.head != self._keyring.newest_head)
        rows = connection.execute(asked.with_for_update(of=table, key_share=True, skip_locked=True)).all()
        changes: list[dict[str, Any]] = []
        for row in rows:
            try:
                changes.append({"b_number": row.number, "b_before": row.sealed, "b_after": self._anew(place, row.sealed, row.bound_to)})
            except Unopenable:
                self.unopened.add(Unopened(table.name, row.number))
        _SEALED_ANEW[place.name].run(connection, changes)
        return len(changes), len(rows) - len(changes)

    def _anew(self, place: Place, sealed: bytes, bound_to: str | bytes) -> bytes:
        aad = bound_to.encode() if isinstance(bound_to, str) else bound_to
        return self._keyring.seal(place.name, self._keyring.open(place.name, sealed, aad), aad)


def _patient(work: Callable[[], T]) -> T:
    """Do it again while the database is away or locked, some seconds; then it is away."""
    for _ in range(_TRIES - 1):
        try:
            return work()
        except (DBAPIError, StoreAway) as error:
            if not is_away(error):
                raise
            time.sleep(1.0)
    return work()
