"""The installed command as a process of its own, a worker at a phone and an officer at a desk, all over HTTP."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 30.0
_LAST_LINE = "Ctrl-C stops"


def command() -> list[str]:
    """The command as pip installed it beside this Python; without an installation, the module."""
    script = Path(sys.executable).with_name("weerklank")
    return [str(script)] if script.exists() else [sys.executable, "-m", "weerklank"]


@dataclass
class WebPhone:
    """A phone at /talk."""

    client: httpx.Client
    channel: str
    token: str
    seen: int = 0

    def look(self) -> list[dict[str, Any]]:
        """The bubbles that came since the last look, the worker's own left out."""
        body = {"channel": self.channel, "token": self.token, "after": self.seen}
        bubbles = self.client.post("/talk/screen", json=body).raise_for_status().json()["bubbles"]
        self.seen = max([self.seen, *(bubble["id"] for bubble in bubbles)])
        return [bubble for bubble in bubbles if not bubble.get("mine")]

    def send(self, text: str, **more: str) -> str:
        """Write, and wait for the answer."""
        self.look()
        press = {"channel": self.channel, "token": self.token, "kind": "message", "text": text, **more}
        self.client.post("/talk/send", json=press).raise_for_status()
        return self.wait()

    def wait(self) -> str:
        """Wait until something comes; returns its text."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if came := self.look():
                return "\n".join(bubble["text"] for bubble in came)
            time.sleep(0.02)
        raise TimeoutError("nothing came to the phone")


@dataclass
class Desk:
    """An officer's browser."""

    client: httpx.Client

    def page(self, path: str) -> str:
        """A page of the desk, as it is read."""
        return unescape(self.client.get(path).raise_for_status().text)

    def references(self) -> set[str]:
        """The cases in the queue."""
        return set(re.findall(r"WK-[0-9A-Z]{4}-[0-9A-Z]{4}", self.page("/desk/queue")))

    def write(self, reference: str, form: str, **fields: str) -> str:
        """Fill in a form of a case's sheet and send it; returns the sheet that follows."""
        sheet = self.page(f"/desk/cases/{reference}")
        hidden = dict(re.findall(r'<input type="hidden" name="(csrf|version|once)" value="([^"]*)"', sheet))
        return unescape(self.client.post(f"/desk/cases/{reference}/{form}", data=hidden | fields).raise_for_status().text)


@dataclass
class Running:
    """A demo that runs."""

    process: subprocess.Popen[str]
    address: str
    printed: str
    folder: Path
    clients: list[httpx.Client] = field(default_factory=list[httpx.Client])

    def client(self) -> httpx.Client:
        english = {"weerklank-language": "en"}
        made = httpx.Client(base_url=self.address, follow_redirects=True, timeout=PATIENCE, cookies=english)
        self.clients.append(made)
        return made

    def phone(self, channel: str, token: str) -> WebPhone:
        return WebPhone(self.client(), channel, token)

    def sample_phone(self, channel: str, title: str) -> WebPhone:
        """A phone of the sample's cases, found on the page as a visitor finds it."""
        page = unescape(self.client().get("/talk").raise_for_status().text)
        [token] = re.findall(rf'/talk/phone#{channel}/([^"]+)">.{{0,20}}{title}\b', page)
        return self.phone(channel, token)

    def desk(self, name: str) -> Desk:
        """The desk of somebody, entered by the link that was printed."""
        [token] = re.findall(rf"{name},.*?/desk/enter#(\S+)", self.printed)
        client = self.client()
        client.post("/desk/enter", data={"token": token}).raise_for_status()
        return Desk(client)

    def again(self, folder: Path, port: str) -> subprocess.CompletedProcess[str]:
        """Start another demo on this port and wait until it has ended."""
        return subprocess.run(
            [*command(), "demo", "--port", port, "--data-dir", str(folder)],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            cwd=Path(__file__).parents[2],
        )

    def close(self) -> None:
        """Close every browser and phone."""
        for client in self.clients:
            client.close()

    def stop(self) -> int:
        """Press Ctrl-C."""
        self.close()
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Start `weerklank demo` on a free port and wait until it has said where to click."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WEERKLANK_")}
    process = subprocess.Popen(
        [*command(), "demo", "--port", "0", "--data-dir", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
    )
    watch = threading.Timer(2 * PATIENCE, process.kill)
    watch.start()
    try:
        printed = _until_ready(process)
        [address] = re.findall(r"Weerklank (http://\S+)", printed)
        with closing(Running(process, address, printed, folder)) as made:
            yield made
    finally:
        watch.cancel()
        process.kill()
        process.communicate()


def _until_ready(process: subprocess.Popen[str]) -> str:
    lines: list[str] = []
    for line in process.stdout or ():
        lines.append(line)
        if _LAST_LINE in line:
            return "".join(lines)
    raise RuntimeError("the demo ended before it was ready")
