"""What is still to be done is found through its index, however much lies beside it that is done."""

import re
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from store import figures, inbox, mails, outbox, timers, traces, waiting
from store.database import open_database
from store.standing import BADLY, NOT_ENDED, TO_LEAVE, TO_PURGE, TO_RUN, standing
from store.tables import QUEUE_ORDER, REFERENCE_HALVES, cases, metadata, tasks

_WAITING = sa.select(tasks.c.id).where(standing(tasks, *TO_RUN), tasks.c.run_at <= sa.bindparam("now"))
_OF_FIGURES = ("ix_inbox_new", "ix_outbox_due", "ix_mails_due", "ix_tasks_due", "ix_attachments_wanted")
_BADLY = ("ix_inbox_aside", "ix_mails_badly", "ix_tasks_dead", "ix_traces_impossible")
STATEMENTS: dict[str, tuple[sa.Executable, tuple[str, ...]]] = {
    "words to handle": (inbox._CANDIDATES, ("ix_inbox_new",)),
    "a worker's words": (inbox._MESSAGES, ("ix_inbox_new",)),
    "messages to send": (outbox._DUE, ("ix_outbox_leaving", "ix_outbox_open")),
    "messages to knock for": (waiting._UNSEEN, ("ix_outbox_behind",)),
    "messages held for a notice": (waiting._LET_GO[True], ("ix_outbox_held",)),
    "notices to send": (mails._DUE, ("ix_mails_due",)),
    "timers that ring": (timers._DUE, ("ix_timers_due_at",)),
    "timers to start": (timers._START, ("ix_timers_due_at", "ix_outbox_open")),
    "traces to purge": (traces._DUE, ("ix_traces_due",)),
    "words to forget": (traces._FORGET_WORDS, ("ix_outbox_worded",)),
    "tasks to run": (_WAITING, ("ix_tasks_due",)),
    **{f"figures by {each}": (statement, (each,)) for each, statement in zip(_OF_FIGURES, figures._WAITING, strict=True)},
    **{f"figures by {each}": (statement, (each,)) for each, statement in zip(_BADLY, figures._BADLY, strict=True)},
    "figures of what was not sent": (figures._UNSENT, ("ix_outbox_badly",)),
    "figures of what is held": (figures._HELD, ("ix_outbox_held",)),
    "figures of what is to be purged": (figures._PURGING, ("ix_traces_due",)),
}
_DESK = sa.select(cases.c.id).where(cases.c.company_id == sa.bindparam("channel"), cases.c.state == sa.bindparam("most"))
_NEXT_PAGE = sa.tuple_(*QUEUE_ORDER) > sa.tuple_(*[sa.literal(1)] * len(QUEUE_ORDER))
_HALF = REFERENCE_HALVES[1].between(sa.bindparam("channel"), sa.bindparam("channel"))
STATEMENTS |= {
    "the queue of a desk": (_DESK.order_by(*QUEUE_ORDER).limit(50), ("ix_cases_queue",)),
    "its next page": (_DESK.where(_NEXT_PAGE).order_by(*QUEUE_ORDER).limit(50), ("ix_cases_queue",)),
    "a case by a half of its reference": (sa.select(cases.c.id).where(_HALF), ("ix_cases_second_half",)),
}
_AS_GOOD = {"ix_outbox_due": "ix_outbox_leaving"}
"""An index of the same rows in another order: who reads them all may take either."""
_SOME = {
    "skipped": ["x"],
    "ids": ["x"],
    "channels": ["sms"],
    "channel": "sms",
    "resting": ["x"],
    "mail_ids": [1],
    "most": 48,
    "most_of_one": 8,
    "last": 4_000_000_000,
    "now": 1,
    "before": 1,
}


def _sent(connection: sa.Connection, statement: sa.Executable) -> tuple[str, Any]:
    """What the driver is given for a statement."""
    given: list[tuple[str, Any]] = []

    def look(*told: Any) -> None:
        given.append((told[2], told[3]))

    event.listen(connection, "before_cursor_execute", look)
    ids = {"ids": [1] if statement is waiting._LET_GO[True] else ["x"]}
    connection.execute(statement, {**_SOME, **ids})
    event.remove(connection, "before_cursor_execute", look)
    return given[0]


@pytest.mark.parametrize("name", STATEMENTS)
def test_sqlite_finds_it_through_the_index(name: str, sqlite_url: str) -> None:
    statement, indexes = STATEMENTS[name]
    database = open_database(sqlite_url)
    with database.write() as connection:
        text, values = _sent(connection, statement)
        plan = str(list(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)))
    database.close()

    assert all(index in plan or _AS_GOOD.get(index, index) in plan for index in indexes), plan
    assert not ("queue" in name and "TEMP B-TREE" in plan), plan


@pytest.mark.parametrize("name", STATEMENTS)
def test_postgresql_finds_it_through_the_index_in_a_plan_that_serves_every_value(name: str, postgresql_url: str) -> None:
    """A generic plan knows no bound value; the planner may not read the table although it is small here."""
    statement, indexes = STATEMENTS[name]
    database = open_database(postgresql_url)
    with database.write() as connection:
        text, _ = _sent(connection, statement)
        numbers = count(1)
        connection.exec_driver_sql("SET enable_seqscan = off")
        generic = re.sub(r"%\(\w+\)s", lambda _: f"${next(numbers)}", text)
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN (GENERIC_PLAN) {generic}"))
    database.close()

    assert all(index in plan or _AS_GOOD.get(index, index) in plan for index in indexes), plan


@pytest.mark.parametrize(
    ("index", "states"),
    [
        ("ix_outbox_due", TO_LEAVE),
        ("ix_outbox_leaving", TO_LEAVE),
        ("ix_mails_due", TO_LEAVE),
        ("ix_outbox_open", NOT_ENDED),
        ("ix_tasks_due", TO_RUN),
        ("ix_traces_due", TO_PURGE),
        ("ix_outbox_badly", BADLY),
        ("ix_mails_badly", BADLY),
    ],
)
def test_a_statement_names_the_condition_of_its_index(index: str, states: tuple[str, ...]) -> None:
    conditions = {str(one.name): str(one.dialect_options["sqlite"]["where"]) for table in metadata.tables.values() for one in table.indexes}

    assert conditions[index] == f"state IN ({', '.join(map(repr, states))})"
