"""What Twilio says to a send, driven through its real SDK, decides what becomes of the message and of the way to its worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.clock import HOUR
from channels import failures
from channels.base import Inbound
from store.tables import outbox, workers
from tests.doubles.carrier import Fault
from tests.doubles.twilio import TwilioDouble
from tests.doubles.twilio_posts import ACCOUNT, OUR_NUMBER, TOKEN
from tests.line import Line

TABLE: dict[str, str] = orjson.loads(Path(failures.__file__).with_name("error_classes.json").read_bytes())["twilio"]
ENDED = frozenset({"sent", "failed", "maybe_sent", "dropped"})
# What follows from each class (docs/reference/channels.md): how the row ends, after how many tries, and whether its way is shut.
FOLLOWS = {
    "rate_limited": ("sent", 2, None),
    "temporary": ("sent", 2, None),
    "opt_out": ("failed", 1, "opt_out"),
    "blocked_by_user": ("failed", 1, "blocked_by_user"),
    "undeliverable": ("failed", 1, "undeliverable"),
    "filtered": ("failed", 1, None),
    "bad_content": ("failed", 1, None),
    "config": ("due", 1, None),
}
# 63016 can befall WhatsApp alone; what follows from it is told where windows are (tests/channels/test_twilio_outbound.py names it).
ROWS = {code: name for code, name in sorted(TABLE.items()) if name in FOLLOWS}


@pytest.fixture
def over_twilio(database_url: str, tmp_path: Path) -> Iterator[tuple[Line, TwilioDouble]]:
    """A line whose SMS channel is the real one, with a double at its far end."""
    with TwilioDouble() as double:
        line = Line(
            database_url,
            tmp_path / "data",
            twilio_account_sid=ACCOUNT,
            twilio_auth_tokens=TOKEN,
            twilio_sms_from=OUR_NUMBER,
            twilio_api_url=double.url,
        )
        line.service.senders["sms"] = line.service.channels.senders["sms"]
        yield line, double
        line.close()


def test_every_row_of_the_table_has_its_outcome(over_twilio: tuple[Line, TwilioDouble]) -> None:
    line, double = over_twilio
    found = {code: _outcome(line, double, place, code) for place, code in enumerate(ROWS)}

    assert set(TABLE) - set(ROWS) == {"63016"}
    assert found == {code: FOLLOWS[name] for code, name in ROWS.items()}


def _outcome(line: Line, double: TwilioDouble, place: int, code: str) -> tuple[str, int, str | None]:
    """A new worker's first answer meets one refusal of Twilio; how that answer ended."""
    number = f"+447700900{place + 200}"
    before = {each["id"] for each in line.rows(outbox)}
    double.faults.append(Fault(400, int(code), "Said by the carrier", 1 if ROWS[code] == "rate_limited" else None))
    line.accept(Inbound("sms", f"key-{place}", number, "message", "52746 en"))
    line.until(lambda: bool(new := _new(line, before)) and all(map(_rests, new)))
    first = _new(line, before)[0]
    [worker] = [each for each in line.rows(workers) if each["id"] == first["worker_id"]]
    tries = [each for each in double.sends if each.to == number and each.body == _first_words(double, number)]
    _mended(line)
    return first["state"], len(tries), worker["closed_to"]


def _first_words(double: TwilioDouble, number: str) -> str:
    """The words of the first try to a number."""
    return next(each.body for each in double.sends if each.to == number)


def _rests(row: dict[str, Any]) -> bool:
    """It ended, or waits for an operator who has something to mend."""
    return row["state"] in ENDED or (row["state"] == "due" and row["failure"] == "config")


def _mended(line: Line) -> None:
    """Time passes, the operator mends what was wrong, and everything that waited leaves: the next refusal meets its own message."""
    line.clock.move(HOUR)
    line.service.answers_came()
    line.until(lambda: all(each["state"] in ENDED for each in line.rows(outbox)))


def _new(line: Line, before: set[int]) -> list[dict[str, Any]]:
    return [each for each in line.rows(outbox) if each["id"] not in before]
