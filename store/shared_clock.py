"""One time for all processes on one PostgreSQL: the database's, whatever the clocks of their machines say."""

import time

import sqlalchemy as sa

from store.database import Database

_TOLD = sa.text("SELECT extract(epoch FROM clock_timestamp()) * 1000")
_MILLION = 1_000_000  # nanoseconds in a millisecond


class SharedClock:
    """Milliseconds since 1970, UTC, as the database tells them; until it was asked, and while it is away, as they went on from before.

    Leases, dates and timers are compared between processes. A machine whose clock is wrong, or set anew, would otherwise take work out of
    others' hands, or put it off for as long as it is ahead. On SQLite there is one process, and its machine's clock serves.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_shared = database.kind == "postgresql"
        self._ahead = time.time_ns() - time.monotonic_ns()

    def __call__(self) -> int:
        """The time now."""
        if not self._is_shared:
            return time.time_ns() // _MILLION
        return (time.monotonic_ns() + self._ahead) // _MILLION

    def look(self) -> None:
        """Ask the database for the time; half of the way there and back is taken off. Raises StoreAway while it is away."""
        if not self._is_shared:
            return
        with self._database.read() as connection:
            before = time.monotonic_ns()
            told = int(connection.execute(_TOLD).scalar_one() * _MILLION)
            after = time.monotonic_ns()
        self._ahead = told - (before + after) // 2
