"""One pace for all processes: together they send no more than a carrier takes, and a worker rests whoever wrote to her last."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from store import feeds, outbox
from store.database import Database, open_database
from store.feeds import Rate
from store.outbox import Room
from store.tables import feeds as kept_feeds
from store.tables import outbox as rows
from store.tables import rests as kept_rests

NOW = 1_000_000


@pytest.fixture
def two(database_url: str) -> Iterator[tuple[Database, Database]]:
    """Two processes on one database."""
    one, other = open_database(database_url), open_database(database_url)
    yield one, other
    one.close()
    other.close()


def _due(database: Database, workers: int) -> None:
    row = {"channel": "telegram", "kind": "flow", "state": "due", "sealed": b"x", "due_at": NOW, "created_at": NOW}
    with database.write() as connection:
        outbox.put(connection, [{**row, "worker_id": f"w{number}"} for number in range(workers)])


def _claim(database: Database, rate: Rate, now: int = NOW) -> list[str]:
    with database.write() as connection:
        room = Room(["telegram"], 48, feeds.resting(connection, now), rate)
        return [row.worker_id for row in outbox.claim(connection, now, now + 30_000, room)]


def test_two_processes_together_send_what_the_carrier_takes_in_a_second(two: tuple[Database, Database]) -> None:
    _due(two[0], 40)
    rate = Rate(per_second=10)

    assert [len(_claim(each, rate)) for each in (*two, *two)] == [10, 0, 0, 0]
    assert [len(_claim(each, rate, NOW + 500)) for each in two] == [5, 0]
    assert [len(_claim(each, rate, NOW + 60_000)) for each in two] == [10, 0]


def test_many_processes_at_once_take_no_more_than_that(two: tuple[Database, Database]) -> None:
    _due(two[0], 60)
    taken: list[str] = []
    threads = [threading.Thread(target=lambda each=each: taken.extend(_claim(each, Rate(per_second=12)))) for each in two * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 12
    assert Counter(taken).most_common(1)[0][1] == 1


def test_a_worker_rests_also_from_what_another_process_sends(two: tuple[Database, Database]) -> None:
    rate = Rate(between=1000)
    _due(two[0], 2)
    first = _claim(two[0], rate)
    with two[0].write() as connection:
        connection.execute(sa.update(rows).values(state="sent"))
    _due(two[0], 3)

    assert sorted(first) == ["w0", "w1"]
    assert _claim(two[1], rate, NOW + 999) == ["w2"]
    assert sorted(_claim(two[1], rate, NOW + 1000)) == ["w0", "w1"]


def test_a_channel_without_a_limit_leaves_no_trace_in_the_tables_of_pace(two: tuple[Database, Database]) -> None:
    _due(two[0], 5)

    assert len(_claim(two[0], Rate())) == 5
    with two[0].read() as connection:
        counts = [connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in (kept_feeds, kept_rests)]
    assert counts == [0, 0]
