"""Work that nobody tries again by itself: an admin reads what rests and lets it run, and that is written down."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from store.tables import tasks
from tests.api.town import Town, town_on

DEAD = {
    "task": "forget",
    "arguments": {"worker_id": "w1"},
    "run_at": 1_700_000_000_000,
    "state": "dead",
    "attempts": 8,
    "reason": "KeyError",
}


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    with town_on(database_url) as made:
        with made.house.services.database.write() as connection:
            connection.execute(sa.insert(tasks), [DEAD])
        yield made


def test_an_admin_reads_what_rests_and_lets_it_run_once(town: Town) -> None:
    nadia = town.script("nadia")

    [letter] = nadia.get("/api/v1/tasks").json()["dead"]
    assert {key: letter[key] for key in ("task", "attempts", "reason")} == {"task": "forget", "attempts": 8, "reason": "KeyError"}
    assert "w1" not in str(letter)

    assert [nadia.post(f"/api/v1/tasks/{letter['id']}/again").status_code for _ in range(2)] == [202, 404]
    assert nadia.get("/api/v1/tasks").json() == {"dead": []}
    with town.house.services.database.read() as connection:
        assert connection.execute(sa.select(tasks.c.state, tasks.c.attempts)).one() == ("due", 0)
    acts = [(act["officer_id"], act["action"], act["subject"]) for act in nadia.get("/api/v1/audit").json()["acts"]]
    assert acts[0] == ("nadia", "task_again", f"task {letter['id']}")
