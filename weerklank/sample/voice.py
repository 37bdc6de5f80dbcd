"""The worker's side of a sample case: every word goes through the same ears and flows as a carrier's message, at its own moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from bot import effects
from bot.effects import Codes, Means
from bot.heard import Heard
from bot.hearing import hear
from bot.people import Worker
from bot.sealed import open_message, open_session
from bot.speech import House
from bot.talk import CaseWork, Talk
from cases.change import NewEntry
from channels.base import Inbound
from flows import events as ev
from flows.lexicon import Lexicon
from flows.session import Session
from store import batch as written
from store import codes as pool
from store import inbox, outbox, screens
from store.batch import Message
from store.casekeys import SERVICE
from store.tables import case_grants, cases, sessions
from weerklank.sample.form import SampleCase
from weerklank.sample.phones import token_of
from weerklank.screens import screen_of
from weerklank.wiring import Service


@dataclass(frozen=True, slots=True)
class Person:
    """A worker of the sample with their phone."""

    worker: Worker
    channel: str
    screen: bytes


@dataclass(slots=True)
class Stage:
    """Where the sample is played: one transaction of one service."""

    connection: sa.Connection
    service: Service
    house: House
    lexicon: Lexicon
    digits: dict[bytes, str]
    people: dict[str, Person] = field(default_factory=dict[str, Person])
    cases: dict[str, int] = field(default_factory=dict[str, int])

    def enter(self, case: SampleCase) -> Person:
        """Give a case's worker a phone."""
        token = token_of(self.service.keyring, case.key, case.channel)
        [worker] = self.service.identity.pseudonyms(self.connection, [(case.channel, token)])
        person = Person(worker, case.channel, screen_of(self.service.keyring, case.channel, token))
        self.people[worker.id] = person
        return person

    def person_of(self, case: SampleCase) -> Person:
        """Find the worker at the phone that a case began on."""
        token = token_of(self.service.keyring, case.key, case.channel)
        mine = screen_of(self.service.keyring, case.channel, token)
        return next(person for person in self.people.values() if person.screen == mine)

    def show(self, person: Person, body: dict[str, object], at: int) -> None:
        """Put a bubble on a phone's screen."""
        screens.add(self.connection, self.service.keyring, person.screen, body, at)

    def row(self, key: str) -> dict[str, Any]:
        """Read a case as it stands."""
        return dict(self.connection.execute(sa.select(cases).where(cases.c.id == self.cases[key])).mappings().one())


_CASE = sa.select(cases, case_grants.c.envelope).join(
    case_grants, (case_grants.c.case_id == cases.c.id) & (case_grants.c.reader == SERVICE)
)


def hello(stage: Stage, case: SampleCase, at: int) -> None:
    """The worker starts from the poster: with a link where the channel has one, else with the site's five digits."""
    person = stage.enter(case)
    place = stage.house.programme.places[case.site]
    if case.channel == "telegram":
        said = Inbound(case.channel, "", "", "start", payload=f"{place.code}-{case.language}")
    else:
        said = Inbound(case.channel, "", "", "message", place.code)
    stage.show(person, {"mine": True, "text": said.text or "/start"}, at)
    talk = _talk(stage, person, at)
    hear(Heard(stage.connection, talk, said, {}, _means(stage)))
    _leave(stage, person, talk)


def say(stage: Stage, case: SampleCase, text: str, at: int) -> None:
    """The worker writes: the first words open the case, later ones do what they do in any talk."""
    person = stage.person_of(case) if case.key in stage.cases or case.place is not None else stage.enter(case)
    stage.show(person, {"mine": True, "text": text}, at)
    talk = _talk(stage, person, at)
    closed = talk.case is not None and talk.case.row["state"] == case.state == "closed_agreed"
    hear(Heard(stage.connection, talk, Inbound(case.channel, "", "", "message", text), {}, _means(stage)))
    if talk.case is not None and closed:
        _thanked(talk.case)
    _take_in(stage, case, talk)
    _leave(stage, person, talk, case)


def send_code(stage: Stage, case: SampleCase, at: int) -> None:
    """The worker sends the code of the linked case from this phone: its answers come here from now on."""
    person = stage.enter(case)
    hashed: bytes = stage.row(case.linked[0])["code_hash"]
    digits = stage.digits[hashed]
    stage.show(person, {"mine": True, "text": f"{digits[:4]} {digits[4:]}"}, at)
    talk = _talk(stage, person, at)
    hear(Heard(stage.connection, talk, Inbound(case.channel, "", "", "message", digits), {digits: hashed}, _means(stage)))
    _leave(stage, person, talk)


