"""Flow revisions: immutable, named by the hash of their content, one current for each name."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from store.database import insert_new
from store.tables import flow_current, flow_revisions


def keep(connection: sa.Connection, name: str, revision: str, source: Mapping[str, str], now: int) -> bool:
    """Keep a revision; True if it was not there yet. A kept revision is never changed."""
    row: dict[str, Any] = {"revision": revision, "name": name, "source": dict(source), "created_at": now}
    return bool(insert_new(connection, flow_revisions, [row], ["revision"], flow_revisions.c.revision))


def make_current(connection: sa.Connection, name: str, revision: str) -> None:
    """Let new conversations start on this revision; running ones stay on theirs."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(flow_current)
    connection.execute(
        new.on_conflict_do_update(index_elements=["name"], set_={"revision": new.excluded.revision}), {"name": name, "revision": revision}
    )


def current(connection: sa.Connection) -> dict[str, str]:
    """The current revision of each flow, by name."""
    return {row.name: row.revision for row in connection.execute(sa.select(flow_current.c.name, flow_current.c.revision))}


def sources(connection: sa.Connection, known: Collection[str] = ()) -> dict[str, dict[str, str]]:
    """The files of every kept revision that is not in `known`, by revision."""
    columns = (flow_revisions.c.revision, flow_revisions.c.source)
    return {row.revision: row.source for row in connection.execute(sa.select(*columns)) if row.revision not in known}


def revisions(connection: sa.Connection, name: str) -> list[tuple[str, int]]:
    """The revisions of a flow and when each was kept, newest first."""
    found = connection.execute(
        sa.select(flow_revisions.c.revision, flow_revisions.c.created_at)
        .where(flow_revisions.c.name == name)
        .order_by(flow_revisions.c.created_at.desc(), flow_revisions.c.revision)
    )
    return [(row.revision, row.created_at) for row in found]
