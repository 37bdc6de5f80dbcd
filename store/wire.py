"""Ends connections to PostgreSQL on which no answer will come: the wire went silent, or something stands in the server's place.

The kernel gives a silent wire up after some fifteen seconds (PATIENCE). Where a proxy or a firewall goes on confirming what we send, it has
nothing to give up, and a statement would be waited for without end. A long statement is no such thing: the server itself is asked.
"""

import socket
import threading
import time
import weakref
from typing import Any, Final, TypeVar

import psycopg
from psycopg.abc import PQGen

SUSPECT_AFTER: Final = 4.0
"""Seconds that a statement may take before the server is asked whether it is still at it."""
_LOOK_EVERY: Final = 1.0
_ASKING: Final = 4.0
"""Seconds for that question; whoever does not answer it is away."""
_AT_IT = "SELECT pid FROM pg_stat_activity WHERE pid = ANY(%s) AND state = 'active' AND wait_event IS DISTINCT FROM 'ClientWrite'"
_INTERVAL: Final = 0.1
"""Seconds after which psycopg looks up from a wait."""
_SERVERS_PATIENCE: Final = """
SET idle_in_transaction_session_timeout = '60s'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 3;
SET tcp_keepalives_count = 3; SET tcp_user_timeout = 15000
"""
"""What the server does about us: a transaction of which it hears no more would hold its workers' rows for two hours."""
T = TypeVar("T")


class Waiting(psycopg.Connection[Any]):
    """A connection that tells since when (monotonic seconds) it waits for its server; None while it does not."""

    since: float | None = None

    def wait(self, gen: PQGen[T], interval: float = _INTERVAL, timeout: float | None = None) -> T:
        """Wait for the server, and let it be known unless the wait has an end of its own."""
        self.since = time.monotonic() if timeout is None else None
        try:
            return super().wait(gen, interval, timeout)
        finally:
            self.since = None


class AsyncWaiting(psycopg.AsyncConnection[Any]):
    """The same for the engine that runs tasks."""

    since: float | None = None

    async def wait(self, gen: PQGen[T], interval: float = _INTERVAL, timeout: float | None = None) -> T:  # noqa: ASYNC109 - psycopg's own form
        """Wait for the server, and let it be known unless the wait has an end of its own."""
        self.since = time.monotonic() if timeout is None else None
        try:
            return await super().wait(gen, interval, timeout)
        finally:
            self.since = None


class _Hurried(psycopg.Connection[Any]):
    """A connection on which nothing may take longer than `_ASKING`."""

    def wait(self, gen: PQGen[T], interval: float = _INTERVAL, timeout: float | None = _ASKING) -> T:
        """Wait for the server, but not for long. Raises psycopg's own exception for that."""
        return super().wait(gen, interval, timeout)


class WireWatch:
    """Looks after the connections that are made through it, in a thread that lives while there are any."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connections: weakref.WeakSet[Waiting | AsyncWaiting] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._looking = False

    def connect(self, *arguments: Any, **options: Any) -> Waiting:
        """Open a connection that is looked after. Raises psycopg.OperationalError."""
        made = Waiting.connect(*arguments, **options)
        made.execute(_SERVERS_PATIENCE)
        made.commit()
        self._look_after(made)
        return made

    async def take(self, made: AsyncWaiting) -> None:
        """Look after a connection that an engine's pool made."""
        self._look_after(made)

    def _look_after(self, made: Waiting | AsyncWaiting) -> None:
        with self._lock:
            self._connections.add(made)
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._look, name="wire", daemon=True).start()

    def _look(self) -> None:
        while self._open():
            time.sleep(_LOOK_EVERY)
            suspects = [each for each in self._open() if _suspected(each)]
            if suspects:
                at_it = self._at_it([each.info.backend_pid for each in suspects])
                for each in suspects:
                    # What came to its end while the server was asked is left alone, and what began since is not yet suspected.
                    if each.info.backend_pid not in at_it and _suspected(each):
                        _break_off(each)

    def _open(self) -> list[Waiting | AsyncWaiting]:
        with self._lock:
            found = [each for each in self._connections if not each.closed]
            self._looking = bool(found)
            return found

    def _at_it(self, pids: list[int]) -> set[int]:
        """Which of these the server works on; none when it does not answer."""
        try:
            with _Hurried.connect(self._address, autocommit=True) as asking:
                return {int(row[0]) for row in asking.execute(_AT_IT, (pids,))}
        except psycopg.Error:
            return set()


def _break_off(connection: Waiting | AsyncWaiting) -> None:
    """Let whoever waits hear that the connection is lost."""
    with socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as wire:
        wire.shutdown(socket.SHUT_RDWR)


def _suspected(connection: Waiting | AsyncWaiting) -> bool:
    """Whether a statement is under way for long. Who only listens for rings waits for nothing that must come."""
    since = connection.since
    at_it = connection.info.transaction_status == psycopg.pq.TransactionStatus.ACTIVE
    return at_it and since is not None and time.monotonic() - since > SUSPECT_AFTER
