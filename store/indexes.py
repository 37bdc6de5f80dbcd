"""Indexes that are built beside the traffic: on a table of ten million rows that takes long, and nobody may wait for it.

PostgreSQL can do that only outside of a transaction. So a revision names such indexes (`BESIDE_TRAFFIC`), and they are built when its
transaction is over. Without them everything works, slowly; an attempt that was cut off leaves an invalid one, which the next takes away.
"""

import time
from collections.abc import Mapping

import sqlalchemy as sa

from store.database import Database

# One process at a time; whoever comes second finds them built. It asks again and again and does not wait inside a statement: the building
# waits for every statement that began before. PostgreSQL's advisory locks have numbers and no names.
_ONE_AT_A_TIME = sa.text("SELECT pg_try_advisory_lock(1464160594, 3)")
_LET_BUILD = 0.5
_NEXT = sa.text("SELECT pg_advisory_unlock(1464160594, 3)")
_VALID = sa.text(
    """SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relname = ANY(:names) AND relnamespace = current_schema()::regnamespace"""
)
_BY_EXPRESSIONS = sa.text(
    """SELECT DISTINCT CAST(CAST(indrelid AS regclass) AS text) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relname = ANY(:names) AND relnamespace = current_schema()::regnamespace AND indexprs IS NOT NULL"""
)


def missing(connection: sa.Connection, wanted: Mapping[str, str]) -> dict[str, bool]:
    """Those of these indexes that are not there, or not whole, each with whether there is something of it to take away."""
    found: dict[str, bool] = {row[0]: row[1] for row in connection.execute(_VALID, {"names": list(wanted)})}
    return {name: name in found for name in wanted if not found.get(name)}


def build(database: Database, wanted: Mapping[str, str]) -> None:
    """Build those that are missing, one after another; `wanted` gives each name what stands behind ON. Waits for who builds already."""
    with database.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.execute(_ONE_AT_A_TIME).scalar_one():
            time.sleep(_LET_BUILD)
        try:
            _build(connection, wanted)
        finally:
            connection.execute(_NEXT)


def _build(connection: sa.Connection, wanted: Mapping[str, str]) -> None:
    built = list[str]()
    for name, is_broken in missing(connection, wanted).items():
        if is_broken:
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY {name}")
        connection.exec_driver_sql(f"CREATE INDEX CONCURRENTLY {name} ON {wanted[name]}")
        built.append(name)
    # Of an expression the planner knows nothing before the next look at the table, and takes another way until then.
    for table in connection.execute(_BY_EXPRESSIONS, {"names": built}).scalars():
        connection.exec_driver_sql(f"ANALYZE {table}")
