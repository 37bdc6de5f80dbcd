"""A simulated day of a programme: shift changes, a carrier that is away for an hour, a flow whose step fails, and the queues all the while.

`python -m tests.campaigns.day --pace 480 --seed 7 --picture docs/explanation/day.svg`. Two `serve` and two `work` on one PostgreSQL go by a
clock that runs `pace` times as fast (docs/explanation/day.md). What a quiet day leaves is the model, as in the kill campaign.
"""

import argparse
import asyncio
import os
import random
import secrets
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bot import clock
from store import figures
from store.tables import cases, inbox
from tests.campaigns.checks import Talk
from tests.campaigns.cluster import Cluster
from tests.campaigns.day_checks import TEMPLATE, DayChecks
from tests.campaigns.day_picture import Events, Sample, draw
from tests.campaigns.desk import Desk
from tests.campaigns.hurried import Hurried
from tests.campaigns.kill import Campaign, Outcome, Storm, TellingTwilio, lay_tables
from tests.campaigns.postgres import Postgres
from tests.campaigns.scratch import folder_for
from tests.campaigns.wire import Wire
from tests.campaigns.workers import SCRIPTS, Worker
from tests.doubles.telegram import TelegramDouble
from tests.processes import COMMAND

SHIFTS = (6.0, 14.0, 22.0)
OUTAGE = (13.75, 14.75)
POISON = (5.5, 8.0)
_POISONED_SCRIPT = "agua"
_FIRST_WORDS, _LAST_WORDS = 0.5, 23.5
_BURST_HOURS = 0.5
_BURST_PART = 0.6
_OFFICE = (9.0, 17.0)
_TO_OFFICERS = 0.25
_MODEL_SECONDS = 30.0
_SAMPLE_SECONDS = 0.5
_BOUND_MINUTES = 30.0
_ROOT = Path(__file__).parents[2]


@dataclass
class Hastened(Cluster):
    """A cluster whose processes go by a hurried clock."""

    def start(self, *names: str) -> None:
        """Start processes (all of them if none is named), without waiting."""
        for name in names or self.names:
            words = ["serve", str(self.ports[name])] if name in self.ports else ["work"]
            environment = {**self.environment, "PYTHONPATH": str(_ROOT)}
            command = [sys.executable, "-m", "tests.campaigns.hurried", *words]
            with self.log(name).open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    command, env=environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
                )

    def command(self, *words: str) -> str:
        """What an operator types, and what it says. Raises CalledProcessError."""
        return subprocess.run([COMMAND, *words], env=self.environment, cwd=self.folder, check=True, capture_output=True, text=True).stdout


class DayDesk(Desk):
    """Officers who answer in office hours, by the clock of the day."""

    hurried: Hurried

    async def answer(self, worker: Worker) -> str:
        """Answer a worker's case when the office is open; returns the wording."""
        if self.hurried.hour() > 0:
            await asyncio.sleep(max(0.0, (_OFFICE[0] - self.hurried.hour()) * 3600 / self.hurried.pace))
        return await super().answer(worker)

    def let_the_date_pass(self, worker: Worker) -> None:
        """Leave a worker's case alone until the date that was promised has passed."""
        self._promise(worker, self.hurried() - clock.SECOND)

    def promise_later(self, worker: Worker) -> None:
        """Promise an answer for after the day: who wrote the evening before would else be told that it is late."""
        self._promise(worker, self.hurried() + 7 * clock.DAY)

    def _promise(self, worker: Worker, moment: int) -> None:
        [case] = self._record.cases_of(self._record.worker_id(worker) or "")
        self._record.change(sa.update(cases).where(cases.c.id == case["id"]).values(answer_by=moment))


class Alone(Worker):
    """A worker whom no officer answers within the day."""

    @property
    def part(self) -> str:
        """A part of its own, with its own model."""
        return f"{self.script.name}, alone"


