"""Flow revisions: immutable and named by the hash of their content; which one is in force is an append-only list of publications."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from store.database import insert_new
from store.tables import flow_publications, flow_revisions, programmes

_REVISIONS_AT_ONCE = 200


class Overtaken(Exception):
    """Somebody else published at the same moment, this flow or another one; nothing was written."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept revision without its files: whether it came with a version of ours, and when (ms)."""

    revision: str
    shipped: bool
    created_at: int


@dataclass(frozen=True, slots=True)
class Publication:
    """From `at` (ms) on a revision is in force, until a later `number` of the same name.

    `officer_id` None: it came with a version of ours. `moves` leads those who stood at an old node to a new one; `transcripts` are the
    talks that were run before (file name to text).
    """

    name: str
    number: int
    revision: str
    at: int
    officer_id: str | None = None
    why: str = ""
    moves: Mapping[str, str] = field(default_factory=dict[str, str])
    transcripts: Mapping[str, str] = field(default_factory=dict[str, str])


def keep(connection: sa.Connection, row: Kept, name: str, source: Mapping[str, str]) -> bool:
    """Keep a revision; True if it was not there yet. The files of a kept revision are never changed."""
    values: dict[str, Any] = {
        "revision": row.revision,
        "name": name,
        "source": dict(source),
        "shipped": row.shipped,
        "created_at": row.created_at,
    }
    return bool(insert_new(connection, flow_revisions, [values], ["revision"], flow_revisions.c.revision))


def ship(connection: sa.Connection, row: Kept, name: str, source: Mapping[str, str]) -> bool:
    """Keep a revision that comes with this version of ours; True if the one that was shipped last is another, or there is none.

    One that is kept already counts as shipped at `created_at` (ms) from now on; its files stay as they are.
    """
    last = next((each.revision for each in revisions(connection, name) if each.shipped), None)
    if last == row.revision:
        return False
    if not keep(connection, row, name, source):
        again = sa.update(flow_revisions).where(flow_revisions.c.revision == row.revision)
        connection.execute(again.values(shipped=True, created_at=row.created_at))
    return True


def one_at_a_time(connection: sa.Connection) -> None:
    """Let nobody else publish anything until this transaction has ended. To be asked for before it writes anything; readers go on."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time, whatever they write
        connection.execute(sa.text("LOCK TABLE flow_publications IN SHARE ROW EXCLUSIVE MODE"))


def publish(connection: sa.Connection, publication: Publication) -> None:
    """Put a revision in force: new conversations start on it, running ones stay on theirs. Raises Overtaken when its number is taken."""
    row = {
        "name": publication.name,
        "number": publication.number,
        "revision": publication.revision,
        "at": publication.at,
        "officer_id": publication.officer_id,
        "why": publication.why,
        "moves": dict(publication.moves),
        "transcripts": dict(publication.transcripts),
    }
    if not insert_new(connection, flow_publications, [row], ["name", "number"], flow_publications.c.number):
        raise Overtaken


_FILES = sa.select(flow_revisions.c.revision, flow_revisions.c.source)
_FIELDS = tuple(flow_publications.c[name] for name in Publication.__dataclass_fields__)
_NEWEST = sa.select(flow_publications.c.name, sa.func.max(flow_publications.c.number).label("number")).group_by(flow_publications.c.name)


def in_force(connection: sa.Connection) -> dict[str, Publication]:
    """The publication in force of each flow, by name."""
    newest = _NEWEST.subquery()
    both = (flow_publications.c.name == newest.c.name) & (flow_publications.c.number == newest.c.number)
    return {row.name: Publication(*row) for row in connection.execute(sa.select(*_FIELDS).join(newest, both))}


def current(connection: sa.Connection) -> dict[str, str]:
    """The revision in force of each flow, by name."""
    return {name: publication.revision for name, publication in in_force(connection).items()}


def publications(connection: sa.Connection, name: str) -> list[Publication]:
    """Everything that was ever in force under a name, newest first."""
    wanted = sa.select(*_FIELDS).where(flow_publications.c.name == name).order_by(flow_publications.c.number.desc())
    return [Publication(*row) for row in connection.execute(wanted)]


_STAMP = sa.select(
    sa.select(sa.func.count()).select_from(flow_publications).scalar_subquery(),
    sa.select(sa.func.count()).select_from(programmes).scalar_subquery(),
)


def stamp(connection: sa.Connection) -> tuple[int, int]:
    """What changes with every publication and every programme: two counts of lists that only grow.

    Counts and not the highest ids: of two transactions, the one with the lower id may commit last.
    """
    row = connection.execute(_STAMP).one()
    return row[0], row[1]


def sources(connection: sa.Connection, revisions: Collection[str]) -> dict[str, dict[str, str]]:
    """The files of these revisions, by revision; one that is not kept is missing."""
    wanted = sorted(revisions)
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(wanted), _REVISIONS_AT_ONCE):
        some = flow_revisions.c.revision.in_(wanted[start : start + _REVISIONS_AT_ONCE])
        found |= {row.revision: row.source for row in connection.execute(_FILES.where(some))}
    return found


def revisions(connection: sa.Connection, name: str) -> list[Kept]:
    """The revisions of a flow, newest first."""
    columns = (flow_revisions.c.revision, flow_revisions.c.shipped, flow_revisions.c.created_at)
    newest_first = (flow_revisions.c.created_at.desc(), flow_revisions.c.revision)
    found = connection.execute(sa.select(*columns).where(flow_revisions.c.name == name).order_by(*newest_first))
    return [Kept(*row) for row in found]
