"""Figures of the whole database, and those of a process: what they say, what they cost, and what they never repeat."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import DAY
from bot.outgoing import Ready
from channels.base import Failure, Outbound
from store.database import Database, open_database
from store.outbox import Row
from store.tables import attachments, inbox, mails, outbox, tasks, ticks, timers
from tests.line import Line, failing
from weerklank.commands.keys import fresh_lines
from weerklank.measures import Measures
from weerklank.measures_shared import Figure, House, Shared
from weerklank.settings import Settings
from weerklank.wiring import Service

NOW = 1_800_000_000_000
SECOND = 1000
STRANGE = "+447700900555"
HOUSE = House(("sms", "telegram"), frozenset({"translate"}), {"promises": 20.0})
_WORD = {"channel": "sms", "key": "k", "worker_id": "w", "sealed": b"s", "received_at": NOW, "state": "new"}
_MESSAGE = {"worker_id": "w", "channel": "sms", "kind": "flow", "state": "due", "due_at": NOW, "created_at": NOW}
_MAIL = {"key": "m", "kind": "answer", "officer_ids": [], "state": "due", "due_at": NOW}
_TASK = {"task": "translate", "arguments": {}, "state": "due", "run_at": NOW}
_FILE = {"worker_id": "w", "channel": "telegram", "kind": "photo", "state": "wanted", "due_at": NOW, "created_at": NOW}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def put(database: Database, table: sa.Table, *rows: Mapping[str, object]) -> None:
    with database.write() as connection:
        for row in rows:
            connection.execute(sa.insert(table).values(**row))


def read(database: Database, shared: Shared | None = None) -> dict[str, Figure]:
    """The figures by name."""
    with database.read() as connection:
        return {figure.name: figure for figure in (shared or Shared(HOUSE)).read(connection, NOW)}


def test_a_queue_is_as_old_as_its_oldest_row_that_could_have_been_taken(database: Database) -> None:
    put(database, inbox, _WORD | {"received_at": NOW - 90 * SECOND}, _WORD | {"key": "j", "received_at": NOW - 5 * SECOND})
    put(database, outbox, _MESSAGE | {"due_at": NOW - 30 * SECOND}, _MESSAGE | {"state": "sending", "due_at": NOW - DAY})
    put(database, mails, _MAIL | {"due_at": NOW - 7 * SECOND}, _MAIL | {"key": "n", "kind": "danger", "due_at": NOW - 3 * SECOND})
    put(database, tasks, _TASK | {"run_at": NOW - 11 * SECOND})
    put(database, attachments, _FILE | {"due_at": NOW - 13 * SECOND})

    found = read(database)

    assert found["queue_oldest_seconds"].values == {
        ("inbox", "sms"): 90.0,
        ("inbox", "telegram"): 0.0,
        ("outbox", "sms"): 30.0,
        ("outbox", "telegram"): 0.0,
        ("attachments", "sms"): 0.0,
        ("attachments", "telegram"): 13.0,
        ("mails", ""): 7.0,
        ("tasks", ""): 11.0,
        ("traces", ""): 0.0,
    }
    assert found["danger_notice_oldest_seconds"].values == {(): 3.0}


def test_what_was_put_off_or_is_held_makes_no_queue_old(database: Database) -> None:
    later = {"due_at": NOW + 60 * SECOND, "created_at": NOW - DAY}
    put(database, outbox, _MESSAGE | later, _MESSAGE | {"state": "held", "hold": "knock", "due_at": NOW - DAY})

    found = read(database)

    assert found["queue_oldest_seconds"].values["outbox", "sms"] == 0.0
    assert found["queue_rows"].values == {("outbox", "sms", "flow", "due"): 1, ("outbox", "sms", "flow", "held"): 1}


def test_dead_letters_are_counted_by_queue_and_class(database: Database) -> None:
    put(database, inbox, _WORD | {"state": "aside", "reason": "ValueError"}, _WORD | {"key": "d", "state": "done"})
    put(database, outbox, *(_MESSAGE | {"state": "failed", "failure": why} for why in ("config", "config", "opt_out", None)))
    put(database, tasks, _TASK | {"state": "dead", "reason": "KeyError"})

    assert read(database)["dead_letters"].values == {
        ("inbox", "", "", ""): 0,
        ("outbox", "", "", ""): 0,
        ("mails", "", "", ""): 0,
        ("tasks", "", "", ""): 0,
        ("inbox", "sms", "", ""): 1,
        ("outbox", "sms", "flow", "config"): 2,
        ("outbox", "sms", "flow", "opt_out"): 1,
        ("outbox", "sms", "flow", "unknown"): 1,
        ("tasks", "", "translate", ""): 1,
    }


def test_whatever_stands_in_a_row_no_label_repeats_a_name_that_is_not_of_its_list(database: Database) -> None:
    put(database, inbox, _WORD | {"channel": STRANGE}, _WORD | {"key": "a", "channel": STRANGE, "state": "aside"})
    put(database, outbox, _MESSAGE | {"channel": STRANGE, "kind": "words", "state": "failed", "failure": "no 30006"})
    put(database, tasks, _TASK | {"task": f"call {STRANGE}"})
    put(database, attachments, _FILE | {"kind": "secret", "channel": STRANGE})

    found = read(database)
    words = {word for figure in found.values() for labels in figure.values for word in labels}

    assert ("outbox", "other", "other", "other") in found["dead_letters"].values
    assert not words & {STRANGE, "words", "no 30006", f"call {STRANGE}", "secret"}


def test_clocks_that_are_behind_say_so(database: Database) -> None:
    waiting = {"worker_id": "w", "channel": "sms", "timer": 1, "lasts": 1, "set_at": 1}
    put(database, timers, waiting | {"due_at": NOW - 40 * SECOND}, waiting | {"worker_id": "v", "due_at": NOW + 1})
    put(database, ticks, {"task": "promises", "period": NOW // 20_000 - 10}, {"task": "promises", "period": NOW // 20_000 - 30})

    found = read(database)

    assert (found["timers_due"].values, found["timer_behind_seconds"].values) == ({(): 1}, {(): 40.0})
    assert found["clock_silent_seconds"].values == {("promises",): 180.0}


def test_a_clock_that_never_rang_is_silent_since_somebody_looks(database: Database) -> None:
    times = iter((100.0, 163.0))

    assert read(database, Shared(HOUSE, lambda: next(times)))["clock_silent_seconds"].values == {("promises",): 63.0}


def test_rows_are_counted_that_wait_or_ended_badly_and_no_others(database: Database) -> None:
    """Those that ended well are counted by the processes that ended them: in the database they are millions."""
    for table, row, states in (
        (inbox, _WORD, ("new", "done", "aside")),
        (outbox, _MESSAGE, ("held", "due", "sending", "sent", "maybe_sent", "failed", "dropped")),
        (tasks, _TASK, ("due", "running", "done", "dead")),
    ):
        put(database, table, *(row | {"state": state} | ({"key": state} if table is inbox else {}) for state in states))

    assert {(labels[0], labels[3]): count for labels, count in read(database)["queue_rows"].values.items()} == {
        **{("inbox", state): 1 for state in ("new", "aside")},
        **{("outbox", state): 1 for state in ("held", "due", "sending", "maybe_sent", "failed")},
        **{("tasks", state): 1 for state in ("due", "running", "dead")},
    }


def test_without_a_database_a_process_still_tells_of_itself(tmp_path: Path) -> None:
    keys = dict(line.split("=", 1) for line in fresh_lines())
    here = {"database_url": "postgresql+psycopg://nobody@127.0.0.1:9/none", "data_dir": tmp_path}
    secrets = {"sealing_keys": keys["WEERKLANK_SEALING_KEYS"], "lookup_pepper": keys["WEERKLANK_LOOKUP_PEPPER"]}
    service = Service(Settings.model_validate(here | secrets))

    text = Measures(service).text().decode()
    service.database.close()

    assert "weerklank_database_up 0.0" in text
    assert "weerklank_spool_messages" in text
    assert "weerklank_shared" not in text


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    opened = Line(database_url, tmp_path)
    yield opened
    opened.close()


def value(measures: Measures, name: str, **labels: str) -> float:
    return measures.registry.get_sample_value(name, labels) or 0.0


def test_a_talk_is_counted_from_the_words_to_their_answer(line: Line) -> None:
    measures, phone = Measures(line.service), line.phone("sms")
    phone.send("52746 en")
    line.carriers["sms"].failures.append(failing(Failure.CONFIG))
    phone.send("they did not pay us")

    assert value(measures, "weerklank_inbox_wait_seconds_count", channel="sms") == 2
    assert value(measures, "weerklank_send_failures_total", channel="sms", failure="config", told="at_once") == 1
    assert value(measures, "weerklank_sends_total", channel="sms", kind="flow", outcome="due") == 1
    assert value(measures, "weerklank_reply_seconds_count", channel="sms") >= 1


def test_a_promise_is_owed_and_then_late(line: Line) -> None:
    phone = line.phone("sms")
    phone.send("52746 en")
    phone.send("they did not pay us")
    line.quiet()
    owed = read(line.service.database)["promises"].values
    line.clock.move(30 * DAY)
    line.until(lambda: read(line.service.database)["promises"].values["late",] == 1)

    assert (owed["owed",], owed["late",]) == (1, 0)


_ROW = Row(1, "w", "sms", "flow", None, None, None, 0, maybe=False, created_at=NOW, due_at=NOW)
_READY = Ready(_ROW, Outbound("1", "", ""), heard_at=NOW - 400)


@pytest.mark.parametrize(
    ("ready", "waited"),
    [
        pytest.param(_READY, 1400, id="an answer"),
        pytest.param(replace(_READY, heard_at=NOW + 500), 1000, id="she wrote again meanwhile"),
        pytest.param(replace(_READY, heard_at=0), 1000, id="her window was shut"),
        pytest.param(replace(_READY, row=replace(_ROW, attempts=2, due_at=NOW + 900)), 1400, id="tried twice before"),
        pytest.param(replace(_READY, row=replace(_ROW, due_at=NOW + 900)), None, id="it waited behind a knock"),
        pytest.param(replace(_READY, row=replace(_ROW, kind="reply")), None, id="an officer's words"),
    ],
)
def test_how_long_somebody_waited_for_the_answer_to_their_words(ready: Ready, waited: int | None) -> None:
    assert ready.waited(NOW + 1000) == waited
