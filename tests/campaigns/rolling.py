"""The rolling restart: under traffic every process in turn is asked to end and followed by another, and nothing of it may be seen.

`python -m tests.campaigns.rolling --rounds 10 --seed 7`. In each round every `serve` and every `work` gets a SIGTERM, ends, and has a
successor, as a deploy does it. Unlike a kill, an orderly end leaves no doubt: no message is marked as maybe sent, every post is answered
well, and every process ends by itself, with 0, before Compose would end it.
"""

import argparse
import asyncio
import random
import secrets
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from store.tables import mails, outbox
from tests.campaigns.cluster import Cluster
from tests.campaigns.kill import Campaign, Outcome, Storm, TellingTwilio, lay_tables
from tests.campaigns.postgres import Postgres
from tests.campaigns.proxy import CADDY, Proxy
from tests.campaigns.scratch import folder_for
from tests.campaigns.workers import SCRIPTS, Worker
from tests.doubles.mail import MailDouble
from tests.doubles.telegram import TelegramDouble
from tests.operations.files import compose

GRACE = float(str(compose()["services"]["work-a"]["stop_grace_period"]).removesuffix("s"))
"""Seconds that Compose gives a process to end."""
SLOW = 0.25
"""Seconds that a carrier and a mail server take: at any moment something is on its way."""
_BREATH = 0.5
_NOBODY_ANSWERS = 0.2


@dataclass
class Ends:
    """How processes ended: what each said, and how many seconds it took."""

    said: Counter[str] = field(default_factory=Counter[str])
    serve: list[float] = field(default_factory=list[float])
    work: list[float] = field(default_factory=list[float])


class Rolling(Campaign):
    """So many rounds over a cluster; `storm.kills` counts orderly ends, and nothing is killed."""

    def __init__(self, cluster: Cluster, doubles: tuple[TellingTwilio, TelegramDouble], post: MailDouble, storm: Storm) -> None:
        super().__init__(cluster, doubles, storm)
        self.cluster = cluster
        self.post = post
        self.ends = Ends()

    async def _strike(self) -> None:
        web = list(self.cluster.ports)
        work = [name for name in self.cluster.names if name not in self.cluster.ports]
        await asyncio.gather(self._roll(web, self.ends.serve), self._roll(work, self.ends.work))

    async def _roll(self, names: Sequence[str], seconds: list[float]) -> None:
        """Round after round, one of these after another. Raises RuntimeError when a successor does not come up."""
        for _ in range(self.storm.kills):
            for name in names:
                await asyncio.sleep(self.luck.uniform(0.0, _BREATH))
                code, took = await asyncio.to_thread(self.cluster.end, name, GRACE)
                self.ends.said[f"{name.partition('-')[0]} {code}"] += 1
                seconds.append(took)
                self.cluster.start(name)
                await asyncio.to_thread(self._await_successor, name)
                self.kills += 1

    def _await_successor(self, name: str) -> None:
        self.cluster.await_listening(name)
        if name in self.cluster.ports:
            self.cluster.await_up()

    def _patience_runs_out(self) -> bool:
        return self.luck.random() < _NOBODY_ANSWERS

    def _model_crowd(self) -> list[Worker]:
        return [*super()._model_crowd(), *(Worker(script, 90 + number, waits=True) for number, script in enumerate(SCRIPTS))]

    def _refusals(self) -> list[str]:
        """Whatever was posted was taken, by the first who was asked."""
        refused = Counter(f"a post of a carrier was answered {status}" for _, status in self.streets.refused)
        refused += Counter(f"a status was answered {status}" for status in self.twilio.refused)
        refused += Counter(f"an officer was answered {status}" for status in self.desk.refused)
        silent = {"carriers' posts": self.streets.no_answer, "statuses": self.twilio.no_answer, "officers": self.desk.no_answer}
        refused += Counter({f"no answer came: {whose}": count for whose, count in silent.items() if count})
        return [f"{what} ({count} times)" for what, count in refused.items()] + self._doubts() + self._ended_ill()

    def _doubts(self) -> list[str]:
        wrong = [f"{self._in_doubt()} messages are marked as maybe sent"] if self._in_doubt() else []
        doubtful = self.record.rows(sa.select(mails.c.id).where(mails.c.state == "maybe_sent"))
        wrong += [f"{len(doubtful)} notices are marked as maybe sent"] if doubtful else []
        twice = Counter(str(mail["Message-ID"]) for mail in self.post.mails)
        return wrong + [f"the notice {name} came {count} times" for name, count in twice.items() if count > 1]

    def _in_doubt(self) -> int:
        """How many may have been sent before. A knock that was answered within its very send was marked, until its one end was known."""
        known = (outbox.c.state == "sent") & (outbox.c.attempts == 1)
        return len(self.record.rows(sa.select(outbox.c.id).where(outbox.c.maybe, ~known)))

    def _ended_ill(self) -> list[str]:
        return [f"ended with {said} ({count} times)" for said, count in self.ends.said.items() if not said.endswith(" 0")]

    def _figures(self, seconds: float) -> dict[str, object]:
        taken = {
            f"seconds to end, {name}": f"{statistics.median(each):.1f} (at most {max(each):.1f})"
            for name, each in (("serve", self.ends.serve), ("work", self.ends.work))
        }
        return {**super()._figures(seconds), "in doubt": self._in_doubt(), "notices": len(self.post.taken), **taken}


def campaign(url: str, folder: Path, storm: Storm, *, workers: int = 2, proxy: bool = CADDY.exists(), slow: float = SLOW) -> Outcome:
    """Run one campaign on a PostgreSQL that has its tables; with `proxy` behind Caddy, else behind a door that passes bytes on."""
    more = {"CODES_AHEAD": "40", "SEND_LEASE_SECONDS": "60", "LATE_CHECK_SECONDS": "1"}
    telegram = TelegramDouble(record=folder / "telegram.jsonl", delay=slow)
    house = Cluster(folder / "house", url, more=more, workers=workers)
    with ExitStack() as opened:
        wire = opened.enter_context(house.door)
        door = opened.enter_context(Proxy(folder, tuple(house.ports.values()))) if proxy else wire
        house.port = door.port
        twilio = opened.enter_context(TellingTwilio(folder / "twilio.jsonl", house.port, random.Random(storm.seed + 1), slow))
        opened.enter_context(telegram)
        post = opened.enter_context(MailDouble(delay=slow))
        house.environment |= {
            "WEERKLANK_TWILIO_API_URL": twilio.url,
            "WEERKLANK_TELEGRAM_API_URL": telegram.url,
            "WEERKLANK_SMTP_URL": post.url,
        }
        house.lay()
        run = Rolling(house, (twilio, telegram), post, storm)
        opened.callback(run.record.database.close)
        opened.callback(house.stop)
        return asyncio.run(run.run())


def main() -> int:
    """Run the campaign from the command line; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--door", choices=("caddy", "wire"), default="caddy", help="what stands before the web processes")
    parser.add_argument("--keep", type=Path, help="a folder for logs and the carriers' records, kept afterwards")
    chosen = parser.parse_args()
    with folder_for(chosen.keep) as folder:
        postgres = Postgres(folder / "postgres")
        postgres.start()
        try:
            lay_tables(postgres.url)
            storm = Storm(chosen.rounds, chosen.seed, at_once=10)
            outcome = campaign(postgres.url, folder, storm, workers=chosen.workers, proxy=chosen.door == "caddy")
        finally:
            postgres.stop()
    print(outcome, flush=True)
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
