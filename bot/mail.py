"""Notices to officers: content-free, once each, and the bot says "the reader is warned" only when one really left."""

import asyncio
import contextlib
import logging
import smtplib
import ssl
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from bot.bell import Bell
from bot.clock import MINUTE, SECOND, Clock
from bot.lasting import DRAIN_SECONDS, WholeSteps
from bot.watch import Unwatched, Watch
from store import mails as kept
from store.database import StoreAway, is_away
from store.events import event
from store.writer import Writer, WriterBusy
from translations.texts import SOURCE, Catalogues, shipped
from words.marked import marked

_log = logging.getLogger(__name__)
LEASE = 2 * MINUTE
_AT_ONCE = 12
_KEPT_FREE = 4
"""Of the notices handed over at once, places that only danger may take: it never waits for a mail server that hangs on other news."""
_AGAIN_AFTER = 1.0
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_TAKEN = 250
_WILL_DELIVER = frozenset({250, 251})
_SUBJECTS = {
    "new_case": marked("Something new waits for you"),
    "answer": marked("Something new waits for you"),
    "danger": marked("Urgent: something waits for you now"),
    "late": marked("A promised date has passed"),
}
_BODIES = {
    "new_case": marked("Something new has come in and lies on your desk."),
    "answer": marked("There is an answer on one of the files on your desk."),
    "danger": marked("Something on your desk may be urgent. Please read it now."),
    "late": marked("An answer was promised and is late. The date is on your desk."),
}


class MailFailed(Exception):
    """The mail was not taken; `ambiguous` means it may have been."""

    def __init__(self, reason: str, *, ambiguous: bool = False) -> None:
        super().__init__(reason)
        self.ambiguous = ambiguous


class Mailer(Protocol):
    """Hands one mail over."""

    def send(self, message: EmailMessage) -> None:
        """Send, or raise MailFailed."""
        ...


class NoMailer:
    """No mail server is set: nothing leaves, and nobody is told that it did."""

    def send(self, message: EmailMessage) -> None:  # noqa: ARG002
        """Always fails, so that no text claims a notice left."""
        raise MailFailed("no mail server is set (WEERKLANK_SMTP_URL)")


