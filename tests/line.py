"""A whole line for story tests: the real service on a real database, phones that remember what came, a clock that can be moved."""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from bot import clock as clocks
from bot.mail import FileMailer, Mailer
from cases import access, programme
from cases.access import AtDesk
from cases.model import Officer, Programme
from channels.base import (
    Abilities,
    Attachment,
    Failure,
    FetchError,
    Inbound,
    InboundKind,
    Outbound,
    Purged,
    SendError,
    SendStatus,
    Sent,
    Status,
    Trace,
)
from channels.plain import WordsOnly
from channels.registry import CARDS
from store.tables import attachments, cases, inbox, mails, outbox, tasks, workers
from tests.cases.house import sample, sample_text
from translations.base import NoTranslator, Translator
from weerklank.commands.keys import fresh_lines
from weerklank.settings import Settings
from weerklank.wiring import Parts, Service
from words.limits import Limits

T = TypeVar("T")
CHANNELS = ("sms", "whatsapp", "telegram", "http_sms", "web")
PATIENCE = 20.0
BRINGS_ALL = Abilities(media=frozenset({"voice", "photo", "video", "document", "place"}))
SOON = 100  # milliseconds: what falls due while we look is not over yet


class MovableClock:
    """Real time plus whatever a test added."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> int:
        return clocks.now() + self.ahead

    def move(self, milliseconds: int) -> None:
        """Let time pass."""
        self.ahead += milliseconds


@dataclass
class Carrier(WordsOnly):
    """A channel whose far end is this test: it remembers, and fails as it is told to."""

    name: str
    abilities: Abilities = field(default=BRINGS_ALL)
    first_status: SendStatus = "sent"
    purged: list[Trace] = field(default_factory=list[Trace])
    outcomes: list[Purged] = field(default_factory=list[Purged])
    hangs: bool = False
    sent: list[Outbound] = field(default_factory=list[Outbound])
    failures: list[SendError] = field(default_factory=list[SendError])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    fetch_failures: list[FetchError] = field(default_factory=list[FetchError])
    fetched: list[Attachment] = field(default_factory=list[Attachment])

    async def fetch(self, attachment: Attachment, most: int) -> bytes:
        self.fetched.append(attachment)
        if self.fetch_failures:
            raise self.fetch_failures.pop(0)
        return self.files[attachment.ref]

    @property
    def limits(self) -> Limits:
        return CARDS[self.name].limits

    async def purge(self, traces: Sequence[Trace]) -> Sequence[Purged]:
        self.purged += traces
        return [self.outcomes.pop(0) if self.outcomes else Purged("done") for _ in traces]

    async def send(self, message: Outbound) -> Sent:
        if self.hangs:
            await asyncio.Event().wait()
        if self.failures:
            error = self.failures.pop(0)
            if error.ambiguous:
                self.sent.append(message)
            raise error
        self.sent.append(message)
        return Sent(f"{self.name}-{len(self.sent)}", self.first_status)

    async def close(self) -> None:
        return


@dataclass
class Phone:
    """A worker's phone."""

    line: "Line"
    channel: str
    address: str
    seen: int = 0

    def send(
        self,
        text: str = "",
        *,
        kind: InboundKind = "message",
        option: str | None = None,
        payload: str | None = None,
        key: str = "",
        attachments: tuple[Attachment, ...] = (),
    ) -> list[str]:
        """Send something and wait until the line is quiet; returns the texts that came."""
        self.line.accept(Inbound(self.channel, key or secrets.token_hex(8), self.address, kind, text, option, payload, attachments))
        self.line.quiet()
        return self.news()

    def news(self) -> list[str]:
        """The texts that came since the last look."""
        mine = [message.text for message in self.line.carriers[self.channel].sent if message.address == self.address]
        new, self.seen = mine[self.seen :], len(mine)
        return new

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The buttons under the last message."""
        mine = [message for message in self.line.carriers[self.channel].sent if message.address == self.address]
        return [(choice.id, choice.title) for choice in mine[-1].choices]


class Line:
    """The service in a thread of its own, with the sample programme, on a database that has its tables."""

    def __init__(
        self,
        url: str,
        folder: Path,
        *,
        mailer: Mailer | None = None,
        translator: Translator | None = None,
        abilities: Mapping[str, Abilities] | None = None,
        **settings: Any,
    ) -> None:
        keys = dict(line.split("=", 1) for line in fresh_lines())
        base: dict[str, Any] = {
            "database_url": url,
            "data_dir": folder,
            "sealing_keys": keys["WEERKLANK_SEALING_KEYS"],
            "lookup_pepper": keys["WEERKLANK_LOOKUP_PEPPER"],
            "codes_ahead": 6,
            "late_check_seconds": 0.2,
            "public_url": "https://line.example",
        }
        self.settings = Settings(**(base | settings))
        self.clock = MovableClock()
        self.carriers = {name: Carrier(name, (abilities or {}).get(name, BRINGS_ALL)) for name in CHANNELS}
        self.mail_folder = folder / "mail"
        self.translator = translator or NoTranslator()
        self.mailer = mailer or FileMailer(self.mail_folder)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.service = self._open()

    def _open(self) -> Service:
        service = Service(self.settings, Parts(self.clock, self.mailer, self.translator, dict(self.carriers)))
        with service.database.write() as connection:
            programme.apply(connection, sample(), sample_text(), self.clock())
        service.prepare()
        self.run(service.start(background=True))
        return service

    def restart(self) -> None:
        """Stop the service and start another on the same database."""
        self.run(self.service.stop())
        self.service = self._open()

    def close(self) -> None:
        """Stop everything."""
        self.run(self.service.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the service's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def accept(self, *messages: Inbound) -> None:
        """Bring messages as a carrier does."""
        self.run(self.service.inbox.accept(messages))

    def status(self, channel: str, provider_id: str, status: Any, failure: Failure | None = None) -> None:
        """Bring a carrier's word on a message."""
        self.run(self.service.inbox.statuses([Status(channel, provider_id, status, failure=failure)]))
        self.quiet()

    def phone(self, channel: str = "sms", address: str = "+447700900200") -> Phone:
        """A worker's phone."""
        return Phone(self, channel, address)

    def quiet(self) -> None:
        """Wait until nothing is left to handle, to send or to mail.

        It takes two looks: on a slow machine the first may miss what became due between its reading of the clock and of the database.
        """
        until = time.monotonic() + PATIENCE
        while self._busy() or self._busy():
            if time.monotonic() > until:
                raise TimeoutError("the line does not become quiet")
            time.sleep(0.01)

    def until(self, seen: Callable[[], bool]) -> None:
        """Wait until something is seen."""
        patience = time.monotonic() + PATIENCE
        while not seen():
            if time.monotonic() > patience:
                raise TimeoutError("what was waited for does not come")
            time.sleep(0.02)

    def _busy(self) -> bool:
        """One look at everything in one statement: between two looks, work would slip from one table to the next.

        What the spool keeps, since the database was slow for a moment, is in the database before it leaves the spool.
        """
        if any((self.settings.data_dir / "spool").glob("*.sealed")):
            return True
        with self.service.database.read() as connection:
            return bool(connection.execute(_BUSY, {"at": self.clock() + SOON}).scalar_one())

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        """Every row of a table, by id where it has one."""
        order = [table.c.id] if "id" in table.c else list(table.primary_key.columns)
        with self.service.database.read() as connection:
            return [dict(row) for row in connection.execute(sa.select(table).order_by(*order)).mappings()]

    def mails(self) -> list[Message]:
        """The mails that left."""
        return [message_from_bytes(path.read_bytes()) for path in sorted(self.mail_folder.glob("*.eml"))]

    @property
    def programme(self) -> Programme:
        """The programme in force."""
        return self.service.houses.now().programme

    def officer(self, officer_id: str) -> Officer:
        """Somebody of the programme."""
        return self.programme.officers[officer_id]

    def desk(self, officer_id: str, work: Any) -> Any:
        """Let an officer do something at the desk: `work` is given an AtDesk."""

        def do(connection: sa.Connection) -> Any:
            return work(AtDesk(connection, self.service.keyring, self.programme, self.officer(officer_id), self.clock()))

        done = self.service.writer.call_sync(do)
        self.service.answers_came()
        self.quiet()
        return done

    def sees(self, officer_id: str) -> set[str]:
        """The references of the cases an officer finds."""
        with self.service.database.read() as connection:
            found = connection.execute(sa.select(cases.c.reference).where(access.visible(self.officer(officer_id))))
            return set(found.scalars())


