"""What leaves now: a channel with a long queue, or one whose carrier hangs, takes its own room and nobody else's."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import leaving_now
from bot.clock import SECOND
from bot.pace import AT_ONCE, Pace
from channels.base import Abilities, Inbound
from store.database import Database, open_database
from store.tables import outbox, workers
from tests.line import Carrier, Line

NOW = 1_000_000
LEASE = 90 * SECOND


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def _due(connection: sa.Connection, channel: str, count: int) -> None:
    names = [f"{channel}-{number}" for number in range(count)]
    connection.execute(sa.insert(workers), [{"id": name, "key_sealed": b"k"} for name in names])
    row = {"channel": channel, "kind": "flow", "state": "due", "sealed": b"sealed", "due_at": NOW, "created_at": NOW}
    connection.execute(sa.insert(outbox), [{**row, "worker_id": name} for name in names])


def _leaving(database: Database, **room: int) -> Counter[str]:
    pace = Pace({name: Carrier(name, Abilities()) for name in room})
    with database.write() as connection:
        return Counter(row.channel for row in leaving_now.claim(connection, pace, room, NOW, LEASE))


def test_one_message_leaves_beside_a_queue_of_thousands_on_another_channel(database: Database) -> None:
    with database.write() as connection:
        _due(connection, "sms", 3000)
        _due(connection, "telegram", 1)

    assert _leaving(database, sms=AT_ONCE, telegram=AT_ONCE) == {"sms": AT_ONCE, "telegram": 1}


def test_a_channel_that_is_almost_full_takes_what_it_has_room_for_and_no_more(database: Database) -> None:
    with database.write() as connection:
        _due(connection, "sms", 100)
        _due(connection, "telegram", 100)

    assert _leaving(database, sms=1, telegram=AT_ONCE) == {"sms": 1, "telegram": AT_ONCE}


def test_on_a_quiet_day_everything_leaves_at_once(database: Database) -> None:
    with database.write() as connection:
        _due(connection, "sms", 2)
        _due(connection, "telegram", 3)

    assert _leaving(database, sms=AT_ONCE, telegram=AT_ONCE, whatsapp=AT_ONCE) == {"sms": 2, "telegram": 3}


def test_a_hundred_sends_that_hang_hold_up_no_other_channel_and_no_more_than_its_room_is_begun(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path / "data", send_lease_seconds=12)
    line.carriers["sms"].hangs = True
    for number in range(100):
        line.accept(Inbound("sms", f"SM{number}", f"+4477009{number:05d}", "message", "52746 en"))
    phone = line.phone("telegram", "901")
    line.accept(Inbound("telegram", "1:1", "901", "message", "52746 en"))
    line.until(lambda: bool(line.carriers["telegram"].sent))
    line.until(lambda: sum(row["channel"] == "sms" for row in line.rows(outbox)) >= 100)

    said, held_up = phone.news(), Counter(row["state"] for row in line.rows(outbox) if row["channel"] == "sms")
    line.close()

    assert said != []
    assert held_up["sending"] == AT_ONCE
    assert held_up.keys() <= {"due", "sending"}
