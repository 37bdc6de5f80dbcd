"""`weerklank tasks`, as an operator types it, and the same over REST: a dead letter is read and runs again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from store import tasks as kept
from store.database import Database, open_database
from store.tables import tasks
from weerklank.__main__ import main
from weerklank.commands.keys import fresh_lines

DEAD = {"task": "forget", "arguments": {"worker_id": "w1"}, "run_at": 1_700_000_000_000, "state": "dead", "attempts": 8}


@pytest.fixture
def database(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.chdir(tmp_path)
    for line in [*fresh_lines(), f"WEERKLANK_DATABASE_URL={database_url}", f"WEERKLANK_DATA_DIR={tmp_path}"]:
        monkeypatch.setenv(*line.split("=", 1))
    opened = open_database(database_url)
    with opened.write() as connection:
        connection.execute(sa.insert(tasks), [DEAD | {"reason": "TimeoutError"}, DEAD | {"reason": "KeyError"}])
        kept.enqueue(connection, "forget", {}, 1)
    yield opened
    opened.close()


def states(database: Database) -> list[tuple[str, int]]:
    with database.read() as connection:
        return [(row.state, row.attempts) for row in connection.execute(sa.select(tasks.c.state, tasks.c.attempts).order_by(tasks.c.id))]


def test_what_rests_is_listed_with_its_reason_and_without_its_arguments(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "list"]) == 0

    said = capsys.readouterr().out
    assert said.splitlines() == [
        "2  forget  since 2023-11-14 22:13 UTC, 8 attempts: KeyError",
        "1  forget  since 2023-11-14 22:13 UTC, 8 attempts: TimeoutError",
    ]


def test_one_runs_again_by_its_number(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "again", "2"]) == 0
    assert capsys.readouterr().out == "1 task runs again as soon as the service is free\n"
    assert states(database) == [("dead", 8), ("due", 0), ("due", 0)]

    assert main(["tasks", "again", "2"]) == 1
    assert capsys.readouterr().err.endswith("weerklank: no task 2 rests; `weerklank tasks list` shows those that do\n")


def test_all_run_again_on_one_word(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "again", "--all"]) == 0
    assert capsys.readouterr().out == "2 tasks run again as soon as the service is free\n"
    assert states(database) == [("due", 0)] * 3

    assert main(["tasks", "again", "--all"]) == 0
    assert main(["tasks", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "no task rests"
