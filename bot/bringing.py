"""Brings what came beside words: fetched from its carrier, opened apart, cleaned, sealed, and only then written down as kept.

Nothing here is part of a conversation's transaction: a carrier that is slow to give a file delays no word of anybody. The order is such
that a kill at any moment loses nothing: the sealed file is on disk before its row says so, and a file that no row names is swept away.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

import sqlalchemy as sa

from bot.bell import Bell
from bot.clock import HOUR, MINUTE, SECOND, Clock
from bot.media.apart import clean_apart
from bot.media.clean import Clean
from bot.media.kinds import Refusal, Refused
from bot.people import AddressBook, Worker
from bot.sealed import Source, open_session, open_source
from bot.speech import Speech
from channels.base import Channel, FetchError
from flows.session import Session
from store import attachments as kept
from store import outbox, sessions
from store.casekeys import load_data_key
from store.database import StoreAway
from store.events import event
from store.files import Files, new_name, seal_file
from store.sealing import Keyring, Unopenable, new_key, seal_with
from store.writer import Writer, WriterBusy

_log = logging.getLogger(__name__)
_LEASE = 5 * MINUTE
_PATIENCE = 120.0
"""Seconds that one fetch may take."""

_AT_ONCE = 2
"""Files of one channel that are brought at once."""

_MOST_ATTEMPTS = 8
_ORPHANED = 3600.0
"""Seconds after which a file that no row names belongs to nobody: far longer than a lease."""

_STILL_THERE = 15 * MINUTE
"""So long after a worker's last word the talk is on their screen; later, a text waits behind a knock."""

_SAID: Final[dict[Refusal, str]] = {"kind": "file_not_taken", "size": "file_too_big", "broken": "file_not_opened"}
_GONE = "file_not_opened"


@dataclass(frozen=True, slots=True)
class Means:
    """What bringing is made of, built once by the wiring. `most` is how many bytes a file may have."""

    writer: Writer
    addresses: AddressBook
    channels: Mapping[str, Channel]
    keyring: Keyring
    files: Files
    speech: Speech
    clock: Clock
    most: int


@dataclass(frozen=True, slots=True)
class _Ready:
    """An attachment with what is needed to bring it, and the worker who sent it."""

    wanted: kept.Wanted
    source: Source
    worker: Worker


