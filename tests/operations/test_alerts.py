"""The alerts as Prometheus itself reads them: each rings on what it is meant for, and none on a quiet day."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.operations.files import HOUSE

ALERTS = HOUSE / "docs" / "operations" / "alerts.yml"
CASES = Path(__file__).with_name("alerts.test.yml")

promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool here; `.ci/run` brings Debian's")


def _asked(*words: str | Path) -> str:
    """What promtool says; an answer that is not yes ends the test with its words."""
    said = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


@promtool
def test_prometheus_reads_every_rule() -> None:
    assert f"{len(_names())} rules found" in _asked("check", "rules", ALERTS)


@promtool
def test_each_alert_rings_on_what_it_is_meant_for_and_none_on_a_quiet_day() -> None:
    assert "SUCCESS" in _asked("test", "rules", CASES)


def test_no_alert_is_without_a_case() -> None:
    assert set(re.findall(r'alertname="(\w+)"', CASES.read_text(encoding="utf-8"))) == set(_names())


def _names() -> list[str]:
    return re.findall(r"- alert: (\w+)", ALERTS.read_text(encoding="utf-8"))
