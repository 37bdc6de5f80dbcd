"""Whether every sealed field opens: gone through beside the traffic, lot by lot, and told without a word of what is in them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from bot.sealed import NewerForm
from store.database import Database
from store.rotation import PLACES
from store.sealing import Keyring, Unopenable
from store.tables import marks
from weerklank.commands.sealed_columns import WALKS, Keys, Missing, Shut, Walk, Wrong

LOT: Final = 500
"""Rows that are read in one transaction, which is over before they are opened."""
NAMED: Final = 12
"""Rows of a column that are named; the others are counted."""
_MOST_KEYS = 32
_PROBED = 20
_SHUT = "does not open"
_UNPACKED = (LookupError, TypeError, ValueError)
_UNREAD = "opens, but this version cannot read what is in it"


@dataclass(slots=True)
class Lost:
    """What names one key that is not on the ring: how many rows of which column, and one of them."""

    rows: Counter[str] = field(default_factory=Counter[str])
    one: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Report:
    """What came of a check: how many fields opened, how many lie under a key that does not, and what is wrong."""

    opened: int = 0
    under_shut_keys: int = 0
    problems: int = 0
    lines: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class _Fault:
    """One field that is not as it should be; `head` where its envelope names a key that is not on the ring."""

    column: str
    row: str
    wrong: str
    head: bytes | None = None


def opens_anything(connection: sa.Connection, keyring: Keyring) -> bool:
    """Whether these keys open something of the database beside its mark: then a mark that does not open is damaged, not another's."""
    keys = Keys(keyring)
    for place in PLACES:
        if place.column.table is marks:
            continue
        some = sa.select(place.bound_to.label("bound_to"), place.column.label("sealed")).select_from(place.rows)
        for row in connection.execute(some.where(place.column.is_not(None), place.ours).limit(_PROBED)):
            try:
                keys.ring(place.name, row.sealed, row.bound_to)
            except (Missing, Unopenable):
                continue
            return True
    return False


def check(database: Database, keyring: Keyring) -> Report:
    """Open every sealed field once. Writes nothing. Raises StoreAway when the database cannot be reached."""
    return _Check(database, keyring).run()


class _Check:
    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring
        self._keys = Keys(keyring)
        self._report = Report()
        self._faults: dict[str, list[str]] = {}
        self._counted = Counter[str]()
        self._lost: dict[bytes, Lost] = {}

    def run(self) -> Report:
        for walk in WALKS:
            for fault in self._through(walk):
                self._take(fault)
        self._tell()
        return self._report

    def _through(self, walk: Walk) -> Iterator[_Fault]:
        """Go through a table; a row that looked wrong is read again, since it may have been changed or gone meanwhile."""
        after: tuple[Any, ...] | None = None
        while rows := self._read(walk.lot(after, most=LOT)):
            through = walk.place(rows[-1])
            looked = self._judged(walk, rows)
            if looked:
                again = self._judged(walk, self._read(walk.lot(after, through=through, most=LOT)), counted=False)
                yield from (fault for place, fault in again.items() if place in looked)
            after = through

    def _read(self, asked: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        with self._database.read() as connection:
            return connection.execute(asked).all()

    def _judged(self, walk: Walk, rows: Sequence[sa.Row[Any]], *, counted: bool = True) -> dict[tuple[Any, ...], _Fault]:
        """What is wrong in these rows, by column and place."""
        found: dict[tuple[Any, ...], _Fault] = {}
        opened = shut = 0
        for row in rows:
            for column, tried in walk.tried.items():
                try:
                    opened += tried(self._keys, row)
                except NewerForm:
                    opened += 1
                except Shut:
                    shut += 1
                except (Missing, Unopenable, Wrong, *_UNPACKED) as error:
                    found[column, *walk.place(row)] = _fault(column, walk.named(row), error)
        if counted:
            self._report.opened += opened
            self._report.under_shut_keys += shut
        return found

    def _take(self, fault: _Fault) -> None:
        if fault.head is not None and (fault.head in self._lost or len(self._lost) < _MOST_KEYS):
            lost = self._lost.setdefault(fault.head, Lost())
            lost.rows[fault.column] += 1
            lost.one = (fault.column, fault.row)
            return
        self._name(fault)

    def _name(self, fault: _Fault) -> None:
        named = self._faults.setdefault(fault.column, [])
        if len(named) < NAMED:
            named.append(f"{fault.column}, {fault.row}: {fault.wrong}")
        self._counted[fault.column] += 1
        self._report.problems += 1

    def _tell(self) -> None:
        """Put the report into lines: the keys that are missing first, then rows by column."""
        missing: list[Lost] = []
        for lost in self._lost.values():
            if lost.rows.total() > 1:
                missing.append(lost)
            else:
                # One row alone that names a key which nothing else names was rather damaged there than sealed under it.
                self._name(_Fault(*lost.one, f"{_SHUT}: it was damaged, or sealed under a key that is not set"))
        for lost in sorted(missing, key=lambda each: -each.rows.total()):
            where = ", ".join(f"{count:,} in {column}" for column, count in lost.rows.items())
            self._report.lines.append(
                f"a key is missing from WEERKLANK_SEALING_KEYS: rows are sealed under one that is not set ({where}); "
                "put the key that was taken away back, behind the others"
            )
            self._report.problems += 1
        for column, named in self._faults.items():
            self._report.lines += named
            if self._counted[column] > len(named):
                self._report.lines.append(f"{column}: and {self._counted[column] - len(named):,} rows more")


def _fault(column: str, row: str, error: Exception) -> _Fault:
    """Tell what is wrong with a field."""
    match error:
        case Missing():
            return _Fault(column, row, _SHUT, error.head)
        case Unopenable():
            return _Fault(column, row, _SHUT)
        case Wrong():
            return _Fault(column, row, str(error))
        case _:
            return _Fault(column, row, _UNREAD)