class Day(Campaign):
    """One day over a cluster; `away` is the wire to Twilio, laid anew when the carrier comes back."""

    def __init__(self, house: Hastened, doubles: tuple[TellingTwilio, TelegramDouble], storm: Storm, hurried: Hurried, away: Wire) -> None:
        super().__init__(house, doubles, storm)
        self.cluster = house
        self.hurried = hurried
        self.wire = away
        self.samples: list[Sample] = []
        self.broken = Path(house.environment["WEERKLANK_DAY_BROKEN"])
        self.was_aside = 0
        self.said_again = ""
        self.again_at = POISON[1]
        self.doctor = ""
        desk = DayDesk(self.record, house.port, self.streets.weather)
        desk.hurried = hurried
        self.desk: DayDesk = desk
        self.checks: DayChecks = DayChecks(self.record, self.streets)

    async def _quiet_day(self) -> dict[str, Talk]:
        """The model; and that of each script when no officer answers."""
        model = await super()._quiet_day()
        self.checks.evening.update(self.workers)
        alone = [Alone(script, 90 + number) for number, script in enumerate(SCRIPTS)]
        await asyncio.gather(*(self.streets.talk(worker, None) for worker in alone))
        for worker in alone:
            await self.desk.all_handled(worker)
            self.desk.promise_later(worker)
        self.workers += alone
        return model | {worker.part: self.checks.talk_of(worker) for worker in alone}

    async def _until(self, hour: float) -> None:
        await asyncio.sleep(max(0.0, (hour - self.hurried.hour()) * 3600 / self.hurried.pace))

    async def _blow(self) -> None:
        self.streets.weather.storm = True
        sampling = asyncio.create_task(self._sample())
        people = [asyncio.create_task(self._person(worker, hour)) for worker, hour in self._programme()]
        await asyncio.gather(self._outage(), self._poison(), self._until(24.0))
        self.streets.weather.storm = False
        await asyncio.gather(*people)
        sampling.cancel()

    def _programme(self) -> list[tuple[Worker, float]]:
        return [(worker, self._hour(worker)) for worker in self._crowd]

    def _hour(self, worker: Worker) -> float:
        """When somebody begins: at a shift change, or between, at night seldom. Nobody begins there shortly before it is mended."""
        while True:
            if self.luck.random() < _BURST_PART:
                hour = self.luck.choice(SHIFTS) + self.luck.uniform(0.0, _BURST_HOURS)
            else:
                hour = self.luck.triangular(_FIRST_WORDS, _LAST_WORDS, 15.0)
            mending = worker.script.name == _POISONED_SCRIPT and POISON[1] - 1.0 < hour < POISON[1] + 0.5
            if not mending:
                return hour

    async def _person(self, worker: Worker, hour: float) -> None:
        await self._until(hour)
        is_answered = hour < _OFFICE[1] and self.luck.random() < _TO_OFFICERS
        person = worker if is_answered else Alone(worker.script, worker.number)
        self.workers.append(person)
        await self.streets.talk(person, self.desk if is_answered else None)

    async def _outage(self) -> None:
        await self._until(OUTAGE[0])
        port = self.wire.port
        await asyncio.to_thread(self.wire.__exit__, None)
        await self._until(OUTAGE[1])
        self.wire = await asyncio.to_thread(Wire(self.twilio.port, at=port).__enter__)

    async def _poison(self) -> None:
        await self._until(POISON[0])
        self.broken.touch()
        await self._until(POISON[1])
        await asyncio.to_thread(self._mend)

    def _mend(self) -> None:
        self.broken.unlink()
        self.doctor = subprocess.run(
            [COMMAND, "doctor"], env=self.cluster.environment, cwd=self.cluster.folder, check=False, capture_output=True, text=True
        ).stdout
        aside = self._aside()
        self.was_aside, self.checks.again, self.checks.aside = len(aside), set(aside), set(aside.values())
        self.said_again = self.cluster.command("aside", "again", "--all")
        self.again_at = self.hurried.hour()

    def _aside(self) -> dict[int, str]:
        """The messages that lie aside, and whose each is."""
        aside = sa.select(inbox.c.id, inbox.c.worker_id).where(inbox.c.state == "aside")
        return {row["id"]: row["worker_id"] for row in self.record.rows(aside)}

    async def _sample(self) -> None:
        while True:
            self.samples += await asyncio.to_thread(self._look)
            await asyncio.sleep(_SAMPLE_SECONDS)

    def _look(self) -> list[Sample]:
        hour, now = self.hurried.hour(), self.hurried()
        with self.record.database.read() as connection:
            rows = list(figures.waiting(connection, now))
        found = [
            Sample(hour, row.queue, row.channel, row.count, 0.0 if row.since is None else max(0.0, (now - row.since) / clock.MINUTE))
            for row in rows
            if row.queue != "inbox"
        ]
        return [*found, *self.checks.words(hour, now), Sample(hour, "aside", "", len(self._aside()), 0.0)]

    def oldest(self, queue: str, channels: tuple[str, ...], between: tuple[float, float] = (0.0, 24.0)) -> float:
        """The highest age (simulated minutes) in a queue."""
        ages = [s.age for s in self.samples if s.queue == queue and s.channel in channels and between[0] <= s.hour <= between[1]]
        return max(ages, default=0.0)

    def broken_promises(self) -> list[str]:
        """What the ages and the poison should have been, and were not."""
        phone = ("sms", "whatsapp")
        looks = {
            "words of others while a flow was broken": self.oldest("inbox", phone, POISON),
            "words all day": self.oldest("inbox", (*phone, "telegram")),
            "words run again": 60 * max((sample.hour - self.again_at for sample in self.samples if sample.queue == "again"), default=0.0),
            "Telegram's answers while Twilio was away": self.oldest("outbox", ("telegram",), OUTAGE),
        }
        wrong = [f"{name} waited {age:.1f} minutes, not {_BOUND_MINUTES:.0f}" for name, age in looks.items() if age > _BOUND_MINUTES]
        wrong += [] if self.was_aside else ["the broken flow set nothing aside"]
        return wrong + ([] if "set aside: " in self.doctor else ["the doctor says nothing of what was set aside"])

    def _is_foreseen(self, line: str) -> bool:
        """A message that cannot be handled is loud, and so is its traceback."""
        return "a message could not be handled" in line

    def _figures(self, seconds: float) -> dict[str, object]:
        both = ("sms", "whatsapp", "telegram")
        ages = {
            "oldest word, minutes": self.oldest("inbox", both),
            "the same on Twilio's channels while the flow was broken": self.oldest("inbox", both[:2], POISON),
            "oldest Telegram send while Twilio was away": self.oldest("outbox", ("telegram",), OUTAGE),
        }
        figures_of_it = {name: round(age, 1) for name, age in ages.items()}
        held: Counter[float] = Counter()
        for sample in self.samples:
            held[sample.hour] += sample.count if sample.queue == "outbox" and sample.channel in both[:2] else 0
        more = {"set aside": self.was_aside, "run again": self.said_again.split(" ")[0], "most waiting for Twilio": max(held.values())}
        return {**super()._figures(seconds), **figures_of_it, **more, "load": " ".join(f"{one:.1f}" for one in os.getloadavg())}


