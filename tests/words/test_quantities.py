"""Numbers and dates as people type them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.digits import ZEROS, in_script
from words.quantities import date_in, hours_in, measure, number_in

TODAY = date(2026, 1, 10)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("12", "12"),
        ("১২", "12"),
        ("１２", "12"),
        ("١٢", "12"),
        ("we are 12 women", "12"),
        ("012", "12"),
        ("1,200", "1200"),
        ("1.200", "1200"),
        ("1 200", "1200"),
        ("1,20,000", "120000"),
        ("1,200.50", "1200.5"),
        ("1.200,50", "1200.5"),
        ("0.125", "0.125"),
        ("2,5", "2.5"),
        ("١٢٫٥", "12.5"),
        ("100", "100"),
        ("-3", "-3"),
        ("60 hours.", "60"),
        ("0", "0"),
    ],
)
def test_a_number_is_read_however_it_is_written(said: str, number: str) -> None:
    assert number_in(said) == number


@pytest.mark.parametrize(
    "said", ["", "many", "2 or 3", "10-12", "28/11", "8:30", "+447700900200", "07700 900200", "1234567890", "A4", "4th"]
)
def test_what_is_not_one_number_is_none(said: str) -> None:
    assert number_in(said) is None


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("28-11-2026", "2026-11-28"),
        ("28/11/26", "2026-11-28"),
        ("28.11.2026", "2026-11-28"),
        ("2026-11-28", "2026-11-28"),
        ("২৮-১১-২০২৬", "2026-11-28"),
        ("it was on 5/1", "2026-01-05"),
        ("28-12", "2025-12-28"),
        ("1 / 2", "2026-02-01"),
        ("11/28/2026", "2026-11-28"),
        ("since 29-2-2024!", "2024-02-29"),
    ],
)
def test_a_date_is_read_however_it_is_written(said: str, day: str) -> None:
    assert date_in(said, TODAY) == day


@pytest.mark.parametrize("said", ["", "in May", "31-2-2026", "29-2", "28", "5/1 and 6/1", "2026-13-01", "1-2-3-4", "12.12.1802", "52746"])
def test_what_is_not_one_date_is_none(said: str) -> None:
    assert date_in(said, TODAY) is None


def test_a_date_without_a_year_needs_a_day_to_be_near_to() -> None:
    assert date_in("28-12") is None


@given(number=st.integers(0, 999_999_999), language=st.sampled_from(sorted(ZEROS)))
def test_every_whole_number_is_read_back_from_every_script(number: int, language: str) -> None:
    assert number_in(in_script(str(number), language)) == str(number)


@given(day=st.dates(date(1900, 1, 1), date(2099, 12, 31)), language=st.sampled_from(sorted(ZEROS)))
def test_every_date_is_read_back_from_every_script(day: date, language: str) -> None:
    assert date_in(in_script(day.strftime("%d-%m-%Y"), language)) == day.isoformat()
    assert date_in(in_script(day.isoformat(), language)) == day.isoformat()


@given(said=st.text(alphabet=st.sampled_from("0123456789.,-/' x০٣"), max_size=30))
def test_whatever_is_typed_is_read_or_is_none_and_what_is_read_can_be_compared(said: str) -> None:
    number, day = number_in(said), date_in(said, TODAY)

    assert number is None or isinstance(measure(number), Decimal)
    assert day is None or isinstance(measure(day), date)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("22-6", "22:00-06:00"),
        ("22:00-06:00", "22:00-06:00"),
        ("from 10 pm to 6 am", "22:00-06:00"),
        ("২২টা থেকে ৬টা", "22:00-06:00"),
        ("van 22 tot 6 uur", "22:00-06:00"),
        ("de 22 a 6", "22:00-06:00"),
        ("22 – 24", "22:00-00:00"),
        ("22.30 - 6", "22:30-06:00"),
        ("they make us work 22-6", None),
        ("22", None),
        ("6-6", None),
        ("99-6", None),
        ("22:75-6", None),
        ("13 pm to 6", None),
        ("", None),
    ],
)
def test_hours_are_read_where_nothing_else_is_said(text: str, hours: str | None) -> None:
    assert hours_in(text) == hours
