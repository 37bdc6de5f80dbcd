"""Tells whether a connection pooler stands between us and PostgreSQL that gives a session only for a transaction.

Our processes hold sessions: they LISTEN for the doorbell, keep advisory locks for work that one process does alone, and prepare statements.
Behind such a pooler (pgbouncer's `pool_mode = transaction` or `statement`) these end at every commit, and nobody would notice at once.
"""

import psycopg

from store.database import Database, StoreAway

_WHO = "SELECT pg_backend_pid()"


def shares_sessions(database: Database) -> bool:
    """Whether two of our connections were given one session of the server. Raises StoreAway while it cannot be reached.

    A pooler of that kind hands the session that was used last to whoever comes next, or takes no transactions at all. A server never does,
    nor a pooler that keeps sessions apart.
    """
    if database.kind != "postgresql":
        return False
    address = database.address
    try:
        with psycopg.connect(address, autocommit=True) as one, psycopg.connect(address) as other:
            before = _session(one)
            return _session(other) == before or _session(one) != before
    except psycopg.errors.ProtocolViolation:
        return True
    except psycopg.OperationalError as error:
        raise StoreAway("the database cannot be reached") from error


def _session(connection: psycopg.Connection) -> int:
    row = connection.execute(_WHO).fetchone()
    return 0 if row is None else int(row[0])
