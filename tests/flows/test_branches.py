"""Branches compare what is known: numbers with numbers, dates with dates, and nothing is evaluated. A jump leads to one place."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.engine import start
from flows.events import Say
from flows.model import read
from flows.problems import FlowError
from flows.revisions import library_of
from flows.session import Session

_TEXTS = "  one: {kind: say, text: One}\n  other: {kind: say, text: Other}\n"


def _source(branch: str) -> dict[str, str]:
    return {"tiny.yaml": f"flow: tiny\nlanguage: en\nnodes:\n  it: {{kind: branch, {branch}, otherwise: other}}\n{_TEXTS}"}


def _leads(comparison: str, value: str | None) -> bool:
    library = library_of([read(_source(f"field: x, when: [{{{comparison}, go: one}}]"))])
    sprint = start(library, "tiny", Session(fields={} if value is None else {"x": value}))
    (said,) = (event.node for event in sprint.events if isinstance(event, Say))
    return said == "one"


@given(number=st.integers(-1000, 1000), end=st.integers(-1000, 1000), more=st.integers(0, 100))
def test_numbers_are_compared_as_numbers(number: int, end: int, more: int) -> None:
    assert _leads(f'above: "{end}"', str(number)) is (number > end)
    assert _leads(f'below: "{end}"', str(number)) is (number < end)
    assert _leads(f'is: "{end}.0"', str(number)) is (number == end)
    assert _leads(f'between: ["{end}", "{end + more}"]', str(number)) is (end <= number <= end + more)


@given(day=st.dates(date(1900, 1, 1), date(2099, 12, 31)), end=st.dates(date(1900, 1, 1), date(2099, 6, 1)), more=st.integers(0, 200))
def test_dates_are_compared_as_dates(day: date, end: date, more: int) -> None:
    last = end + timedelta(days=more)

    assert _leads(f'above: "{end}"', str(day)) is (day > end)
    assert _leads(f'below: "{end}"', str(day)) is (day < end)
    assert _leads(f'between: ["{end}", "{last}"]', str(day)) is (end <= day <= last)


@pytest.mark.parametrize("value", ["many", "2026-01-01", "", None, "__import__('os')", "1e9", "NaN", "९"])
@pytest.mark.parametrize("comparison", ['above: "-5"', 'below: "5"', 'between: ["-9", "9"]'])
def test_what_is_no_number_is_neither_above_nor_below_one(comparison: str, value: str | None) -> None:
    assert not _leads(comparison, value)


@pytest.mark.parametrize(
    ("comparison", "value", "holds"),
    [
        ("is: wages", "wages", True),
        ("is: wages", "wage", False),
        ("one_of: [wages, hours]", "hours", True),
        ('one_of: ["1", "2"]', "2.0", True),
        ("one_of: [wages, hours]", None, False),
        ('known: "yes"', "wages", True),
        ('known: "yes"', None, False),
        ('known: "no"', None, True),
        ('known: "no"', "wages", False),
    ],
)
def test_words_are_the_same_or_not_and_a_field_is_set_or_not(comparison: str, value: str | None, *, holds: bool) -> None:
    assert _leads(comparison, value) is holds


@pytest.mark.parametrize(
    ("branch", "what"),
    [
        ("field: x", "nothing is compared"),
        ("when: [{is: a, go: one}]", "it is not said what is compared"),
        ("field: x, of: channel, cases: {a: one}", "write either `field` or `of`"),
        ("field: x, when: [{go: one}]", "write one comparison"),
        ("field: x, when: [{is: a, above: '1', go: one}]", "write one comparison"),
        ("field: x, when: [{above: many, go: one}]", "write a number"),
        ("field: x, when: [{between: ['9', '1'], go: one}]", "the lower one first"),
        ("field: x, when: [{between: ['1', '2026-01-01'], go: one}]", "two numbers or two dates"),
        ("field: x, when: [{is: a, go: nowhere}]", "no node is called `nowhere`"),
    ],
)
def test_a_branch_that_cannot_be_followed_is_refused_with_its_line(branch: str, what: str) -> None:
    with pytest.raises(FlowError) as refused:
        read(_source(branch))

    assert any(what in problem.what and problem.line == 4 for problem in refused.value.problems), str(refused.value)


@pytest.mark.parametrize(
    ("jump", "what"),
    [
        ("", "write where it leads"),
        ("go: it, flow: tiny", "write where it leads"),
        ("go: it, at: one", "`at` is a node of another flow"),
        ("go: nowhere", "no node is called `nowhere`"),
    ],
)
def test_a_jump_that_leads_nowhere_or_to_two_places_is_refused(jump: str, what: str) -> None:
    with pytest.raises(FlowError) as refused:
        read({"tiny.yaml": f"flow: tiny\nlanguage: en\nnodes:\n  it: {{kind: jump, {jump}}}\n"})

    assert any(what in problem.what and problem.line == 4 for problem in refused.value.problems), str(refused.value)
