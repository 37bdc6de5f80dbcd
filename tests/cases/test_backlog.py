"""Words from before a model was here: offered for a whole desk at once, counted, asked for once, and only what an officer may read."""

from collections.abc import Mapping

import sqlalchemy as sa

from cases import backlog, desk
from cases.backlog import Backlog
from cases.carrying import CASE
from store import tasks
from store.database import Database
from store.tables import audit
from store.tables import tasks as table
from tests.cases.house import HOUR, NOW, House, opening

BENGALI, SPANISH, BURMESE, DUTCH, CANAL = (f"WK-0000-000{n}" for n in range(1, 6))
Ways = Mapping[tuple[str, str], tuple[str, ...]]
BN: Ways = {("bn", "nl"): ("bn-en 1.0", "en-nl 1.0"), ("es", "nl"): ("es-en 1.0", "en-nl 1.0")}
NEWER: Ways = {**BN, ("bn", "nl"): ("bn-en 1.1", "en-nl 1.0")}


def ways(known: Ways) -> backlog.Models:
    return lambda source, target: known.get((source, target), ())


def look(house: House, officer_id: str = "sanne", known: Ways = BN) -> Backlog:
    with house.desk(officer_id) as at:
        return desk.backlog(at, ways(known))


def take_up(house: House, officer_id: str = "sanne", known: Ways = BN) -> Backlog:
    with house.desk(officer_id, NOW + HOUR) as at:
        return desk.take_up(at, ways(known))


def run_all(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.update(table).values(state="done"))


def some_cases(house: House) -> None:
    for reference, language in ((BENGALI, "bn"), (SPANISH, "es"), (BURMESE, "my"), (DUTCH, "nl")):
        house.worker_speaks(opening(reference, language=language))
    house.worker_speaks(opening(CANAL, language="bn", place_id="dyeing-canal"))


def test_what_a_model_can_read_is_offered_and_the_rest_is_counted_for_a_person(house: House) -> None:
    some_cases(house)

    assert look(house) == Backlog("nl", offered=2, without=1)
    assert look(house, known={}) == Backlog("nl", without=3)


def test_one_word_takes_up_every_case_once_behind_all_other_work(house: House) -> None:
    some_cases(house)

    first, second = take_up(house), take_up(house)

    assert first == Backlog("nl", waiting=2, without=1, taken=2)
    assert second == Backlog("nl", waiting=2, without=1, taken=0)
    rows = house.all_of(table)
    assert [row["arguments"] for row in rows] == [{"case_id": house.case(each)["id"], "target": "nl"} for each in (BENGALI, SPANISH)]
    assert {row["task"] for row in rows} == {CASE}
    assert all(row["key"].startswith(tasks.BEHIND) for row in rows)
    assert [(row["officer_id"], row["action"], row["subject"]) for row in house.all_of(audit)] == [
        ("sanne", "translate", BENGALI),
        ("sanne", "translate", SPANISH),
    ]


def test_only_what_an_officer_may_read_is_taken_up(house: House) -> None:
    some_cases(house)
    with house.desk("sanne") as at:
        desk.exclude(at, BENGALI, "jeroen", "he is named")

    assert look(house, "jeroen").offered == 1
    assert take_up(house, "jeroen").taken == 1
    assert take_up(house, "grace").taken == 0
    assert [row["arguments"]["case_id"] for row in house.all_of(table)] == [house.case(SPANISH)["id"]]
    assert look(house, "karim").offered == 1


def test_closed_cases_are_left_alone(house: House) -> None:
    some_cases(house)
    with house.write() as connection:
        connection.execute(sa.text("UPDATE cases SET state = 'closed_solved' WHERE reference = :one"), {"one": SPANISH})

    assert look(house).offered == 1


def test_what_was_tried_is_not_offered_again_until_there_are_new_words_or_a_newer_model(house: House) -> None:
    some_cases(house)
    take_up(house)
    run_all(house.database)

    assert look(house) == Backlog("nl", tried=2, without=1)
    assert look(house, known=NEWER) == Backlog("nl", offered=1, tried=1, without=1)
    house.worker_writes(SPANISH, "nadie nos paga", NOW + HOUR)
    assert look(house) == Backlog("nl", offered=1, tried=1, without=1)


def test_a_case_that_somebody_translated_is_not_offered(house: House) -> None:
    some_cases(house)
    with house.desk("sanne") as at:
        (words,) = (entry.seq for entry in desk.view(at, BENGALI).entries if entry.kind == "words")
        desk.translate(at, BENGALI, words, "Ze betaalden geen overuren")

    assert look(house).offered == 1
