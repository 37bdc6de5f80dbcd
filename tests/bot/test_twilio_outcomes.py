"""What Twilio says to a send, driven through its real SDK, decides what becomes of the message and of the way to its worker."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from channels import failures
from channels.base import Inbound
from store.tables import workers
from tests.bot.outcomes import first_since, known, mended
from tests.doubles.carrier import Fault
from tests.doubles.twilio import TwilioDouble
from tests.doubles.twilio_posts import ACCOUNT, OUR_NUMBER, TOKEN
from tests.line import Line

TABLE: dict[str, str] = orjson.loads(Path(failures.__file__).with_name("error_classes.json").read_bytes())["twilio"]
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
    before = known(line)
    double.faults.append(Fault(400, int(code), "Said by the carrier", 1 if ROWS[code] == "rate_limited" else None))
    line.accept(Inbound("sms", f"key-{place}", number, "message", "52746 en"))
    first = first_since(line, before)
    [worker] = [each for each in line.rows(workers) if each["id"] == first["worker_id"]]
    tries = [each for each in double.sends if each.to == number and each.body == _first_words(double, number)]
    mended(line)
    return first["state"], len(tries), worker["closed_to"]


def _first_words(double: TwilioDouble, number: str) -> str:
    """The words of the first try to a number."""
    return next(each.body for each in double.sends if each.to == number)
