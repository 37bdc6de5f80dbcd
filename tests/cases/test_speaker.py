"""Who speaks in a case is written down by an officer, with a reason, and can only make it graver."""

import pytest

from cases import desk
from cases.desk import Speaker
from cases.errors import Refused
from tests.cases.house import DAY, NOW, House, opening

REFERENCE = "WK-7F3K-92QX"


def _record(house: House, said: Speaker) -> None:
    with house.desk("sanne") as at:
        desk.record_speaker(at, REFERENCE, said)


def test_a_union_that_speaks_for_fourteen_is_written_down_and_said_in_words(house: House) -> None:
    house.worker_speaks(opening())

    _record(house, Speaker("union", 14, "she said so, and named the union"))

    with house.desk("sanne") as at:
        view = desk.view(at, REFERENCE)
    assert (view.who, view.on_behalf_of) == ("union", 14)
    assert view.who_words == "union representative, for 14 people"
    assert "Who speaks: union representative, for 14 people. she said so, and named the union" in [entry.words for entry in view.entries]


@pytest.mark.parametrize(("people", "severity", "within"), [(None, 2, 5), (1, 2, 5), (14, 3, 5), (60, 4, 1), (300, 5, 1)])
def test_more_people_make_a_case_graver_and_its_date_nearer(house: House, people: int | None, severity: int, within: int) -> None:
    before = house.worker_speaks(opening())
    assert before["answer_by"] == NOW + 5 * DAY

    _record(house, Speaker("representative", people, "a letter with names"))

    case = house.case(REFERENCE)
    assert (case["severity"], case["answer_by"]) == (severity, NOW + within * DAY)


def test_fewer_people_never_make_it_less_grave(house: House) -> None:
    house.worker_speaks(opening())
    _record(house, Speaker("union", 300, "counted at the gate"))

    _record(house, Speaker("affected", None, "it was one worker after all"))

    case = house.case(REFERENCE)
    assert (case["who"], case["on_behalf_of"], case["severity"]) == ("affected", None, 5)


def test_what_the_worker_allowed_stays_as_it_was(house: House) -> None:
    before = house.worker_speaks(opening())

    _record(house, Speaker("union", 14, "she said so"))

    assert house.case(REFERENCE)["may_we"] == before["may_we"] == "ask_first"
    assert house.waiting(REFERENCE) == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (Speaker("manager", 1, "x"), "affected, neighbour, representative, union"),
        (Speaker("union", 0, "x"), "from 1 to"),
        (Speaker("union", 1_000_001, "x"), "from 1 to"),
        (Speaker("union", 14, " "), "Give a reason"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(house: House, said: Speaker, sentence: str) -> None:
    before = house.worker_speaks(opening())

    with pytest.raises(Refused, match=sentence):
        _record(house, said)

    assert house.case(REFERENCE) == before
