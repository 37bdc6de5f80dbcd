"""What the service is held against: the handler that one would write after the tutorials, with FastAPI, ORM and an async session a request.

It keeps the same rows, sealed in the same way, takes the same step of the same flow, and answers when all of it is committed: one
transaction a message, which favours it (the service commits twice). `uvicorn bench.plain:app` with the service's own settings.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
import sqlalchemy as sa
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from twilio.request_validator import RequestValidator

from bot import clock, hearing
from bot.effects import Codes, Means
from bot.heard import Heard
from bot.identity import Identity
from bot.lexicon import the_lexicon
from bot.people import Worker
from bot.sealed import inbox_aad, open_session
from bot.speech import Speech
from bot.talk import CaseWork, Talk
from channels.base import Inbound
from flows.session import Session as Standing
from store import tables
from store.batch import Batch
from store.casekeys import SERVICE, KeyCache
from store.database import open_database
from store.inbox import WorkerState
from store.sealing import new_key, open_with, seal_with
from weerklank.house import Houses
from weerklank.settings import Settings

_ASYNC = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


class Base(DeclarativeBase):
    """Rows as objects."""


class WorkerRow(Base):
    """A worker."""

    __table__ = tables.workers


class Contact(Base):
    """An address."""

    __table__ = tables.contacts


class InboxRow(Base):
    """A kept message."""

    __table__ = tables.inbox


class SessionRow(Base):
    """Where a worker stands."""

    __table__ = tables.sessions


class CaseRow(Base):
    """A case."""

    __table__ = tables.cases


class Grant(Base):
    """Who may open a case."""

    __table__ = tables.case_grants


class EntryRow(Base):
    """An entry of a timeline."""

    __table__ = tables.entries


class OutboxRow(Base):
    """A message to a worker."""

    __table__ = tables.outbox


class MailRow(Base):
    """A notice to officers."""

    __table__ = tables.mails


class CodeRow(Base):
    """A code that lies ready."""

    __table__ = tables.code_pool


settings = Settings()
keyring = settings.keyring()
database = open_database(settings.database)
houses = Houses(database)
speech = Speech(houses.now)
keys = KeyCache(keyring)
identity = Identity(keyring)
lexicon = the_lexicon()
validator = RequestValidator(settings.twilio_auth_tokens[0].get_secret_value())
engine = create_async_engine(settings.database.replace(settings.database.partition(":")[0], _ASYNC[database.kind], 1), pool_size=20)
new_session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()

if database.kind == "sqlite":

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        """As durable as the service; without BEGIN IMMEDIATE and patience this handler loses messages under load."""
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=60000", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        """Write transactions wait for each other instead of failing."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")


async def session_of_request() -> AsyncIterator[AsyncSession]:
    """One session a request."""
    async with new_session() as session:
        yield session


@app.post("/webhooks/twilio/messages")
async def receive(request: Request, session: Annotated[AsyncSession, Depends(session_of_request)]) -> Response:
    """Take a message, handle it, answer."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    url = settings.public_url + request.url.path
    if not validator.validate(url, form, request.headers.get("X-Twilio-Signature", "")):
        raise HTTPException(403)
    try:
        await handle(session, Inbound("sms", form["MessageSid"], form["From"], "message", form["Body"]))
    except IntegrityError:
        await session.rollback()
    return Response('<?xml version="1.0" encoding="UTF-8"?><Response/>', media_type="text/xml")


async def handle(session: AsyncSession, said: Inbound) -> None:
    """Keep the message, take the flow's step, keep what follows from it."""
    worker, row = await worker_of(session, said)
    sealed = seal_with(worker.key, orjson.dumps([said.kind, said.text, said.option, said.payload]), inbox_aad(said.channel, said.key))
    message = InboxRow(channel=said.channel, key=said.key, worker_id=worker.id, sealed=sealed, received_at=clock.now(), state="new")
    session.add(message)
    await session.flush()
    talk = await talk_of(session, worker, row, said)
    code = (await session.execute(sa.select(CodeRow).order_by(CodeRow.id).limit(1).with_for_update(skip_locked=True))).scalar_one()
    codes = Codes([(code.code_hash, code.code_sealed)])
    means = Means(houses.now(), speech, keyring, keys, identity, lexicon, codes)
    kind, text, option, payload = orjson.loads(open_with(worker.key, message.sealed, inbox_aad(said.channel, said.key)))
    with database.reading.connect() as nowhere:
        heard = Inbound(said.channel, said.key, "", kind, text, option, payload)
        hearing.hear(Heard(nowhere, talk, heard, {}, means))
    batch = Batch()
    talk.leave(batch)
    if not codes.ready:
        await session.delete(code)
    await keep(session, batch, row)
    message.state, message.sealed = "done", None
    await session.commit()


