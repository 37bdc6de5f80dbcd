"""Builds the service once, from its settings: keys, store, channels, conversation, deliveries, clocks, web."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot import bringing, forgetting, interpreter, publishing
from bot import clock as clocks
from bot.bringing import Bringing
from bot.clock import Clock
from bot.conversation import Conversation, Makings
from bot.ear import Ear
from bot.identity import Identity
from bot.inbox import Inbox
from bot.interpreter import Interpreter
from bot.knocks import Knocks
from bot.lasting import WholeSteps, lasting
from bot.lexicon import the_lexicon
from bot.mail import Mailer, NoMailer, Notices, SmtpMailer
from bot.outbox import CaseSide, Deliveries, Means
from bot.people import Worker
from bot.polling import Asking
from bot.promises import Promises
from bot.recordings import Recordings
from bot.retention import Retention
from bot.shared_runner import runner_of
from bot.speech import Speech
from bot.spool import Spool
from bot.stock import CodeStock
from bot.timers import Timer, Timers
from bot.traces import PurgeMeans, Purges
from bot.waits import Waits
from channels.base import Channel
from channels.registry import Channels, open_channels
from store import attachments, doorbell, screens
from store.database import Database, open_database
from store.sealing import Keyring
from store.shared_clock import SharedClock
from store.writer import Turn, Writer
from translations.base import Translator
from translations.engine import Argos
from translations.quality import doubts_of
from translations.translator import Careful
from weerklank.channel_settings import channel_config
from weerklank.house import Houses
from weerklank.newer import Newer
from weerklank.published import publishing_of
from weerklank.screens import WEB, Screens, phone_on_a_page
from weerklank.settings import Settings
from weerklank.shipping import store_shipped

DRAIN_EVERY = 1.0
LOOK_AROUND_EVERY = 3.0
GATHER_EVERY = 900.0
SWEEP_EVERY = 3600.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What a command may bring of its own: another clock, another mailer, phones of its own in place of carriers."""

    clock: Clock | None = None
    mailer: Mailer | None = None
    translator: Translator | None = None
    phones: Mapping[str, Channel] = field(default_factory=dict[str, Channel])


