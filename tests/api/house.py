"""A house around the web for its tests: a real database and writer, an inbox that remembers, and a server on loopback."""

import asyncio
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import uvicorn

from api.app import Web, build_app
from api.deps import Services
from channels.base import BadSignature, Inbound, Malformed, Received, Status
from store.database import open_database
from store.files import Folder
from store.sealing import Keyring
from store.writer import Writer
from weerklank.house import Houses
from weerklank.published import publishing_of

KEYS = (bytes(range(32)),)
PEPPER = bytes(range(100, 132))
DAY = 86_400_000
NOW = 1_796_000_000_000  # a Monday morning in December 2026
PUBLIC = "https://line.example"


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def pass_by(self, milliseconds: int) -> None:
        self.now += milliseconds


class RememberingInbox:
    """Keeps what came in; `failing` is raised instead when a test wants the store to be away."""

    def __init__(self) -> None:
        self.messages: list[Inbound] = []
        self.notes: list[Status] = []
        self.failing: Exception | None = None

    async def accept(self, messages: Sequence[Inbound], /) -> None:
        if self.failing is not None:
            raise self.failing
        self.messages += messages

    async def statuses(self, statuses: Sequence[Status], /) -> None:
        if self.failing is not None:
            raise self.failing
        self.notes += statuses


class WordReader:
    """A carrier of the tests: it signs with a word in a header and posts one line of text, `status:` lines being statuses."""

    def __init__(self, channel: str = "sms") -> None:
        self.channel = channel
        self.seen: list[Received] = []

    def read(self, received: Received) -> tuple[Inbound | Status, ...]:
        self.seen.append(received)
        if received.headers.get("x-word") != "open":
            raise BadSignature
        try:
            text = received.body.decode()
        except UnicodeDecodeError as error:
            raise Malformed from error
        if text.startswith("status:"):
            return (Status(self.channel, text.removeprefix("status:"), "delivered"),)
        return (Inbound(self.channel, str(len(self.seen)), "+447700900123", "message", text),) if text else ()


@dataclass
class House:
    """Services for one test, and what they remember."""

    services: Services
    clock: Clock
    inbox: RememberingInbox
    rung: list[str] = field(default_factory=list)

    def with_(self, **changes: object) -> "House":
        return replace(self, services=replace(self.services, **changes))  # type: ignore[arg-type]  # a test names real fields


@contextmanager
def open_house(url: str, *, demo: bool = False, readers: Mapping[str, WordReader] | None = None) -> Iterator[House]:
    database, folder = open_database(url), tempfile.TemporaryDirectory()
    writer = Writer(database)
    writer.start()
    clock, inbox, rung, keyring = Clock(), RememberingInbox(), list[str](), Keyring(KEYS, PEPPER)
    services = Services(
        database=database,
        writer=writer,
        keyring=keyring,
        clock=clock,
        public_url=PUBLIC,
        inbox=inbox,
        files=Folder(Path(folder.name)),
        publishing=publishing_of(Houses(database), database, writer, keyring, clock),
        readers=readers or {},
        demo=demo,
        doorbell=lambda: rung.append("outbox"),
        programme_changed=lambda: rung.append("programme"),
    )
    try:
        yield House(services, clock, inbox, rung)
    finally:
        writer.stop()
        database.close()
        folder.cleanup()


def _until(ready: Callable[[], bool], thread: threading.Thread) -> None:
    deadline = time.monotonic() + 15
    while not ready():
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the test's server did not start")
        time.sleep(0.005)


@contextmanager
def serving(services: Services, app: Web | None = None) -> Iterator[str]:
    """Serve on a free port of loopback in a thread; yields the address."""
    config = uvicorn.Config(
        app or build_app(services),
        host="127.0.0.1",
        port=0,
        log_level="error",
        lifespan="off",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    try:
        _until(lambda: server.started, thread)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