_AT = sa.bindparam("at", type_=sa.BigInteger)
_KNOCK_OWED = (
    sa.select(outbox.c.id)
    .join(workers, workers.c.id == outbox.c.worker_id)
    .where(outbox.c.state == "held", outbox.c.hold == "knock", workers.c.knocked_at.is_(None), workers.c.closed_to.is_(None))
    .where(outbox.c.due_at <= _AT)
)
# Asked a hundred times in a second, and so put together once.
_BUSY = sa.select(
    sa.or_(
        sa.exists().where(inbox.c.state == "new"),
        sa.exists().where(outbox.c.state.in_(["due", "sending"]), outbox.c.due_at <= _AT),
        sa.exists().where(outbox.c.state == "held", outbox.c.hold == "notice"),
        sa.exists().where(mails.c.state.in_(["due", "sending"]), mails.c.due_at <= _AT),
        sa.exists().where(tasks.c.state.in_(["due", "running"]), tasks.c.run_at <= _AT),
        sa.exists().where(cases.c.answer_by <= _AT),
        sa.exists().where(attachments.c.state == "wanted", attachments.c.due_at <= _AT),
        sa.exists(_KNOCK_OWED),
    )
)


def failing(failure: Failure, *, ambiguous: bool = False) -> SendError:
    """A carrier's refusal."""
    return SendError(failure, ambiguous=ambiguous)
