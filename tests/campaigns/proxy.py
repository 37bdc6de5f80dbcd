"""The proxy of Compose before web processes of this machine: Caddy with our own file, without TLS."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.operations.files import DEPLOY, program
from tests.processes import free_port, listens

CADDY = program("caddy")
_PATIENCE = 30.0


class Proxy:
    """Listens on a port of loopback and passes on to whichever of these ports is well, by the rules of deploy/Caddyfile."""

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        self.port = free_port()
        self._folder = folder
        self._environment = {
            "SITE_NAME": f"http://127.0.0.1:{self.port}",
            "WEB_PROCESSES": " ".join(f"127.0.0.1:{port}" for port in ports),
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
        }

    def __enter__(self) -> Self:
        command: list[Path | str] = [CADDY, "run", "--config", DEPLOY / "Caddyfile"]
        with (self._folder / "proxy.txt").open("ab") as log:
            self._process = subprocess.Popen(command, env=self._environment, cwd=self._folder, stdout=log, stderr=log)
        until = time.monotonic() + _PATIENCE
        while not listens(self.port):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the proxy does not come up:\n{(self._folder / 'proxy.txt').read_text()[-2000:]}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(_PATIENCE)
