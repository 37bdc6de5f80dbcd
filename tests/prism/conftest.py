"""Prism on loopback, mocking both of Twilio's public OpenAPI descriptions that we call, and what it said of each call."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.processes import free_port

_HERE = Path(__file__).parent
_PRISM = _HERE / "node_modules" / ".bin" / "prism"
_DESCRIPTIONS = _HERE / "node_modules" / "@twilio" / "cli-core" / "src" / "services" / "twilio-api"
_PATIENCE = 60.0
_RECEIVED = re.compile(r"\[HTTP SERVER\] (\w+) (\S+) .*Request received$")
_PASSED = re.compile(r"\[VALIDATOR\] .*The request passed the validation rules")
# Some of the description's own examples of answers break it; calls are judged here, answers are not.
_ERROR = re.compile(r" error +(?!\s|Violation: response\.)(.+)$")


@dataclass(frozen=True)
class Judged:
    """One call as Prism saw it: its method and path, whether the description allows it, and all that Prism had against it."""

    call: str
    passed: bool
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Prism:
    """A running mock; `heard` is how far its log had come when this test began."""

    url: str
    log: Path
    heard: int

    def judged(self, calls: int) -> list[Judged]:
        """What it said of each call since, once it has spoken of so many: its log is written beside its answers."""
        until = time.monotonic() + 10.0
        while True:
            found = _judged(self.log.read_text(encoding="utf-8")[self.heard :])
            spoken = [each for each in found if each.passed or each.errors]
            if len(spoken) >= calls or time.monotonic() > until:
                return found
            time.sleep(0.02)


def _judged(log: str) -> list[Judged]:
    found: list[Judged] = []
    for line in log.splitlines():
        received, error = _RECEIVED.search(line), _ERROR.search(line)
        if received:
            found.append(Judged(f"{received[1]} {received[2]}", passed=False, errors=()))
        elif found and _PASSED.search(line):
            found[-1] = Judged(found[-1].call, passed=True, errors=found[-1].errors)
        elif found and error:
            found[-1] = Judged(found[-1].call, found[-1].passed, (*found[-1].errors, error[1]))
    return found


def _description() -> dict[str, Any]:
    """Messages and forms in one description, since one base address of ours stands for both of Twilio's hosts."""
    whole: dict[str, Any] = json.loads((_DESCRIPTIONS / "twilio_api_v2010.json").read_text(encoding="utf-8"))
    more: dict[str, Any] = json.loads((_DESCRIPTIONS / "twilio_content_v1.json").read_text(encoding="utf-8"))
    for mine, theirs in ((whole["paths"], more["paths"]), (whole["components"]["schemas"], more["components"]["schemas"])):
        assert not mine.keys() & theirs.keys()
        mine.update(theirs)
    # OpenAPI's default for a list in a form (one pair for each value), which Prism goes by only where it is written out.
    form = whole["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"]["requestBody"]["content"]
    form["application/x-www-form-urlencoded"]["encoding"] = {"MediaUrl": {"style": "form", "explode": True}}
    return whole


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The mock's address and its log."""
    if shutil.which("node") is None or not _PRISM.exists():
        pytest.skip("no Prism here; with Node 20, `npm ci --prefix tests/prism` brings it and Twilio's description")
    folder = tmp_path_factory.mktemp("prism")
    described, log, port = folder / "twilio.json", folder / "log", free_port()
    described.write_text(json.dumps(_description()), encoding="utf-8")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [_PRISM, "mock", "-h", "127.0.0.1", "-p", str(port), described], stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        _await(process, log)
        yield f"http://127.0.0.1:{port}", log
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def _await(process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while "Prism is listening" not in (said := log.read_text(encoding="utf-8")):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"Prism does not come up ({process.poll()}):\n{said[-2000:]}")
        time.sleep(0.05)


@pytest.fixture
def prism(running: tuple[str, Path]) -> Prism:
    url, log = running
    return Prism(url, log, len(log.read_text(encoding="utf-8")))
