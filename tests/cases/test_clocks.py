"""Every promise has a date: once missed, a superior is told once and a new date is made, also after a day of downtime."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cases import clocks, desk
from cases.intake import Danger
from store.tables import mails
from tests.cases.house import DAY, HOUR, KEYRING, NOW, House, house_on, opening, sample


def _late(house: House, now: int) -> list[clocks.LateNotice]:
    with house.write() as connection:
        return [clocks.mark_late(connection, KEYRING, house.programme, case, now) for case in clocks.overdue(connection, now, 100)]


def test_before_its_date_a_case_is_not_late(house: House) -> None:
    house.worker_speaks(opening())

    assert _late(house, NOW + 5 * DAY - 1) == []


def test_a_missed_promise_tells_the_lead_once_and_makes_a_new_date(house: House) -> None:
    case = house.worker_speaks(opening())
    now = NOW + 5 * DAY

    first, again = _late(house, now), _late(house, now + 1)

    assert [(late.told, late.new, late.worker_id) for late in first] == [(now, now + 5 * DAY, case["worker_id"])]
    assert again == []
    late_mails = [row for row in house.all_of(mails) if row["kind"] == "late"]
    assert [(row["key"], row["officer_ids"]) for row in late_mails] == [(f"late:{case['id']}:{now}", ["jeroen"])]
    assert (first[0].mail_id, clocks.date_missed(late_mails[0]["key"])) == (late_mails[0]["id"], now)


def test_after_a_day_of_downtime_one_notice_leaves_and_the_new_date_lies_ahead(house: House) -> None:
    house.worker_speaks(opening(danger=Danger("fire", "words")))
    now = NOW + 4 * DAY

    found = _late(house, now)

    assert [late.new for late in found] == [now + 24 * HOUR]
    assert _late(house, now + 1) == []


def test_two_processes_never_take_up_the_same_missed_promise(postgresql_url: str) -> None:
    with house_on(postgresql_url) as house:
        house.worker_speaks(opening())
        with house.write() as one, house.write() as other:
            first, second = clocks.overdue(one, NOW + 9 * DAY, 10), clocks.overdue(other, NOW + 9 * DAY, 10)

    assert (len(first), len(second)) == (1, 0)


def test_an_unknown_site_is_shown_to_those_who_run_the_line(house: House) -> None:
    house.worker_speaks(opening(place_id=None))

    _late(house, NOW + 5 * DAY)

    assert [row["officer_ids"] for row in house.all_of(mails) if row["kind"] == "late"] == [["nadia"]]


def test_an_answer_in_time_leaves_nothing_to_be_late_for(house: House) -> None:
    from_words = house.worker_speaks(opening())
    with house.desk("sanne") as at:
        desk.reply(at, from_words["reference"], desk.ReplyDraft("I read your words.", "en"))

    assert _late(house, NOW + 30 * DAY) == []


def test_the_first_date_told_is_the_longest(house: House) -> None:
    for place in (sample().place("52746"), None):
        assert NOW + 4 * DAY < clocks.first_answer_by(sample(), place, NOW) <= NOW + 5 * DAY


def test_a_promise_of_days_ends_where_the_told_date_begins_for_the_worker(house: House) -> None:
    case = house.worker_speaks(opening())
    dhaka = ZoneInfo(sample().timezone_at(case["place_id"]))

    told = datetime.fromtimestamp(case["answer_by"] / 1000, UTC).astimezone(dhaka)

    assert (told.hour, told.minute) == (0, 0)
    assert NOW + 4 * DAY < case["answer_by"] <= NOW + 5 * DAY


def test_a_promise_of_hours_is_kept_to_the_minute(house: House) -> None:
    case = house.worker_speaks(opening(danger=Danger("fire", "words")))

    assert case["answer_by"] == NOW + 24 * HOUR - (NOW + 24 * HOUR) % 60_000
