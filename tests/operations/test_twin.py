"""Four processes on one PostgreSQL are one line: what a worker says to one web process is read, and answered, at the other."""

import re
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.operations.files import DEPLOY, HOUSE, program
from tests.operations.test_compose import wheels
from tests.operations.twin import PASSWORD
from tests.processes import free_port, listens
from tests.weerklank.running import PATIENCE, Desk, WebPhone

ENGLISH = {"weerklank-language": "en"}
SANNE = "sanne@halmstra.example"


@dataclass
class Started:
    """`make cluster`, as somebody sees it who started it."""

    process: subprocess.Popen[str]
    printed: str
    port: int

    @property
    def web(self) -> list[str]:
        return [f"http://{each}" for each in re.findall(r"web-\w  (\S+)", self.printed)]

    def code(self) -> str:
        """Press Enter, and read the code that is printed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@pytest.fixture
def cluster() -> Iterator[Started]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.operations.twin", str(port)],
        cwd=HOUSE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    watch = threading.Timer(6 * PATIENCE, process.terminate)
    watch.start()
    try:
        yield Started(process, _until(process, "Ctrl-C stops"), port)
    finally:
        watch.cancel()
        process.terminate()
        process.communicate()


def _until(process: subprocess.Popen[str], last: str) -> str:
    lines: list[str] = []
    for line in process.stdout or ():
        lines.append(line)
        if last in line:
            return "".join(lines)
    raise RuntimeError(f"it ended before it was ready:\n{''.join(lines)}")


def _browser(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, follow_redirects=True, timeout=PATIENCE, cookies=ENGLISH)


def _signed_in(browser: httpx.Client, code: str) -> None:
    browser.post("/api/v1/sessions", json={"email": SANNE, "password": PASSWORD, "totp": code}).raise_for_status()


@wheels
def test_two_web_processes_are_one_line_behind_a_proxy_and_ctrl_c_leaves_nothing_behind(cluster: Started, tmp_path: Path) -> None:
    _speak_here_and_read_there(cluster)
    _speak_tls(cluster, tmp_path)
    _stop(cluster)


def _speak_here_and_read_there(cluster: Started) -> None:
    here, there = cluster.web
    with _browser(here) as phone_side, _browser(there) as desk_side, _browser(here) as other_side:
        _signed_in(desk_side, cluster.code())
        desk = Desk(desk_side)
        before = desk.references()
        phone = WebPhone(phone_side, "web", "a-phone-of-the-cluster")
        phone.send("52746 en")
        saved = phone.send("They did not pay overtime for 2 months. 60 hours every month")
        assert re.search(r"Your code: \d{4} \d{4}", saved)
        for answer in ("2", "1", "2"):
            phone.send(answer)
        [reference] = desk.references() - before

        assert "60 hours every month" in desk.page(f"/desk/cases/{reference}")
        desk.write(reference, "reply", text="This is Sanne. Which months?", language="en")
        assert "1 new message" in phone.wait()
        assert phone.send("1") == "This is Sanne. Which months?"

        # A session begun at one is one at the other, and ends at both.
        other_side.cookies.update(desk_side.cookies)
        assert other_side.get("/api/v1/sessions/current").json()["officer"]["email"] == SANNE
        assert desk_side.delete("/api/v1/sessions/current").status_code == 204
        assert other_side.get("/api/v1/sessions/current").status_code == 401


def _speak_tls(cluster: Started, tmp_path: Path) -> None:
    """The proxy of Compose, with its own file, stands before both; it shows nobody the figures."""
    site = f"https://localhost:{free_port()}"
    names = {"SITE_NAME": site, "WEB_PROCESSES": " ".join(each.removeprefix("http://") for each in cluster.web)}
    caddyfile = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    own = tmp_path / "Caddyfile"
    # Nobody out there signs a certificate for this machine: its own authority does, and port 80 is not ours.
    own.write_text(caddyfile.replace("\tadmin off\n", "\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n"))
    process = subprocess.Popen(
        [program("caddy"), "run", "--config", own],
        env={**names, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        stderr=subprocess.DEVNULL,
    )
    try:
        root = tmp_path / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        _wait_for(root.exists)
        trust = ssl.create_default_context(cafile=str(root))
        with httpx.Client(base_url=site, verify=trust, timeout=PATIENCE) as outside:
            _wait_for(lambda: _answers(outside))
            answers = [outside.get("/healthz") for _ in range(8)]
            seen = outside.get("/metrics")
    finally:
        process.terminate()
        process.wait(PATIENCE)

    assert {answer.status_code for answer in answers} == {200}
    assert seen.status_code == 403


def _answers(browser: httpx.Client) -> bool:
    try:
        return browser.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def _wait_for(there: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < until
        time.sleep(0.05)


def _stop(cluster: Started) -> None:
    [folder] = map(Path, re.findall(r"Everything lies in (\S+)\.", cluster.printed))
    doors = [cluster.port, *(int(each.rpartition(":")[2]) for each in cluster.web)]
    before = [folder.exists(), len(_at_work_in(folder)) > 4, *map(listens, doors)]
    cluster.process.send_signal(signal.SIGINT)
    ended = cluster.process.wait(4 * PATIENCE)

    assert before == [True] * 5
    assert ended == 0
    assert [folder.exists(), len(_at_work_in(folder)) > 0, *map(listens, doors)] == [False] * 5


def _at_work_in(folder: Path) -> list[str]:
    """The processes that work in a folder."""
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            where = (process / "cwd").readlink()
        except OSError:
            continue
        if where.is_relative_to(folder):
            found.append(process.name)
    return found
