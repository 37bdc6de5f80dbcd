"""What Telegram says to a send, driven through its real client, decides what becomes of the message and of the way to its worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.drafting import Wanted
from bot.publishing import Order
from channels import failures
from channels.base import Inbound
from store import recordings
from store.recordings import Brought
from store.tables import workers
from tests.bot.outcomes import first_since, known, mended
from tests.bot.test_recordings import OPUS, SPOKEN
from tests.doubles.carrier import Fault
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_posts import SECRET, TOKEN
from tests.line import Line

TABLE = orjson.loads(Path(failures.__file__).with_name("error_classes.json").read_bytes())["telegram"]
SENDS = [row for row in TABLE if row["class"] != "ok_ignore"]
# What follows from each class (docs/reference/channels.md): how the row ends, after how many tries, whether it may have come twice, and
# whether its way is shut.
FOLLOWS = {
    "rate_limited": ("sent", 2, False, None),
    "temporary": ("sent", 2, True, None),
    "blocked_by_user": ("failed", 1, False, "blocked_by_user"),
    "undeliverable": ("failed", 1, False, "undeliverable"),
    "bad_content": ("failed", 1, False, None),
    "config": ("due", 1, False, None),
}


@pytest.fixture
def over_telegram(database_url: str, tmp_path: Path) -> Iterator[tuple[Line, TelegramDouble]]:
    """A line whose Telegram channel is the real one, with a double at its far end."""
    with TelegramDouble() as double:
        line = Line(database_url, tmp_path / "data", telegram_bot_token=TOKEN, telegram_webhook_secret=SECRET, telegram_api_url=double.url)
        line.service.senders["telegram"] = line.service.channels.senders["telegram"]
        yield line, double
        line.close()


def test_every_row_of_the_table_has_its_outcome(over_telegram: tuple[Line, TelegramDouble]) -> None:
    line, double = over_telegram
    found = {row["match"]: _outcome(line, double, place, row) for place, row in enumerate(SENDS)}

    assert found == {row["match"]: FOLLOWS[row["class"]] for row in SENDS}


def _outcome(line: Line, double: TelegramDouble, place: int, row: dict[str, Any]) -> tuple[str, int, bool, str | None]:
    """A new worker's first answer meets one refusal of Telegram; how that answer ended."""
    before = known(line)
    double.faults.append(Fault(row["code"], text=row["match"], retry_after=1 if row["code"] == 429 else None))
    line.accept(Inbound("telegram", f"key-{place}", str(7_012_345_000 + place), "start", payload="52746-en", trace=str(place)))
    first = first_since(line, before)
    [worker] = [each for each in line.rows(workers) if each["id"] == first["worker_id"]]
    tries = [each for each in double.sends if each.to == str(7_012_345_000 + place)]
    mended(line)
    return first["state"], len(tries), bool(first["maybe"]), worker["closed_to"]


def test_a_worker_who_blocks_the_bot_in_the_middle_of_a_talk_gets_nothing_more(over_telegram: tuple[Line, TelegramDouble]) -> None:
    line, double = over_telegram
    who = "7012345678"
    line.accept(Inbound("telegram", "1", who, "start", payload="52746-en"))
    line.until(lambda: len(double.texts_to(who)) >= 1)
    double.blocked.add(who)
    line.accept(Inbound("telegram", "2", who, "message", "They did not pay overtime for 2 months"))
    line.quiet()
    told = len(double.texts_to(who))
    tried = len(double.called("sendMessage"))

    assert told == 1
    assert [each["closed_to"] for each in line.rows(workers)] == ["blocked_by_user"]
    line.clock.move(3_600_000)
    line.quiet()
    assert len(double.called("sendMessage")) == tried


def test_who_does_not_read_hears_the_hello_above_its_words(over_telegram: tuple[Line, TelegramDouble]) -> None:
    line, double = over_telegram
    line.service.publishing.drafting.save(line.officer("nadia"), Wanted("raise-concern", SPOKEN))
    line.service.publishing.publish(line.officer("nadia"), Order("raise-concern", "a voice for who does not read"))
    brought = Brought("hello-en.ogg", "audio/ogg", OPUS)
    line.service.writer.call_sync(lambda connection: recordings.put(connection, [brought], "nadia", 1))
    line.accept(Inbound("telegram", "1", "7012345678", "start", payload="52746-en"))
    line.until(lambda: len(double.texts_to("7012345678")) == 2)

    assert [method for method, _ in double.calls] == ["sendVoice", "sendMessage", "sendMessage"]
    assert double.called("sendVoice")[0]["voice"] == OPUS
    assert double.texts_to("7012345678")[0].startswith("Hello from ")