class FileMailer:
    """Mails as files in a folder: for the demo and tests, where no mail may leave."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._one_at_a_time = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def send(self, message: EmailMessage) -> None:
        """Write the mail under a running number."""
        with self._one_at_a_time:
            number = max((int(path.stem) for path in self._folder.glob("*.eml")), default=0) + 1
            (self._folder / f"{number:05d}.eml").write_bytes(message.as_bytes())


class SmtpMailer:
    """Mails by SMTP: `smtp://host:port` (this machine only), `smtp+starttls://...` or `smtps://...`, with user and password in the URL.

    `timeout` is for each of at most eight steps of a mail, in seconds: together they stay within LEASE.
    """

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self._parts = urlsplit(url)
        self._timeout = timeout
        if self._parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not self._parts.hostname:
            raise ValueError("WEERKLANK_SMTP_URL must look like smtp+starttls://name:password@host:587 (or smtps://, smtp://)")
        if self._parts.scheme == "smtp" and self._parts.hostname not in _THIS_MACHINE:
            raise ValueError(
                "WEERKLANK_SMTP_URL: smtp:// sends passwords and officers' addresses in the clear, so it is for this machine only; "
                "write smtp+starttls:// or smtps://"
            )

    def _open(self) -> smtplib.SMTP:
        host = self._parts.hostname or ""
        if self._parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self._parts.port or 465, timeout=self._timeout, context=ssl.create_default_context())
        server = smtplib.SMTP(host, self._parts.port or 25, timeout=self._timeout)
        if self._parts.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        return server

    def send(self, message: EmailMessage) -> None:
        """Send, or raise MailFailed; only a connection that was lost once the text was being handed over is ambiguous."""
        try:
            server = self._open()
        except (OSError, smtplib.SMTPException) as error:
            raise MailFailed("the mail server cannot be reached") from error
        handing_over = False
        try:
            self._address(server, message)
            handing_over = True
            code, answer = server.data(message.as_bytes(policy=SMTP))
            if code != _TAKEN:
                raise smtplib.SMTPDataError(code, answer)
        except smtplib.SMTPResponseException as error:
            raise MailFailed(f"the mail server answered {error.smtp_code}") from error
        except smtplib.SMTPRecipientsRefused as error:
            raise MailFailed("the mail server refused the recipients") from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailFailed("the connection to the mail server broke", ambiguous=handing_over) from error
        finally:
            _hang_up(server)

    def _address(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        """Sign in, and say from whom and to whom: nothing of the text has left until this is done (RFC 5321, 3.3)."""
        if self._parts.username:
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        server.ehlo_or_helo_if_needed()
        sender = parseaddr(message["From"])[1]
        code, answer = server.mail(sender)
        if code != _TAKEN:
            raise smtplib.SMTPSenderRefused(code, answer, sender)
        asked = {address: server.rcpt(address) for _, address in getaddresses([message["To"]])}
        if not any(code in _WILL_DELIVER for code, _ in asked.values()):
            raise smtplib.SMTPRecipientsRefused(asked)


def _hang_up(server: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def write(mail: kept.Mail, *, sender: str, desk_url: str, when: str, catalogues: Catalogues) -> EmailMessage:
    """Write a notice: that something waits, never what, whose or where. The same notice always has the same Message-ID.

    It says so in the first language of each officer that has a catalogue (English where none has), one below the other.
    """
    tongues = [catalogues.of(tag) for tag in dict.fromkeys(catalogues.fitting(each) or SOURCE for each in mail.languages)]
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(mail.addresses)
    message["Subject"] = " / ".join(texts.say(_SUBJECTS[mail.kind]) for texts in tongues)
    message["Date"] = when
    message["Message-ID"] = f"<notice-{mail.id}@{urlsplit(desk_url).hostname or 'weerklank'}>"
    message["Auto-Submitted"] = "auto-generated"
    said = "\n\n".join(texts.say(_BODIES[mail.kind]) for texts in tongues)
    message.set_content(f"{said}\n\n{desk_url}\n")
    return message


class Ended(Protocol):
    """What follows when notices ended."""

    def __call__(self, connection: sa.Connection, mails: Sequence[kept.Mail], *, left: bool) -> None:
        """`left`: whether they really left."""
        ...


class Notices:
    """The loop that sends notices of one process: several at once, danger before all others."""

    def __init__(self, writer: Writer, mailer: Mailer, clock: Clock, settings: Mapping[str, str], ended: Ended) -> None:
        self._writer = writer
        self._mailer = mailer
        self._clock = clock
        self._sender = settings["sender"]
        self._desk_url = settings["desk_url"]
        self._catalogues = shipped()
        self._ended = ended
        self._bell = Bell()
        self._steps = WholeSteps()
        self._sends: set[asyncio.Task[None]] = set()
        self._hands = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="notices")
        self._lane = writer.lane("notices", self._settle)
        self.watch: Watch = Unwatched()

    def ring(self) -> None:
        """Say, from any thread, that a notice may be due."""
        self._bell.ring()

    async def run(self, every: float) -> None:
        """Send what is due, woken by `ring` and at least `every` seconds, until cancelled."""
        while True:
            self._bell.listen()
            await self._writer.call(self._recover)
            while await self._steps.take(self.send_due()):
                pass
            await self._bell.wait(every)

    async def drain(self) -> None:
        """Let the notices under way come to their end, if the mail server lets them; what it holds on to is found again by its lease."""
        await self._steps.ended()
        if self._sends:
            await asyncio.wait(self._sends, timeout=DRAIN_SECONDS)
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _recover(self, connection: sa.Connection) -> None:
        for mail_id in kept.recover(connection, self._clock()):
            try:
                with connection.begin_nested():
                    self._ended(connection, [kept.one(connection, mail_id)], left=False)
            except Exception as error:  # what follows from one notice must not keep every other from leaving; it is loud
                if is_away(error):
                    raise
                _log.error("what follows from a notice could not be done: %s", type(error).__name__)

    async def send_due(self) -> bool:
        """Begin to send the notices that are due, danger before all others; True if there may be more at once."""
        free = _AT_ONCE - len(self._sends)
        if free == 0:
            return False
        urgent_only = free <= _KEPT_FREE
        most = free if urgent_only else free - _KEPT_FREE
        now = self._clock()
        due = await self._writer.call(lambda connection: kept.claim(connection, now, now + LEASE, most, urgent_only=urgent_only))
        for mail in due:
            task = asyncio.create_task(self._send(mail))
            self._sends.add(task)
            task.add_done_callback(self._sent)
        return bool(due)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sends.discard(task)
        self._bell.ring()

    async def _send(self, mail: kept.Mail) -> None:
        """Hand a notice over, and write how that ended, also when the database is away for a while."""
        with event("notice"):
            state = await self._handed_over(mail)
        self.watch.mailed(mail.kind, state)
        while True:
            try:
                await self._writer.submit(self._lane, (mail, state))
            except (StoreAway, WriterBusy):
                await asyncio.sleep(_AGAIN_AFTER)
            else:
                return

    async def _handed_over(self, mail: kept.Mail) -> str:
        if not mail.addresses or isinstance(self._mailer, NoMailer):
            return "failed"
        try:
            await asyncio.get_running_loop().run_in_executor(self._hands, self._hand_over, mail)
        except MailFailed as error:
            _log.warning("a notice of kind %s did not leave: %s", mail.kind, error)
            if error.ambiguous:
                return "due" if mail.kind == "danger" and mail.attempts < kept.MOST_ATTEMPTS else "maybe_sent"
            return "failed" if mail.attempts >= kept.MOST_ATTEMPTS else "due"
        except Exception as error:  # noqa: BLE001 - a mailer that broke in an unforeseen way must not hold up the other notices
            _log.error("a notice of kind %s broke the mailer: %s", mail.kind, type(error).__name__)
            return "failed" if mail.attempts >= kept.MOST_ATTEMPTS else "due"
        return "sent"

    def _hand_over(self, mail: kept.Mail) -> None:
        self._mailer.send(write(mail, sender=self._sender, desk_url=self._desk_url, when=self._date(), catalogues=self._catalogues))

    def _date(self) -> str:
        return format_datetime(datetime.fromtimestamp(self._clock() / SECOND, UTC))

    def _settle(self, connection: sa.Connection, ended: Sequence[tuple[kept.Mail, str]]) -> Sequence[None]:
        now = self._clock()
        outcomes = [kept.Outcome(mail.id, state, now + (10 * SECOND << mail.attempts) if state == "due" else now) for mail, state in ended]
        mine = kept.settle(connection, outcomes, now)
        for left in (True, False):
            over = [mail for mail, state in ended if mail.id in mine and state != "due" and (state == "sent") is left]
            if over:
                self._ended(connection, over, left=left)
        return [None] * len(ended)
