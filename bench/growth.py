"""What a message and a page cost when the database is full, against the same when it is empty, in one run.

`python -m bench.growth --cases 1000000` fills a PostgreSQL with so many cases and ten times as many messages (bench/full_town.py), with
nothing pruned; `--database sqlite` does it on SQLite. Then:
* the same talks of new workers on the empty and on the full database: replies a second, the carrier's 99th percentile, CPU a message;
* an officer's pages on a desk with seven cases in ten of them, over HTTP: the queue, its filters and pages, search by reference, a case;
* `weerklank db upgrade` builds the indexes of a revision on the full tables while carriers post: how long anybody waited;
* `weerklank retention run` takes away what is old while carriers post, for a minute and a half: how many rows a second.
"""

import argparse
import http.client
import importlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api import sessions
from bench import full_town
from bench.service import Measured, Service, server_cpu_seconds, service
from bench.webhook import CARRIER_SECONDS, machine
from bot import clock
from store import migrate
from store.database import Database
from store.tables import cases, inbox, outbox
from tests.campaigns.kill import lay_tables
from tests.campaigns.postgres import Postgres
from tests.databases import Databases
from tests.processes import COMMAND

_CONNECTIONS = 64
_CODES = 20_000
_TIMES = 40
_AIM_MS = 100.0
_LONGEST = 90.0
"""Seconds that a command is watched beside traffic: what a year left takes longer to go."""
_BEFORE = "0009"
_INDEXES = importlib.import_module("store.migrations.versions.0008_what_grows").BESIDE_TRAFFIC
_READER = "jeroen"
_OPTIONS = ("jit=off", "shared_buffers=1GB", "max_wal_size=4GB", "maintenance_work_mem=256MB")
_PAGES = {
    "the queue": "/api/v1/cases",
    "the queue, late": "/api/v1/cases?due=late",
    "one site": "/api/v1/cases?site=nodirpar-sewing",
    "the gravest": "/api/v1/cases?severity=5",
    "to be translated": "/api/v1/cases?needs=translation",
    "closed": "/api/v1/cases?status=closed",
    "all": "/api/v1/cases?status=all",
    "closed, not known site": "/api/v1/cases?status=closed&site=unknown",
    "search: a whole reference": "/api/v1/cases?status=all&q={reference}",
    "search: its second half": "/api/v1/cases?status=all&q={half}",
    "search: two letters": "/api/v1/cases?status=all&q={two}",
    "search: a site's name": "/api/v1/cases?status=all&q=sewing",
    "a case": "/api/v1/cases/{reference}",
}


def _lose_indexes(database: Database) -> None:
    """Leave the work of an upgrade behind: revision 0010, and on PostgreSQL every index that is built beside traffic."""
    migrate.downgrade(database, _BEFORE)
    if database.kind == "postgresql":
        with database.write() as connection:
            for name in _INDEXES:
                connection.exec_driver_sql(f"DROP INDEX {name}")


class _Reader:
    """An officer's program at the REST API."""

    def __init__(self, of: Service) -> None:
        wanted = frozenset({"cases:read", "cases:write"})
        with of.database.write() as connection:
            new = sessions.NewToken(_READER, "bench", wanted, clock.now() + clock.DAY)
            token = sessions.make_token(connection, of.house.keyring(), new, clock.now())
        self._headers = {"authorization": f"Bearer {token}"}
        self._line = http.client.HTTPConnection("127.0.0.1", of.house.port)

    def get(self, address: str) -> tuple[float, bytes]:
        """Milliseconds until an answer was read, and the answer. Raises RuntimeError for one that is not 200."""
        began = time.perf_counter()
        self._line.request("GET", address, headers=self._headers)
        reply = self._line.getresponse()
        body = reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{address} was answered {reply.status}")
        return 1000 * (time.perf_counter() - began), body


def _references(of: Service) -> list[str]:
    some = sa.select(cases.c.reference).where(cases.c.company_id == "halmstra").order_by(cases.c.id.desc()).limit(_TIMES)
    with of.database.read() as connection:
        return list(connection.execute(some).scalars())


def pages(of: Service) -> list[tuple[str, float, float]]:
    """Each page, with the milliseconds of half of all requests and of the slowest."""
    reader, references = _Reader(of), _references(of)
    found: list[tuple[str, float, float]] = []
    for name, address in _PAGES.items():
        taken: list[float] = []
        for number in range(_TIMES):
            reference = references[number % len(references)]
            taken.append(reader.get(address.format(reference=reference, half=reference[-4:], two=reference[-4:-2]))[0])
        found.append((name, statistics.median(taken), max(taken)))
    return found


@contextmanager
def _postgresql(base: Path) -> Iterator[tuple[str, Postgres | None]]:
    postgres = Postgres(base / "postgres", _OPTIONS)
    postgres.start()
    try:
        lay_tables(postgres.url)
        yield postgres.url, postgres
    finally:
        postgres.stop()


