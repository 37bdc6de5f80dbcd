"""The life of a case: one table of who may move it from where to where. Only the worker's own answer closes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

State = Literal["new", "answer_needed", "waiting_worker", "waiting_supplier", "proposed", "closed_agreed", "closed_no_answer", "forgotten"]
Mover = Literal["officer", "worker", "clock"]

STATES: tuple[State, ...] = get_args(State)
OPEN: tuple[State, ...] = ("new", "answer_needed", "waiting_worker", "waiting_supplier", "proposed")

_AT_WORK: tuple[State, ...] = ("answer_needed", "waiting_worker", "waiting_supplier", "proposed")

MOVES: Mapping[Mover, Mapping[str, tuple[State, ...]]] = MappingProxyType(
    {
        "officer": MappingProxyType(
            {
                "new": ("answer_needed", "waiting_supplier"),
                "answer_needed": ("waiting_worker", "waiting_supplier", "proposed"),
                "waiting_worker": ("answer_needed", "waiting_supplier", "proposed"),
                "waiting_supplier": ("answer_needed", "waiting_worker", "proposed"),
                "proposed": ("answer_needed", "waiting_worker", "waiting_supplier"),
            }
        ),
        # What the worker does moves a case by itself: words put it back on the desk, a yes to a proposal closes it, forgetting ends it.
        "worker": MappingProxyType(
            {
                "new": ("forgotten",),
                **{state: ("answer_needed", "forgotten") for state in _AT_WORK if state != "proposed"},
                "proposed": ("closed_agreed", "answer_needed", "forgotten"),
                "closed_agreed": ("answer_needed", "forgotten"),
                "closed_no_answer": ("answer_needed", "forgotten"),
            }
        ),
        # After tries that nobody answered (a later issue sets how many); any word of the worker opens it again.
        "clock": MappingProxyType({"waiting_worker": ("closed_no_answer",), "proposed": ("closed_no_answer",)}),
    }
)


def allowed(mover: Mover, state: str) -> tuple[State, ...]:
    """List where a case in this state may go by this mover."""
    return MOVES[mover].get(state, ())


def may(mover: Mover, state: str, to: str) -> bool:
    """Say whether a move is in the table."""
    return to in allowed(mover, state)


def after_words(state: str) -> str:
    """Say where a case stands once its worker has written: on the desk again, or still new when nobody has read it."""
    return "answer_needed" if may("worker", state, "answer_needed") else state
