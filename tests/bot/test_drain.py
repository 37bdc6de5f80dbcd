"""An orderly stop waits for carriers, but not for one that hangs longer than a supervisor waits for us."""

import time
from pathlib import Path

import pytest

from bot import lasting, outbox
from channels.base import Inbound
from store.tables import outbox as messages
from tests.line import Line
from tests.operations.files import compose

_SHORT = 0.2


def test_a_carrier_that_hangs_holds_up_an_orderly_stop_for_a_while_only(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "DRAIN_SECONDS", _SHORT)
    line = Line(database_url, tmp_path / "data")
    line.carriers["sms"].hangs = True
    line.accept(Inbound("sms", "one", "+447700900200", "message", "52746 en"))
    line.until(lambda: [row["state"] for row in line.rows(messages)] == ["sending"])

    began = time.monotonic()
    line.run(line.service.deliveries.drain())
    took = time.monotonic() - began
    line.close()

    assert _SHORT <= took < line.settings.send_lease_seconds / 4


def test_what_others_may_cost_of_a_stop_fits_into_the_time_that_compose_gives() -> None:
    graces = {float(compose()["services"][name]["stop_grace_period"].removesuffix("s")) for name in ("web-a", "web-b", "work-a", "work-b")}

    assert min(graces) >= lasting.DRAIN_SECONDS + 10
