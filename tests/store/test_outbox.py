"""The outbox: in order for each worker, statuses never backwards, cut-off sends marked and never silently repeated."""

from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from store import outbox, statuses, waiting
from store.database import Database, open_database
from store.outbox import Room, Settlement
from store.statuses import Word
from store.tables import early_statuses, workers
from store.tables import outbox as table
from store.writer import Writer

NOW, LEASE = 1000, 5000


def _add_worker(connection: sa.Connection) -> None:
    connection.execute(sa.insert(workers), {"id": "w", "key_sealed": b"k"})


def _row(worker: str = "w", **other: Any) -> dict[str, Any]:
    row = {"worker_id": worker, "channel": "sms", "kind": "flow", "state": "due", "due_at": 0, "created_at": 0, "sealed": b"s"}
    return row | other


def _put(writer: Writer, *rows: dict[str, Any]) -> None:
    for row in rows:
        writer.call_sync(partial(outbox.put, rows=[row]))


def _claim(writer: Writer, now: int = NOW) -> list[outbox.Row]:
    return writer.call_sync(lambda c: outbox.claim(c, now, now + LEASE, Room(["sms"], 50)))


def _states(database: Database) -> list[tuple[str, str | None]]:
    with database.read() as connection:
        return [(row.state, row.status) for row in connection.execute(sa.select(table.c.state, table.c.status).order_by(table.c.id))]


def test_a_workers_second_message_waits_for_the_first(writer: Writer) -> None:
    _put(writer, _row("anna"), _row("anna"), _row("bibi"))

    first = _claim(writer)
    writer.call_sync(lambda c: outbox.settle(c, [Settlement(first[0].id, "sent", "SM1", "queued")], NOW))
    second = _claim(writer)

    assert [row.worker_id for row in first] == ["anna", "bibi"]
    assert [row.worker_id for row in second] == ["anna"]


def test_a_message_that_comes_again_later_holds_the_next_one_back(writer: Writer) -> None:
    _put(writer, _row("anna"), _row("anna"))
    [first] = _claim(writer)
    writer.call_sync(lambda c: outbox.settle(c, [Settlement(first.id, "due", due_at=9000)], NOW))

    assert _claim(writer) == []
    assert [row.id for row in _claim(writer, 9000)] == [first.id]


def test_only_open_channels_are_claimed(writer: Writer) -> None:
    _put(writer, _row(channel="telegram"), _row("bibi"))

    assert [row.channel for row in _claim(writer)] == ["sms"]


ORDERS = [
    (["queued", "sent", "delivered", "read"], "read"),
    (["read", "delivered", "sent", "queued"], "read"),
    (["failed", "delivered"], "delivered"),
    (["delivered", "failed"], "delivered"),
    (["sent", "undelivered", "sent"], "undelivered"),
]


@pytest.mark.parametrize(("said", "kept"), ORDERS)
def test_a_status_never_goes_backwards(writer: Writer, database: Database, said: list[str], kept: str) -> None:
    _put(writer, _row())
    [row] = _claim(writer)
    writer.call_sync(lambda c: outbox.settle(c, [Settlement(row.id, "sent", "SM1")], NOW))
    for status in said:
        writer.call_sync(partial(statuses.note, words=[Word("SM1", status)], now=NOW))

    assert _states(database) == [("sent", kept)]


def test_a_status_that_comes_before_our_own_send_is_settled_is_not_lost(writer: Writer, database: Database) -> None:
    _put(writer, _row())
    [row] = _claim(writer)
    writer.call_sync(lambda c: statuses.note(c, [Word("SM1", "delivered")], NOW))
    writer.call_sync(lambda c: statuses.note(c, [Word("SM1", "sent")], NOW))
    writer.call_sync(lambda c: outbox.settle(c, [Settlement(row.id, "sent", "SM1", "queued")], NOW))

    assert _states(database) == [("sent", "delivered")]
    with database.read() as connection:
        assert connection.execute(sa.select(early_statuses)).all() == []


def test_a_status_that_comes_in_the_very_moment_in_which_our_own_send_is_settled_is_not_lost(postgresql_url: str) -> None:
    """Two processes: one finds that a word is kept already, the other settles the send and applies that word, then the first goes on."""
    database = open_database(postgresql_url)
    with database.write() as connection:
        outbox.put(connection, [_row(state="sending")])
        statuses.note(connection, [Word("SM1", "queued")], NOW)

    settled = list[str]()

    def settle_between(*told: Any) -> None:
        if told[2].startswith("INSERT INTO early_statuses") and not settled:
            settled.append("once")
            with database.write() as other:
                outbox.settle(other, [Settlement(1, "sent", "SM1", "queued")], NOW)

    with database.write() as hearing:
        event.listen(hearing, "after_cursor_execute", settle_between)
        statuses.note(hearing, [Word("SM1", "delivered")], NOW)

    assert _states(database) == [("sent", "delivered")]
    database.close()