@contextmanager
def _sqlite(base: Path) -> Iterator[tuple[str, Postgres | None]]:
    databases = Databases(base, lay_tables)
    with databases.fresh("sqlite", base) as url:
        yield url, None
    databases.close()


class Run:
    """One run on one database."""

    def __init__(self, base: Path, of: Service, postgres: Postgres | None) -> None:
        self._base, self._of, self._postgres = base, of, postgres

    def messages(self, talks: int) -> tuple[Measured, float]:
        """Talks of new workers; what was measured, and the microseconds of PostgreSQL's CPU a message."""
        before = self._cpu()
        found = self._of.measure(_CONNECTIONS, talks)
        return found, 1e6 * (self._cpu() - before) / found.messages

    def _cpu(self) -> float:
        return server_cpu_seconds(self._postgres) if self._postgres is not None else 0.0

    def beside(self, *words: str) -> tuple[float, Measured, int]:
        """A command while carriers post, ended after `_LONGEST` at the latest: its seconds, the measure with the slowest post, and how many
        posts were not answered 200. Raises RuntimeError if the command failed."""
        began = time.monotonic()
        command = subprocess.Popen([COMMAND, *words], env=self._of.house.environment, cwd=self._base, stdout=subprocess.DEVNULL)
        measured: list[Measured] = []
        while command.poll() is None and time.monotonic() - began < _LONGEST:
            measured.append(self._of.measure(8, 60))
        seconds = time.monotonic() - began
        if command.poll() is None:
            command.terminate()
        elif command.returncode:
            raise RuntimeError(f"`weerklank {' '.join(words)}` ended with {command.returncode}")
        command.wait()
        refused = sum(count for found in measured for status, count in found.statuses.items() if str(status) != "200")
        return seconds, max(measured, key=lambda found: found.slowest), refused

    def rows_that_ended(self) -> int:
        """How many rows of messages there are that retention may take away."""
        kinds = (inbox.c.id, outbox.c.id)
        with self._of.database.read() as connection:
            return sum(connection.execute(sa.select(sa.func.count(each))).scalar_one() for each in kinds)


def _says(name: str, found: Measured, postgres_cpu: float, empty: float) -> str:
    times = (found.cpu + postgres_cpu) / empty
    return (
        f"| {name} | {found.answers_a_second:.0f} | {found.p50:.0f} / {found.p99:.0f} | {found.replies_a_second:.0f} | {found.cpu:.0f} | "
        f"{postgres_cpu:.0f} | {times:.2f} |"
    )


def main() -> int:
    """Measure and print; 1 if a page took longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--talks", type=int, default=600, help="whole first talks of new workers in each row")
    parser.add_argument("--folder", type=Path, help="where the database lies; default: the system's own")
    chosen = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(dir=chosen.folder) as scratch:
        base = Path(scratch)
        base.chmod(0o755)
        laid = _postgresql if chosen.database == "postgresql" else _sqlite
        with laid(base) as (url, postgres), service(url, base / "house", _CODES, carrier_seconds=CARRIER_SECONDS) as ours:
            return _measure(Run(base, ours, postgres), ours, chosen)


def _measure(run: Run, ours: Service, chosen: Any) -> int:
    ours.measure(8, 40)
    empty, cpu = run.messages(chosen.talks)
    before = empty.cpu + cpu
    print("| database | answers/s | p50 / p99 ms | replies/s | CPU µs | PostgreSQL's | both × empty |\n|---|---|---|---|---|---|---|")
    print(_says("empty", empty, cpu, before), flush=True)
    began = time.monotonic()
    for name in ours.house.names:
        ours.house.kill(name)  # its indexes are away meanwhile: what is claimed then would look through millions of rows for each message
    full_town.fill(ours.database, chosen.cases, clock.now())
    ours.house.start()
    ours.house.await_up()
    filled = time.monotonic() - began
    ours.measure(8, 40)
    full, cpu = run.messages(chosen.talks)
    print(_says(f"{chosen.cases:,} cases, {chosen.cases * full_town.PER_CASE:,} messages", full, cpu, before))
    print(f"(filled in {filled:.0f} s)\n\n| page | half of all, ms | slowest of {_TIMES}, ms |\n|---|---|---|", flush=True)
    found = pages(ours)
    for name, half, slowest in found:
        print(f"| {name} | {half:.0f} | {slowest:.0f} |")
    _lose_indexes(ours.database)
    seconds, beside, refused = run.beside("db", "upgrade")
    print(f"`weerklank db upgrade`: {seconds:.0f} s; the slowest post beside it {beside.slowest:.0f} ms, {refused} refused", flush=True)
    rows = run.rows_that_ended()
    seconds, beside, refused = run.beside("retention", "run")
    gone = (rows - run.rows_that_ended()) / seconds
    print(f"`weerklank retention run`: {gone:.0f} rows a second; the slowest post beside it {beside.slowest:.0f} ms, {refused} refused")
    late = [name for name, half, _ in found if half > _AIM_MS]
    print("every page within 100 ms" if not late else f"longer than 100 ms: {', '.join(late)}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
