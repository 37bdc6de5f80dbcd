"""A small house for tests of cases: the sample programme in a real database, workers who speak, officers who sit at their desks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import weerklank
from cases import intake, timeline
from cases.access import AtDesk
from cases.change import Case, CaseChange
from cases.change import apply as applied
from cases.intake import OpenedCase, Opening
from cases.model import Programme
from cases.programme import apply, read_programme
from cases.save import save
from store import casekeys
from store.database import Database, open_database
from store.sealing import Keyring
from store.tables import case_grants, cases, entries, outbox, workers

HOUR = 3_600_000
DAY = 24 * HOUR
NOW = 1_795_024_800_000  # a Wednesday in November 2026, midnight in Dhaka: where a promise of days begins and ends
KEYRING = Keyring((bytes(range(32)),), bytes(range(100, 132)))
SAMPLE = Path(weerklank.__file__).parent / "sample" / "programme.yaml"


@cache
def sample_text() -> str:
    return SAMPLE.read_text(encoding="utf-8")


@cache
def sample() -> Programme:
    return read_programme(sample_text(), "sample/programme.yaml")


@dataclass
class House:
    """A database with the sample programme, and one write transaction at a time."""

    database: Database
    programme: Programme
    workers: int = 0

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        with self.database.write() as connection:
            yield connection

    def worker_speaks(self, opening: Opening, now: int = NOW) -> dict[str, Any]:
        """Open a case as the bot does: keys, row, grant, entries, notices in one transaction."""
        with self.write() as connection:
            return self.kept(connection, intake.open_case(opening, self.programme, now))

    def kept(self, connection: sa.Connection, opened: OpenedCase) -> dict[str, Any]:
        self.workers += 1
        worker_id = f"worker-{self.workers:015d}"
        key_sealed = KEYRING.seal("workers.key_sealed", bytes(32), worker_id.encode())
        connection.execute(sa.insert(workers), {"id": worker_id, "key_sealed": key_sealed})
        keys = casekeys.create(KEYRING)
        first = timeline.append(timeline.fresh(opened.case["reference"]), keys.data_key, opened.entries)
        row = {
            **opened.case,
            **first.columns,
            "public_key": keys.public_key,
            "data_key_sealed": keys.data_key_sealed,
            "worker_id": worker_id,
        }
        case_id = connection.execute(sa.insert(cases).returning(cases.c.id), row).scalar_one()
        connection.execute(sa.insert(case_grants), [{"case_id": case_id, "reader": reader, "envelope": box} for reader, box in keys.grants])
        connection.execute(sa.insert(entries), [{**entry, "case_id": case_id} for entry in first.rows])
        save(connection, KEYRING, self.row(connection, row["reference"]), CaseChange(mails=opened.mails))
        return self.row(connection, row["reference"])

    def happens(self, reference: str, change: CaseChange) -> Case:
        """Write a change of a case, as the bot does after a worker's word."""
        with self.write() as connection:
            case = self.row(connection, reference)
            save(connection, KEYRING, case, change)
            return applied(case, change)

    def worker_writes(self, reference: str, text: str, now: int) -> None:
        self.happens(reference, intake.add_words(self.case(reference), text, self.programme, now))

    def row(self, connection: sa.Connection, reference: str) -> dict[str, Any]:
        return dict(connection.execute(sa.select(cases).where(cases.c.reference == reference)).mappings().one())

    def case(self, reference: str) -> dict[str, Any]:
        with self.database.read() as connection:
            return self.row(connection, reference)

    def waiting(self, reference: str) -> list[dict[str, Any]]:
        with self.database.read() as connection:
            wanted = sa.select(outbox).where(outbox.c.case_id == self.row(connection, reference)["id"]).order_by(outbox.c.id)
            return [dict(row) for row in connection.execute(wanted).mappings()]

    def all_of(self, table: sa.Table) -> list[dict[str, Any]]:
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(sa.select(table)).mappings()]

    @contextmanager
    def desk(self, officer_id: str, now: int = NOW, expects: int | None = None) -> Iterator[AtDesk]:
        """Let an officer sit down, in one transaction."""
        with self.write() as connection:
            yield AtDesk(connection, KEYRING, self.programme, self.programme.officers[officer_id], now, expects)


@contextmanager
def house_on(url: str) -> Iterator[House]:
    database = open_database(url)
    try:
        with database.write() as connection:
            apply(connection, sample(), sample_text(), NOW)
        yield House(database, sample())
    finally:
        database.close()


def opening(reference: str = "WK-7F3K-92QX", **known: Any) -> Opening:
    """The first words of a worker at the sewing unit, in English on SMS; a test names what differs."""
    return replace(Opening(reference, "They did not pay overtime for 2 months", "en", "sms", "nodirpar-sewing"), **known)