def open_beside(stage: Stage, case: SampleCase, text: str, at: int) -> None:
    """A new wrong told by somebody whose case is known already: it becomes a case of its own, under the code she has."""
    person, means = stage.person_of(case), _means(stage)
    stage.show(person, {"mine": True, "text": text}, at)
    talk = _talk(stage, person, at)
    talk.turn_to(None)
    fields = {"case": "open", "site": "known", "place": case.site, "consent": case.may_we}
    talk.session = Session(language=talk.session.language, fields=fields)
    dialogue = stage.house.library.current["dialogue"]
    effects.apply(talk, (ev.OpenCase(text), ev.Say("dialogue", dialogue, "listen")), means)
    _take_in(stage, case, talk)
    _leave(stage, person, talk, case)


def answer_knock(stage: Stage, person: Person, at: int) -> None:
    """The worker sends 1, and what waits behind the knock is let go."""
    stage.show(person, {"mine": True, "text": "1"}, at)
    talk = _talk(stage, person, at)
    hear(Heard(stage.connection, talk, Inbound(person.channel, "", "", "message", "1"), {}, _means(stage)))
    _leave(stage, person, talk)


def _means(stage: Stage) -> Means:
    service = stage.service
    ready = pool.ready(stage.connection, 1)
    return Means(stage.house, service.speech, service.keyring, service.conversation.keys, service.identity, stage.lexicon, Codes(ready))


def session_of(stage: Stage, person: Person) -> Session:
    """Read where a worker stands."""
    sealed = stage.connection.execute(sa.select(sessions.c.sealed).where(sessions.c.worker_id == person.worker.id)).scalar()
    known = open_session(person.worker.key, person.worker.id, sealed)
    return known or Session(language=stage.house.programme.languages[0])


def _talk(stage: Stage, person: Person, at: int) -> Talk:
    state = inbox.states(stage.connection, [person.worker.id])[person.worker.id]
    session = open_session(person.worker.key, person.worker.id, state.session_sealed)
    return Talk(
        worker=person.worker,
        channel=person.channel,
        now=at,
        state=state,
        session=session or Session(language=stage.house.programme.languages[0]),
        case=_case(stage, state.current_case_id),
        live_until=state.live_until,
        knocked_at=state.knocked_at,
    )


def _case(stage: Stage, case_id: int | None) -> CaseWork | None:
    if case_id is None:
        return None
    row = dict(stage.connection.execute(_CASE.where(cases.c.id == case_id)).mappings().one())
    envelope = row.pop("envelope")
    return CaseWork(row, stage.service.conversation.keys.open(row["public_key"], row["data_key_sealed"], envelope))


def _take_in(stage: Stage, case: SampleCase, talk: Talk) -> None:
    """Tell of a case just opened what the line cannot know yet: who speaks, for how many, and in which language the words are."""
    work = talk.case
    if work is None or case.key in stage.cases:
        return
    about = {"who": case.who, "on_behalf_of": case.on_behalf_of}
    work.row = {**work.row, **about, "language": case.language}
    known: dict[str, Mapping[str, object]] = {"opened": about, "words": {"language": case.language}}
    work.entries = tuple(_with(entry, known.get(entry.kind, {})) for entry in work.entries)


def _with(entry: NewEntry, known: Mapping[str, object]) -> NewEntry:
    return replace(entry, body={**entry.body, **known})


def _thanked(work: CaseWork) -> None:
    """Her thanks after a case was closed stand on its timeline and leave it closed."""
    work.entries = tuple(entry for entry in work.entries if entry.kind != "moved")
    work.mails = ()
    work.row = {**work.row, "state": "closed_agreed", "answer_by": None}


def _leave(stage: Stage, person: Person, talk: Talk, case: SampleCase | None = None) -> None:
    batch = written.Batch()
    talk.leave(batch)
    messages, batch.messages = batch.messages, []
    ids = written.write(stage.connection, batch)
    if case is not None and case.key not in stage.cases:
        stage.cases[case.key] = next(iter(ids.values()))
    for message in messages:
        show_sent(stage, person, message.row, talk.now)
    outbox.put(stage.connection, [_gone(message, talk.now) for message in messages])


def show_sent(stage: Stage, person: Person, row: dict[str, object], at: int) -> None:
    """Show a sealed message on a phone, as its channel would."""
    sealed = row["sealed"]
    if not isinstance(sealed, bytes):
        raise TypeError("a message of a flow is sealed")
    wording = open_message(person.worker.key, person.worker.id, sealed)
    stage.show(person, {"text": wording.text, "choices": [{"id": name, "title": title} for name, title in wording.choices]}, at)


def _gone(message: Message, at: int) -> dict[str, object]:
    return gone(message.row, at)


def gone(row: dict[str, object], at: int) -> dict[str, object]:
    """Give an outbox row as it stands once its carrier delivered it."""
    ended = {"state": "sent", "status": "delivered", "due_at": at, "settled_at": at, "sealed": None, "sealed_else": None, "attempts": 1}
    return {**row, **ended}