class Bringing:
    """The loop of one process that brings attachments."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._writer = means.writer
        self._flying: Counter[str] = Counter()
        self._under_way: set[asyncio.Task[None]] = set()
        self._opening = asyncio.Semaphore(1)
        self._bell = Bell()

    def ring(self) -> None:
        """Say, from any thread, that something may have come."""
        self._bell.ring()

    async def run(self, every: float) -> None:
        """Bring whatever is wanted, woken by `ring` and at least `every` seconds, until cancelled."""
        while True:
            self._bell.listen()
            if not await self.bring_due():
                await self._bell.wait(every)

    async def drain(self) -> None:
        """Break off what is under way: its lease runs out, and it is brought another time."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def bring_due(self) -> bool:
        """Claim what is wanted and begin to bring it; True when there may be more at once."""
        free = {name: _AT_ONCE - self._flying[name] for name in self._means.channels if self._flying[name] < _AT_ONCE}
        ready = await self._writer.call(partial(self._claim, free=free)) if free else []
        for one in ready:
            self._flying[one.wanted.channel] += 1
            task = asyncio.create_task(self._bring(one))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return bool(ready)

    def _claim(self, connection: sa.Connection, free: Mapping[str, int]) -> list[_Ready]:
        now = self._means.clock()
        claimed = [each for name, most in free.items() for each in kept.claim(connection, name, now, now + _LEASE, most)]
        reached = self._means.addresses.address_of(connection, list({each.worker_id for each in claimed})) if claimed else {}
        ready: list[_Ready] = []
        for each in claimed:
            if each.attempts > _MOST_ATTEMPTS:
                kept.give_up(connection, each, "gone", "tried too often")
                continue
            try:
                worker = reached[each.worker_id].worker
                ready.append(_Ready(each, open_source(worker.key, worker.id, each.ref_sealed), worker))
            except (KeyError, Unopenable):
                kept.give_up(connection, each, "gone", "the way to it was destroyed")
        return ready

    async def _bring(self, one: _Ready) -> None:
        try:
            with event("file"):
                await self._brought(one)
        finally:
            self._flying[one.wanted.channel] -= 1
            self._bell.ring()

    async def _brought(self, one: _Ready) -> None:
        try:
            await self._try(one)
        except (StoreAway, WriterBusy):
            _log.warning("the database is away; an attachment is brought once its lease has run out")
        except Exception as error:  # noqa: BLE001 - whatever breaks at one file, the others go on; an error's text could lead to the file
            _log.error("an attachment could not be brought: %s", type(error).__name__)
            with suppress(StoreAway, WriterBusy):
                await self._later(one, "an error of ours")

    async def _try(self, one: _Ready) -> None:
        most, source = self._means.most, one.source
        try:
            _check_size(source.attachment.size or 0, most)
            async with asyncio.timeout(_PATIENCE):
                content = await self._means.channels[one.wanted.channel].fetch(source.attachment, most)
            _check_size(len(content), most)
            async with self._opening:
                cleaned = await asyncio.to_thread(clean_apart, content)
        except FetchError as error:
            await (self._later(one, error.why) if error.temporary else self._end(one, "gone", error.why, _GONE))
        except TimeoutError:
            await self._later(one, "the carrier took too long")
        except Refused as refused:
            await self._end(one, "refused", refused.why, _SAID[refused.refusal])
        else:
            await self._keep(one, cleaned, content)

    async def _later(self, one: _Ready, why: str) -> None:
        if one.wanted.attempts >= _MOST_ATTEMPTS:
            await self._end(one, "gone", why, _GONE)
            return
        due_at = self._means.clock() + min(5 * SECOND << one.wanted.attempts, HOUR)
        await self._writer.call(lambda connection: kept.later(connection, one.wanted, due_at))

    async def _end(self, one: _Ready, state: str, why: str, notice: str) -> None:
        def end(connection: sa.Connection) -> None:
            if kept.give_up(connection, one.wanted, state, why):
                self._tell(connection, one, notice)

        await self._writer.call(end)

    def _tell(self, connection: sa.Connection, one: _Ready, notice: str) -> None:
        """Tell the worker, at once while the talk is on their screen, else behind a knock; never on a phone that hides."""
        means, now = self._means, self._means.clock()
        stands = sessions.stands(connection, one.worker.id)
        if stands is None:
            return
        session = open_session(one.worker.key, one.worker.id, stands.sealed) or Session()
        if session.fields.get("hidden"):
            return
        later = {"state": "held", "hold": "knock"} if now - stands.updated_at > _STILL_THERE else {}
        rows = means.speech.rows(one.worker, one.wanted.channel, notice, session, now)
        outbox.put(connection, [{**row, "kind": "flow", **later} for row in rows])

    async def _keep(self, one: _Ready, cleaned: Clean, came: bytes) -> None:
        """Seal a file under a key of its own and put it away; what turns out to be unwanted by then is deleted again."""
        files, key, name = self._means.files, new_key(), new_name()
        original = new_name() if one.source.original else None
        await asyncio.to_thread(_put_away, files, key, {name: cleaned.content} | ({original: came} if original else {}))

        def write(connection: sa.Connection) -> bool:
            try:
                data_key = load_data_key(connection, self._means.keyring, one.wanted.case_id)
            except Unopenable:
                return False
            sealed = seal_with(data_key, key, name.encode())
            file = kept.Kept(name, sealed, cleaned.media_type, len(cleaned.content), original, cleaned.seconds)
            return kept.keep(connection, one.wanted, file)

        if not await self._writer.call(write):
            await asyncio.to_thread(kept.delete_files, files, {"files": [each for each in (name, original) if each]})

    def sweep(self) -> None:
        """Delete the files that no row names."""
        names = list(self._means.files.older(_ORPHANED))
        whole = [name for name in names if not name.endswith(".part")]
        orphans = self._writer.call_sync(lambda connection: kept.unknown(connection, whole)) if whole else []
        kept.delete_files(self._means.files, {"files": [*orphans, *(name for name in names if name.endswith(".part"))]})


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise Refused("size", "larger than is taken here")


def _put_away(files: Files, key: bytes, contents: Mapping[str, bytes]) -> None:
    for name, content in contents.items():
        files.put(name, seal_file(key, name, content))
