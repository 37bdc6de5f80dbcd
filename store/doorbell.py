"""The doorbell: processes on one PostgreSQL tell each other that work came. A lost ring costs time, never a message."""

from collections.abc import Callable

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from store.database import Database

WORDS = "weerklank_words"
ANSWERS = "weerklank_answers"
_RINGS = {name: sa.text(f"NOTIFY {name}") for name in (WORDS, ANSWERS)}


def ring(connection: sa.Connection, bell: str) -> None:
    """Ring when this transaction commits. On SQLite there is one process, which rings itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(_RINGS[bell])


def listen(database: Database, heard: Callable[[str], None], stopped: Callable[[], bool]) -> None:
    """Call `heard` for every ring until `stopped`; returns when the database goes away, so that the caller can try again."""
    try:
        with database.reading.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in _RINGS:
                connection.exec_driver_sql(f"LISTEN {name}")
            driver = connection.connection.driver_connection
            if not isinstance(driver, psycopg.Connection):
                return
            while not stopped():
                for notice in driver.notifies(timeout=1.0, stop_after=1):
                    heard(notice.channel)
    except (OperationalError, psycopg.OperationalError):
        return
