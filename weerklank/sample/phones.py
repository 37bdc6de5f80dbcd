"""Phones of the demo: their tokens, what stands on their screens, and the channels that end there and not at a carrier."""

import base64

import sqlalchemy as sa

from api.deps import Phone
from bot.people import Worker
from store.sealing import Keyring
from store.tables import cases
from weerklank.sample.form import Sample, SampleCase
from weerklank.screens import Screens, phone_on_a_page
from weerklank.wiring import Service

CHANNELS = ("sms", "whatsapp", "telegram", "http_sms", "web")
_TOKEN_BYTES = 18


def token_of(keyring: Keyring, case_key: str, channel: str) -> str:
    """Give the token of a sample case's phone: as good as random to whoever lacks the keys, and the same at the next start."""
    return base64.urlsafe_b64encode(keyring.lookup("sample-phone", case_key, channel)[:_TOKEN_BYTES]).decode()


def carry_by_phones(service: Service) -> None:
    """Let every channel end at the web phone: nothing leaves this machine."""
    drawn = Screens(service.writer, service.keyring, service.clock)
    service.senders.update({name: phone_on_a_page(name, drawn) for name in CHANNELS})


def listed(connection: sa.Connection, service: Service, sample: Sample) -> tuple[Phone, ...]:
    """List the phones of the sample's cases, with the reference that the desk knows each case by."""
    pairs = [(case.channel, token_of(service.keyring, case.key, case.channel)) for case in sample.cases]
    people = service.identity.pseudonyms(connection, pairs)
    return tuple(
        Phone(token, channel, _title(connection, service, case, person), case.key)
        for case, (channel, token), person in zip(sample.cases, pairs, people, strict=True)
    )


def _title(connection: sa.Connection, service: Service, case: SampleCase, person: Worker) -> str:
    place = service.houses.now().programme.place_of(case.place)
    mine = sa.select(cases.c.reference).where(cases.c.worker_id == person.id).order_by(cases.c.id.desc())
    references = connection.execute(mine).scalars().all() or ["its answers now go to another phone"]
    name = case.key.replace("-", " ").capitalize()
    return " · ".join([name, place.name if place is not None else "site not known", *references])
