"""Quiet hours: what comes by itself waits until they end; what answers the worker does not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import HOUR, MINUTE, SECOND
from bot.quiet import Hours, quiet_until, read_hours, told_hours
from cases import desk
from store.tables import cases, workers
from tests.line import Line, Phone

DHAKA = ZoneInfo("Asia/Dhaka")
KNOCK = "Work info line: 1 new message. To read it, send 1."


def _case(line: Line, phone: Phone, site: str = "52746") -> str:
    phone.send(f"{site} en")
    phone.send("They did not pay overtime")
    return str(line.rows(cases)[-1]["reference"])


def _reply(line: Line, reference: str, officer: str = "sanne") -> None:
    line.desk(officer, lambda at: desk.reply(at, reference, desk.ReplyDraft("I heard you.", "en")))


def _clock_shows(line: Line, hour: int, minute: int = 0) -> None:
    """Let time pass until a clock in Gazipur shows this hour."""
    local = datetime.fromtimestamp(line.clock() / SECOND, DHAKA)
    wanted = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    later = wanted if wanted > local else wanted + timedelta(days=1)
    line.clock.move(int((later - local).total_seconds() * SECOND))


def test_an_answer_that_is_ready_at_night_knocks_in_the_morning(line: Line) -> None:
    phone = line.phone()
    _clock_shows(line, 20)
    reference = _case(line, phone)
    phone.send("quiet")
    assert phone.send("1") == ["OK. From 22:00-06:00 nothing comes here by itself. It comes after. If you write, we answer at any hour."]
    _clock_shows(line, 23)
    _reply(line, reference)
    assert phone.news() == []
    _clock_shows(line, 5, 55)
    line.quiet()
    assert phone.news() == []
    line.clock.move(6 * MINUTE)
    line.service.answers_came()
    line.until(lambda: len(line.carriers["sms"].sent) > phone.seen)

    assert phone.news() == [KNOCK]
    assert phone.send("1") == ["I heard you."]


def test_who_is_talking_in_her_quiet_hours_is_answered_at_once_danger_too(line: Line) -> None:
    phone = line.phone()
    _clock_shows(line, 23)
    reference = _case(line, phone)
    phone.send("quiet")
    phone.send("1")
    _reply(line, reference)
    assert phone.news() == []

    assert "999" in phone.send("there is a fire on the second floor")[0]


def test_hours_of_her_own_are_kept_and_no_testimony(line: Line) -> None:
    phone = line.phone()
    reference = _case(line, phone)
    phone.send("do not disturb")
    phone.send("3")
    said = phone.send("from 10 pm to 7:30")

    assert said[0].startswith("OK. From 22:00-07:30 nothing comes here by itself.")
    assert (line.rows(workers)[0]["quiet_from"], line.rows(workers)[0]["quiet_until"]) == (22 * 60, 7 * 60 + 30)
    view = line.desk("sanne", lambda at: desk.view(at, reference))
    assert [entry.text for entry in view.entries if entry.kind == "words"] == ["They did not pay overtime"]
    assert not [entry for entry in view.entries if str(entry.body.get("node", "")).startswith("quiet")]


def test_the_shift_hours_of_a_site_hold_for_who_chose_none_and_never_is_a_choice(line: Line) -> None:
    phone = line.phone()
    _clock_shows(line, 9)
    reference = _case(line, phone, "38166")
    line.clock.move(HOUR)
    _reply(line, reference, "karim")
    assert phone.news() == []

    phone.send("quiet")
    said = phone.send("4")
    line.until(lambda: line.carriers["sms"].sent[-1].text == KNOCK)

    assert (said + phone.news()) == ["OK. A short message may come at any hour. It says nothing about you.", KNOCK]


@pytest.mark.parametrize(
    ("written", "at", "ends"),
    [
        ("22:00-06:00", "2026-11-25 22:00", "2026-11-26 06:00"),
        ("22:00-06:00", "2026-11-26 05:59", "2026-11-26 06:00"),
        ("22:00-06:00", "2026-11-26 06:00", None),
        ("07:00-19:00", "2026-11-26 07:00", "2026-11-26 19:00"),
        ("07:00-19:00", "2026-11-26 19:00", None),
        ("22:00-00:00", "2026-11-26 23:30", "2026-11-27 00:00"),
        ("00:00-00:00", "2026-11-26 00:00", None),
        ("22:00-02:30", "2026-03-28 23:00", "2026-03-29 03:30"),  # clocks go forward over half past two
        ("22:00-02:30", "2026-10-24 23:00", "2026-10-25 02:30"),  # and back over it
    ],
)
def test_quiet_ends_when_the_clock_of_the_place_shows_it(written: str, at: str, ends: str | None) -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    hours = read_hours(written)
    assert hours is not None
    now = int(datetime.fromisoformat(at).replace(tzinfo=zone).timestamp()) * SECOND
    until = quiet_until(hours, "Europe/Amsterdam", now)

    told = None if until is None else datetime.fromtimestamp(until / SECOND, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    assert told == ends
    assert told_hours(hours) == written


@pytest.mark.parametrize("written", ["night", "22-06", "", "22:00-06:00 "])
def test_what_is_no_pair_of_hours_is_none(written: str) -> None:
    assert read_hours(written) is None
    assert Hours(5, 5).are_none


def test_while_the_phone_is_in_her_hand_the_hours_of_her_site_hold_nothing_back(line: Line) -> None:
    phone = line.phone()
    _clock_shows(line, 9)
    reference = _case(line, phone, "38166")
    line.clock.move(9 * MINUTE)
    _reply(line, reference, "karim")
    line.until(lambda: len(line.carriers["sms"].sent) > phone.seen)

    assert phone.news() == [KNOCK]
