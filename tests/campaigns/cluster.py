"""An installation of several processes on one PostgreSQL, tended as a supervisor does: who ends is started again."""

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.campaigns.postgres import children, fill_disk
from tests.campaigns.wire import Wire
from tests.processes import COMMAND, Installation, free_port, listens

_PATIENCE = 60.0
_SKEW = Path(__file__).with_name("skew")


@dataclass
class Cluster(Installation):
    """So many `serve` behind one door (`port`) and so many `work`; each process has a wall clock of its own that can be set wrong."""

    web: int = 2
    workers: int = 3
    ports: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ports = {f"serve-{number}": free_port() for number in range(1, self.web + 1)}
        self.door = Wire(*self.ports.values())
        self.environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_SKEW), self.environment.get("PYTHONPATH"))))

    @property
    def names(self) -> tuple[str, ...]:
        """The processes of the whole."""
        return (*self.ports, *(f"work-{number}" for number in range(1, self.workers + 1)))

    def _skew(self, name: str) -> Path:
        return self.folder / f"{name}.skew"

    def start(self, *names: str) -> None:
        """Start processes (all of them if none is named), without waiting."""
        for name in names or self.names:
            words = ["serve", "--port", str(self.ports[name])] if name in self.ports else ["work"]
            environment = {**self.environment, "WEERKLANK_CHAOS_SKEW": str(self._skew(name))}
            with self.log(name).open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [COMMAND, *words], env=environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
                )

    def tend(self) -> None:
        """Start again whoever ended by itself."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.start(name)

    def await_up(self) -> None:
        """Wait until every door is open; who ends is started again by whoever tends. Raises RuntimeError."""
        until = time.monotonic() + _PATIENCE
        while not self.is_up():
            if time.monotonic() > until:
                raise RuntimeError(f"the service does not come up:\n{self.logs()[-4000:]}")
            time.sleep(0.05)

    def is_up(self) -> bool:
        """Whether every door is open."""
        return all(listens(port) for port in self.ports.values())

    def await_listening(self, name: str) -> None:
        """Wait until a process would hear that it is to end: before, there is nothing begun that it could finish. Raises RuntimeError."""
        until = time.monotonic() + _PATIENCE
        while not _hears(self.processes[name].pid):
            if self.processes[name].poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{name} does not come up:\n{self.logs()[-4000:]}")
            time.sleep(0.05)

    def end(self, name: str, patience: float) -> tuple[int, float]:
        """Ask a process to end, as a supervisor does; what it said at its end and the seconds it took. One that takes longer is killed."""
        process, began = self.processes[name], time.monotonic()
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
        return process.wait(), time.monotonic() - began

    def set_clock(self, name: str, seconds: float) -> None:
        """Set a process's wall clock wrong by so many seconds."""
        written = self._skew(name).with_suffix(".new")
        written.write_text(f"{seconds}", encoding="ascii")
        written.replace(self._skew(name))

    def fill_disk(self, *, full: bool) -> None:
        """Let every process find the disk full, or free again."""
        for process in self.processes.values():
            if process.poll() is None:
                fill_disk([process.pid, *children(process.pid)], full=full)


def _hears(pid: int) -> bool:
    """Whether a process catches SIGTERM, as Linux tells it."""
    told = re.search(r"^SigCgt:\s*([0-9a-f]+)$", Path(f"/proc/{pid}/status").read_text(encoding="ascii"), re.MULTILINE)
    return told is not None and bool(int(told[1], 16) >> (signal.SIGTERM - 1) & 1)