def test_a_flows_question_that_was_cut_off_goes_once_more_and_is_marked(writer: Writer, database: Database) -> None:
    _put(writer, _row())
    _claim(writer)
    ended = writer.call_sync(lambda c: outbox.recover(c, NOW + LEASE + 1))
    [again] = _claim(writer, NOW + LEASE + 1)

    assert ended == []
    assert again.maybe is True
    [moved] = writer.call_sync(lambda c: outbox.recover(c, NOW + 3 * LEASE))
    assert moved.status == "maybe_sent"
    assert _states(database) == [("maybe_sent", None)]


def test_an_officers_words_that_were_cut_off_never_go_again_by_themselves(writer: Writer, database: Database) -> None:
    _put(writer, _row(kind="reply", case_id=None, sealed=None, seq=4))
    _claim(writer)
    [moved] = writer.call_sync(lambda c: outbox.recover(c, NOW + LEASE + 1))

    assert (moved.kind, moved.seq, moved.status) == ("reply", 4, "maybe_sent")
    assert _claim(writer, NOW + LEASE + 1) == []
    assert _states(database) == [("maybe_sent", None)]


def test_what_was_sent_keeps_no_words(writer: Writer, database: Database) -> None:
    _put(writer, _row(sealed_else=b"other"))
    [row] = _claim(writer)
    writer.call_sync(lambda c: outbox.settle(c, [Settlement(row.id, "sent", "SM1")], NOW))

    with database.read() as connection:
        assert connection.execute(sa.select(table.c.sealed, table.c.sealed_else)).one() == (None, None)


def test_an_answer_waits_behind_a_knock_until_the_worker_opens(writer: Writer, database: Database) -> None:
    writer.call_sync(_add_worker)
    _put(writer, _row(kind="reply", state="held", hold="knock", sealed=None))

    assert writer.call_sync(lambda c: waiting.not_knocked(c, ["sms"], NOW, 10)) == [waiting.NotKnocked("w", "sms", 0, 0, None)]
    writer.call_sync(lambda c: waiting.knocked(c, ["w"], NOW))
    assert writer.call_sync(lambda c: waiting.not_knocked(c, ["sms"], NOW, 10)) == []
    assert _claim(writer) == []
    writer.call_sync(lambda c: waiting.release(c, ["w"], NOW))
    assert [row.kind for row in _claim(writer)] == ["reply"]
    assert _states(database) == [("sending", None)]


@pytest.mark.parametrize(("left", "said"), [(True, b"the reader is warned"), (False, b"a person reads it")])
def test_a_text_that_speaks_of_a_notice_says_what_is_true(writer: Writer, left: bool, said: bytes) -> None:
    held = _row(state="held", hold="notice", mail_id=7, sealed=b"the reader is warned", sealed_else=b"a person reads it", due_at=4000)
    _put(writer, held, _row())

    assert _claim(writer) == []
    writer.call_sync(lambda c: waiting.mails_ended(c, [7], left=left, now=NOW))
    assert [row.sealed for row in _claim(writer)] == [said]


def test_a_worker_does_not_wait_for_our_mail_server(writer: Writer) -> None:
    held = _row(state="held", hold="notice", mail_id=7, sealed=b"the reader is warned", sealed_else=b"a person reads it", due_at=4000)
    _put(writer, held)
    writer.call_sync(lambda c: waiting.notices_overdue(c, 3999))
    assert _claim(writer, 3999) == []

    writer.call_sync(lambda c: waiting.notices_overdue(c, 4000))

    assert [row.sealed for row in _claim(writer, 4000)] == [b"a person reads it"]


def _waits_until(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.execute(sa.select(table.c.due_at).order_by(table.c.id)).scalars())


def test_what_was_knocked_for_is_not_looked_at_each_time_somebody_writes(writer: Writer, database: Database) -> None:
    writer.call_sync(_add_worker)
    writer.call_sync(lambda c: waiting.knocked(c, ["w"], NOW))
    _put(writer, *(_row(kind="reply", state="held", hold="knock", sealed=None) for _ in range(3)))

    assert writer.call_sync(lambda c: waiting.not_knocked(c, ["sms"], NOW, 2)) == []
    [first, *others] = _waits_until(database)
    assert first > NOW
    assert others == [first, first]
    writer.call_sync(lambda c: waiting.look_again(c, "w", NOW))
    assert _waits_until(database) == [NOW, NOW, NOW]


def test_what_is_put_aside_holds_up_nobody_behind_it(writer: Writer) -> None:
    writer.call_sync(_add_worker)
    writer.call_sync(lambda c: waiting.shut(c, "w", "opt_out"))
    _put(writer, *(_row(kind="reply", state="held", hold="knock", sealed=None) for _ in range(3)))
    writer.call_sync(lambda c: c.execute(sa.insert(workers), {"id": "v", "key_sealed": b"k"}))
    _put(writer, _row("v", kind="reply", state="held", hold="knock", sealed=None))

    looks = [writer.call_sync(lambda c: waiting.not_knocked(c, ["sms"], NOW, 2)) for _ in range(2)]

    assert [[row.worker_id for row in found] for found in looks] == [[], ["v"]]
