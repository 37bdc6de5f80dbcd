"""One statement for many rows: compiled once, each row handed to the driver as it is.

SQLAlchemy looks at every value of every row again at each call, which costs more than SQLite needs to write it. On the hot path the rows
are ours and their types are known; only JSON is still to be written (docs/explanation/performance.md).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as its driver takes it: by place (SQLite) or by name (PostgreSQL), and which values are written as JSON."""

    text: str
    names: tuple[str, ...]
    values: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    in_json: frozenset[str]
    by_place: bool


class Many:
    """A statement with bound names, at least two, and no fixed values; every row must hold every name, and may hold more.

    A bound name may not be a column's own in an UPDATE, so it may have a `prefix` that the rows' names have not.
    """

    def __init__(self, on_sqlite: sa.Executable, on_postgresql: sa.Executable | None = None, *, prefix: str = "") -> None:
        self._prefix = prefix
        self._statements: dict[str, Any] = {"sqlite": on_sqlite, "postgresql": on_postgresql if on_postgresql is not None else on_sqlite}
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for all rows; nothing happens for none."""
        if not rows:
            return
        to = self._for(connection.dialect)
        plain = [{**row, **{name: orjson.dumps(row[name]).decode() for name in to.in_json}} for row in rows] if to.in_json else rows
        values = [to.values(row) for row in plain]
        connection.exec_driver_sql(to.text, values if to.by_place else [dict(zip(to.names, each, strict=True)) for each in values])

    def _for(self, dialect: sa.Dialect) -> _Compiled:
        known = self._compiled.get(dialect.name)
        if known is None:
            made = self._statements[dialect.name].compile(dialect=dialect)
            names = tuple(made.positiontup or made.binds)
            if any(not bind.required for bind in made.binds.values()):
                raise ValueError("a statement for many rows may hold no value of its own")
            keys = [name.removeprefix(self._prefix) for name in names]
            in_json = frozenset(key for key, name in zip(keys, names, strict=True) if isinstance(made.binds[name].type, sa.JSON))
            known = self._compiled[dialect.name] = _Compiled(str(made), names, itemgetter(*keys), in_json, made.positiontup is not None)
        return known


def insert(table: sa.Table, names: Sequence[str]) -> Many:
    """An INSERT of these columns."""
    return Many(sa.insert(table).values({name: sa.bindparam(name, type_=table.c[name].type) for name in names}))


def insert_or_change(table: sa.Table, names: Sequence[str], unique: Sequence[str], changed: Sequence[str]) -> Many:
    """An INSERT that, where a row with the same `unique` columns is there, takes over its `changed` columns."""
    made: list[sa.Executable] = []
    for dialect in (sqlite, postgresql):
        new = dialect.insert(table).values({name: sa.bindparam(name, type_=table.c[name].type) for name in names})
        made.append(new.on_conflict_do_update(index_elements=unique, set_={name: new.excluded[name] for name in changed}))
    return Many(*made)


def insert_unless_there(table: sa.Table, names: Sequence[str], unique: Sequence[str]) -> Many:
    """An INSERT that leaves out a row whose `unique` columns are there already. It does not say which: see store.database.insert_new."""
    made: list[sa.Executable] = []
    for dialect in (sqlite, postgresql):
        new = dialect.insert(table).values({name: sa.bindparam(name, type_=table.c[name].type) for name in names})
        made.append(new.on_conflict_do_nothing(index_elements=unique))
    return Many(*made)
