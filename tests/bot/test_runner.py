"""Tasks that are due run side by side; one that fails stops no other, and comes again."""

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bot.runner import Runner, Work
from store import tasks as kept
from store.database import open_database
from store.tables import tasks
from store.writer import Writer

NOW = 1_000_000


def _run(url: str, wanted: list[str], work: Mapping[str, Work]) -> list[tuple[str, str, str | None]]:
    """Run tasks of these names once; gives each with how it stands."""
    database = open_database(url)
    writer = Writer(database)
    writer.start()
    with database.write() as connection:
        for name in wanted:
            kept.enqueue(connection, name, {}, NOW)
    asyncio.run(Runner(writer, lambda: NOW, work).run_due())
    with database.read() as connection:
        found = [tuple(row) for row in connection.execute(sa.select(tasks.c.task, tasks.c.state, tasks.c.reason).order_by(tasks.c.id))]
    writer.stop()
    database.close()
    return found


def test_two_tasks_that_need_one_another_both_end(database_url: str) -> None:
    both = threading.Barrier(2, timeout=20)

    def meet(_: Mapping[str, Any]) -> None:
        both.wait()

    assert _run(database_url, ["meet", "meet"], {"meet": meet}) == [("meet", "done", None), ("meet", "done", None)]


def test_a_task_that_fails_stops_no_other_and_comes_again(database_url: str) -> None:
    done = list[str]()

    def fail(_: Mapping[str, Any]) -> None:
        raise ValueError("words of somebody")

    def work(_: Mapping[str, Any]) -> None:
        done.append("done")

    stand = _run(database_url, ["fail", "work"], {"fail": fail, "work": work})

    assert stand == [("fail", "due", "ValueError"), ("work", "done", None)]
    assert done == ["done"]
