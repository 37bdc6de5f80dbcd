"""The queue shows danger first, then the gravest, then the nearest date, in pages that stay stable."""

import pytest

from cases import desk, intake
from cases.desk import QueueFilters, QueuePage, ReplyDraft
from cases.errors import Unclear
from cases.intake import Danger
from tests.cases.house import DAY, HOUR, NOW, House, opening

DANGER, GRAVE, OLD, NEW = "WK-0000-0001", "WK-0000-0002", "WK-0000-0003", "WK-0000-0004"


def _some_cases(house: House) -> None:
    house.worker_speaks(opening(NEW), NOW)
    house.worker_speaks(opening(OLD), NOW - DAY)
    house.worker_speaks(opening(GRAVE, floor=("papers",)), NOW)
    house.worker_speaks(opening(DANGER, danger=Danger("fire", "words")), NOW)


def _page(house: House, **filters: object) -> QueuePage:
    with house.desk("jeroen", NOW + HOUR) as at:
        return desk.queue(at, QueueFilters(**filters))  # type: ignore[arg-type]  # each test names its own filters


def _references(page: QueuePage) -> list[str]:
    return [line.reference for line in page.lines]


def test_danger_then_the_gravest_then_the_nearest_date(house: House) -> None:
    _some_cases(house)

    assert _references(_page(house)) == [DANGER, GRAVE, OLD, NEW]


def test_a_line_says_in_words_where_who_and_how_long(house: House) -> None:
    house.worker_speaks(opening(who="union", on_behalf_of=14, danger=Danger("fire", "words")), NOW)

    line = _page(house).lines[0]

    assert (line.place, line.who, line.clock) == ("Nodirpar sewing unit", "union representative, for 14 people", "23 hours left")
    assert (line.state_words, line.allowed) == ("New: nobody has taken it up", "Ask the worker first, before anyone talks to the factory.")
    assert not line.late


def test_pages_follow_one_another_while_a_case_comes_in(house: House) -> None:
    _some_cases(house)
    seen = []
    page = _page(house, limit=1)
    seen += _references(page)
    house.worker_speaks(opening("WK-0000-0000", danger=Danger("fire", "words")), NOW - HOUR)
    while page.next_cursor:
        page = _page(house, limit=1, cursor=page.next_cursor)
        seen += _references(page)

    assert seen == [DANGER, GRAVE, OLD, NEW]


def test_the_last_page_has_no_cursor(house: House) -> None:
    _some_cases(house)

    assert _page(house, limit=4).next_cursor is None
    assert _page(house, limit=3).next_cursor is not None


FILTERS: list[tuple[dict[str, object], list[str]]] = [
    ({"severity": 5}, [DANGER, GRAVE]),
    ({"due": NOW + 24 * HOUR}, [DANGER, GRAVE]),
    ({"due": NOW + 4 * DAY}, [DANGER, GRAVE, OLD]),
    ({"site": "nodirpar-sewing", "status": "new"}, [DANGER, GRAVE, OLD, NEW]),
    ({"site": "nodirpar-dyeing"}, []),
    ({"site": "unknown"}, []),
    ({"status": "answer_needed"}, []),
    ({"status": "closed"}, []),
    ({"status": "all"}, [DANGER, GRAVE, OLD, NEW]),
    ({"q": "0000-0003"}, [OLD]),
    ({"q": "gazipur"}, [DANGER, GRAVE, OLD, NEW]),
    ({"q": "overtime"}, []),
    ({"q": "%"}, []),
    ({"q": "  "}, [DANGER, GRAVE, OLD, NEW]),
]


def test_filters_narrow_the_queue_and_a_search_finds_references_and_sites_but_no_words(house: House) -> None:
    _some_cases(house)

    for filters, found in FILTERS:
        assert (filters, _references(_page(house, **filters))) == (filters, found)


def test_a_cursor_of_somebody_else_is_refused_in_words(house: House) -> None:
    for cursor in ("nonsense", "WzFd", "e30", "WyJhIiwiYiIsImMiLCJkIl0", "_" * 40, "é"):
        with pytest.raises(Unclear, match="not one of ours"):
            _page(house, cursor=cursor)


def test_a_status_nobody_knows_is_refused_with_those_there_are(house: House) -> None:
    with pytest.raises(Unclear, match="answer_needed"):
        _page(house, status="lost")


def test_an_answered_case_of_danger_gives_way_to_one_that_waits(house: House) -> None:
    _some_cases(house)
    with house.desk("jeroen") as at:
        desk.reply(at, DANGER, ReplyDraft("Is it happening now?", "en"))

    assert _references(_page(house)) == [GRAVE, DANGER, OLD, NEW]


def test_a_forgotten_case_is_in_no_open_queue(house: House) -> None:
    case = house.worker_speaks(opening())
    house.happens(case["reference"], intake.forget(case, NOW))

    assert _page(house).lines == ()
    assert _references(_page(house, status="forgotten")) == [case["reference"]]
