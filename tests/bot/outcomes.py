"""How a message ended that met a refusal: time passes for what is to be tried again, so that no test sits through a carrier's seconds."""

from typing import Any

from bot.clock import HOUR
from store.tables import outbox
from tests.line import Line

ENDED = frozenset({"sent", "failed", "maybe_sent", "dropped"})


def known(line: Line) -> set[int]:
    """The messages there are."""
    return {each["id"] for each in line.rows(outbox)}


def first_since(line: Line, before: set[int]) -> dict[str, Any]:
    """The first message since, once every new one ended or waits for an operator."""

    def rest() -> bool:
        new = _new(line, before)
        again = [each["due_at"] for each in new if each["state"] == "due" and each["failure"] not in (None, "config")]
        if again and (early := min(again) - line.clock()) > 0:
            line.clock.move(early)
            line.service.answers_came()
        return bool(new) and all(map(_rests, new))

    line.until(rest)
    return _new(line, before)[0]


def mended(line: Line) -> None:
    """Time passes, the operator mends what was wrong, and everything that waited leaves: the next refusal meets its own message."""
    line.clock.move(HOUR)
    line.service.answers_came()
    line.until(lambda: all(each["state"] in ENDED for each in line.rows(outbox)))


def _rests(row: dict[str, Any]) -> bool:
    """It ended, or waits for an operator who has something to mend."""
    return row["state"] in ENDED or (row["state"] == "due" and row["failure"] == "config")


def _new(line: Line, before: set[int]) -> list[dict[str, Any]]:
    return [each for each in line.rows(outbox) if each["id"] not in before]
