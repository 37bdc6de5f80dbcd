"""Deliveries: claims what is due, hands it to its channel, and alone decides what a failure means.

A row is committed `sending` before the carrier is called. One found so after its lease was cut off between call and answer: a flow's
question goes once more and is marked, an officer's words never go again by themselves (docs/decisions/0004-maybe-sent.md).
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.bell import Bell
from bot.clock import DAY, HOUR, MINUTE, SECOND, Clock
from bot.identity import Identity
from bot.knocks import Knocks
from bot.lasting import WholeSteps
from bot.people import Reach
from bot.recordings import Recordings
from bot.sealed import Wording, open_message
from channels.base import Channel, Choice, Failure, Outbound, Pattern, Recording, SendError
from store import outbox as kept
from store import waiting
from store.database import StoreAway
from store.sealing import Unopenable
from store.writer import Writer, WriterBusy

_log = logging.getLogger(__name__)
_AGAIN_AFTER = 1.0
_BREATH = 0.02
"""Seconds between two claims while there is much to send, so that each takes many rows."""
_AT_ONCE = 48
_MOST_ATTEMPTS = 12
_LONGEST_WAIT = 30 * MINUTE
_OPERATORS = frozenset({Failure.CONFIG, Failure.FILTERED, Failure.BAD_CONTENT})
_SHUTS_THE_DOOR = frozenset({Failure.OPT_OUT, Failure.BLOCKED_BY_USER, Failure.UNDELIVERABLE})
_AGAIN = frozenset({Failure.RATE_LIMITED, Failure.TEMPORARY})


@dataclass(frozen=True, slots=True)
class _Ready:
    """A claimed row with everything a channel needs."""

    row: kept.Row
    message: Outbound


@dataclass(frozen=True, slots=True)
class _Shut:
    """A worker to whom nothing may be sent any more, and why."""

    worker_id: str
    why: str


@dataclass(frozen=True, slots=True)
class CaseSide:
    """What cases have to do with deliveries: the wording of an answer, and where a carrier's word on it is kept."""

    wording: Callable[[sa.Connection, kept.Row], str]
    delivered: Callable[[sa.Connection, Sequence[kept.Moved]], None]


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
        self._flying: Counter[str] = Counter()
        self._sends: set[asyncio.Task[None]] = set()
        self._bell = Bell()
        self._steps = WholeSteps()
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
            await (asyncio.sleep(_BREATH) if await self._steps.take(self.deliver_due()) else self._bell.wait(every))

    async def drain(self) -> None:
        """Let the sends under way come to their end."""
        await self._steps.ended()
        if self._sends:
            await asyncio.wait(self._sends, timeout=self._call_timeout)

    async def deliver_due(self) -> bool:
        """Claim what is due and start sending it; True when there may be more at once."""
        open_channels = [name for name in self._channels if self._flying[name] < _AT_ONCE]
        if not open_channels:
            return False
        ready = await self._writer.call(lambda connection: self._claim(connection, open_channels))
        for one in ready:
            self._flying[one.row.channel] += 1
            task = asyncio.create_task(self._send(one))
            self._sends.add(task)
            task.add_done_callback(self._sends.discard)
        return bool(ready)

    def _recover(self, connection: sa.Connection) -> None:
        now = self._clock()
        waiting.notices_overdue(connection, now)
        self._cases.delivered(connection, kept.recover(connection, now) + kept.take_up_early(connection, now - DAY))

    def _claim(self, connection: sa.Connection, channels: Sequence[str]) -> list[_Ready]:
        now = self._clock()
        self._knocks.give(connection, now)
        rows = kept.claim(connection, now, now + self._lease, channels, _AT_ONCE)
        people = self._identity.address_of(connection, list({row.worker_id for row in rows}))
        wordings = [self._wording(connection, row, people.get(row.worker_id)) for row in rows]
        voices = self._recordings.named(connection, {wording.voice for wording in wordings if wording is not None and wording.voice})
        lost = [kept.Settlement(row.id, "dropped") for row, wording in zip(rows, wordings, strict=True) if wording is None]
        if lost:
            kept.settle(connection, lost, now)
        said = [(row, wording) for row, wording in zip(rows, wordings, strict=True) if wording is not None]
        return [self._ready(row, people[row.worker_id].address, wording, voices.get(wording.voice)) for row, wording in said]

    def _ready(self, row: kept.Row, address: str, wording: Wording, voice: Recording | None) -> _Ready:
        outbound = Outbound(
            key=str(row.id),
            address=address,
            text=wording.text,
            choices=tuple(Choice(*choice) for choice in wording.choices),
            voice=voice,
            pattern=Pattern(wording.pattern, wording.fills) if wording.pattern else None,
            language=wording.language,
            knock=row.kind == "knock",
        )
        return _Ready(row, outbound)

    def _wording(self, connection: sa.Connection, row: kept.Row, reach: Reach | None) -> Wording | None:
        if reach is None:
            return None
        try:
            return self._content(connection, row, reach)
        except Unopenable:
            return None

    def _content(self, connection: sa.Connection, row: kept.Row, reach: Reach) -> Wording:
        if row.sealed is None and row.case_id is None:
            raise Unopenable("what this message said is gone")
        if row.sealed is not None:
            return open_message(reach.worker.key, row.worker_id, row.sealed)
        return Wording(self._cases.wording(connection, row))

    async def _send(self, one: _Ready) -> None:
        try:
            await self._write_down(await self._handed_over(one))
        finally:
            self._flying[one.row.channel] -= 1
            self._bell.ring()

    async def _write_down(self, outcome: tuple[kept.Settlement, _Shut | None]) -> None:
        """Write how a send ended, also when the database is away for a while: an outcome that is lost would leave a doubt."""
        while True:
            try:
                await self._writer.submit(self._lane, outcome)
            except (StoreAway, WriterBusy):
                await asyncio.sleep(_AGAIN_AFTER)
            else:
                return

    async def _handed_over(self, one: _Ready) -> tuple[kept.Settlement, _Shut | None]:
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
        return kept.Settlement(one.row.id, "sent", sent.provider_id, sent.status), None

    def _after(self, row: kept.Row, error: SendError) -> tuple[kept.Settlement, _Shut | None]:
        failure = error.failure
        if failure in _OPERATORS:
            _log.error("channel %s refused a message: %s", row.channel, error)
        if error.ambiguous:
            return self._ambiguous(row, failure), None
        if failure in _AGAIN and row.attempts + 1 < _MOST_ATTEMPTS:
            return self._later(row, failure, error.retry_after), None
        shut = _Shut(row.worker_id, failure.value) if failure in _SHUTS_THE_DOOR else None
        return kept.Settlement(row.id, "failed", status="failed", failure=failure.value), shut

    def _ambiguous(self, row: kept.Row, failure: Failure) -> kept.Settlement:
        if row.kind == "reply" or row.maybe:
            return kept.Settlement(row.id, "maybe_sent", failure=failure.value, maybe=True)
        again = self._clock() + 2 * SECOND
        return kept.Settlement(row.id, "due", failure=failure.value, due_at=again, maybe=True)

    def _later(self, row: kept.Row, failure: Failure, retry_after: float | None) -> kept.Settlement:
        wait = int(retry_after * SECOND) if retry_after is not None else min(SECOND << row.attempts, _LONGEST_WAIT)
        return kept.Settlement(row.id, "due", failure=failure.value, due_at=self._clock() + min(wait, HOUR))

    def _settle(self, connection: sa.Connection, items: Sequence[tuple[kept.Settlement, _Shut | None]]) -> Sequence[None]:
        moved = kept.settle(connection, [settlement for settlement, _ in items], self._clock())
        for settlement, shut in items:
            if shut is not None:
                waiting.shut(connection, shut.worker_id, shut.why)
            if settlement.state == "failed":
                waiting.after_failure(connection, settlement.id, self._clock())
        self._cases.delivered(connection, moved)
        return [None] * len(items)
