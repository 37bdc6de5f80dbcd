"""The real service under load: `weerklank serve` (and `work` on PostgreSQL) as processes, and what a message costs them."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench import town
from store.database import Database, open_database
from store.standing import standing
from store.tables import cases, inbox, outbox
from tests.campaigns.postgres import Postgres
from tests.doubles.twilio import TwilioDouble
from tests.processes import Installation

_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: answers a second, replies a second until all lie in the outbox, milliseconds, and CPU microseconds a message."""

    connections: int
    messages: int
    answers_a_second: float
    replies_a_second: float
    p50: float
    p99: float
    slowest: float
    reply_p50: float
    reply_p99: float
    cpu: float
    load_cpu: float
    statuses: dict[str, int]

    def __str__(self) -> str:
        http = f"{self.answers_a_second:7.0f} answers/s  p50 {self.p50:6.1f}  p99 {self.p99:6.1f} ms"
        whole = f"{self.replies_a_second:7.0f} replies/s  p50 {self.reply_p50:6.1f}  p99 {self.reply_p99:6.1f} ms"
        return f"{self.connections:5d} connections {http} | {whole} | {self.cpu:5.0f} us CPU a message (load generator {self.load_cpu:.0f})"


def cpu_seconds(pid: int, *, with_ended: bool = False) -> float:
    """The CPU time a process has used so far, with that of its children that ended where it is wanted."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if with_ended else 13])) / _TICKS


def server_cpu_seconds(postgres: Postgres) -> float:
    """The CPU time a PostgreSQL has used so far. Its processes come and go: what one used that has ended stands with its parent."""
    while True:
        server, *children = postgres.processes()
        try:
            return cpu_seconds(server, with_ended=True) + sum(map(cpu_seconds, children))
        except FileNotFoundError:  # one ended between our two looks: it is counted with its parent in the next
            continue


def post(port: int, connections: int, posts: list[list[bytes]]) -> dict[str, Any]:
    """Let the load generator post; returns its findings."""
    with tempfile.TemporaryDirectory() as folder:
        path = town.write_requests(Path(folder) / "requests", posts)
        words = ["-m", "bench.load", "--port", str(port), "--connections", str(connections), "--requests", str(path)]
        done = subprocess.run([sys.executable, *words], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def service(url: str, folder: Path, codes: int, *, carrier_seconds: float, works: int = 1) -> Iterator["Service"]:
    """A whole service on a laid database, on PostgreSQL with so many `work`. The carrier answers each send after `carrier_seconds`.

    It takes 48 at a time from each process, as a busy one does.
    """
    with TwilioDouble(delay=carrier_seconds) as twilio:
        house = Installation(folder, url, twilio_url=twilio.url, more={"CODES_AHEAD": "1", "LOG_LEVEL": "WARNING"}, works=works)
        house.lay()
        database = open_database(url)
        town.lay_codes(database, house.keyring(), codes)
        house.start()
        try:
            house.await_up()
            yield Service(house, database)
        finally:
            for name in house.names:
                house.kill(name)
            database.close()


class Service:
    """A running service and its database."""

    def __init__(self, house: Installation, database: Database) -> None:
        self.house = house
        self.database = database
        self._next = 1

    def measure(self, connections: int, count: int, says: tuple[str, ...] = town.FIRST_TALK) -> Measured:
        """Post the talks of `count` new workers and wait until every reply lies in the outbox."""
        posts = town.workers(self._next, count, says)
        self._next += count
        after_inbox, after_outbox = self._last(inbox), self._last(outbox)
        cpu = self._cpu()
        found = post(self.house.port, connections, posts)
        ended = self._await_replies(found["ended"])
        used = self._cpu() - cpu
        messages = count * len(says)
        waits = self._waits(after_inbox, after_outbox)
        return Measured(
            connections=connections,
            messages=messages,
            answers_a_second=messages / (found["ended"] - found["began"]),
            replies_a_second=messages / (ended - found["began"]),
            p50=found["p50_ms"],
            p99=found["p99_ms"],
            slowest=found["slowest_ms"],
            reply_p50=waits[len(waits) // 2],
            reply_p99=waits[len(waits) * 99 // 100],
            cpu=1e6 * used / messages,
            load_cpu=1e6 * found["cpu"] / messages,
            statuses=found["statuses"],
        )

    def _cpu(self) -> float:
        return sum(cpu_seconds(process.pid) for process in self.house.processes.values())

    def _last(self, table: sa.Table) -> int:
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))).scalar_one()

    def _await_replies(self, since: float) -> float:
        unhandled = sa.select(sa.exists().where(standing(inbox, "new")))
        while True:
            with self.database.read() as connection:
                waiting = connection.execute(unhandled).scalar_one()
            now = time.time()
            if not waiting:
                return now
            if now - since > _PATIENCE:
                raise TimeoutError(f"replies do not come:\n{self.house.logs()[-3000:]}")
            time.sleep(0.01)

    def _waits(self, after_inbox: int, after_outbox: int) -> list[float]:
        """Milliseconds between each message's being kept and its reply's being made, sorted: the n-th of a worker answers the n-th."""
        kept = sa.select(inbox.c.worker_id, inbox.c.received_at).where(inbox.c.id > after_inbox).order_by(inbox.c.id)
        said = sa.select(outbox.c.worker_id, outbox.c.created_at).where(outbox.c.id > after_outbox).order_by(outbox.c.id)
        with self.database.read() as connection:
            came, left = list(connection.execute(kept)), list(connection.execute(said))
        answers: dict[str, list[int]] = {}
        for worker_id, at in left:
            answers.setdefault(worker_id, []).append(at)
        waits: list[float] = []
        for worker_id, at in came:
            waits.append(float(answers[worker_id].pop(0) - at))
        return sorted(waits)

    def counts(self) -> dict[str, int]:
        """How much the database holds."""
        tables = {"inbox": inbox, "cases": cases, "outbox": outbox}
        with self.database.read() as connection:
            return {name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for name, table in tables.items()}
