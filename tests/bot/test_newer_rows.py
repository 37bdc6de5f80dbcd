"""Rows of a kind that only a newer version knows: an older process beside it neither loses them, nor gives them up, nor spins on them."""

import secrets
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from bot.clock import HOUR
from bot.sealed import LEFT_TO_NEWER, Wording, inbox_aad, seal_inbound, seal_message
from channels.base import Inbound
from store import tasks as kept
from store.sealing import seal_with
from store.tables import inbox, mails, outbox, tasks
from tests.line import Line

_ADDRESS = "+447700900200"
_LOOKS = 1.2
"""Seconds in which every loop looks at least once."""


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    opened = Line(database_url, tmp_path / "data")
    opened.phone("sms", _ADDRESS).send("52746 en")
    yield opened
    opened.close()


def _put(line: Line, table: sa.Table, **values: Any) -> int:
    def put(connection: sa.Connection) -> int:
        return int(connection.execute(sa.insert(table).values(values).returning(table.c.id)).scalar_one())

    return line.service.writer.call_sync(put)


def _change(line: Line, table: sa.Table, row_id: int, **values: Any) -> None:
    line.service.writer.call_sync(lambda connection: connection.execute(sa.update(table).where(table.c.id == row_id).values(values)))


def _row(line: Line, table: sa.Table, row_id: int) -> dict[str, Any]:
    [found] = [row for row in line.rows(table) if row["id"] == row_id]
    return found


def _worker(line: Line) -> tuple[str, bytes]:
    worker_id: str = line.rows(outbox)[0]["worker_id"]
    with line.service.database.read() as connection:
        return worker_id, line.service.identity.address_of(connection, [worker_id])[worker_id].worker.key


def _words(line: Line, content: list[Any]) -> int:
    """A message in the inbox as a newer version keeps it."""
    worker_id, key = _worker(line)
    carriers = secrets.token_hex(8)
    sealed = seal_with(key, orjson.dumps(content), inbox_aad("sms", carriers))
    known = {"channel": "sms", "key": carriers, "worker_id": worker_id, "received_at": line.clock(), "state": "new", "attempts": 0}
    return _put(line, inbox, **known, sealed=sealed)


def _message(line: Line, **values: Any) -> int:
    now = line.clock()
    to_her = {"worker_id": _worker(line)[0], "channel": "sms", "due_at": now, "created_at": now, "attempts": 0, "maybe": False}
    return _put(line, outbox, **({"state": "due"} | to_her | values))


def _somebody_else_is_served(line: Line) -> None:
    """Time in which everything is looked at, and another worker is answered."""
    before = len(line.carriers["telegram"].sent)
    line.accept(Inbound("telegram", secrets.token_hex(8), f"{900 + before}", "message", "52746 en"))
    line.until(lambda: len(line.carriers["telegram"].sent) > before)
    time.sleep(_LOOKS)


@pytest.mark.parametrize(
    "content",
    [["reaction", "yes", None, None, [], None, None], ["message", "yes", None, None, [], None, None, "a part more"]],
    ids=["a kind that is new", "a part that is new"],
)
def test_words_of_a_newer_form_wait_for_a_newer_process_and_so_does_what_their_worker_says_after(line: Line, content: list[Any]) -> None:
    turns: Counter[str] = Counter()
    line.service.writer.on_commit = lambda name, _items, _seconds: turns.update([name])
    newer = _words(line, content)
    line.accept(Inbound("sms", "after", _ADDRESS, "message", "They did not pay overtime"))
    _somebody_else_is_served(line)
    mine = [row for row in line.rows(inbox) if row["worker_id"] == _worker(line)[0]]

    assert [(row["state"], row["attempts"]) for row in mine] == [("done", 0), ("new", 0), ("new", 0)]
    assert turns["conversation"] < 20

    # The newer process understands it; after that, any process goes on with this worker.
    key = _row(line, inbox, newer)["key"]
    understood = seal_inbound(_worker(line)[1], Inbound("sms", key, "", "message", "hello"))
    _change(line, inbox, newer, sealed=understood)
    line.clock.move(LEFT_TO_NEWER)
    line.quiet()
    assert {row["state"] for row in line.rows(inbox)} == {"done"}


def test_a_message_of_a_newer_kind_waits_for_a_newer_process_and_what_comes_after_it_waits_behind(line: Line) -> None:
    worker_id, key = _worker(line)
    newer = _message(line, kind="reminder", sealed=b"whatever a newer version writes")
    behind = _message(line, kind="flow", sealed=seal_message(key, worker_id, Wording("and then?")))
    cut_off = _message(line, kind="reminder", state="sending", lease_until=line.clock() - HOUR, sealed=b"?")
    _somebody_else_is_served(line)

    stand = [(row["state"], row["attempts"], row["maybe"]) for row in (_row(line, outbox, each) for each in (newer, behind, cut_off))]
    assert stand == [("due", 0, False), ("due", 0, False), ("sending", 0, False)]


def test_a_message_that_was_sealed_in_a_newer_form_is_not_called_unreadable(line: Line) -> None:
    worker_id, key = _worker(line)
    sealed = seal_with(key, orjson.dumps(["hello", [], "", "en", None, "a part more"]), b"outbox\n" + worker_id.encode())
    newer = _message(line, kind="flow", sealed=sealed)
    _somebody_else_is_served(line)

    row = _row(line, outbox, newer)
    assert (row["state"], row["failure"], row["maybe"]) == ("due", None, False)
    assert row["due_at"] > line.clock()


def test_a_notice_of_a_newer_kind_waits_for_a_newer_process(line: Line) -> None:
    notice = {"officer_ids": ["sanne"], "case_id": None, "due_at": line.clock(), "attempts": 0}
    newer = _put(line, mails, key="newer", kind="digest", state="due", **notice)
    cut_off = _put(line, mails, key="cut off", kind="digest", state="sending", lease_until=line.clock() - HOUR, **notice)
    known = _put(line, mails, key="known", kind="answer", state="due", **notice)
    line.service.answers_came()
    line.until(lambda: _row(line, mails, known)["state"] == "sent")
    time.sleep(_LOOKS)

    stand = [(row["state"], row["attempts"]) for row in (_row(line, mails, each) for each in (newer, cut_off))]
    assert stand == [("due", 0), ("sending", 0)]


def test_a_task_of_a_newer_name_waits_for_a_newer_process(line: Line) -> None:
    line.service.writer.call_sync(lambda connection: kept.enqueue(connection, "fly", {}, line.clock(), "newer"))
    time.sleep(2 * _LOOKS)

    assert [(row["task"], row["state"], row["attempts"], row["reason"]) for row in line.rows(tasks)] == [("fly", "due", 0, None)]
