"""How long a newcomer waits: from starting `weerklank demo` on an empty folder to its first answers.

Run it as `python -m bench.cold_start [--rounds 7]`, in the environment that `make install` made.

Method. Each round starts the installed command as a process of its own, with the default settings, on a folder that was just made, and
stops the clock (monotonic, from just before the process is started) three times: when `GET /healthz` answers 200 (asked again every 2 ms,
over a new connection each time); when a phone that nobody has seen before, and that sends a site's five digits to `/talk/send` right
then, has the line's first words on its screen (asked every 2 ms); and when the command has printed where to click. Everything that a first
start does is inside: keys, tables, programme, flows, eleven sample cases with their codes, sign-in links. Making the environment (`make
install`) is not. A second series starts the same folders again. The first round of all is a warm-up for the disk's cache and is left out.

Printed for each: the median, the fastest and the slowest round in seconds.
"""

import argparse
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

_PAUSE = 0.002
_PATIENCE = 60.0
_READY = "Ctrl-C stops"


class Round:
    """One start of the command: seconds until it answered, replied to a new phone, and said where to click."""

    def __init__(self, folder: Path) -> None:
        self._port = _free_port()
        self._began = time.perf_counter()
        script = Path(sys.executable).with_name("weerklank")
        self._process = subprocess.Popen(
            [script, "demo", "--port", str(self._port), "--data-dir", folder],
            stdout=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if not name.startswith("WEERKLANK_")},
        )
        self.printed = 0.0
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.answered = self._until(self._is_up)
        self.replied = self._first_reply()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(_PATIENCE)
        self._reader.join()

    def _since(self) -> float:
        return time.perf_counter() - self._began

    def _read(self) -> None:
        for line in self._process.stdout or ():
            if _READY in line:
                self.printed = self._since()

    def _until(self, done: Callable[[], bool]) -> float:
        while not done():
            if self._since() > _PATIENCE or self._process.poll() is not None:
                raise RuntimeError("the demo did not get there")
            time.sleep(_PAUSE)
        return self._since()

    def _is_up(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self._port}/healthz", timeout=_PATIENCE).status_code == 200
        except httpx.TransportError:
            return False

    def _first_reply(self) -> float:
        phone = {"channel": "whatsapp", "token": secrets.token_urlsafe(16)}
        with httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=_PATIENCE) as client:
            client.post("/talk/send", json={**phone, "kind": "message", "text": "52746"}).raise_for_status()
            return self._until(lambda: any(not each.get("mine") for each in client.post("/talk/screen", json=phone).json()["bubbles"]))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _told(name: str, rounds: list[Round]) -> None:
    print(f"{name} ({len(rounds)} rounds, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f})")
    for what in ("answered", "replied", "printed"):
        seconds = [getattr(each, what) for each in rounds]
        print(f"  {what:<9} median {statistics.median(seconds):.2f} s   fastest {min(seconds):.2f}   slowest {max(seconds):.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the demo's start.")
    parser.add_argument("--rounds", type=int, default=7)
    count = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="weerklank-start-") as folder:
        folders = [Path(folder) / str(number) for number in range(count + 1)]
        _told("first start, empty folder", [Round(each) for each in folders][1:])
        _told("later start, same folder", [Round(each) for each in folders[1:]])


if __name__ == "__main__":
    main()
