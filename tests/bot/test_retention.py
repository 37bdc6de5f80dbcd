"""What ended long ago goes, nothing else does, and whoever writes meanwhile is heard."""

from typing import Any

import pytest
import sqlalchemy as sa

from bot.clock import DAY
from cases import desk, timeline
from store import retention as kept
from store.tables import cases, entries, inbox, outbox, tasks
from tests.line import Line

WORDS = "They did not pay overtime"


@pytest.fixture
def small_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lots of two, so that few rows need several."""
    monkeypatch.setattr(kept, "LOT", 2)


def _states(line: Line, table: sa.Table) -> list[str]:
    return sorted(row["state"] for row in line.rows(table))


@pytest.mark.usefixtures("small_lots")
def test_after_35_days_rows_that_say_that_something_was_done_are_gone_and_the_case_reads_as_before(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send(WORDS)
    [case] = line.rows(cases)
    line.desk("sanne", lambda at: desk.reply(at, case["reference"], desk.ReplyDraft("I heard you.", "en")))
    phone.news()
    phone.send("1")
    before = line.desk("sanne", lambda at: desk.view(at, case["reference"]))
    line.service.retention.run()
    young = (len(line.rows(inbox)), len(line.rows(outbox)))
    line.clock.move(36 * DAY)
    gone = line.service.retention.run()

    assert young[0] == gone["messages that were handled"] == 3
    assert line.rows(inbox) == []
    assert {row["kind"] for row in line.rows(outbox)} == {"reply"}
    assert young[1] == gone["texts that left"] + 1
    after = line.desk("sanne", lambda at: desk.view(at, case["reference"]))
    assert [entry.text for entry in after.entries] == [entry.text for entry in before.entries]
    assert phone.send("hello")


@pytest.mark.usefixtures("small_lots")
def test_what_waits_rests_or_was_set_aside_stays_whatever_its_age(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send(WORDS)
    [case] = line.rows(cases)
    line.desk("sanne", lambda at: desk.reply(at, case["reference"], desk.ReplyDraft("I heard you.", "en")))
    line.quiet()
    _add(line, inbox, channel="sms", key="SMaside", worker_id="w", sealed=b"s", received_at=0, state="aside", attempts=5)
    _add(line, tasks, task="translate", arguments={}, run_at=0, state="dead")
    line.clock.move(400 * DAY)
    line.service.retention.run()

    assert _states(line, inbox) == ["aside"]
    assert _states(line, tasks) == ["dead"]
    assert _states(line, outbox) == ["held"]
    assert any("I heard you." in text for text in (*phone.send("1"), *phone.news()))


def test_of_a_forgotten_case_the_timeline_goes_in_time_and_the_check_knows_it(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send(WORDS)
    [case] = line.rows(cases)
    _change(line, sa.update(cases).values(state="forgotten", forgotten_at=line.clock(), data_key_sealed=None))
    line.clock.move(36 * DAY)
    line.service.retention.run()

    assert line.rows(entries) == []
    with line.service.database.read() as connection:
        assert timeline.verify(connection, case["id"]) == ()
    assert len(line.rows(cases)) == 1


def _add(line: Line, table: sa.Table, **row: Any) -> None:
    _change(line, sa.insert(table).values(**row))


def _change(line: Line, statement: sa.Executable) -> None:
    line.service.writer.call_sync(lambda connection: connection.execute(statement))
