"""The chaos campaign: several web and worker processes on one PostgreSQL while everything around them fails, and nothing may be lost.

`python -m tests.campaigns.chaos --faults 200 --seed 7`. A fault is a kill -9 of processes or of PostgreSQL (the server, or one of
its children), the wire to a carrier or to PostgreSQL cut, the disk full for all, or a clock set wrong. Some workers are left without an
answer; their date passes, and exactly one notice of that may come.
"""

import argparse
import asyncio
import random
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from tests.campaigns.cluster import Cluster
from tests.campaigns.kill import LEASE, Campaign, Outcome, Storm, TellingTwilio, lay_tables
from tests.campaigns.postgres import Postgres
from tests.campaigns.scratch import folder_for
from tests.campaigns.wire import Wire
from tests.campaigns.workers import SCRIPTS, Worker
from tests.doubles.telegram import TelegramDouble

WRONG_BY = 600.0
_LONGEST_OUTAGE = 2.0
_LOOK_EVERY = 0.5
_SERVERS_PART = 0.15
CARRIERS, DATABASE = "carriers", "database"
_NOBODY_ANSWERS = 0.25


Doubles = tuple[TellingTwilio, TelegramDouble]


class Chaos(Campaign):
    """One storm over a cluster. `postgres` and `wires` are what may break beside its processes."""

    def __init__(self, cluster: Cluster, doubles: Doubles, storm: Storm, postgres: Postgres, wires: Mapping[str, Sequence[Wire]]) -> None:
        super().__init__(cluster, doubles, storm)
        self.cluster = cluster
        self.postgres = postgres
        self.wires = wires
        self.struck: Counter[str] = Counter()
        self.disk_was_full = 0
        self._at_it = threading.Lock()
        self._faults: dict[str, tuple[int, Callable[[], None]]] = {
            "processes killed": (55, self._kill_processes),
            "PostgreSQL killed": (6, self._kill_postgres),
            "a child of PostgreSQL killed": (9, self.postgres.kill_one),
            "wires cut": (12, partial(self._cut_a_wire, CARRIERS)),
            "wires to PostgreSQL cut": (8, partial(self._cut_a_wire, DATABASE)),
            "disks full": (5, self._fill_the_disk),
            "clocks wrong": (13, self._set_a_clock),
        }

    async def _strike(self) -> None:
        names, weights = zip(*((name, weight) for name, (weight, _) in self._faults.items()), strict=True)
        while self.kills < self.storm.kills:
            await asyncio.sleep(self.luck.uniform(0.0, self.storm.longest_life))
            [name] = self.luck.choices(names, weights)
            self.struck[name] += 1
            self.kills += 1
            await asyncio.to_thread(self._one_fault, self._faults[name][1])
        await asyncio.to_thread(self.house.await_up)

    async def run(self) -> Outcome:
        """The campaign, with a supervisor beside it from the first day to the last."""
        tending = asyncio.create_task(self._supervise())
        try:
            return await super().run()
        finally:
            tending.cancel()

    def _one_fault(self, strike: Callable[[], None]) -> None:
        with self._at_it:
            strike()
            self._tend()

    async def _supervise(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            await asyncio.to_thread(self._tend_unless_struck)

    def _tend_unless_struck(self) -> None:
        if self._at_it.acquire(blocking=False):
            try:
                self._tend()
            finally:
                self._at_it.release()

    def _tend(self) -> None:
        self.postgres.start()
        self.cluster.tend()

    def _kill_processes(self) -> None:
        names = self.luck.sample(self.house.names, k=self.luck.randint(1, 2))
        for name in names:
            self.house.kill(name)

    def _kill_postgres(self) -> None:
        self.postgres.kill()
        time.sleep(self.luck.uniform(0.0, _LONGEST_OUTAGE))

    def _cut_a_wire(self, towards: str) -> None:
        wire = self.luck.choice(self.wires[towards])
        wire.cut()
        time.sleep(self.luck.uniform(0.0, _LONGEST_OUTAGE))
        wire.mend()

    def _fill_the_disk(self) -> None:
        self.disk_was_full += 1
        self.cluster.fill_disk(full=True)
        self.postgres.fill_disk(full=True)
        time.sleep(self.luck.uniform(0.2, _LONGEST_OUTAGE))
        self.postgres.fill_disk(full=False)
        self.cluster.fill_disk(full=False)

    def _set_a_clock(self) -> None:
        self.cluster.set_clock(self.luck.choice(self.house.names), self.luck.uniform(-WRONG_BY, WRONG_BY))

    def _patience_runs_out(self) -> bool:
        return self.luck.random() < _NOBODY_ANSWERS

    def _model_crowd(self) -> list[Worker]:
        return [*super()._model_crowd(), *(Worker(script, 90 + number, waits=True) for number, script in enumerate(SCRIPTS))]

    def _figures(self, seconds: float) -> dict[str, object]:
        return {**dict(self.struck), **super()._figures(seconds)}

    def _is_foreseen(self, line: str) -> bool:
        """On a full disk no process begins, and a webhook whose words can be kept nowhere is loud; the engine tells of lost connections."""
        of_the_disk = "Traceback" in line or "failed: OSError" in line
        return (self.disk_was_full > 0 and of_the_disk) or ("procrastinate" in line and "ConnectorException" in line)

    def _refusals(self) -> list[str]:
        """Where the disk is full and the database is away there is no place to keep anything: it is refused, and said so."""
        refused = self.streets.refused
        lying = [f"a webhook was answered {status}" for _, status in refused if status != 503]
        by_twilio = [key for key, _ in refused if ":" not in key]
        return lying + ([] if self.disk_was_full else [f"Twilio's {key} was refused, and the disk was good" for key in by_twilio])


def campaign(folder: Path, storm: Storm) -> Outcome:
    """Run one campaign in a folder of its own."""
    more = {"CODES_AHEAD": "40", "SEND_LEASE_SECONDS": str(LEASE), "LATE_CHECK_SECONDS": "1"}
    telegram = TelegramDouble(record=folder / "telegram.jsonl", delay=0.01)
    with ExitStack() as open_things:
        postgres = Postgres(folder / "postgres")
        postgres.start()
        open_things.callback(postgres.stop)
        lay_tables(postgres.url)
        house = Cluster(folder / "house", postgres.url, more=more)
        house.port = open_things.enter_context(house.door).port
        twilio = open_things.enter_context(TellingTwilio(folder / "twilio.jsonl", house.port, random.Random(storm.seed + 1)))
        open_things.enter_context(telegram)
        wires = [open_things.enter_context(Wire(double.port)) for double in (twilio, telegram)]
        house.environment |= {"WEERKLANK_TWILIO_API_URL": wires[0].url, "WEERKLANK_TELEGRAM_API_URL": wires[1].url}
        house.lay()
        # The campaign's own look at the database goes past the wire that it cuts.
        there = sa.make_url(postgres.url)
        line = open_things.enter_context(Wire(there.port or 0))
        house.environment["WEERKLANK_DATABASE_URL"] = there.set(port=line.port).render_as_string(hide_password=False)
        run = Chaos(house, (twilio, telegram), storm, postgres, {CARRIERS: wires, DATABASE: [line]})
        open_things.callback(run.record.database.close)
        open_things.callback(house.stop)
        return asyncio.run(run.run())


def main() -> int:
    """Run the campaign from the command line; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--keep", type=Path, help="a folder for logs and the carriers' records, kept afterwards")
    chosen = parser.parse_args()
    with folder_for(chosen.keep) as folder:
        outcome = campaign(folder, Storm(chosen.faults, chosen.seed, at_once=10, longest_life=2.0))
    print(outcome, flush=True)
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