def campaign(folder: Path, storm: Storm, pace: float, picture: Path | None) -> Outcome:
    """Run one day in a folder of its own, and draw it."""
    more = {"CODES_AHEAD": "400", "SEND_LEASE_SECONDS": "3600", "LATE_CHECK_SECONDS": "1", "TWILIO_KNOCK_CONTENT_SID": TEMPLATE}
    telegram = TelegramDouble(record=folder / "telegram.jsonl", delay=0.01)
    with ExitStack() as open_things:
        postgres = Postgres(folder / "postgres")
        postgres.start()
        open_things.callback(postgres.stop)
        lay_tables(postgres.url)
        house = Hastened(folder / "house", postgres.url, more=more, workers=2)
        house.port = open_things.enter_context(house.door).port
        twilio = open_things.enter_context(TellingTwilio(folder / "twilio.jsonl", house.port, random.Random(storm.seed + 1)))
        twilio.desk.templates.add(TEMPLATE)
        open_things.enter_context(telegram)
        wire = Wire(twilio.port).__enter__()
        house.environment |= {"WEERKLANK_TWILIO_API_URL": wire.url, "WEERKLANK_TELEGRAM_API_URL": telegram.url}
        house.lay()
        midnight = clock.now() // clock.DAY * clock.DAY
        hurried = Hurried(midnight, time.monotonic() + _MODEL_SECONDS, pace)
        house.environment |= {**hurried.environment(), "WEERKLANK_DAY_BROKEN": str(folder.resolve() / "broken")}
        day = Day(house, (twilio, telegram), storm, hurried, wire)
        open_things.callback(day.record.database.close)
        open_things.callback(house.stop)
        outcome = asyncio.run(day.run())
        outcome.wrong += day.broken_promises()
        day.wire.__exit__()
        if picture is not None:
            picture.write_text(draw(day.samples, Events(OUTAGE, POISON, day.again_at, SHIFTS)), encoding="utf-8")
        return outcome


def main() -> int:
    """Run the day from the command line; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pace", type=float, default=480.0, help="so many times as fast as a clock on the wall")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--picture", type=Path, help="an SVG file to draw")
    parser.add_argument("--keep", type=Path, help="a folder for logs and the carriers' records, kept afterwards")
    chosen = parser.parse_args()
    with folder_for(chosen.keep) as folder:
        outcome = campaign(folder, Storm(0, chosen.seed, pace=0.3), chosen.pace, chosen.picture)
    print(outcome, flush=True)
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
