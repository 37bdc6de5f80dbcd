"""Deliveries: claims what is due, hands it to its channel, and alone decides what a failure means.

A row is committed `sending` before the carrier is called. One found so after its lease was cut off between call and answer: a flow's
question goes once more and is marked, an officer's words never go again by themselves (docs/decisions/0004-maybe-sent.md).
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.exc import InvalidRequestError

from bot import leaving_now, verdicts, window
from bot.bell import Bell
from bot.clock import DAY, SECOND, Clock
from bot.identity import Identity
from bot.knocks import Knocks
from bot.lasting import DRAIN_SECONDS, WholeSteps, ended_within
from bot.outgoing import Ready, outbound
from bot.pace import Pace
from bot.people import Reach
from bot.recordings import Recordings
from bot.sealed import LEFT_TO_NEWER, NewerForm, Wording, open_message
from bot.traces import left_behind
from bot.verdicts import Verdict
from bot.watch import Unwatched, Watch
from channels.base import Channel, Failure, SendError, Status
from store import outbox as kept
from store import statuses as said
from store import traces, waiting
from store.database import StoreAway
from store.events import event
from store.sealing import Unopenable
from store.traces import NewTrace
from store.writer import Writer, WriterBusy

_log = logging.getLogger(__name__)
_AGAIN_AFTER = 1.0
_BREATH = 0.02
"""Seconds between two claims while there is much to send, so that each takes many rows."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a send ended, and what lies with the carrier since."""

    verdict: Verdict
    traces: tuple[NewTrace, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseSide:
    """What cases have to do with deliveries: the wording of an answer, and where a carrier's word on it is kept."""

    wording: Callable[[sa.Connection, kept.Row], str]
    delivered: Callable[[sa.Connection, Sequence[said.Moved]], None]


@dataclass(frozen=True, slots=True)
class Means:
    """What deliveries are made of, built once by the wiring."""

    writer: Writer
    identity: Identity
    clock: Clock
    channels: Mapping[str, Channel]
    knocks: Knocks
    cases: CaseSide
    recordings: Recordings
    lease: int


class Deliveries:
    """The delivery loop of one process."""

    def __init__(self, means: Means) -> None:
        self._writer = means.writer
        self._identity = means.identity
        self._clock = means.clock
        self._channels = means.channels
        self._knocks = means.knocks
        self._cases = means.cases
        self._recordings = means.recordings
        self._lease = means.lease
        # A call ends well within its lease: nobody takes up a row that is still in somebody's hands.
        self._call_timeout = means.lease / SECOND / 2
        self._pace = Pace(means.channels)
        self._flying: Counter[str] = Counter()
        self._sends: set[asyncio.Task[None]] = set()
        self._bell = Bell()
        self._steps = WholeSteps()
        self.watch: Watch = Unwatched()
        self._lane = self._writer.lane("settle", self._settle, max_batch=128)

    def ring(self) -> None:
        """Say, from any thread, that something may be due."""
        self._bell.ring()

    async def run(self, every: float) -> None:
        """Deliver whatever is due, woken by `ring` and at least `every` seconds, until cancelled."""
        look_back = 0.0
        while True:
            self._bell.listen()
            if time.monotonic() >= look_back:
                await self._writer.call(self._recover)
                look_back = time.monotonic() + every
            await (
                asyncio.sleep(_BREATH)
                if await self._steps.take(self.deliver_due())
                else self._bell.wait(self._pace.wait(self._clock(), every))
            )

    async def drain(self) -> None:
        """Let the sends under way come to their end, if their carriers let them; what these hold on to is found again by its lease."""
        await self._steps.ended()
        await ended_within(min(self._call_timeout, DRAIN_SECONDS), self._sends)

    async def deliver_due(self) -> bool:
        """Claim what is due and start sending it; True when there may be more at once."""
        room = self._pace.room(self._flying, self._clock())
        if not room:
            return False
        ready = await self._writer.call(lambda connection: self._claim(connection, room))
        for one in ready:
            self._flying[one.row.channel] += 1
            self._pace.took(one.row.channel, one.row.worker_id, self._clock())
            task = asyncio.create_task(self._send(one))
            self._sends.add(task)
            task.add_done_callback(self._sends.discard)
        return bool(ready)

    def _recover(self, connection: sa.Connection) -> None:
        now = self._clock()
        waiting.notices_overdue(connection, now)
        cut_off = kept.recover(connection, now)
        for one in cut_off:
            if one.kind == "knock":
                waiting.knock_doubted(connection, one.worker_id, now)
        self._cases.delivered(connection, cut_off)
        self._heard(connection, said.take_up_early(connection, now, now - DAY))

    def _claim(self, connection: sa.Connection, room: Mapping[str, int]) -> list[Ready]:
        now = self._clock()
        self._knocks.give(connection, now)
        rows = leaving_now.claim(connection, self._pace, room, now, self._lease)
        people = self._identity.address_of(connection, list({row.worker_id for row in rows}))
        found = [self._ready(connection, row, people.get(row.worker_id)) for row in rows]
        kept_back = [one for one in found if isinstance(one, kept.Settlement)]
        if kept_back:
            self._cases.delivered(connection, kept.settle(connection, kept_back, now))
        return self._with_voices(connection, [one for one in found if isinstance(one, Ready)])

    def _with_voices(self, connection: sa.Connection, ready: list[Ready]) -> list[Ready]:
        voices = self._recordings.named(connection, {one.voice for one in ready if one.voice})
        return [replace(one, message=replace(one.message, voice=voices.get(one.voice))) if one.voice else one for one in ready]

    def _ready(self, connection: sa.Connection, row: kept.Row, reach: Reach | None) -> Ready | kept.Settlement:
        """What a channel needs, or why the row does not leave now."""
        if reach is None:
            return kept.Settlement(row.id, "dropped")
        if reach.closed_to is not None:
            state = "held" if row.kind in ("reply", "late") else "dropped"
            return kept.Settlement(row.id, state, failure=reach.closed_to, due_at=self._clock())
        is_open = window.is_open(self._channels[row.channel].abilities, reach.heard_at, self._clock())
        if not is_open and row.kind != "knock":
            return kept.Settlement(row.id, "held", failure=Failure.WINDOW_CLOSED.value, due_at=self._clock())
        try:
            wording = self._content(connection, row, reach)
            return Ready(row, outbound(row, reach, wording, is_open=is_open), wording.voice, reach.heard_at)
        except Unopenable:
            return kept.Settlement(row.id, "dropped")
        except NewerForm:
            return kept.Settlement(row.id, "due", due_at=self._clock() + LEFT_TO_NEWER)
        except (
            LookupError,
            ValueError,
            TypeError,
            StopIteration,
            InvalidRequestError,
        ) as error:  # a row that nobody can read holds up nobody else's
            _log.error("a message cannot be read and is set aside: %s", type(error).__name__)
            self.watch.failed(row.channel, "unreadable", told=False)
            return kept.Settlement(row.id, "failed", status="failed", failure="unreadable")

    def _content(self, connection: sa.Connection, row: kept.Row, reach: Reach) -> Wording:
        if row.sealed is None and row.case_id is None:
            raise Unopenable("what this message said is gone")
        if row.sealed is not None:
            return open_message(reach.worker.key, row.worker_id, row.sealed)
        return Wording(self._cases.wording(connection, row))

    async def _send(self, one: Ready) -> None:
        try:
            with event("send"):
                began = time.perf_counter()
                ended = await self._handed_over(one)
                self.watch.sent(one.row.channel, one.row.kind, ended.verdict.settlement.state, time.perf_counter() - began)
                await self._write_down(ended)
        finally:
            self._flying[one.row.channel] -= 1
            self._bell.ring()

    async def _write_down(self, ended: _Ended) -> None:
        """Write how a send ended, also when the database is away for a while: an outcome that is lost would leave a doubt."""
        while True:
            try:
                await self._writer.submit(self._lane, ended)
            except (StoreAway, WriterBusy):
                await asyncio.sleep(_AGAIN_AFTER)
            else:
                return

    async def _handed_over(self, one: Ready) -> _Ended:
        try:
            async with asyncio.timeout(self._call_timeout):
                sent = await self._channels[one.row.channel].send(one.message)
        except SendError as error:
            return self._after(one.row, error)
        except TimeoutError:
            return self._after(one.row, SendError(Failure.TEMPORARY, ambiguous=True))
        except Exception as error:  # noqa: BLE001 - a channel that broke in an unforeseen way may have sent; its text may hold words
            _log.error("channel %s broke: %s", one.row.channel, type(error).__name__)
            return self._after(one.row, SendError(Failure.TEMPORARY, ambiguous=True))
        self._pace.went(one.row.channel)
        if (waited := one.waited(self._clock())) is not None:
            self.watch.answered(one.row.channel, waited)
        abilities, settled = self._channels[one.row.channel].abilities, kept.Settlement(one.row.id, "sent", sent.provider_id, sent.status)
        return _Ended(Verdict(settled), left_behind(abilities, one.row, sent, self._clock()))

    def _after(self, row: kept.Row, error: SendError, *, told: bool = False) -> _Ended:
        now = self._clock()
        self.watch.failed(row.channel, error.failure.value, told=told)
        if error.failure in verdicts.OPERATORS:
            _log.error("channel %s refused a message: %s", row.channel, error)
        if self._pace.refused(row.channel, row.worker_id, error.failure, now, error.retry_after):
            _log.error("channel %s takes nobody's messages (%s) and is left alone for a while", row.channel, error.failure.value)
        return _Ended(verdicts.after(row, error, now, told=told))

    def _settle(self, connection: sa.Connection, items: Sequence[_Ended]) -> Sequence[None]:
        now = self._clock()
        moved = kept.settle(connection, [ended.verdict.settlement for ended in items], now)
        self._follow(connection, [ended.verdict for ended in items], now)
        traces.keep(connection, [trace for ended in items for trace in ended.traces])
        self._cases.delivered(connection, [one for one in moved if one.failure is None])
        self._heard(connection, [one for one in moved if one.failure is not None])
        return [None] * len(items)

    def _follow(self, connection: sa.Connection, found: Sequence[Verdict], now: int) -> None:
        for verdict in found:
            if verdict.shut is not None:
                waiting.shut(connection, verdict.worker_id, verdict.shut)
            if verdict.window_shut:
                waiting.window_shut(connection, verdict.worker_id)
            if verdict.knock_lost:
                waiting.knock_failed(connection, verdict.worker_id, verdict.settlement.failure or "", now)
            if verdict.knock_doubted:
                waiting.knock_doubted(connection, verdict.worker_id, now)

    def told(self, connection: sa.Connection, statuses: Sequence[Status]) -> None:
        """Write carriers' words on what was sent, and do what follows from those that say it did not arrive."""
        words = [said.Word(s.provider_id, s.status, s.failure.value if s.failure is not None else s.error) for s in statuses]
        self._heard(connection, said.note(connection, words, self._clock()))

    def _heard(self, connection: sa.Connection, moved: Sequence[said.Moved]) -> None:
        now = self._clock()
        found = {one.id: self._verdict_on(one) for one in moved if one.failure is not None}
        kept.settle(connection, [verdict.settlement for verdict in found.values()], now)
        self._follow(connection, list(found.values()), now)
        # Where it goes once more it gets another id there; what the first left behind is to be deleted too.
        again = {row_id for row_id, verdict in found.items() if verdict.settlement.state in ("due", "held")}
        first = [NewTrace(m.worker_id, m.channel, m.provider_id, now, ours=True) for m in moved if m.id in again and m.provider_id]
        traces.keep(connection, [each for each in first if self._channels[each.channel].abilities.purges])
        waits = {row_id for row_id, verdict in found.items() if verdict.settlement.state == "held"}
        self._cases.delivered(connection, [replace(one, status=one.failure or one.status) if one.id in waits else one for one in moved])

    def _verdict_on(self, moved: said.Moved) -> Verdict:
        row = kept.Row(
            moved.id, moved.worker_id, moved.channel, moved.kind, moved.case_id, moved.seq, None, max(0, moved.attempts - 1), maybe=False
        )
        try:
            failure = Failure(moved.failure)
        except ValueError:
            self.watch.failed(moved.channel, "unknown", told=True)
            lost = kept.Settlement(moved.id, "failed", status=moved.status, failure=moved.failure, told=True)
            return Verdict(lost, moved.worker_id, knock_lost=moved.kind == "knock")
        return self._after(row, SendError(failure), told=True).verdict
