"""The inbox: a carrier may bring the same thing ten times at once; it is kept once."""

import threading
from functools import partial

import sqlalchemy as sa

from store import inbox
from store.database import Database
from store.inbox import NewMessage
from store.tables import inbox as table
from store.tables import workers
from store.writer import Writer


def _message(key: str, worker: str = "w", at: int = 1) -> NewMessage:
    return NewMessage("sms", key, worker, b"sealed", at)


def _worker(connection: sa.Connection, *names: str) -> None:
    connection.execute(sa.insert(workers), [{"id": name, "key_sealed": b"k"} for name in names])


def test_a_message_is_kept_once_also_inside_one_batch(writer: Writer) -> None:
    writer.call_sync(lambda c: inbox.keep(c, [_message("a"), _message("b"), _message("a")]))
    writer.call_sync(lambda c: inbox.keep(c, [_message("b"), _message("c")]))

    assert writer.call_sync(lambda c: list(c.execute(sa.select(table.c.key).order_by(table.c.id)).scalars())) == ["a", "b", "c"]


def test_the_same_message_from_eight_processes_at_once_is_kept_once(database: Database) -> None:
    def bring() -> None:
        with database.write() as connection:
            inbox.keep(connection, [_message("same")])

    threads = [threading.Thread(target=bring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 1


def test_messages_are_claimed_in_the_order_they_came_and_skipped_workers_wait(writer: Writer) -> None:
    writer.call_sync(lambda c: _worker(c, "anna", "bibi"))
    writer.call_sync(lambda c: inbox.keep(c, [_message("1", "anna"), _message("2", "bibi"), _message("3", "anna")]))

    states, messages = writer.call_sync(lambda c: inbox.claim(c, 10, {"bibi"}))

    assert list(states) == ["anna"]
    assert [message.key for message in messages] == ["1", "3"]


def test_a_handled_message_keeps_its_key_and_loses_its_content(writer: Writer, database: Database) -> None:
    writer.call_sync(lambda c: _worker(c, "anna"))
    writer.call_sync(lambda c: inbox.keep(c, [_message("1", "anna")]))
    _, [message] = writer.call_sync(lambda c: inbox.claim(c, 10, ()))
    writer.call_sync(lambda c: inbox.done(c, [message.id]))

    writer.call_sync(lambda c: inbox.keep(c, [_message("1", "anna")]))

    with database.read() as connection:
        assert connection.execute(sa.select(table.c.sealed, table.c.state)).one() == (None, "done")


def test_a_message_that_breaks_five_times_is_set_aside_with_its_reason(writer: Writer, database: Database) -> None:
    writer.call_sync(lambda c: _worker(c, "anna"))
    writer.call_sync(lambda c: inbox.keep(c, [_message("1", "anna")]))
    for _ in range(inbox.MOST_ATTEMPTS):
        _, [message] = writer.call_sync(lambda c: inbox.claim(c, 10, ()))
        writer.call_sync(partial(inbox.failed, message=message, reason="ValueError"))

    assert writer.call_sync(lambda c: inbox.claim(c, 10, ())) == ({}, [])
    with database.read() as connection:
        assert connection.execute(sa.select(table.c.state, table.c.reason, table.c.sealed)).one() == ("aside", "ValueError", b"sealed")
