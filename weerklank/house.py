"""The programme and the flows as they are now, read again when they change."""

import logging
import threading
from dataclasses import replace

import sqlalchemy as sa

from bot.speech import House
from cases import programme as kept_programme
from flows import revisions
from flows.model import Flow, read
from flows.problems import FlowError
from flows.revisions import Library
from store import flows as kept_flows
from store.database import Database

_log = logging.getLogger(__name__)


class NoProgramme(Exception):
    """No programme was applied yet."""

    def __init__(self) -> None:
        super().__init__("no programme is in force; run `weerklank programme apply FILE` first")


class Houses:
    """Holds the present House. Revisions are immutable, so each is read only once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.first_flow: str | None = None
        self._flows: dict[str, Flow] = {}
        self._lock = threading.Lock()
        self._now: House | None = None

    def now(self) -> House:
        """The programme and flows in force. Raises NoProgramme."""
        return self._now or self.reload()

    def refresh(self) -> None:
        """Read them again. Raises NoProgramme."""
        self.reload()

    def reload(self) -> House:
        """Read them again and give them. Raises NoProgramme."""
        with self._lock, self._database.read() as connection:
            programme = kept_programme.current(connection)
            if programme is None:
                raise NoProgramme
            house = House(programme, self._library(connection))
        first = self.first_flow
        self._now = house if first is None else replace(house, first_flow=first, first_flow_for_neighbours=first)
        return self._now

    def _library(self, connection: sa.Connection) -> Library:
        for revision, sources in kept_flows.sources(connection, set(self._flows)).items():
            try:
                self._flows[revision] = read(sources)
            except FlowError:
                _log.exception("a stored flow revision can no longer be read; talks that stand in it begin anew")
        return Library(kept_flows.current(connection), dict(self._flows))


def store_shipped(connection: sa.Connection, now: int) -> list[str]:
    """Keep the flows we ship as revisions; one that came with this version becomes current. Returns the names that changed."""
    current = kept_flows.current(connection)
    changed: list[str] = []
    for name, sources in revisions.shipped_sources().items():
        revision = read(sources).revision
        known = kept_flows.keep(connection, name, revision, sources, now)
        if known or name not in current:
            kept_flows.make_current(connection, name, revision)
            changed.append(name)
    return changed
