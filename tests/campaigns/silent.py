"""A wire to PostgreSQL that confirms everything and carries nothing: `python -m tests.campaigns.silent --seconds 60`.

One `serve` and two `work` behind such a wire, and workers who write all the while. Afterwards new connections pass; those from before stay
dumb, as behind a firewall that forgot them. Printed is how long a carrier waited for its answer, and when all was handled again.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bot import clock
from store import attachments
from store import tasks as kept
from store.database import open_database
from store.tables import inbox, outbox, tasks
from tests.campaigns.cluster import Cluster
from tests.campaigns.kill import lay_tables
from tests.campaigns.post import NoAnswer, webhook
from tests.campaigns.postgres import Postgres
from tests.campaigns.record import Record
from tests.campaigns.scratch import folder_for
from tests.campaigns.wire import Wire
from tests.campaigns.workers import MESSAGES
from tests.doubles import twilio_posts
from tests.doubles.twilio import TwilioDouble

_PATIENCE = 180.0
_EVERY = 2.0
_BEFORE = 5


@dataclass
class Found:
    """What carriers heard during the silence, and the seconds after it until everything was as ever; None: never."""

    statuses: list[int] = field(default_factory=list[int])
    waited: list[float] = field(default_factory=list[float])
    answered: float | None = None
    worked: float | None = None

    def __str__(self) -> str:
        heard = {status: self.statuses.count(status) for status in sorted(set(self.statuses))}
        return (
            f"posts by answer {heard} · longest wait {max(self.waited):.1f} s · "
            f"all answered after {self.answered} s · a task done after {self.worked} s"
        )


async def _post(port: int, number: int, found: Found) -> None:
    hook = twilio_posts.webhook(MESSAGES, twilio_posts.sms(f"+44770090{number:04d}", "52746 en"))
    began = time.monotonic()
    try:
        found.statuses.append((await webhook(port, hook)).status)
    except NoAnswer:
        found.statuses.append(0)
    found.waited.append(time.monotonic() - began)


async def _posts(port: int, first: int, seconds: float) -> Found:
    """A worker every two seconds."""
    found, posts = Found(), list[asyncio.Task[None]]()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        posts.append(asyncio.create_task(_post(port, first + len(posts), found)))
        await asyncio.sleep(_EVERY)
    await asyncio.gather(*posts)
    return found


def _until(seen: Callable[[], bool]) -> float | None:
    began = time.monotonic()
    while time.monotonic() - began < _PATIENCE:
        if seen():
            return round(time.monotonic() - began, 1)
        time.sleep(0.1)
    return None


def _all_answered(record: Record) -> bool:
    waiting = record.rows(sa.select(inbox.c.id).where(inbox.c.state != "done"))
    leaving = record.rows(sa.select(outbox.c.id).where(outbox.c.state.in_(["due", "sending"])))
    return not waiting and not leaving and not any(record.spooled())


def campaign(folder: Path, seconds: float) -> Found:
    """One silence of so many seconds."""
    with ExitStack() as opened:
        postgres = Postgres(folder / "postgres")
        opened.callback(postgres.stop)
        postgres.start()
        lay_tables(postgres.url)
        house = Cluster(folder / "house", postgres.url, web=1, workers=2, more={"CODES_AHEAD": "20"})
        port = opened.enter_context(house.door).port
        twilio = opened.enter_context(TwilioDouble(delay=0.01))
        house.environment["WEERKLANK_TWILIO_API_URL"] = twilio.url
        house.lay()
        there = sa.make_url(postgres.url)
        wire = opened.enter_context(Wire(there.port or 0))
        house.environment["WEERKLANK_DATABASE_URL"] = there.set(port=wire.port).render_as_string(hide_password=False)
        record = Record(open_database(postgres.url), house.keyring(), house.folder / "data" / "spool")
        opened.callback(record.database.close)
        opened.callback(house.stop)
        house.start()
        house.await_up()
        asyncio.run(_posts(port, 100, _BEFORE * _EVERY))
        if _until(lambda: _all_answered(record)) is None:
            raise RuntimeError(f"nobody is answered before the silence:\n{house.logs()[-4000:]}")
        wire.silence()
        found = asyncio.run(_posts(port, 200, seconds))
        wire.speak()
        with record.database.write() as connection:
            kept.enqueue(connection, attachments.DELETE, {"files": []}, clock.now(), "after the silence")
        found.answered = _until(lambda: _all_answered(record))
        found.worked = _until(lambda: not record.rows(sa.select(tasks.c.id).where(tasks.c.state != "done")))
        return found


def main() -> int:
    """Run it from the command line; 1 if somebody was never answered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    with folder_for(None) as folder:
        found = campaign(folder, chosen.seconds)
    print(found, flush=True)
    return 1 if found.answered is None or found.worked is None or set(found.statuses) != {200} else 0


if __name__ == "__main__":
    sys.exit(main())
