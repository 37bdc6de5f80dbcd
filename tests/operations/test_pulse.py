"""A worker that hangs is seen by the very command that docker-compose.yml asks with."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.operations.files import HOUSE, compose
from tests.processes import COMMAND, Installation
from weerklank.__main__ import main

_PATIENCE = 60.0
_PULSE = "/tmp/pulse"


def is_well(pulse: Path) -> bool:
    """Ask as Compose does, but for the place of the file and for two seconds instead of thirty."""
    words = compose()["services"]["work-a"]["healthcheck"]["test"]
    assert words[:3] == ["CMD", "python", "-c"]
    assert (words[3].count(_PULSE), words[3].count("> 30")) == (1, 1)
    asked = words[3].replace(_PULSE, str(pulse)).replace("> 30", "> 2")
    return subprocess.run([sys.executable, "-c", asked], stderr=subprocess.DEVNULL, check=False).returncode == 0


def until(seen: Callable[[], bool]) -> bool:
    end = time.monotonic() + _PATIENCE
    while not seen():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


@pytest.fixture
def working(postgresql_url: str, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    house = Installation(tmp_path / "house", postgresql_url)
    house.lay()
    process = subprocess.Popen(
        [COMMAND, "work", "--pulse", tmp_path / "pulse"], env=house.environment, cwd=HOUSE, stderr=subprocess.DEVNULL
    )
    yield process
    process.send_signal(signal.SIGCONT)
    process.terminate()
    assert process.wait(_PATIENCE) == 0


def test_a_worker_is_well_while_it_works_and_unwell_while_it_hangs(working: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    pulse = tmp_path / "pulse"
    assert not is_well(tmp_path / "never there")
    assert until(pulse.exists)
    # The first touch only shows that the file can be written; what counts are those of a service that runs.
    first = pulse.stat().st_mtime
    assert until(lambda: pulse.stat().st_mtime > first and is_well(pulse))

    working.send_signal(signal.SIGSTOP)
    assert until(lambda: not is_well(pulse))
    working.send_signal(signal.SIGCONT)
    assert until(lambda: is_well(pulse))


def test_the_file_lies_where_the_read_only_container_may_write() -> None:
    service = compose()["services"]["work-a"]

    assert service["command"] == ["work", "--pulse", _PULSE]
    assert (service["read_only"], service["tmpfs"]) == (True, ["/tmp"])
    assert compose()["services"]["work-b"] == service


def test_a_place_that_cannot_be_written_is_refused_at_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = tmp_path / "nowhere" / "pulse"

    assert main(["work", "--pulse", str(nowhere)]) == 1
    assert f"--pulse: {nowhere} cannot be written" in capsys.readouterr().err
