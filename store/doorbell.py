"""The doorbell: processes on one PostgreSQL tell each other that work came. A lost ring costs time, never a message."""

import time
from collections.abc import Callable

import psycopg
import sqlalchemy as sa

from store.database import Database
from store.wire import WireWatch

WORDS = "weerklank_words"
ANSWERS = "weerklank_answers"
_LISTEN = (f"LISTEN {WORDS}", f"LISTEN {ANSWERS}")
_LOOK_UP_EVERY = 0.25
_ASK_EVERY = 5.0
_RINGS = {name: sa.text(f"NOTIFY {name}") for name in (WORDS, ANSWERS)}


def ring(connection: sa.Connection, bell: str) -> None:
    """Ring when this transaction commits. On SQLite there is one process, which rings itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(_RINGS[bell])


def listen(database: Database, heard: Callable[[str], None], stopped: Callable[[], bool]) -> None:
    """Call `heard` for every ring until `stopped`; returns when the database goes away, so that the caller can try again."""
    address = database.address
    try:
        with WireWatch(address).connect(address, autocommit=True) as connection:
            for statement in _LISTEN:
                connection.execute(statement)
            asked = time.monotonic()
            while not stopped():
                # Who only listens would never hear that the wire went silent.
                if time.monotonic() - asked > _ASK_EVERY:
                    connection.execute("SELECT 1")
                    asked = time.monotonic()
                for notice in connection.notifies(timeout=_LOOK_UP_EVERY, stop_after=1):
                    heard(notice.channel)
    except psycopg.OperationalError:
        return
