"""Transaction B: handles what the inbox holds, in each worker's order, and commits session, case, timeline and outbox together.

A batch is loaded set by set, worked out in memory, and written set by set. A message that breaks leaves nothing and spoils nobody else's.
Nothing here calls a network, a translator or a password hash: a code is hashed beside this, and its worker waits for it alone.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot import arrivals, doors, waits
from bot.clock import Clock
from bot.effects import Codes, Means, NoCodeReady
from bot.guesses import Guesses
from bot.heard import Heard, NeedsHash
from bot.identity import Identity
from bot.interpreter import Interpreter
from bot.sealed import LEFT_TO_NEWER, TIMER, NewerForm, open_inbound, open_session
from bot.speech import House, Speech
from bot.talk import CaseWork, Talk
from bot.watch import Unwatched, Watch
from cases.model import Programme
from flows.lexicon import Lexicon
from flows.session import Session
from store import batch as written
from store import codes as pool
from store import doorbell, inbox, waiting
from store.casekeys import SERVICE, KeyCache
from store.database import is_away
from store.events import Passed, following
from store.inbox import WaitingMessage, WorkerState
from store.sealing import Keyring, Unopenable
from store.tables import case_grants, cases
from store.traces import NewTrace

_log = logging.getLogger(__name__)
_AT_ONCE = 32
_AT_ONCE_BEHIND = 128
_BEHIND = 1_500
"""A carrier waits for its answer behind a turn, so turns are short; once the oldest message has waited this long (ms), they are long, and
catching up comes before quick answers (docs/explanation/performance.md)."""

_CASES = (
    sa.select(cases, case_grants.c.envelope)
    .join(case_grants, (case_grants.c.case_id == cases.c.id) & (case_grants.c.reader == SERVICE))
    .where(cases.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(cases.c.id)
)
_CASES_LOCKED = _CASES.with_for_update(of=cases)


@dataclass(frozen=True, slots=True)
class Makings:
    """What a conversation is made of, built once by the wiring."""

    keyring: Keyring
    identity: Identity
    speech: Speech
    house: Callable[[sa.Connection], House]
    lexicon: Lexicon
    interpreter: Interpreter
    clock: Clock


@dataclass(slots=True)
class _Work:
    """A batch while it is worked out: the talks, whose messages must wait, and what will be written."""

    means: Means
    talks: dict[str, Talk | None]
    unreadable: set[str] = field(default_factory=set[str])
    stuck: set[str] = field(default_factory=set[str])
    batch: written.Batch = field(default_factory=written.Batch)


class Conversation:
    """Handles waiting messages, a batch at a turn."""

    def __init__(self, makings: Makings) -> None:
        self._keyring = makings.keyring
        self._identity = makings.identity
        self._speech = makings.speech
        self._house = makings.house
        self._lexicon = makings.lexicon
        self._interpreter = makings.interpreter
        self._clock = makings.clock
        self.keys = KeyCache(makings.keyring)
        self._hashes: dict[int, dict[str, bytes]] = {}
        self._waiting_for_code: set[str] = set()
        self._dry: set[str] = set()
        self._left: dict[str, int] = {}
        self._at_once = _AT_ONCE
        self._guesses = Guesses()
        self._hashing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="codes")
        self.on_hashed: Callable[[], None] = lambda: None
        self.on_dry: Callable[[], None] = lambda: None
        self.watch: Watch = Unwatched()
        self.events = Passed()

    def close(self) -> None:
        """Let the hashing thread end."""
        self._hashing.shutdown(wait=True, cancel_futures=True)

    def stocked(self) -> None:
        """Codes were made: those who waited for one may go on."""
        self._dry.clear()

    def turn(self, connection: sa.Connection) -> bool:
        """Handle a batch; True when more may wait."""
        self._left = {worker_id: until for worker_id, until in self._left.items() if until > self._clock()}
        states, messages = inbox.claim(connection, self._at_once, self._waiting_for_code | self._dry | self._left.keys())
        if not messages:
            return False
        self._at_once = _AT_ONCE_BEHIND if self._clock() - messages[0].received_at > _BEHIND else _AT_ONCE
        try:
            with connection.begin_nested():
                self._handle_all(connection, states, messages)
        except SQLAlchemyError as error:
            if is_away(error):
                raise
            _log.exception("a batch could not be written; its messages are tried one by one")
            self._one_by_one(connection, messages)
        doorbell.ring(connection, doorbell.ANSWERS)
        return True

    def _one_by_one(self, connection: sa.Connection, messages: list[WaitingMessage]) -> None:
        done: set[str] = set()
        for message in messages:
            if message.worker_id in done:
                continue
            done.add(message.worker_id)
            try:
                with connection.begin_nested():
                    self._handle_all(connection, inbox.states(connection, [message.worker_id]), [message])
            except SQLAlchemyError as error:
                if is_away(error):
                    raise
                inbox.failed(connection, message, type(error).__name__)

    def _handle_all(self, connection: sa.Connection, states: dict[str, WorkerState], messages: list[WaitingMessage]) -> None:
        work = _Work(self._means(connection, len(messages)), {})
        self._open_talks(connection, states, messages, work)
        for message in messages:
            if message.worker_id not in work.stuck:
                with following(self.events.of((message.channel, message.key))):
                    self._try(connection, message, work)
        for talk in work.talks.values():
            if talk is not None and talk.handled:
                talk.leave(work.batch)
        work.batch.tasks += self._interpreter.wanted(work.batch)
        written.write(connection, work.batch)
        self._tell_how_long(messages, set(work.batch.handled))

    def _tell_how_long(self, messages: list[WaitingMessage], handled: set[int]) -> None:
        now = self._clock()
        for message in messages:
            if message.id in handled:
                self.watch.heard(message.channel, now - message.received_at)

    def _means(self, connection: sa.Connection, count: int) -> Means:
        ready = pool.ready(connection, count)
        # After the claim: the flows that these workers' sessions are pinned to are known by then, whichever process published them.
        return Means(
            self._house(connection), self._speech, self._keyring, self.keys, self._identity, self._lexicon, Codes(ready), self._guesses
        )

    def _open_talks(self, connection: sa.Connection, states: dict[str, WorkerState], messages: list[WaitingMessage], work: _Work) -> None:
        ids = [state.current_case_id for state in states.values() if state.current_case_id is not None]
        statement = _CASES_LOCKED if connection.dialect.name == "postgresql" else _CASES
        rows = {row["id"]: dict(row) for row in connection.execute(statement, {"ids": ids}).mappings()} if ids else {}
        newest = {message.worker_id: message for message in messages}
        for worker_id, message in newest.items():
            state = states.get(worker_id)
            if state is None:
                work.stuck.add(worker_id)
            elif state.key_sealed is None:
                work.talks[worker_id] = None
            else:
                with following(self.events.of((message.channel, message.key))):
                    self._open_talk(state, message.channel, rows, work)

    def _open_talk(self, state: WorkerState, channel: str, rows: dict[int, dict[str, Any]], work: _Work) -> None:
        try:
            work.talks[state.id] = self._talk(state, channel, rows, work.means.house.programme)
        except (Unopenable, ValueError, KeyError):
            _log.exception("a talk cannot be opened; its messages are set aside, nobody else's")
            work.unreadable.add(state.id)

    def _talk(self, state: WorkerState, channel: str, rows: dict[int, dict[str, Any]], programme: Programme) -> Talk:
        worker = self._identity.worker(state.id, state.key_sealed)
        session = open_session(worker.key, worker.id, state.session_sealed)
        return Talk(
            worker=worker,
            channel=channel,
            now=self._clock(),
            state=state,
            session=session or Session(language=programme.languages[0]),
            case=self._case(rows.get(state.current_case_id or 0)),
            live_until=state.live_until,
            knocked_at=state.knocked_at,
            wrong_codes=state.wrong_codes,
            code_blocked_until=state.code_blocked_until,
            pin_hash=state.pin_hash,
            pin_open_until=state.pin_open_until,
            closed_to=state.closed_to,
            heard_at=state.heard_at,
        )

    def _case(self, row: dict[str, Any] | None) -> CaseWork | None:
        if row is None or row["data_key_sealed"] is None:
            return None
        envelope = row.pop("envelope")
        return CaseWork(row, self.keys.open(row["public_key"], row["data_key_sealed"], envelope))

    def _try(self, connection: sa.Connection, message: WaitingMessage, work: _Work) -> None:
        if message.worker_id in work.unreadable:
            inbox.failed(connection, message, "the worker's talk cannot be opened")
            work.stuck.add(message.worker_id)
            return
        talk = work.talks.get(message.worker_id)
        if talk is None:
            work.batch.handled.append(message.id)
            return
        attempt = talk.fork()
        ready = list(work.means.codes.ready)
        try:
            self._handle(connection, attempt, message, work.means)
        except NoCodeReady:
            self._dry.add(message.worker_id)
            self.on_dry()
        except NeedsHash as needed:
            self._hash(message, needed.digits)
        except NewerForm:
            _log.warning("a message of a newer version waits for a process of that version")
            self._left[message.worker_id] = self._clock() + LEFT_TO_NEWER
        except Exception as error:  # one poisoned message must not hold up anybody; it is counted and set aside with its reason
            if is_away(error):
                raise
            _log.exception("a message could not be handled")
            inbox.failed(connection, message, type(error).__name__)
        else:
            attempt.handled += (message.id,)
            work.talks[message.worker_id] = attempt
            self._hashes.pop(message.id, None)
            return
        work.stuck.add(message.worker_id)
        work.means.codes.ready[:] = ready

    def _hash(self, message: WaitingMessage, digits: str) -> None:
        """Hash a code beside the transaction; its worker's messages wait, nobody else's."""
        self._waiting_for_code.add(message.worker_id)

        def work() -> None:
            hashed = pool.code_hash(self._keyring, digits)
            self._hashes.setdefault(message.id, {})[digits] = hashed
            self._waiting_for_code.discard(message.worker_id)
            self.on_hashed()

        self._hashing.submit(work)

    def _handle(self, connection: sa.Connection, talk: Talk, message: WaitingMessage, means: Means) -> None:
        said = open_inbound(talk.worker.key, message.channel, message.key, message.sealed)
        if str(said.kind) == TIMER:
            waits.time_passed(talk, int(said.text), means)
            return
        if talk.state.session_sealed is not None and message.received_at - talk.heard_at >= waiting.SILENCE:
            talk.orders += (partial(waiting.look_anew, worker_id=talk.worker.id, now=talk.now),)
        talk.heard_at = max(talk.heard_at, message.received_at)
        if said.trace is not None:
            talk.traces += (NewTrace(talk.worker.id, message.channel, said.trace, message.received_at, ours=False),)
        at = Heard(connection, talk, said, self._hashes.get(message.id, {}), means)
        if not doors.opens(at):
            arrivals.hear(at)
