"""Fills a fresh database with the sample's cases, as if everything in them had been said and done on this line; once."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import sqlalchemy as sa

from api.deps import Phone
from bot.clock import HOUR, SECOND
from bot.lexicon import the_lexicon
from store import codes
from store.batch import Batch, write
from store.codes import Code
from store.database import Database
from store.sealing import Keyring
from store.tables import cases, mails
from weerklank.sample import office, phones
from weerklank.sample.form import Sample, SampleCase
from weerklank.sample.script import Act, acts_of
from weerklank.sample.times import When
from weerklank.sample.voice import Stage
from weerklank.wiring import Service


def seed(service: Service, sample: Mapping[str, object]) -> tuple[Phone, ...]:
    """Play the sample into a prepared service's database and list its phones; a database that has cases is left as it is.

    Everything is written in one transaction: half a sample never stands. Raises pydantic.ValidationError for another form of sample.
    """
    story = Sample.model_validate(sample)
    drawn = [] if is_played(service.database) else draw_codes(service.keyring, story.codes)
    return play(service, story, drawn)


def play(service: Service, story: Sample, drawn: Sequence[Code]) -> tuple[Phone, ...]:
    """Play a sample with codes drawn before; with none it is only looked at, and its phones are listed."""
    return service.writer.call_sync(lambda connection: _play(connection, service, story, drawn))


def is_played(database: Database) -> bool:
    """Say whether a database has cases already, of the sample or of anybody."""
    with database.read() as connection:
        return connection.execute(sa.select(cases.c.id).limit(1)).first() is not None


def draw_codes(keyring: Keyring, count: int) -> list[Code]:
    """Draw workers' codes, two at a time: each is hashed slowly on purpose."""
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(codes.draw, [keyring] * count))


def _play(connection: sa.Connection, service: Service, story: Sample, drawn: Sequence[Code]) -> tuple[Phone, ...]:
    if drawn:
        codes.stock(connection, service.keyring, list(drawn))
        digits = {code.code_hash: code.digits for code in drawn}
        stage = Stage(connection, service, service.houses.now(), the_lexicon(), digits)
        now = service.clock()
        for act in _in_order(stage, story, now):
            office.perform(stage, act)
        _count(stage, story, now)
        connection.execute(sa.update(mails).where(mails.c.state == "due").values(state="sent", settled_at=mails.c.due_at))
    return phones.listed(connection, service, story)


def _when(stage: Stage, place: str | None, now: int) -> When:
    return When(now, stage.house.programme.timezone_at(place))


def _in_order(stage: Stage, story: Sample, now: int) -> list[Act]:
    def acts(case: SampleCase) -> tuple[Act, ...]:
        return acts_of(case, _when(stage, case.place, now))

    return sorted((act for case in story.cases for act in acts(case)), key=lambda act: act.at)


def _count(stage: Stage, story: Sample, now: int) -> None:
    """Count what was no case, by day and place; somebody who hunts for a name leaves a sign, by the hour."""
    batch = Batch()
    for each in story.not_cases:
        at = _when(stage, each.site, now).moment(each.at)
        batch.no_cases.append((datetime.fromtimestamp(at / SECOND, UTC).strftime("%Y-%m-%d"), each.site, each.kind))
        if each.kind == "identity_hunt":
            batch.signals.append({"place_id": each.site, "kind": each.group, "at": at - at % HOUR})
    write(stage.connection, batch)
