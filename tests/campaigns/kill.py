"""The kill campaign: workers write, officers answer, and the service is killed with -9 at random points and started again.

`python -m tests.campaigns.kill --kills 300 --seed 7 --database both`. What a quiet day leaves is the model; after the storm everybody's
talk must have left the same, once.
"""

import argparse
import asyncio
import random
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import SECOND
from bot.mail import LEASE as LEASE_OF_NOTICES
from store.database import open_database
from store.migrate import upgrade
from store.statuses import RANK
from tests.campaigns.checks import Checks, Talk
from tests.campaigns.desk import Desk
from tests.campaigns.post import NoAnswer, webhook
from tests.campaigns.record import Record
from tests.campaigns.scratch import folder_for
from tests.campaigns.workers import SCRIPTS, Streets, Worker, by_script, crowd
from tests.databases import KINDS, Databases
from tests.doubles import twilio_posts
from tests.doubles.carrier import Sent
from tests.doubles.telegram import TelegramDouble
from tests.doubles.twilio import TwilioDouble
from tests.processes import Installation

LEASE = 2
_SETTLE = 60.0 + LEASE_OF_NOTICES / SECOND
_STATUSES = ("sent", "delivered", "queued")


@dataclass(frozen=True, slots=True)
class Storm:
    """How hard it blows: kills, workers at once, the longest think time and the longest life of a process between two kills.

    `early` is the part of kills that fall while a process still starts.
    """

    kills: int
    seed: int
    at_once: int = 10
    pace: float = 0.5
    longest_life: float = 0.5
    early: float = 0.3


@dataclass
class Outcome:
    """What a campaign found."""

    kind: str
    seed: int
    kills: int = 0
    figures: dict[str, object] = field(default_factory=dict[str, object])
    wrong: list[str] = field(default_factory=list[str])

    def __str__(self) -> str:
        told = " · ".join(f"{name} {value}" for name, value in self.figures.items())
        end = "nothing lost, nothing doubled" if not self.wrong else "WRONG:\n  " + "\n  ".join(self.wrong[:40])
        return f"{self.kind}: seed {self.seed} · kills {self.kills} · {told}\n{end}"


class TellingTwilio(TwilioDouble):
    """Twilio's double that remembers which statuses the service thanked for. `delay`: seconds that a send takes."""

    def __init__(self, record: Path, port: int, luck: random.Random, delay: float = 0.01) -> None:
        super().__init__(record=record, delay=delay, callbacks="on")
        self.told: dict[str, str] = {}
        self.refused: list[int] = []
        self.no_answer = 0
        self._target = port
        self._luck = luck

    async def _tell(self, sent: Sent) -> None:
        for status in self._luck.sample(_STATUSES, k=len(_STATUSES)):
            await asyncio.sleep(self._luck.uniform(0.0, 0.4))
            hook = twilio_posts.webhook(sent.fields["StatusCallback"], twilio_posts.status(sent.id, status, to=sent.to))
            try:
                reply = await webhook(self._target, hook)
            except NoAnswer:
                self.no_answer += 1
                continue
            if reply.status != 200:
                self.refused.append(reply.status)
            elif RANK[status] > RANK.get(self.told.get(sent.id, ""), -1):
                self.told[sent.id] = status


