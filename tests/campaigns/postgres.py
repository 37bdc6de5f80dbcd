"""A PostgreSQL server of the wheel that a campaign may kill, starve of disk and start again; nothing is switched off that keeps data."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from tests import databases

_OPTIONS = ("max_connections=200", "shared_buffers=64MB")
_PATIENCE = 60.0


class Postgres:
    """One server in a folder, with `options` beside its own. Raises RuntimeError when it does not come up."""

    def __init__(self, folder: Path, options: Sequence[str] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._options = (*_OPTIONS, *options)
        self._account = databases.account(folder)
        self._binaries = databases.binaries(folder)
        self._port = databases.free_port()
        self._server: subprocess.Popen[bytes] | None = None
        initdb: list[Path | str] = [self._binaries / "initdb", "-D", self._data, *databases.CLUSTER_OPTIONS]
        subprocess.run(initdb, check=True, capture_output=True, user=self._account, cwd=folder)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def url(self) -> str:
        """The address of its one database."""
        return f"{databases.DRIVER}postgres@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it, also after a crash, and wait until it answers; a start that fails is tried again, as a supervisor does."""
        until = time.monotonic() + _PATIENCE
        while not self._answers():
            if time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL does not come up:\n{(self._folder / 'server.log').read_text()[-4000:]}")
            if self._server is None or self._server.poll() is not None:
                self._server = self._launched()
            time.sleep(0.1)

    def _launched(self) -> subprocess.Popen[bytes]:
        options = [part for option in self._options for part in ("-c", option)]
        command: list[Path | str] = [self._binaries / "postgres", "-D", self._data, "-h", "127.0.0.1", "-p", str(self._port)]
        with (self._folder / "server.log").open("ab") as log:
            return subprocess.Popen(
                [*command, "-k", self._folder, *options],
                stdout=log,
                stderr=log,
                user=self._account,
                cwd=self._folder,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url.replace(databases.DRIVER, "postgresql://"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut does; its children see that it is gone and end too."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()

    def kill_one(self) -> None:
        """Kill one of its children: the others are ended by the server itself, which then recovers."""
        for pid in self.processes()[1:][-1:]:
            os.kill(pid, signal.SIGKILL)

    def processes(self) -> list[int]:
        """The server's processes, itself first."""
        if self._server is None or self._server.poll() is not None:
            return []
        return [self._server.pid, *children(self._server.pid)]

    def fill_disk(self, *, full: bool) -> None:
        """Let the server find its disk full, or free again."""
        fill_disk(self.processes(), full=full, account=self._account)

    def stop(self) -> None:
        """End it in good order."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(_PATIENCE)


def children(pid: int) -> list[int]:
    """The processes that a process began."""
    told = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in told.read_text().split()] if told.exists() else []


def fill_disk(pids: list[int], *, full: bool, account: int | None = None) -> None:
    """Let processes of an account find the disk full, or free again: no file of theirs may grow. A child inherits it."""
    for pid in pids:
        limit = "--fsize=0:" if full else "--fsize=unlimited:"
        done = subprocess.run(["prlimit", "--pid", str(pid), limit], capture_output=True, user=account, check=False)
        if done.returncode and Path(f"/proc/{pid}").exists():
            raise RuntimeError(f"a disk cannot be filled here: {done.stderr.decode()}")
