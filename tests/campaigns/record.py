"""What a campaign reads in the database: of whom a row is, what became of it, what the timelines say. It changes nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from cases import timeline
from store.casekeys import load_data_key
from store.database import Database, StoreAway, is_away
from store.sealing import Keyring
from store.tables import cases, contacts, inbox, mails, outbox
from tests.campaigns.workers import Worker

T = TypeVar("T")
_PATIENCE = 60.0
OPEN = ("due", "sending")


@dataclass(frozen=True, slots=True)
class Record:
    """The database of an installation and the keys to read it. It waits for a database that is away."""

    database: Database
    keyring: Keyring
    spool: Path

    def rows(self, statement: sa.Executable) -> list[dict[str, Any]]:
        """The rows of a statement."""
        return self._when_there(self.database.read, lambda connection: [dict(row) for row in connection.execute(statement).mappings()])

    def change(self, statement: sa.Executable) -> None:
        """Change something as time would have."""
        self._when_there(self.database.write, lambda connection: connection.execute(statement).rowcount)

    @staticmethod
    def _when_there(opened: Callable[[], AbstractContextManager[sa.Connection]], work: Callable[[sa.Connection], T]) -> T:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                with opened() as connection:
                    return work(connection)
            except (DBAPIError, StoreAway) as error:
                if not is_away(error) or time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def worker_id(self, worker: Worker) -> str | None:
        """The pseudonym behind a worker's address."""
        lookup = self.keyring.lookup("contact", worker.script.channel, worker.address)
        found = self.rows(sa.select(contacts.c.worker_id).where(contacts.c.lookup == lookup))
        return found[0]["worker_id"] if found else None

    def has_work_for(self, worker_id: str) -> bool:
        """Whether something of a worker is still to be handled or to leave; nobody can say whose words lie in the spool."""
        if any(self.spooled()):
            return True
        unhandled = self.rows(sa.select(inbox.c.id).where(inbox.c.worker_id == worker_id, inbox.c.state != "done"))
        leaving = (outbox.c.state.in_(OPEN)) | ((outbox.c.state == "held") & (outbox.c.hold == "notice"))
        return bool(unhandled or self.rows(sa.select(outbox.c.id).where(outbox.c.worker_id == worker_id, leaving)))

    def spooled(self) -> Iterator[Path]:
        """What waits for the database."""
        return self.spool.glob("*.sealed")

    def cases_of(self, worker_id: str) -> list[dict[str, Any]]:
        """Every case whose answers come to a worker."""
        return self.rows(sa.select(cases).where(cases.c.worker_id == worker_id).order_by(cases.c.id))

    def outbox_of(self, worker_id: str) -> list[dict[str, Any]]:
        """Every message to a worker, in order."""
        return self.rows(sa.select(outbox).where(outbox.c.worker_id == worker_id).order_by(outbox.c.id))

    def timeline_of(self, case: dict[str, Any]) -> list[timeline.Entry]:
        """A case's timeline, opened."""
        return self._when_there(self.database.read, lambda c: list(timeline.read(c, case, load_data_key(c, self.keyring, case["id"]))))

    def broken_chains(self) -> list[str]:
        """What is wrong with any timeline."""
        with self.database.read() as connection:
            ids = list(connection.execute(sa.select(cases.c.id)).scalars())
            return [f"case {case_id}: {wrong}" for case_id in ids for wrong in timeline.verify(connection, case_id)]

    def unended(self) -> dict[str, int]:
        """How much is still on its way, by kind; nothing when the service has come to rest."""
        knock_owed = sa.text(
            "SELECT count(*) AS n FROM outbox JOIN workers ON workers.id = outbox.worker_id "
            "WHERE outbox.state = 'held' AND outbox.hold = 'knock' AND workers.knocked_at IS NULL AND workers.closed_to IS NULL"
        )
        with self.database.read() as connection:
            counts = {
                "inbox": connection.execute(sa.select(sa.func.count()).where(inbox.c.state == "new")).scalar_one(),
                "outbox": connection.execute(sa.select(sa.func.count()).where(outbox.c.state.in_(OPEN))).scalar_one(),
                "notices": connection.execute(
                    sa.select(sa.func.count()).where(outbox.c.state == "held", outbox.c.hold == "notice")
                ).scalar_one(),
                "dates missed": connection.execute(
                    sa.select(sa.func.count()).where(mails.c.kind == "late", mails.c.state.in_(OPEN))
                ).scalar_one(),
                "knocks": connection.execute(knock_owed).scalar_one(),
            }
        return {name: count for name, count in counts.items() if count}

    def in_doubt(self) -> int:
        """How many messages are marked as maybe sent before."""
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).where(outbox.c.maybe)).scalar_one()