class Campaign:
    """One storm over one installation."""

    def __init__(self, house: Installation, doubles: tuple[TellingTwilio, TelegramDouble], storm: Storm) -> None:
        self.house = house
        self.storm = storm
        self.luck = random.Random(storm.seed)
        self.twilio = doubles[0]
        self.streets = Streets(house.port, doubles, self.luck, storm.pace)
        self.record = Record(open_database(house.database_url), house.keyring(), house.folder / "data" / "spool")
        self.desk = Desk(self.record, house.port, self.streets.weather)
        self.checks = Checks(self.record, self.streets)
        self.workers: list[Worker] = []
        self._crowd = crowd()
        self.kills = 0

    async def run(self) -> Outcome:
        """A quiet day for the model, the storm, the calm, the checks."""
        began = time.monotonic()
        self.house.start()
        await asyncio.to_thread(self.house.await_up)
        self.desk.issue_tokens()
        model = await self._quiet_day()
        await self._blow()
        calm = await self._calm()
        figures = self._figures(time.monotonic() - began)
        wrong = calm + await asyncio.to_thread(self.checks.all, self.workers, model, dict(self.twilio.told))
        return Outcome(self._kind(), self.storm.seed, self.kills, figures, wrong + self._refusals() + self._loud())

    def _refusals(self) -> list[str]:
        """Whom a live service sent away."""
        refused = [f"a Twilio webhook was answered {status}" for key, status in self.streets.refused if ":" not in key]
        return refused + [f"a status of Twilio was answered {status}" for status in self.twilio.refused]

    def _kind(self) -> str:
        return "sqlite" if self.house.embedded else "postgresql"

    async def _quiet_day(self) -> dict[str, Talk]:
        workers = self._model_crowd()
        await asyncio.gather(*(self.streets.talk(worker, self.desk) for worker in workers))
        for worker in workers:
            await self.desk.all_handled(worker)
        self.workers += workers
        if unread := [worker.part for worker in workers if not (worker.knocked if worker.waits else worker.read)]:
            raise RuntimeError(f"on a quiet day nobody answers {unread}")
        return {worker.part: self.checks.talk_of(worker) for worker in workers}

    def _model_crowd(self) -> list[Worker]:
        return [next(self._crowd) for _ in SCRIPTS]

    def _patience_runs_out(self) -> bool:
        """Whether the next worker is left without an answer until the date has passed."""
        return False

    async def _blow(self) -> None:
        striking = asyncio.create_task(self._rage())
        await asyncio.gather(striking, *(self._street(striking) for _ in range(self.storm.at_once)))

    async def _rage(self) -> None:
        self.streets.weather.storm = True
        await self._strike()
        self.streets.weather.storm = False

    async def _street(self, striking: asyncio.Task[None]) -> None:
        """One worker after another until the last blow."""
        while not striking.done() and (worker := next(self._crowd, None)) is not None:
            worker.waits = self._patience_runs_out()
            self.workers.append(worker)
            await self.streets.talk(worker, self.desk)

    async def _strike(self) -> None:
        """Kill processes and start them again, until the storm is over."""
        start_up = 1.5
        while self.kills < self.storm.kills:
            if self.luck.random() < self.storm.early:
                await asyncio.sleep(self.luck.uniform(0.0, start_up))
            else:
                began = time.monotonic()
                await asyncio.to_thread(self.house.await_up)
                start_up = max(start_up / 2, time.monotonic() - began)
                await asyncio.sleep(self.luck.uniform(0.0, self.storm.longest_life))
            names = self.luck.sample(self.house.names, k=self.luck.randint(1, len(self.house.names)))
            for name in names:
                self.house.kill(name)
                self.kills += 1
            self.house.start(*names)
        await asyncio.to_thread(self.house.await_up)

    async def _calm(self) -> list[str]:
        """Wait until nothing is on its way any more."""
        until = time.monotonic() + _SETTLE
        still = 0
        while still < 3:
            still = 0 if self.record.unended() or any(self.record.spooled()) else still + 1
            if time.monotonic() > until:
                return [f"after {_SETTLE:.0f} s the spool holds {len(list(self.record.spooled()))}"] if any(self.record.spooled()) else []
            await asyncio.sleep(0.3)
        await asyncio.sleep(1.5)
        return []

    def _loud(self) -> list[str]:
        """What the service itself called an error."""
        lines = [line for line in self.house.logs().splitlines() if '"level": "error"' in line or "Traceback" in line]
        return [f"the log says: {line[:300]}" for line in lines if not self._is_foreseen(line)][:5]

    def _is_foreseen(self, line: str) -> bool:
        """Whether an error of this campaign's making is meant to be loud."""
        del line
        return False

    def _figures(self, seconds: float) -> dict[str, object]:
        sends = [*self.twilio.taken, *self.streets.telegram.taken]
        return {
            "workers": ", ".join(f"{name} {len(found)}" for name, found in by_script(self.workers).items()),
            "messages taken": sum(len(worker.accepted) for worker in self.workers),
            "posted": sum(worker.posts for worker in self.workers),
            "without an answer": self.streets.no_answer,
            "sends": len(sends),
            "in doubt": self.record.in_doubt(),
            "answers": sum(worker.answer is not None for worker in self.workers),
            "answers read": sum(worker.read for worker in self.workers),
            "statuses told": len(self.twilio.told),
            "seconds": round(seconds, 1),
        }


def campaign(database_url: str, folder: Path, storm: Storm) -> Outcome:
    """Run one campaign on a database that has its tables."""
    luck = random.Random(storm.seed + 1)
    more = {"CODES_AHEAD": "40", "SEND_LEASE_SECONDS": str(LEASE), "LATE_CHECK_SECONDS": "5"}
    house = Installation(folder, database_url, more=more)
    telegram = TelegramDouble(record=folder / "telegram.jsonl", delay=0.01)
    with TellingTwilio(folder / "twilio.jsonl", house.port, luck) as twilio, telegram:
        house.environment |= {"WEERKLANK_TWILIO_API_URL": twilio.url, "WEERKLANK_TELEGRAM_API_URL": telegram.url}
        house.lay()
        run = Campaign(house, (twilio, telegram), storm)
        try:
            return asyncio.run(run.run())
        finally:
            house.stop()
            run.record.database.close()


def lay_tables(url: str) -> None:
    """Fill a template database."""
    database = open_database(url)
    upgrade(database)
    database.close()


@contextmanager
def _databases(folder: Path) -> Iterator[Databases]:
    made = Databases(folder, lay_tables)
    try:
        yield made
    finally:
        made.close()


def main() -> int:
    """Run the campaign from the command line; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--database", choices=(*KINDS, "both"), default="both")
    parser.add_argument("--keep", type=Path, help="a folder for logs and the carriers' records, kept afterwards")
    chosen = parser.parse_args()
    kinds = KINDS if chosen.database == "both" else (chosen.database,)
    good = True
    with folder_for(chosen.keep) as base, _databases(base) as databases:
        for kind in kinds:
            folder = base / kind
            folder.mkdir(exist_ok=True)
            with databases.fresh(kind, folder) as url:
                outcome = campaign(url, folder, Storm(chosen.kills, chosen.seed))
            print(outcome, flush=True)
            good = good and not outcome.wrong
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
