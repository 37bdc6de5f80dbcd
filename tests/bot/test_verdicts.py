"""Every class of failure has one outcome for each kind of message, told at once or later."""

import pytest

from bot import verdicts
from bot.clock import DAY, HOUR, MINUTE, SECOND
from channels.base import Failure, SendError
from store.outbox import Row

NOW = 1_000_000
SHUT = {Failure.OPT_OUT, Failure.BLOCKED_BY_USER, Failure.UNDELIVERABLE}
AGAIN = {Failure.RATE_LIMITED, Failure.TEMPORARY}
REFUSED = {Failure.FILTERED, Failure.BAD_CONTENT}


def _row(kind: str, *, attempts: int = 0, maybe: bool = False) -> Row:
    return Row(1, "w", "sms", kind, None, None, None, attempts, maybe)


def _state(kind: str, failure: Failure, *, told: bool = False) -> str:
    return verdicts.after(_row(kind), SendError(failure), NOW, told=told).settlement.state


@pytest.mark.parametrize("failure", Failure)
def test_an_answer_is_never_lost_for_what_happened_on_its_way(failure: Failure) -> None:
    expected = "failed" if failure in REFUSED else "held" if failure in SHUT or failure is Failure.WINDOW_CLOSED else "due"

    assert _state("reply", failure) == expected
    assert _state("late", failure) == expected


@pytest.mark.parametrize("failure", Failure)
def test_a_question_of_a_flow_waits_for_the_window_and_goes_to_no_shut_door(failure: Failure) -> None:
    expected = "held" if failure is Failure.WINDOW_CLOSED else "failed" if failure in SHUT | REFUSED else "due"

    assert _state("flow", failure) == expected


@pytest.mark.parametrize("failure", Failure)
def test_a_knock_that_failed_is_given_anew_unless_the_door_is_shut(failure: Failure) -> None:
    at_once = verdicts.after(_row("knock"), SendError(failure), NOW)
    later = verdicts.after(_row("knock"), SendError(failure), NOW, told=True)

    assert at_once.settlement.state == ("due" if failure in AGAIN or failure is Failure.CONFIG else "failed")
    assert later.settlement.state == "failed"
    assert later.knock_lost is (failure not in SHUT)
    assert later.shut == (failure.value if failure in SHUT else None)


@pytest.mark.parametrize("failure", Failure)
def test_an_ambiguous_failure_never_repeats_an_officers_words(failure: Failure) -> None:
    error = SendError(failure, ambiguous=True)

    assert verdicts.after(_row("reply"), error, NOW).settlement.state == "maybe_sent"
    assert verdicts.after(_row("flow"), error, NOW).settlement.state == "due"
    assert verdicts.after(_row("flow", maybe=True), error, NOW).settlement.state == "maybe_sent"


def test_a_knock_in_doubt_goes_once_more_at_once_and_is_doubted_then() -> None:
    error = SendError(Failure.TEMPORARY, ambiguous=True)
    first, second = (verdicts.after(_row("knock", maybe=maybe), error, NOW) for maybe in (False, True))

    assert (first.settlement.state, first.knock_doubted) == ("due", False)
    assert (second.settlement.state, second.knock_doubted) == ("maybe_sent", True)


def _patience(kind: str, error: SendError) -> tuple[list[int], int]:
    """The waits between attempts until it is given up, and all of them together."""
    waits: list[int] = []
    while (each := verdicts.after(_row(kind, attempts=len(waits)), error, NOW).settlement).state == "due":
        waits.append(each.due_at - NOW)
    return waits, sum(waits)


@pytest.mark.parametrize("error", [SendError(Failure.TEMPORARY), SendError(Failure.RATE_LIMITED, retry_after=1)])
@pytest.mark.parametrize(("kind", "days"), [("flow", 1), ("reply", 4), ("late", 4), ("knock", 4)])
def test_an_outage_of_a_day_costs_nobody_their_words(kind: str, days: int, error: SendError) -> None:
    waits, whole = _patience(kind, error)

    assert days * DAY <= whole <= days * DAY + 3 * HOUR
    assert max(waits) == 30 * MINUTE


def test_waits_grow() -> None:
    waits, _ = _patience("flow", SendError(Failure.TEMPORARY))

    assert waits[:3] == [SECOND, 2 * SECOND, 4 * SECOND]


def test_the_carriers_own_wait_is_kept() -> None:
    error = SendError(Failure.RATE_LIMITED, retry_after=7)

    assert verdicts.after(_row("flow"), error, NOW).settlement.due_at == NOW + 7 * SECOND


def test_what_an_operator_must_mend_waits_for_days_rather_than_hours() -> None:
    tried_often = verdicts.after(_row("reply", attempts=100), SendError(Failure.CONFIG), NOW).settlement

    assert (tried_often.state, tried_often.due_at) == ("due", NOW + 30 * MINUTE)
