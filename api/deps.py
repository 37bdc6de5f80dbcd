"""What the web needs from the rest of the house, as one value that the wiring builds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.publishing import Publishing
from channels.base import Inbound, Reader, Status
from store.database import Database
from store.files import Files
from store.sealing import Keyring
from store.writer import Writer
from translations.base import NoTranslator, Translator
from translations.texts import Catalogues, shipped
from translations.transcribing import NoTranscriber, Transcriber


class InboxDoor(Protocol):
    """Where carriers' messages are made durable before the carrier gets its answer."""

    async def accept(self, messages: Sequence[Inbound], /) -> None:
        """Keep messages. Raises StoreAway only for a carrier that calls again by itself."""
        ...

    async def statuses(self, statuses: Sequence[Status], /) -> None:
        """Keep carriers' words on what we sent. Raises StoreAway or WriterBusy."""
        ...


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone of the demo: its token (which is its address on its channel), the channel, a title, and the sample case it belongs to."""

    token: str
    channel: str
    title: str
    case_key: str = ""


@dataclass(frozen=True, slots=True)
class ReadyReport:
    """Whether the service can do its work now, and for each part (database, migrations, queue) a word that says how it is."""

    ready: bool
    parts: Mapping[str, str] = field(default_factory=dict[str, str])


def _ready() -> ReadyReport:
    return ReadyReport(ready=True)


def _nothing() -> None:
    """Nobody waits to hear."""


def _no_metrics() -> bytes:
    return b""


def _unwatched(carrier: str, status: int, seconds: float) -> None:
    """Nobody watches how a carrier was answered."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the web is given. `clock` is milliseconds since 1970; `readers` are keyed by carrier: twilio, telegram.

    `doorbell` is rung when an officer's answer lies in the outbox, `programme_changed` when the programme file was replaced.
    `webhook_answered` is told which carrier was answered with what status, and after how many seconds.
    `demo` opens demo sign-in links and every sample phone; `talk` opens the web phone on its own channel, `web`.
    """

    database: Database
    writer: Writer
    keyring: Keyring
    clock: Callable[[], int]
    public_url: str
    inbox: InboxDoor
    files: Files
    publishing: Publishing
    translator: Translator = field(default_factory=NoTranslator)
    transcriber: Transcriber = field(default_factory=NoTranscriber)
    texts: Catalogues = field(default_factory=shipped)
    readers: Mapping[str, Reader] = field(default_factory=dict[str, Reader])
    demo: bool = False
    talk: bool = False
    doorbell: Callable[[], None] = _nothing
    programme_changed: Callable[[], None] = _nothing
    readiness: Callable[[], ReadyReport] = _ready
    metrics_text: Callable[[], bytes] = _no_metrics
    webhook_answered: Callable[[str, int, float], None] = _unwatched
    phones: Sequence[Phone] = ()

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over TLS, as configured: cookies and HSTS follow from it."""
        return self.public_url.startswith("https://")
