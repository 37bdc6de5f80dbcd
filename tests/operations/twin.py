"""docker-compose.yml without containers: `make cluster`, or `python -m tests.operations.twin [PORT]`.

A real PostgreSQL from a wheel, two `weerklank serve` and two `weerklank work` as an operator runs them, one door before the two, the sample
programme, its officers, and the web phone. Everything lies in a folder that is thrown away at the end.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import httpx

from api import accounts, passwords, totp
from bot import clock
from cases import programme
from cases.model import Officer
from store.database import open_database
from tests.api.town import code_at
from tests.campaigns.postgres import Postgres
from tests.campaigns.wire import Wire
from tests.processes import COMMAND, PROGRAMME, free_port, listens
from weerklank.commands.keys import fresh_lines
from weerklank.settings import Settings

PASSWORD = "every officer of this trial"
HOST = "127.0.0.1"
_DOORS = 4
"""Ports for figures, one for each process."""
_PATIENCE = 60.0


@dataclass
class Twin:
    """The processes of a line, in one folder."""

    folder: Path
    database_url: str
    port: int
    web: dict[str, int] = field(default_factory=lambda: {"web-a": free_port(), "web-b": free_port()})
    workers: tuple[str, ...] = ("work-a", "work-b")
    figures: int = field(default_factory=lambda: _free_ports(_DOORS))
    more: Mapping[str, str] = field(default_factory=dict[str, str])
    secret: str = field(default_factory=totp.new_secret)
    officers: list[Officer] = field(default_factory=list[Officer])
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])

    def __post_init__(self) -> None:
        keys = dict(line.split("=", 1) for line in fresh_lines())
        self.keys = keys
        self.environment = {
            "PATH": os.environ["PATH"],
            **keys,
            "WEERKLANK_DATABASE_URL": self.database_url,
            "WEERKLANK_DATA_DIR": str(self.folder / "data"),
            "WEERKLANK_PUBLIC_URL": f"http://{HOST}:{self.port}",
            "WEERKLANK_WEB_PHONE": "true",
            "WEERKLANK_CODES_AHEAD": "20",
            "WEERKLANK_METRICS_PORTS": f"{self.figures}-{self.figures + _DOORS - 1}",
            **self.more,
        }

    def run(self, *words: str) -> None:
        """Run a command of ours to its end. Raises CalledProcessError."""
        subprocess.run([COMMAND, *words], env=self.environment, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def prepare(self) -> None:
        """Lay the tables, apply the sample programme, and give each officer the trial's password and second factor."""
        self.run("db", "upgrade")
        self.run("programme", "apply", str(PROGRAMME))
        names = {name.removeprefix("WEERKLANK_").lower(): value for name, value in self.keys.items()}
        keyring = Settings.model_validate(names).keyring()
        database = open_database(self.database_url)
        credentials = accounts.Credentials(passwords.hashed(PASSWORD), self.secret, 0)
        with database.write() as connection:
            in_force = programme.current(connection)
            self.officers = list(in_force.officers.values()) if in_force is not None else []
            for officer in self.officers:
                accounts.enrol(connection, keyring, officer.id, credentials)
        database.close()

    def code(self) -> str:
        """What an authenticator app would show now; each officer may use it once."""
        return code_at(self.secret, clock.now())

    def start(self) -> None:
        """Start every process, and wait until both web processes say that they are ready. Raises RuntimeError with what they logged."""
        commands = {name: ["serve", "--host", HOST, "--port", str(port)] for name, port in self.web.items()}
        commands |= {name: ["work"] for name in self.workers}
        for name, words in commands.items():
            with (self.folder / f"{name}.log").open("ab") as log:
                # In a session of its own: a Ctrl-C at the terminal is for us, who then end them in good order.
                self.processes[name] = subprocess.Popen(
                    [COMMAND, *words], env=self.environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
                )
        until = time.monotonic() + _PATIENCE
        while not all(map(_is_ready, self.web.values())):
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            if ended or time.monotonic() > until:
                raise RuntimeError(f"{', '.join(ended) or 'a process'} does not come up:\n{self.logs()}")
            time.sleep(0.1)

    def doors(self) -> list[str]:
        """Where the processes that run give their figures."""
        return [f"{HOST}:{port}" for port in range(self.figures, self.figures + _DOORS) if listens(port)]

    def logs(self) -> str:
        """Everything that every process logged."""
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        """Ask every process to end, and see that it does."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody listens on."""
    while True:
        first = free_port()
        if not any(map(listens, range(first, first + count))):
            return first


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://{HOST}:{port}/readyz").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def running(port: int, **more: str) -> Iterator[Twin]:
    """A whole line at this port, with more settings if need be; nothing of it is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="weerklank-cluster-"))
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        # The server's account, which need not be ours, passes through this folder to its own.
        folder.chmod(0o711)
        server = Postgres(folder / "postgres")
        ending.callback(server.stop)
        server.start()
        twin = Twin(folder, server.url, port, more=more)
        ending.callback(twin.stop)
        twin.prepare()
        twin.start()
        ending.enter_context(Wire(*twin.web.values(), at=port))
        yield twin


def told(twin: Twin) -> Iterator[str]:
    """Where to click."""
    address = f"http://{HOST}:{twin.port}"
    yield f"\n  Weerklank {address}"
    yield "  Two web and two worker processes on PostgreSQL. Every person, place and word is invented, and nothing leaves this machine."
    yield from (f"    {name}  {HOST}:{port}" for name, port in twin.web.items())
    yield f"    {'  '.join(twin.workers)}"
    yield f"    figures for Prometheus  {'  '.join(twin.doors())}\n"
    yield f"  Be a worker    {address}/talk"
    yield f"  Be an officer  {address}/desk/"
    yield from (f"    {officer.email}" for officer in twin.officers)
    yield f"  Password of all of them: {PASSWORD}"
    yield f"  Their code now: {twin.code()}. Press Enter for a fresh one; in an app: {twin.secret}"
    yield f"\n  Everything lies in {twin.folder}. Ctrl-C stops, and leaves nothing behind."


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Run until Ctrl-C, or until whoever started us asks us to end."""
    # A shell that starts something in the background lets it ignore Ctrl-C.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _end)
    port = int(arguments[0]) if arguments else 8000
    if listens(port):
        print(f"Port {port} is taken; choose another: python -m tests.operations.twin 8123")
        return 1
    try:
        with running(port) as twin:
            print("\n".join(told(twin)), flush=True)
            for _ in sys.stdin:
                print(f"  {twin.code()}", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print("\n  Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
