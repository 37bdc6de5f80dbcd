"""The first tables: nothing is there before, and a whole case goes in after."""

import sqlalchemy as sa

from store.tables import cases, contacts, entries, inbox, outbox


def load(connection: sa.Connection) -> None:
    """Nobody had anything before the first revision."""
    assert sa.inspect(connection).get_table_names() in ([], ["alembic_version"])


def check(connection: sa.Connection) -> None:
    """A worker, a case and its entry fit, and point at each other."""
    connection.execute(sa.text("INSERT INTO workers (id, key_sealed) VALUES (:id, :key_sealed)"), {"id": "w1", "key_sealed": b"k"})
    connection.execute(sa.insert(contacts), {"lookup": b"l" * 32, "worker_id": "w1", "channel": "sms", "address_sealed": b"a"})
    case = {
        "reference": "WK-TEST-0001",
        "worker_id": "w1",
        "channel": "sms",
        "language": "bn",
        "company_id": "halmstra",
        "who": "affected",
        "state": "new",
        "severity": 3,
        "may_we": "ask_first",
        "opened_at": 1,
        "updated_at": 1,
        "tail_hash": b"h" * 32,
        "public_key": b"p" * 32,
    }
    case_id = connection.execute(sa.insert(cases).returning(cases.c.id), case).scalar_one()
    entry = {"case_id": case_id, "seq": 1, "kind": "words", "author": "worker", "at": 1, "sealed": b"s", "hash": b"h" * 32}
    connection.execute(sa.insert(entries), entry)
    message = {"channel": "sms", "key": "SM1", "worker_id": "w1", "sealed": b"s", "received_at": 1, "state": "new"}
    connection.execute(sa.insert(inbox), message)
    row = {"worker_id": "w1", "channel": "sms", "kind": "flow", "state": "due", "due_at": 1, "created_at": 1}
    connection.execute(sa.insert(outbox), row)
    assert connection.execute(sa.select(cases.c.version, cases.c.last_seq, outbox.c.maybe).join_from(cases, outbox, sa.true())).one() == (
        1,
        0,
        False,
    )
