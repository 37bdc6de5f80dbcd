"""The sample, played: the service it went into, and eyes for its desks and phones."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.deps import Phone
from cases import desk, programme
from cases.access import AtDesk
from cases.desk import CaseView, QueueFilters
from cases.programme import read_sample
from store import screens
from store.casekeys import load_data_key
from store.tables import cases
from weerklank.commands.keys import fresh_lines
from weerklank.sample import programme_text
from weerklank.sample.form import Sample
from weerklank.sample.phones import carry_by_phones
from weerklank.sample.seed import seed
from weerklank.screens import screen_of
from weerklank.settings import Settings
from weerklank.wiring import Service


@dataclass
class Played:
    """A service with the sample in it."""

    service: Service
    sample: Sample
    phones: tuple[Phone, ...]

    def references(self) -> dict[str, str]:
        """The reference of every sample case, by its key; no two cases of the sample are about the same things."""
        with self.service.database.read() as connection:
            found = {tuple(row.groups): row.reference for row in connection.execute(sa.select(cases.c.groups, cases.c.reference))}
        return {case.key: found[case.groups] for case in self.sample.cases}

    def row(self, key: str) -> dict[str, Any]:
        with self.service.database.read() as connection:
            wanted = sa.select(cases).where(cases.c.reference == self.references()[key])
            return dict(connection.execute(wanted).mappings().one())

    def data_key(self, connection: sa.Connection, row: dict[str, Any]) -> bytes:
        return load_data_key(connection, self.service.keyring, row["id"])

    @contextmanager
    def at(self, officer_id: str) -> Iterator[AtDesk]:
        """An officer at their desk."""
        house = self.service.houses.now()
        with self.service.database.read() as connection:
            yield AtDesk(connection, self.service.keyring, house.programme, house.programme.officers[officer_id], self.service.clock())

    def view(self, key: str, officer_id: str) -> CaseView:
        with self.at(officer_id) as at:
            return desk.view(at, self.references()[key])

    def queue(self, officer_id: str) -> list[str]:
        """The keys of the cases in an officer's queue, in its order."""
        keys = {reference: key for key, reference in self.references().items()}
        with self.at(officer_id) as at:
            return [keys[line.reference] for line in desk.queue(at, QueueFilters()).lines]

    def phone(self, key: str) -> Phone:
        [found] = [phone for phone in self.phones if phone.case_key == key]
        return found

    def screen(self, key: str) -> list[dict[str, Any]]:
        """The bubbles on the phone of a case."""
        phone = self.phone(key)
        where = screen_of(self.service.keyring, phone.channel, phone.token)
        with self.service.database.read() as connection:
            return [each.body for each in screens.shown(connection, self.service.keyring, where, 0)]


@contextmanager
def played_on(url: str, folder: Path) -> Iterator[Played]:
    keys = dict(line.split("=", 1) for line in fresh_lines())
    given: dict[str, Any] = {
        "database_url": url,
        "data_dir": folder,
        "sealing_keys": keys["WEERKLANK_SEALING_KEYS"],
        "lookup_pepper": keys["WEERKLANK_LOOKUP_PEPPER"],
    }
    service = Service(Settings(**given))
    carry_by_phones(service)
    text = programme_text()
    with service.database.write() as connection:
        programme.apply(connection, programme.read_programme(text), text, service.clock())
    service.prepare()
    try:
        yield Played(service, Sample.model_validate(read_sample(text)), seed(service, read_sample(text)))
    finally:
        service.writer.stop()
        service.conversation.close()
        service.database.close()
