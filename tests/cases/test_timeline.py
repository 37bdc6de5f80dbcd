"""The timeline is append-only, sealed under the case's own key, and a change or a gap shows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from cases import desk, intake, timeline
from cases.change import NewEntry
from cases.timeline import Annotation
from store import casekeys
from store.sealing import Unopenable, new_key
from store.tables import annotations, cases, entries
from tests.cases.house import KEYRING, NOW, House, opening


def test_what_was_appended_is_read_back_in_order_with_its_own_times(house: House) -> None:
    case = house.worker_speaks(opening())
    house.worker_writes(case["reference"], "60 hours every month", NOW + 5)

    with house.database.read() as connection:
        found = timeline.read(connection, house.row(connection, case["reference"]), casekeys.load_data_key(connection, KEYRING, case["id"]))

    assert [(entry.seq, entry.kind) for entry in found] == [(1, "opened"), (2, "words"), (3, "routed"), (4, "words")]
    assert (found[3].at, found[3].author, found[3].body["text"]) == (NOW + 5, "worker", "60 hours every month")


def test_no_word_lies_open_in_the_database(house: House) -> None:
    house.worker_speaks(opening(words="the gate on the third floor"))

    assert not any(b"third floor" in row["sealed"] for row in house.all_of(entries))


def test_a_whole_chain_is_whole(house: House) -> None:
    case = house.worker_speaks(opening())
    house.worker_writes(case["reference"], "more", NOW + 1)

    with house.database.read() as connection:
        assert timeline.verify(connection, case["id"]) == ()


@pytest.mark.parametrize("column", ["sealed", "author", "at", "kind"])
def test_a_changed_entry_is_found(house: House, column: str) -> None:
    case = house.worker_speaks(opening())
    value = {"sealed": b"\x01" + bytes(100), "author": "officer:sanne", "at": NOW - 1, "kind": "note"}[column]

    with house.write() as connection:
        connection.execute(sa.update(entries).where(entries.c.seq == 2).values({column: value}))
        wrong = timeline.verify(connection, case["id"])

    assert wrong == ("entry 2 was changed, or the one before it",)


def test_a_missing_entry_is_found_also_the_last(house: House) -> None:
    case = house.worker_speaks(opening())

    with house.write() as connection:
        connection.execute(sa.delete(entries).where(entries.c.seq == 3))
        last = timeline.verify(connection, case["id"])
        connection.execute(sa.delete(entries).where(entries.c.seq == 1))
        first = timeline.verify(connection, case["id"])

    assert last == ("the case holds another end than its last entry 2",)
    assert first[0] == "entry 1 is missing before entry 2"


def test_a_chain_of_another_case_does_not_fit(house: House) -> None:
    case = house.worker_speaks(opening())

    with house.write() as connection:
        connection.execute(sa.update(cases).values(reference="WK-AAAA-BBBB"))
        assert timeline.verify(connection, case["id"])


def test_there_is_nothing_to_verify_of_a_case_that_is_not_there(house: House) -> None:
    with house.database.read() as connection:
        assert timeline.verify(connection, 999) == ("there is no such case",)


def test_an_entry_opens_only_at_its_own_place(house: House) -> None:
    case = house.worker_speaks(opening())

    with house.write() as connection:
        moved = connection.execute(sa.select(entries.c.sealed).where(entries.c.seq == 2)).scalar_one()
        connection.execute(sa.update(entries).where(entries.c.seq == 3).values(sealed=moved))
        with pytest.raises(Unopenable):
            timeline.read(connection, case, casekeys.load_data_key(connection, KEYRING, case["id"]))


def test_appending_is_pure_and_goes_on_from_the_tail() -> None:
    key, new = new_key(), [NewEntry("note", "officer:sanne", NOW, {"text": str(number)}) for number in range(4)]
    start = timeline.fresh("WK-7F3K-92QX")

    first = timeline.append(start, key, new[:2])
    then = timeline.append(first.tail, key, new[2:])

    assert [row["seq"] for row in (*first.rows, *then.rows)] == [1, 2, 3, 4]
    assert then.tail.last_seq == 4
    assert first.rows[0]["case_id"] is None
    assert then.columns == {"last_seq": 4, "tail_hash": then.tail.hash}
    assert timeline.append(start, key, []).tail == start


def test_destroying_the_key_leaves_the_chain_whole_and_the_words_gone(house: House) -> None:
    case = house.worker_speaks(opening())
    house.happens(case["reference"], intake.forget(case, NOW))

    with house.write() as connection:
        casekeys.destroy(connection, case["id"])
        assert timeline.verify(connection, case["id"]) == ()
        with pytest.raises(Unopenable):
            casekeys.load_data_key(connection, KEYRING, case["id"])


def test_a_translation_stands_beside_the_words_and_a_better_one_takes_its_place(house: House) -> None:
    case = house.worker_speaks(opening())

    with house.write() as connection:
        key = casekeys.load_data_key(connection, KEYRING, case["id"])
        for text in ("Ze betaalden niet", "Ze betaalden twee maanden niet"):
            timeline.annotate(connection, case, key, Annotation(2, "nl", "person", "officer:nadia", "good", NOW, text))
        timeline.annotate(connection, case, key, Annotation(2, "nl", "argos", "models", "unsure", NOW, "Zij niet betalen"))
        found = timeline.read_annotations(connection, case, key)

    assert [(made.engine, made.text) for made in found] == [("person", "Ze betaalden twee maanden niet"), ("argos", "Zij niet betalen")]
    assert not any(b"betaald" in row["sealed"] for row in house.all_of(annotations))


def test_many_hands_at_once_lose_no_entry_and_leave_the_chain_whole(house: House) -> None:
    case = house.worker_speaks(opening())

    def write(number: int) -> None:
        with house.desk("sanne" if number % 2 else "jeroen") as at:
            desk.note(at, case["reference"], f"note {number}")

    with ThreadPoolExecutor(4) as hands:
        list(hands.map(write, range(24)))

    with house.database.read() as connection:
        row = house.row(connection, case["reference"])
        assert timeline.verify(connection, case["id"]) == ()
        assert (row["last_seq"], row["version"]) == (27, 25)