class Service:
    """One process of the service: what it is made of, and how it starts and stops."""

    _listener: threading.Thread | None = None

    def __init__(self, settings: Settings, parts: Parts | None = None) -> None:
        self.settings = settings
        self.parts = parts or Parts()
        self.keyring: Keyring = settings.keyring()
        self.database: Database = open_database(settings.database)
        self._time, self.newer = SharedClock(self.database), Newer(self.database)
        self.clock: Clock = self.parts.clock or self._time
        self.writer = Writer(self.database)
        self.houses = Houses(self.database)
        self.channels: Channels = open_channels(channel_config(settings))
        self.senders: dict[str, Channel] = {**self.channels.senders, **self._web_phone(), **self.parts.phones}
        self.identity = Identity(self.keyring)
        self.speech = Speech(self.houses.now, self.senders)
        self.promises = Promises(self.keyring, self.speech, self.houses.now, self.clock)
        self.translator, self._let_models_go = self._translating()
        self.interpreter = Interpreter(self._interpreting())
        self.conversation = Conversation(self._makings())
        self.knocks = Knocks(self.identity, self.speech, self.houses.now, self.senders)
        self.deliveries = Deliveries(self._delivery_means())
        self.inbox = Inbox(self.writer, self.identity, self._spool(), self.clock, self.deliveries.told)
        self.purges, self.retention = Purges(self._purge_means()), Retention(self.writer.call_sync, self.clock, settings.keep_ended_days)
        self.bringing = Bringing(self._bringing_means())
        self.notices = Notices(self.writer, self._mailer(), self.clock, self._mail_settings(), self.promises.notices_ended)
        self.stock = CodeStock(self.writer, self.keyring, settings.codes_ahead, self._stocked)
        self.publishing = publishing_of(self.houses, self.database, self.writer, self.keyring, self.clock)
        self.runner = runner_of(self.database, self.writer, self.clock, self._tasks())
        self._turn, self._late, self._ringing = self._turns()
        self.timers = Timers(self.writer, self.clock, self._clockwork())
        self._asking = Asking(self.channels.sources, self.inbox.accept, self.database)
        self._looking, self._stopping = WholeSteps(), threading.Event()
        self._background = list[asyncio.Task[Any]]()

    def _turns(self) -> tuple[Turn, Turn, Turn]:
        """The writer's turns at words that came, promises that were missed, and timers that ring."""
        turn, waits = self.writer.turn, Waits(self.identity, self.clock)
        words = turn("conversation", self.conversation.turn, self.answers_came)
        return words, turn("promises", self.promises.mark_missed, self.notices.ring), turn("timers", waits.turn, self.words_came)

    def _makings(self) -> Makings:
        lexicon = the_lexicon(self.settings.words_dir)
        return Makings(self.keyring, self.identity, self.speech, self.houses.at, lexicon, self.interpreter, self.clock)

    def _interpreting(self) -> interpreter.Means:
        return interpreter.Means(self.translator, Ear(self.houses.now), doubts_of, self.keyring, self.houses.now, self.clock)

    def _translating(self) -> tuple[Translator, Callable[[], None]]:
        """What translates here, and what ends it."""
        if self.parts.translator is not None:
            return self.parts.translator, lambda: None
        engine = Argos(self.settings.languages_dir)
        return Careful(engine, engine.placeholder), engine.close

    def _web_phone(self) -> dict[str, Channel]:
        drawn = Screens(self.writer, self.keyring, self.clock)
        return {WEB: phone_on_a_page(WEB, drawn)} if self.settings.web_phone else {}

    def _delivery_means(self) -> Means:
        sides = CaseSide(self.promises.wording, self.promises.delivered)
        recordings, lease = Recordings(self.settings.public_url), self.settings.send_lease_seconds * clocks.SECOND
        return Means(self.writer, self.identity, self.clock, self.senders, self.knocks, sides, recordings, lease)

    def _spool(self) -> Spool:
        return Spool(self.settings.data_dir / "spool", self.keyring)

    def _purge_means(self) -> PurgeMeans:
        after = self.settings.purge_after_minutes * clocks.MINUTE
        return PurgeMeans(self.writer, self.identity, self.clock, self.senders, after)

    def _bringing_means(self) -> bringing.Means:
        most = self.settings.attachment_max_mb * 1024 * 1024
        here = (self.writer, self.identity, self.senders, self.keyring)
        return bringing.Means(*here, self.settings.files, self.speech, self.clock, most)

    def _mailer(self) -> Mailer:
        if self.parts.mailer is not None:
            return self.parts.mailer
        url = self.settings.smtp_url
        return NoMailer() if url is None else SmtpMailer(url.get_secret_value())

    def _mail_settings(self) -> dict[str, str]:
        return {"sender": self.settings.mail_from, "desk_url": f"{self.settings.public_url.rstrip('/')}/desk/"}

    def _tasks(self) -> dict[str, Callable[[Mapping[str, Any]], None]]:
        return {
            forgetting.TASK: self._forget_worker,
            **{task: partial(work, self.database, self.writer) for task, work in self.interpreter.work.items()},
            publishing.TASK: self.publishing.look_after,
            attachments.DELETE: lambda arguments: attachments.delete_files(self.settings.files, arguments),
        }

    def _clockwork(self) -> dict[str, Timer]:
        return {
            "promises": Timer(self.settings.late_check_seconds, lambda: self.writer.ring(self._late)),
            "timers": Timer(self.settings.late_check_seconds, lambda: self.writer.ring(self._ringing)),
            "traces": Timer(GATHER_EVERY, self.purges.gather),
            "retention": Timer(SWEEP_EVERY, self.retention.run),
            "files": Timer(SWEEP_EVERY, self.bringing.sweep, everywhere=True),
            "inbox": Timer(DRAIN_EVERY, lambda: self.writer.ring(self._turn), everywhere=True),
        }

    def words_came(self) -> None:
        """Words lie in the inbox: handle them here, if this process does that."""
        self.writer.ring(self._turn)

    def answers_came(self) -> None:
        """Something may be due in the outbox or the mails."""
        self.deliveries.ring()
        self.notices.ring()
        self.bringing.ring()

    def _stocked(self) -> None:
        self.conversation.stocked()
        self.words_came()

    def _forget_worker(self, arguments: Mapping[str, Any]) -> None:
        patient = forgetting.is_patient(arguments["since"], self.clock())
        wiped = self.purges.wiped_at_once if patient else ()
        worker_id = arguments["worker_id"]
        self.writer.call_sync(lambda connection: forget_now(connection, self.keyring, worker_id, patient=patient, wiped=wiped))
        self.purges.gather()
        self.database.scrub()
        self.identity.drop(worker_id)

    def prepare(self) -> None:
        """Store the shipped flows and read the programme. Raises NoProgramme."""
        self.writer.start()
        self.writer.call_sync(lambda connection: store_shipped(connection, self.clock()))
        self._look()

    async def start(self, *, background: bool) -> None:
        """Start what runs by itself: always the spool's replay; with `background` conversation, deliveries, notices, tasks and clocks."""
        everywhere: dict[str, Callable[[], Awaitable[None]]] = {"the spool": self._replay, "the house": self._look_around}
        self._background += [asyncio.create_task(lasting(name, loop, DRAIN_EVERY)) for name, loop in everywhere.items()]
        if not background:
            return
        self.inbox.on_words = self.words_came
        self.conversation.on_hashed = self.words_came
        self.conversation.on_dry = self.stock.ring
        loops: dict[str, Callable[[], Awaitable[None]]] = {
            "deliveries": lambda: self.deliveries.run(DRAIN_EVERY),
            "attachments": lambda: self.bringing.run(DRAIN_EVERY),
            "notices": lambda: self.notices.run(5 * DRAIN_EVERY),
            "tasks": lambda: self.runner.run(DRAIN_EVERY),
            "purges": lambda: self.purges.run(DRAIN_EVERY),
            **self._asking.loops(),
        }
        self._background += [asyncio.create_task(lasting(name, loop, DRAIN_EVERY)) for name, loop in loops.items()]
        self.stock.start()
        self.timers.start()
        self.words_came()
        if self.database.kind == "postgresql":
            self._listener = threading.Thread(target=self._listen, name="doorbell", daemon=True)
            self._listener.start()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            doorbell.listen(self.database, self._heard, self._stopping.is_set)
            self._stopping.wait(1.0)

    def _heard(self, bell: str) -> None:
        if bell == doorbell.WORDS:
            self.words_came()
        else:
            self.answers_came()

    def _look(self) -> None:
        """Read again what others may have changed: the tables, the time, the programme, the flows."""
        self.newer.look()
        self._time.look()
        self.houses.refresh()

    async def _look_around(self) -> None:
        """Take up what another process published or applied. A conversation looks by itself, at each batch."""
        while True:
            await asyncio.sleep(LOOK_AROUND_EVERY)
            await self._looking.take(asyncio.to_thread(self._look))

    async def _replay(self) -> None:
        await self.inbox.replay()

    async def stop(self) -> None:
        """Finish what was begun and let go of everything."""
        self._stopping.set()
        self.retention.stop()
        self.purges.stop()
        if self.timers.running:
            await asyncio.to_thread(self.timers.stop)
        await asyncio.to_thread(self.stock.stop)
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        # What a thread still reads comes to its end before the database is let go.
        working = (self.deliveries, self.notices, self.purges, self.bringing, self.runner, self._asking)
        await asyncio.gather(self._looking.ended(), *(each.drain() for each in working))
        self.conversation.close()
        if self._listener is not None:
            await asyncio.to_thread(self._listener.join)
        await asyncio.to_thread(self.writer.stop)
        await asyncio.to_thread(self._let_models_go)
        for channel in self.senders.values():
            await channel.close()
        for source in self.channels.sources.values():
            await source.close()
        self._asking.let_go()
        self.database.close()


def tries_of(keyring: Keyring) -> tuple[Callable[[str, bytes], Worker], Callable[[bytes, bytes, bytes], None]]:
    """What tries a worker's key, and an address under it, for a command that goes through everybody: no address comes out."""
    return Identity(keyring).passer_by, Identity.try_address


def forget_now(connection: sa.Connection, keyring: Keyring, worker_id: str, *, patient: bool = False, wiped: Sequence[str] = ()) -> None:
    """Destroy a worker's rows, address and key. Raises forgetting.NotYet while `patient` waits for a last text or a wipe (`wiped`)."""
    forgetting.last_rows(connection, worker_id, patient=patient, wiped=wiped)
    identity = Identity(keyring)
    for reach in identity.address_of(connection, [worker_id]).values():
        screens.wipe(connection, keyring.lookup("screen", reach.channel, reach.address))
    identity.forget(connection, worker_id)
