"""Fast enough for the carrier, and nobody waits for somebody else: with a clock that is moved, not with sleeps."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import HOUR, SECOND
from bot.pace import AT_ONCE, PAUSE, Pace
from channels.base import Abilities, Failure, Inbound, SendError
from store.aside import SetAside, set_aside
from store.tables import outbox
from tests.line import Carrier, Line, failing

NOW = 1_000_000


def _pace(**able: Abilities) -> Pace:
    return Pace({name: Carrier(name, abilities) for name, abilities in able.items()})


def test_a_channel_takes_no_more_than_its_carrier_allows_in_a_second() -> None:
    pace = _pace(sms=Abilities(per_second=3))
    assert pace.room({}, NOW) == {"sms": 3}
    for number in range(3):
        pace.took("sms", f"w{number}", NOW)

    assert pace.room({}, NOW) == {}
    assert pace.room({}, NOW + SECOND // 3 + 1) == {"sms": 1}
    assert pace.room({}, NOW + 60 * SECOND) == {"sms": 3}


def test_a_slow_carrier_below_one_a_second_still_gets_its_message() -> None:
    pace = _pace(sms=Abilities(per_second=0.5))
    assert pace.room({}, NOW) == {"sms": 1}
    pace.took("sms", "w", NOW)

    assert pace.room({}, NOW + SECOND) == {}
    assert pace.room({}, NOW + 2 * SECOND) == {"sms": 1}


def test_a_worker_rests_between_two_messages_and_the_channel_does_not() -> None:
    pace = _pace(telegram=Abilities(between_seconds=1.0))
    pace.took("telegram", "anna", NOW)

    assert pace.wait(NOW + 400, 1.0) == 0.6
    assert pace.wait(NOW + 1000, 1.0) == 1.0
    assert pace.room({}, NOW) == {"telegram": AT_ONCE}


def test_a_channel_that_hangs_takes_nobody_elses_room() -> None:
    pace = _pace(sms=Abilities(), telegram=Abilities())

    assert pace.room({"sms": AT_ONCE}, NOW) == {"telegram": AT_ONCE}


@pytest.mark.parametrize(("failure", "asked", "wait"), [(Failure.CONFIG, None, PAUSE), (Failure.RATE_LIMITED, 9.0, 9 * SECOND)])
def test_one_refused_worker_pauses_nobody_and_three_in_a_row_pause_the_channel(failure: Failure, asked: float | None, wait: int) -> None:
    pace = _pace(sms=Abilities(), telegram=Abilities())
    said = [pace.refused("sms", worker, failure, NOW, asked) for worker in ("anna", "anna", "bibi")]
    before = pace.room({}, NOW)
    paused = pace.refused("sms", "cleo", failure, NOW, asked)

    assert (said, paused) == ([False] * 3, True)
    assert "sms" in before
    assert pace.room({}, NOW + wait - 1) == {"telegram": AT_ONCE}
    assert "sms" in pace.room({}, NOW + wait)


def test_a_message_that_goes_through_says_that_the_channel_works() -> None:
    pace = _pace(sms=Abilities())
    pace.refused("sms", "anna", Failure.CONFIG, NOW, None)
    pace.refused("sms", "bibi", Failure.CONFIG, NOW, None)
    pace.went("sms")

    assert pace.refused("sms", "cleo", Failure.CONFIG, NOW, None) is False


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    opened = Line(database_url, tmp_path / "data")
    yield opened
    opened.close()


def test_a_worker_whom_the_carrier_slows_down_delays_no_other(line: Line) -> None:
    line.carriers["sms"].failures.append(SendError(Failure.RATE_LIMITED, retry_after=600))
    slow, other = line.phone(address="+447700900301"), line.phone(address="+447700900302")
    slow.send("52746 en")

    assert slow.news() == []
    assert other.send("52746 en") != []
    line.clock.move(HOUR)
    line.quiet()
    assert slow.news() != []


def test_a_channel_with_a_wrong_account_burns_nobodys_message_and_doctor_can_count_them(line: Line) -> None:
    line.carriers["sms"].failures += [failing(Failure.CONFIG)] * 3
    phones = [line.phone(address=f"+44770090030{number}") for number in range(4)]
    for phone in phones[:3]:
        phone.send("52746 en")
    line.accept(Inbound("sms", "SM4", phones[3].address, "message", "52746 en"))
    line.until(lambda: [row["state"] for row in line.rows(outbox) if row["failure"] is None] == ["due"])
    with line.service.database.read() as connection:
        counted = set_aside(connection)
    line.clock.move(HOUR)
    line.quiet()

    assert counted == [SetAside("waits_to_send", "config", 3)]
    assert [phone.news() != [] for phone in phones] == [True] * 4


def test_a_message_that_nobody_can_read_goes_aside_and_holds_up_nobody(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    with line.service.database.write() as connection:
        row = dict(connection.execute(sa.select(outbox).order_by(outbox.c.id).limit(1)).mappings().one())
        wrong = {"state": "due", "kind": "late", "case_id": 999, "seq": 7, "sealed": None, "settled_at": None, "provider_id": None}
        connection.execute(sa.insert(outbox), {**row, **wrong, "id": row["id"] + 50})
    line.service.answers_came()
    line.quiet()
    phone.send("They did not pay overtime")

    with line.service.database.read() as connection:
        assert [each.what for each in set_aside(connection)] == ["to_send"]
    assert phone.seen > 1
