"""Several workers on one PostgreSQL against the single process on SQLite, in one run: replies a second, p99, CPU a message.

`python -m bench.cluster`. One `serve` takes the carrier's posts on 64 connections, 1, 2 and 4 `work` handle them; each row is a fresh
database with the same talks of new workers (bench/town.py). CPU is that of our processes and, beside it, that of PostgreSQL's own. Where
there are as many cores as processes the rows part; where there are fewer they show what sharing costs.
"""

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bench.service import Measured, Service, server_cpu_seconds, service
from bench.webhook import CARRIER_SECONDS, machine
from tests.campaigns.kill import lay_tables
from tests.campaigns.postgres import Postgres
from tests.databases import Databases

WORKS = (1, 2, 4)
_HEADS = (
    *("processes", "answers/s", "p50 / p99 ms", "replies/s", "reply p50 / p99 ms"),
    *("CPU µs", "PostgreSQL's CPU µs", "bytes kept", "× single"),
)
_CONNECTIONS = 64
_CODES = 6_000


@dataclass(frozen=True, slots=True)
class Spent:
    """What PostgreSQL spent on a row's messages: seconds of CPU, and bytes by which the database grew."""

    cpu: float
    grown: int


def _row(name: str, found: Measured, beside: Measured, spent: Spent | None) -> str:
    cpu, grown = ("-", "-") if spent is None else (f"{1e6 * spent.cpu / found.messages:.0f}", f"{spent.grown / found.messages:.0f}")
    times = found.replies_a_second / beside.replies_a_second
    return (
        f"| {name} | {found.answers_a_second:.0f} | {found.p50:.0f} / {found.p99:.0f} | {found.replies_a_second:.0f} | "
        f"{found.reply_p50:.0f} / {found.reply_p99:.0f} | {found.cpu:.0f} | {cpu} | {grown} | {times:.2f} |"
    )


def _single(base: Path, talks: int) -> Measured:
    folder = base / "single"
    folder.mkdir()
    databases = Databases(base, lay_tables)
    try:
        with (
            databases.fresh("sqlite", folder) as url,
            service(url, folder / "house", _CODES, carrier_seconds=CARRIER_SECONDS) as ours,
        ):
            ours.measure(8, 40)
            return ours.measure(_CONNECTIONS, talks)
    finally:
        databases.close()


def _several(base: Path, works: int, talks: int) -> tuple[Measured, Spent]:
    """One row on PostgreSQL: what was measured, and what its server spent."""
    folder = base / f"works-{works}"
    postgres = Postgres(folder / "postgres")
    postgres.start()
    try:
        lay_tables(postgres.url)
        with service(postgres.url, folder / "house", _CODES, carrier_seconds=CARRIER_SECONDS, works=works) as ours:
            ours.measure(8, 40)
            before, size = server_cpu_seconds(postgres), _size(ours)
            found = ours.measure(_CONNECTIONS, talks)
            return found, Spent(server_cpu_seconds(postgres) - before, _size(ours) - size)
    finally:
        postgres.stop()


def _size(of: Service) -> int:
    with of.database.read() as connection:
        return int(connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())


def main() -> int:
    """Measure and print; 0 always, since a busy machine is no fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--talks", type=int, default=800, help="whole first talks of new workers in each row")
    parser.add_argument("--folder", type=Path, help="where the databases lie; default: the system's own")
    chosen = parser.parse_args()
    began = time.monotonic()
    print(f"{machine()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(dir=chosen.folder) as scratch:
        base = Path(scratch)
        base.chmod(0o755)
        single = _single(base, chosen.talks)
        print(f"| {' | '.join(_HEADS)} |\n{'|---' * len(_HEADS)}|")
        print(_row("one on SQLite", single, single, None), flush=True)
        for works in WORKS:
            found, spent = _several(base, works, chosen.talks)
            print(_row(f"1 serve + {works} work on PostgreSQL", found, single, spent), flush=True)
    print(f"{time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
