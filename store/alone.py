"""Work that only one of all processes may do at a time, for as long as that process lives."""

import psycopg

from store.database import Database

# PostgreSQL's advisory locks have numbers and no names; the first of the two says that they are ours.
_OURS = 0x57_45_45_52
WORK = {"telegram": 1}


class Alone:
    """A claim on one piece of work. On PostgreSQL it is a lock of a connection that is kept open: a killed process loses it at once.

    On SQLite there is one process, which always has it.
    """

    def __init__(self, database: Database, work: str) -> None:
        self._address = database.address
        self._needed = database.kind == "postgresql"
        self._lock = (_OURS, WORK[work])
        self._held: psycopg.Connection | None = None

    def is_mine(self) -> bool:
        """Whether the work is this process's now; takes it when nobody has it. False also while the database is away."""
        if not self._needed:
            return True
        try:
            return self._still_held() or self._taken()
        except psycopg.Error:
            self.let_go()
            return False

    def _still_held(self) -> bool:
        if self._held is None:
            return False
        self._held.execute("SELECT 1")
        return True

    def _taken(self) -> bool:
        connection = psycopg.connect(self._address, autocommit=True)
        self._held = connection
        row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", self._lock).fetchone()
        if row is None or not row[0]:
            self.let_go()
            return False
        return True

    def let_go(self) -> None:
        """Give the work up to whoever asks next."""
        if self._held is not None:
            self._held.close()
            self._held = None
