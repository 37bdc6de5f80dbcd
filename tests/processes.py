"""The installed command as processes of their own, with settings by environment and doubles in the carriers' place."""

import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from bot import clock
from cases import programme
from store import mark
from store.database import open_database
from store.migrate import upgrade
from store.sealing import Keyring
from tests.doubles import telegram_posts as telegram
from tests.doubles import twilio_posts as twilio
from weerklank.commands.keys import fresh_lines
from weerklank.settings import Settings

PUBLIC_URL = "https://line.example"
PROGRAMME = Path(__file__).parents[1] / "weerklank" / "sample" / "programme.yaml"
COMMAND = Path(sys.executable).with_name("weerklank")
_PATIENCE = 30.0


def free_port() -> int:
    """A port of loopback that nobody listens on, below those that outgoing connections are given: a killed service gets its own back."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def listens(port: int) -> bool:
    """Whether somebody listens on a port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Installation:
    """One installation in a folder: its environment, its processes, their logs."""

    folder: Path
    database_url: str
    twilio_url: str = ""
    telegram_url: str = ""
    more: dict[str, str] = field(default_factory=dict[str, str])
    works: int = 1
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        keys = dict(line.split("=", 1) for line in fresh_lines())
        wanted = {
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder / "data"),
            "PUBLIC_URL": PUBLIC_URL,
            "TWILIO_ACCOUNT_SID": twilio.ACCOUNT,
            "TWILIO_AUTH_TOKENS": twilio.TOKEN,
            "TWILIO_API_URL": self.twilio_url,
            "TWILIO_SMS_FROM": twilio.OUR_NUMBER,
            "TWILIO_WHATSAPP_FROM": twilio.OUR_WHATSAPP,
            "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": telegram.SECRET,
            "TELEGRAM_API_URL": self.telegram_url,
            **self.more,
        }
        named = {f"WEERKLANK_{name}": value for name, value in wanted.items() if value}
        inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SWI") if name in os.environ}
        self.environment = {**inherited, **keys, **named}

    @property
    def url(self) -> str:
        """Where the service really listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def embedded(self) -> bool:
        return self.database_url.startswith("sqlite")

    def keyring(self) -> Keyring:
        """The keys of this installation, for a test that looks into its database."""
        keys = {name.lower(): self.environment[f"WEERKLANK_{name}"] for name in ("SEALING_KEYS", "LOOKUP_PEPPER")}
        return Settings.model_validate(keys).keyring()

    def lay(self) -> None:
        """Lay the tables and apply the sample programme, as `weerklank db upgrade` and `weerklank programme apply` do."""
        database = open_database(self.database_url)
        upgrade(database)
        text = PROGRAMME.read_text(encoding="utf-8")
        with database.write() as connection:
            mark.lay(connection, self.keyring())
            programme.apply(connection, programme.read_programme(text, PROGRAMME.name), text, clock.now())
        database.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The processes that make a whole service on this database."""
        numbered = ("work", *(f"work-{number}" for number in range(2, self.works + 1)))
        return ("serve",) if self.embedded else ("serve", *numbered)

    def start(self, *names: str) -> None:
        """Start processes (all of them if none is named), without waiting."""
        for name in names or self.names:
            words = ["serve", "--port", str(self.port)] if name == "serve" else ["work"]
            with self.log(name).open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [COMMAND, *words], env=self.environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
                )

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def logs(self) -> str:
        """Everything that every process logged."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def is_up(self) -> bool:
        """Whether somebody listens."""
        return listens(self.port)

    def await_up(self) -> None:
        """Wait until the service listens; fails with its log when it ends instead."""
        until = time.monotonic() + _PATIENCE
        while not self.is_up():
            self.tend()
            if time.monotonic() > until:
                raise RuntimeError(f"the service does not come up:\n{self.logs()[-4000:]}")
            time.sleep(0.02)

    def tend(self) -> None:
        """See that whoever should serve still lives. Raises RuntimeError with the log of one that ended by itself."""
        if (ended := self.processes["serve"].poll()) is not None:
            raise RuntimeError(f"the service does not come up ({ended}):\n{self.logs()[-4000:]}")

    def kill(self, name: str) -> None:
        """End a process as a power cut does."""
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self) -> None:
        """Ask every process to end, and see that it does."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()
