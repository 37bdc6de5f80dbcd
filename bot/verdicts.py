"""What follows when a message did not arrive: one rule for each class of failure, told at once or by a carrier's word later.

Nothing here touches the database or a channel; `bot/outbox.py` asks, and does what comes out (docs/reference/channels.md).
"""

from dataclasses import dataclass

from bot.clock import HOUR, MINUTE, SECOND
from channels.base import Failure, SendError
from store.outbox import Row, Settlement

MOST_ATTEMPTS = 62
"""What a flow says is tried for a day while the carrier is in trouble. A question older than that meets a worker who is elsewhere with
their thoughts; the talk asks again when they write."""
MOST_FOR_A_CASE = 206
"""What officers said, and the knock before it, for four days: as long as an operator is given."""
_QUICK_ATTEMPTS = 12
"""After so many a carrier that says "again in a second" is no longer taken at its word."""
_MOST_WHILE_OPERATORS_MEND = 200
"""With half an hour between them: four days, so that a weekend in which nobody mends the account costs nobody their answer."""
_LONGEST_WAIT = 30 * MINUTE
_PATIENT_FIRST = MINUTE
"""The first wait where a carrier had taken the message, or an operator must do something."""
_WITH_A_CASE = ("reply", "late")
OPERATORS = frozenset({Failure.CONFIG, Failure.FILTERED, Failure.BAD_CONTENT})
SHUTS_THE_DOOR = frozenset({Failure.OPT_OUT, Failure.BLOCKED_BY_USER, Failure.UNDELIVERABLE})
_AGAIN = frozenset({Failure.RATE_LIMITED, Failure.TEMPORARY})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the row, and of the worker: `shut` names why nothing more may be sent, `window_shut` that only a knock may go.

    `knock_lost` says that a knock did not arrive, `knock_doubted` that it may not have, so that
    what waits behind it is knocked for again later.
    """

    settlement: Settlement
    worker_id: str = ""
    shut: str | None = None
    window_shut: bool = False
    knock_lost: bool = False
    knock_doubted: bool = False


def after(row: Row, error: SendError, now: int, *, told: bool = False) -> Verdict:
    """Decide. `row.attempts` counts the attempts before this one; `told` that a carrier told it of a message that it had taken first."""
    failure = error.failure
    if error.ambiguous:
        return _ambiguous(row, failure, now)
    if failure in _AGAIN and row.attempts + 1 < _most(row) and not (told and row.kind == "knock"):
        return Verdict(Settlement(row.id, "due", failure=failure.value, due_at=now + _wait(row, error, told=told), told=told))
    if failure is Failure.CONFIG and row.attempts + 1 < _MOST_WHILE_OPERATORS_MEND and not told:
        wait = min(_PATIENT_FIRST << min(row.attempts, 10), _LONGEST_WAIT)
        return Verdict(Settlement(row.id, "due", failure=failure.value, due_at=now + wait))
    return _ended(row, failure, now, told=told)


def _ambiguous(row: Row, failure: Failure, now: int) -> Verdict:
    if row.kind == "reply" or row.maybe:
        settlement = Settlement(row.id, "maybe_sent", failure=failure.value, maybe=True)
        return Verdict(settlement, row.worker_id, knock_doubted=row.kind == "knock")
    return Verdict(Settlement(row.id, "due", failure=failure.value, due_at=now + 2 * SECOND, maybe=True))


def _most(row: Row) -> int:
    return MOST_FOR_A_CASE if row.kind in (*_WITH_A_CASE, "knock") else MOST_ATTEMPTS


def _wait(row: Row, error: SendError, *, told: bool) -> int:
    grown = min((_PATIENT_FIRST if told else SECOND) << min(row.attempts, 20), _LONGEST_WAIT)
    if error.retry_after is None:
        return grown
    asked = min(int(error.retry_after * SECOND), HOUR)
    return asked if row.attempts < _QUICK_ATTEMPTS else max(asked, grown)


def _ended(row: Row, failure: Failure, now: int, *, told: bool) -> Verdict:
    """It goes no more by itself, or waits until the worker comes: an answer is never lost for what happened on its way."""
    window_shut = failure is Failure.WINDOW_CLOSED
    shut = failure.value if failure in SHUTS_THE_DOOR else None
    if row.kind != "knock" and (window_shut or (shut and row.kind in _WITH_A_CASE)):
        settlement = Settlement(row.id, "held", failure=failure.value, due_at=now, told=told)
    else:
        settlement = Settlement(row.id, "failed", status="failed", failure=failure.value, told=told)
    return Verdict(settlement, row.worker_id, shut, window_shut, row.kind == "knock" and shut is None)
