"""Whose turn it is: nobody waits behind one person who writes a thousand times, nor behind those whom another process holds."""

from collections import Counter

import sqlalchemy as sa

from store import inbox
from store.database import Database, open_database
from store.inbox import MOST_OF_ONE, NewMessage
from store.tables import workers
from store.writer import Writer


def _brought(connection: sa.Connection, *names: str) -> None:
    """One message of each name, in this order; a name may come again and again."""
    connection.execute(sa.insert(workers), [{"id": name, "key_sealed": b"k"} for name in dict.fromkeys(names)])
    inbox.keep(connection, [NewMessage("sms", str(number), name, b"sealed", number) for number, name in enumerate(names)])


def _claimed(connection: sa.Connection, most: int = 32) -> Counter[str]:
    _, messages = inbox.claim(connection, most, ())
    inbox.done(connection, [message.id for message in messages])
    return Counter(message.worker_id for message in messages)


def test_who_comes_after_a_flood_of_one_person_is_heard_in_the_first_turn(writer: Writer) -> None:
    writer.call_sync(lambda c: _brought(c, *["anna"] * 1000, "bibi"))

    assert writer.call_sync(_claimed) == {"anna": MOST_OF_ONE, "bibi": 1}


def test_the_flood_itself_is_heard_to_its_end_in_the_order_in_which_it_came(writer: Writer) -> None:
    writer.call_sync(lambda c: _brought(c, *["anna", "bibi"] * 50))
    heard: list[str] = []

    def turn(connection: sa.Connection) -> int:
        _, messages = inbox.claim(connection, 32, ())
        inbox.done(connection, [message.id for message in messages])
        heard.extend(message.key for message in messages if message.worker_id == "anna")
        return len(messages)

    while writer.call_sync(turn):
        pass

    assert heard == [str(number) for number in range(0, 100, 2)]


def test_a_claim_is_never_larger_than_it_was_asked_to_be(writer: Writer) -> None:
    writer.call_sync(lambda c: _brought(c, *["anna"] * 60, *(f"w{number}" for number in range(60))))

    assert writer.call_sync(_claimed).total() == 32


def test_a_second_process_takes_those_behind_whom_the_first_holds(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    everybody = [f"w{number:02d}" for number in range(64)]
    with database.write() as connection:
        _brought(connection, *everybody)

    with database.write() as first, database.write() as second:
        held, taken = _claimed(first), _claimed(second)
    database.close()

    assert sorted(held) == everybody[:32]
    assert sorted(taken) == everybody[32:]


def test_nobody_is_held_by_two_processes_and_a_flood_between_them_stops_neither(postgresql_url: str) -> None:
    database: Database = open_database(postgresql_url)
    with database.write() as connection:
        _brought(connection, *["anna"] * 500, *(f"w{number:02d}" for number in range(40)))

    with database.write() as first, database.write() as second:
        held, taken = _claimed(first), _claimed(second)
    database.close()

    assert held["anna"] == MOST_OF_ONE
    assert not held.keys() & taken.keys()
    assert held.total() + taken.total() == MOST_OF_ONE + 40
