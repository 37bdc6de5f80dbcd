"""The one run that says how fast the service is: against sqlite3 alone, and against a plain handler (bench/plain.py).

`python -m bench.webhook` measures on SQLite, with `--postgresql` on PostgreSQL too (the test server of tests/databases.py, or one named
there). The plain handler needs two packages more: `python -m pip install -r bench/requirements.txt`; without them it is left out.
"""

import argparse
import importlib.util
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench import commit_rate, town
from bench.service import Measured, Service, service
from store.database import open_database
from tests.campaigns.kill import lay_tables
from tests.databases import Databases, Kind
from tests.processes import Installation

CONNECTIONS = (1, 8, 64)
BURST = 1000
AIMS = {"sqlite": 10.0, "postgresql": 7.0}
CARRIER_SECONDS = 30.0
_CODES = 12_000


def machine() -> str:
    """What this was measured on."""
    names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    load = os.getloadavg()[0]
    today = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"{today} · {len(names)} x {names[0] if names else '?'} · Python {platform.python_version()} · load average before: {load:.1f}"


@contextmanager
def plain(url: str, folder: Path) -> Iterator[Service]:
    """The plain handler in a process of its own, on a database that the service has laid."""
    house = Installation(folder, url, more={"CODES_AHEAD": "1", "LOG_LEVEL": "WARNING"})
    house.lay()
    house.start("serve")
    house.await_up()
    house.kill("serve")
    database = open_database(url)
    town.lay_codes(database, house.keyring(), _CODES)
    words = ["-m", "uvicorn", "bench.plain:app", "--port", str(house.port), "--no-access-log", "--log-level", "warning"]
    roots = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    house.processes["serve"] = subprocess.Popen([sys.executable, *words], env={**house.environment, "PYTHONPATH": roots}, cwd=folder)
    try:
        house.await_up()
        yield Service(house, database)
    finally:
        house.kill("serve")
        database.close()


def measure(of: Service, talks: dict[int, int]) -> dict[int, Measured]:
    """A warm-up, then each number of connections."""
    of.measure(8, 40)
    found: dict[int, Measured] = {}
    for connections, count in talks.items():
        found[connections] = of.measure(connections, count)
        print(f"  {found[connections]}", flush=True)
    return found


def burst(of: Service) -> list[str]:
    """A thousand first reports at once, each on a connection of its own: nothing lost, nothing doubled."""
    before = of.counts()
    found = of.measure(BURST, BURST, town.FIRST_REPORT)
    after = of.counts()
    new = {name: after[name] - before[name] for name in after}
    print(f"  burst of {BURST} first reports at once: {found}\n  kept {new['inbox']}, cases {new['cases']}, replies {new['outbox']}")
    wrong = [f"{name} {new[name]} instead of {BURST}" for name in ("inbox", "cases") if new[name] != BURST]
    refused = {status: count for status, count in found.statuses.items() if status != "200"}
    return wrong + ([f"answers {refused}"] if refused else [])


def compared(kind: Kind, databases: Databases, base: Path) -> list[str]:
    """Measure the service and the plain handler on one kind of database; returns what fell short."""
    short: list[str] = []
    print(f"\n{kind}: weerklank serve{' + work' if kind == 'postgresql' else ''}")
    folder = base / kind
    folder.mkdir()
    with databases.fresh(kind, folder) as url, service(url, folder / "house", _CODES, carrier_seconds=CARRIER_SECONDS) as ours:
        found = measure(ours, {1: 100, 8: 400, 64: 800})
        short += burst(ours)
    if found[64].p99 > 60:
        short.append(f"{kind}: p99 at 64 connections is {found[64].p99:.0f} ms (aim 60)")
    if importlib.util.find_spec("greenlet") is None or (kind == "sqlite" and importlib.util.find_spec("aiosqlite") is None):
        return [*short, f"{kind}: the plain handler is left out; python -m pip install -r bench/requirements.txt"]
    print(f"{kind}: the plain handler")
    folder = base / f"{kind}-plain"
    folder.mkdir()
    with databases.fresh(kind, folder) as url, plain(url, folder / "house") as theirs:
        held = measure(theirs, {1: 30, 8: 60, 64: 100})
    ratios = {number: found[number].replies_a_second / held[number].replies_a_second for number in CONNECTIONS}
    for number, times in ratios.items():
        print(f"  {number:3d} connections: {times:5.1f} x the plain handler")
    ratio = ratios[64]
    return [*short, *([f"{kind}: {ratio:.1f} x the plain handler (aim {AIMS[kind]:.0f})"] if ratio < AIMS[kind] else [])]


def main() -> int:
    """Measure, print, and say what fell short; 0 always, since a busy machine is no fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", action="store_true", help="measure on PostgreSQL too")
    parser.add_argument("--folder", type=Path, help="where the databases lie (a real disk, not memory); default: the system's own")
    chosen = parser.parse_args()
    began = time.monotonic()
    print(machine())
    kinds: list[Kind] = ["sqlite", "postgresql"] if chosen.postgresql else ["sqlite"]
    with tempfile.TemporaryDirectory(dir=chosen.folder) as scratch:
        base = Path(scratch)
        os.environ["BENCH_FOLDER"] = scratch
        rates = commit_rate.measure()
        print(f"\nprepared rows, {commit_rate.IN_FLIGHT} in flight: {rates}")
        short = (
            [] if rates.writer >= 0.6 * rates.raw else [f"the writer reaches {rates.writer / rates.raw:.2f} of sqlite3 alone (aim 0.60)"]
        )
        templates = base / "templates"
        templates.mkdir()
        databases = Databases(templates, lay_tables)
        try:
            for kind in kinds:
                short += compared(kind, databases, base)
        finally:
            databases.close()
    print(f"\n{time.monotonic() - began:.0f} s; " + ("every aim is met" if not short else "short of the aims: " + "; ".join(short)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