async def worker_of(session: AsyncSession, said: Inbound) -> tuple[Worker, WorkerRow]:
    """The worker behind an address, new or known."""
    lookup = keyring.lookup("contact", said.channel, said.address)
    contact = await session.get(Contact, lookup)
    if contact is not None:
        row = await session.get_one(WorkerRow, contact.worker_id)
        return identity.worker(row.id, row.key_sealed), row
    worker_id, key = lookup.hex()[:22], new_key()
    sealed_key = keyring.seal("workers.key_sealed", key, worker_id.encode())
    row = WorkerRow(id=worker_id, key_sealed=sealed_key, live_until=0, wrong_codes=0, code_blocked_until=0)
    session.add(row)
    await session.flush()
    address = seal_with(key, said.address.encode(), lookup)
    session.add(Contact(lookup=lookup, worker_id=worker_id, channel=said.channel, address_sealed=address))
    return Worker(worker_id, key), row


async def talk_of(session: AsyncSession, worker: Worker, row: WorkerRow, said: Inbound) -> Talk:
    """Where the worker stands."""
    standing = await session.get(SessionRow, worker.id)
    case = await session.get(CaseRow, row.current_case_id) if row.current_case_id is not None else None
    names = [name for name in WorkerState.__dataclass_fields__ if name in tables.workers.c]
    of_session = {"session_sealed": standing.sealed if standing else None, "talked_at": standing.updated_at if standing else 0}
    return Talk(
        worker=worker,
        channel=said.channel,
        now=clock.now(),
        state=WorkerState(**{name: getattr(row, name) for name in names}, **of_session),
        session=open_session(worker.key, worker.id, standing.sealed if standing else None) or Standing(language="en"),
        case=await work_of(session, case),
        live_until=row.live_until,
    )


async def work_of(session: AsyncSession, case: CaseRow | None) -> CaseWork | None:
    """The open case with its key."""
    if case is None:
        return None
    grant = await session.get_one(Grant, (case.id, SERVICE))
    row = {column.name: getattr(case, column.name) for column in tables.cases.c}
    return CaseWork(row, keys.open(case.public_key, case.data_key_sealed, grant.envelope))


async def keep(session: AsyncSession, batch: Batch, worker: WorkerRow) -> None:
    """Keep everything that a talk leaves."""
    case_id: int | None = None
    for new in batch.new_cases:
        case = CaseRow(**new.row, public_key=new.keys.public_key, data_key_sealed=new.keys.data_key_sealed)
        session.add(case)
        await session.flush()
        case_id = case.id
        session.add_all(Grant(case_id=case_id, reader=reader, envelope=envelope) for reader, envelope in new.keys.grants)
        session.add_all(EntryRow(**{**entry, "case_id": case_id}) for entry in new.entries)
        add_mails(session, new.mails, case_id)
    for changed in batch.changed_cases:
        case = await session.get_one(CaseRow, changed.row["id"])
        for name, value in changed.row.items():
            setattr(case, name, value)
        session.add_all(EntryRow(**entry) for entry in changed.entries)
        add_mails(session, changed.mails, case.id)
    session.add_all(OutboxRow(**message.row) for message in batch.messages)
    for row in batch.sessions:
        await session.merge(SessionRow(**row))
    for row in batch.workers:
        current = row["b_current_case_id"]
        for name, value in row.items():
            setattr(worker, name.removeprefix("b_"), value)
        worker.current_case_id = case_id if isinstance(current, str) else current


def add_mails(session: AsyncSession, mails: Any, case_id: int) -> None:
    """Put notices to officers."""
    for mail in mails:
        mail.pop("reference")
        session.add(MailRow(**mail, case_id=case_id, state="due"))
