"""The programme and the flows as they are now, read again when they change."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from bot.speech import House
from cases import programme as kept_programme
from flows.model import Flow, read
from flows.problems import FlowError
from flows.revisions import Library
from store import flows as kept_flows
from store.database import Database

_log = logging.getLogger(__name__)
Sources = Mapping[str, Mapping[str, str]]


class NoProgramme(Exception):
    """No programme was applied yet."""

    def __init__(self) -> None:
        super().__init__("no programme is in force; run `weerklank programme apply FILE` first")


class Revisions(Mapping[str, Flow]):
    """Every kept revision, read when it is asked for and only once: they are immutable. One that cannot be read is not there."""

    def __init__(self, fetch: Callable[[str], Sources]) -> None:
        self._fetch = fetch
        self._read: dict[str, Flow] = {}
        self._broken: set[str] = set()

    def __getitem__(self, revision: str) -> Flow:
        if revision not in self._read:
            self._take(revision, self._fetch(revision) if revision not in self._broken else {})
        return self._read[revision]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._read))

    def __len__(self) -> int:
        return len(self._read)

    def learn(self, sources: Sources) -> None:
        """Read revisions whose files are at hand."""
        for revision in sources:
            if revision not in self._read and revision not in self._broken:
                self._take(revision, sources)

    def unknown(self, revisions: Iterable[str]) -> set[str]:
        """Those of these revisions that were never looked at."""
        return {revision for revision in revisions if revision not in self._read and revision not in self._broken}

    def _take(self, revision: str, sources: Sources) -> None:
        if revision not in sources:
            return
        try:
            self._read[revision] = read(sources[revision])
        except FlowError as error:
            self._broken.add(revision)
            _log.error("the flow revision %s can no longer be read: %s", revision[:12], error)


@dataclass(frozen=True, slots=True)
class Broken:
    """A flow whose published revision cannot be read any more, and the older one that serves in its place (None: nothing does)."""

    name: str
    published: str
    serving: str | None

    def __str__(self) -> str:
        instead = f"the older {self.serving[:12]} serves" if self.serving else "no older one can be read either, so nobody can begin it"
        return f"{self.name}: the published revision {self.published[:12]} cannot be read; {instead}"


@dataclass(slots=True)
class _Present:
    """A House, the stamp of the database it was read at, and what in it is broken."""

    house: House
    stamp: tuple[int, int]
    broken: tuple[Broken, ...] = field(default=())


class Houses:
    """Holds the present House."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.first_flow: str | None = None
        self._revisions = Revisions(self._fetch)
        self._lock = threading.Lock()
        self._present: _Present | None = None

    def now(self) -> House:
        """The programme and flows as they were last read. Raises NoProgramme."""
        return self._present.house if self._present is not None else self.reload()

    def at(self, connection: sa.Connection) -> House:
        """The programme and flows as this transaction finds them: read again only if something was published or applied.

        Ask after the sessions were read: whatever revision they are pinned to was published before, and is known here then.
        """
        present = self._present
        if present is None or present.stamp != kept_flows.stamp(connection):
            present = self._read(connection)
        return present.house

    def refresh(self) -> None:
        """Read them again if something was published or applied since. Raises NoProgramme."""
        with self._database.read() as connection:
            self.at(connection)

    def reload(self) -> House:
        """Read them again and give them. Raises NoProgramme."""
        with self._database.read() as connection:
            return self._read(connection).house

    def broken(self) -> tuple[Broken, ...]:
        """The flows whose published revision cannot be read."""
        return self._present.broken if self._present is not None else ()

    def _read(self, connection: sa.Connection) -> _Present:
        with self._lock:
            stamp = kept_flows.stamp(connection)
            programme = kept_programme.current(connection)
            if programme is None:
                raise NoProgramme
            library, broken = self._library(connection)
            house = House(programme, library)
            first = self.first_flow
            house = house if first is None else replace(house, first_flow=first, first_flow_for_neighbours=first)
            self._say(broken)
            self._present = _Present(house, stamp, broken)
            return self._present

    def _library(self, connection: sa.Connection) -> tuple[Library, tuple[Broken, ...]]:
        published = kept_flows.current(connection)
        self._revisions.learn(kept_flows.sources(connection, self._revisions.unknown(published.values())))
        broken = tuple(self._in_place_of(connection, name, each) for name, each in published.items() if each not in self._revisions)
        serving = published | {each.name: each.serving or "" for each in broken}
        return Library({name: revision for name, revision in serving.items() if revision}, self._revisions), broken

    def _in_place_of(self, connection: sa.Connection, name: str, published: str) -> Broken:
        """The newest earlier revision that can be read: first of those that were in force, then of those that we shipped."""
        earlier = [each.revision for each in kept_flows.publications(connection, name)]
        shipped = [each.revision for each in kept_flows.revisions(connection, name) if each.shipped]
        return Broken(name, published, next((each for each in (*earlier, *shipped) if each in self._revisions), None))

    def _say(self, broken: tuple[Broken, ...]) -> None:
        before = self.broken()
        for each in broken:
            if each not in before:
                _log.error("%s", each)

    def _fetch(self, revision: str) -> Sources:
        with self._database.read() as connection:
            return kept_flows.sources(connection, [revision])
