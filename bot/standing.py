"""Where people stand in a flow, and moving them when its author says so.

Sessions are sealed, and nothing about them lies open: who stands where is read by opening every one of them with the service's keys, in
batches, at the moment an admin asks (docs/decisions/0019). Only counts leave this module.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from bot.people import Worker
from bot.sealed import open_session, seal_session
from flows.impact import Position, positions
from flows.model import Flow
from flows.moving import moved
from flows.revisions import Library
from flows.session import Session
from store import flows as kept_flows
from store import sessions as kept
from store.database import Database
from store.sealing import Unopenable
from store.sessions import KeptSession
from store.writer import Writer

_log = logging.getLogger(__name__)
_READ_AT_ONCE = 500
_MOVED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Move:
    """People who stand at a node of `moves` go to the revision `flow`, while publication `number` of it is in force."""

    flow: Flow
    number: int
    moves: Mapping[str, str]


class Standing:
    """Looks through every session. `worker_of` opens a worker's key (id, sealed key), and may raise Unopenable."""

    def __init__(self, database: Database, writer: Writer, worker_of: Callable[[str, bytes], Worker]) -> None:
        self._database = database
        self._writer = writer
        self._worker_of = worker_of

    def count(self, flow: str) -> Mapping[Position, int]:
        """How many people stand at each place of a flow."""
        found: Counter[Position] = Counter()
        for _, _, session in self._everybody():
            found.update(positions(session, flow))
        return found

    def everywhere(self) -> Mapping[str, int]:
        """How many people stand in each flow, by its name; who stands in two, one behind the other, counts in both."""
        found: Counter[str] = Counter()
        for _, _, session in self._everybody():
            found.update({frame.flow for frame in session.frames})
        return found

    def move(self, move: Move, library: Library) -> int:
        """Move everybody who stands at a node of the map. Done twice it moves nobody twice; returns how many were moved.

        Each batch is a transaction of its own in which its workers are locked: a message that comes meanwhile is handled before or after.
        It ends when something newer is published: its map then says who moves.
        """
        concerned = [kept.worker_id for kept, _, session in self._everybody() if moved(session, move.flow, move.moves, library)]
        done = 0
        for start in range(0, len(concerned), _MOVED_AT_ONCE):
            some = concerned[start : start + _MOVED_AT_ONCE]
            done += self._writer.call_sync(partial(self._move, worker_ids=some, move=move, library=library))
        return done

    def _move(self, connection: sa.Connection, worker_ids: list[str], move: Move, library: Library) -> int:
        in_force = kept_flows.in_force(connection).get(move.flow.name)
        if in_force is None or in_force.number != move.number:
            return 0
        changes: list[tuple[KeptSession, bytes]] = []
        for row, worker, session in self._opened(kept.locked(connection, worker_ids)):
            after = moved(session, move.flow, move.moves, library)
            if after is not None:
                changes.append((row, seal_session(worker.key, worker.id, after)))
        kept.replace(connection, changes)
        return len(changes)

    def _everybody(self) -> Iterator[tuple[KeptSession, Worker, Session]]:
        after = ""
        while True:
            with self._database.read() as connection:
                rows = kept.page(connection, after, _READ_AT_ONCE)
            if not rows:
                return
            after = rows[-1].worker_id
            yield from self._opened(rows)

    def _opened(self, rows: list[KeptSession]) -> Iterator[tuple[KeptSession, Worker, Session]]:
        for row in rows:
            try:
                worker = self._worker_of(row.worker_id, row.key_sealed)
                session = open_session(worker.key, worker.id, row.sealed)
            except (Unopenable, ValueError, KeyError):
                _log.warning("a session cannot be opened; it is neither counted nor moved")
                continue
            if session is not None:
                yield row, worker, session
