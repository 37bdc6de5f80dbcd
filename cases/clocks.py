"""Promises with a date: which were missed, what follows, and when a notice may be given."""

from dataclasses import dataclass

import sqlalchemy as sa

from cases import entries, routing, severity
from cases.change import Case, CaseChange, NewMail, touched
from cases.model import Place, Programme
from cases.routing import RoutingFacts
from cases.save import save
from store import mails
from store.sealing import Keyring
from store.tables import cases


@dataclass(frozen=True, slots=True)
class LateNotice:
    """A missed promise: what the worker was told, what is told now, and the notice to a superior (`mail_id`).

    `worker_id` is None while the worker hides. Times in milliseconds.
    """

    case_id: int
    reference: str
    worker_id: str | None
    channel: str
    language: str
    place_id: str | None
    told: int
    new: int
    seq: int
    mail_id: int


def overdue(connection: sa.Connection, now: int, limit: int) -> list[Case]:
    """Read and lock the cases whose promised date has passed, the oldest promise first; one that another process holds is left to it."""
    late = sa.select(cases).where(cases.c.answer_by <= now).order_by(cases.c.answer_by, cases.c.id).limit(limit)
    return [dict(row) for row in connection.execute(late.with_for_update(skip_locked=True)).mappings()]


def mark_late(connection: sa.Connection, keyring: Keyring, programme: Programme, case: Case, now: int) -> LateNotice:
    """Write down that a promise was missed, make a new date by the same promise from now, and put one notice to a superior.

    After a day of downtime this happens once: the new date lies ahead. Give a row that `overdue` returned in this transaction.
    """
    told = case["answer_by"]
    level = severity.clock(case["severity"], case["danger"])
    new = programme.answer_by(case["company_id"], level, case["place_id"], now)
    key = f"late:{case['id']}:{told}"
    # A notice without anybody to go to fails, and the worker is told so: it is put all the same.
    notices = (NewMail("late", key, routing.leads(programme, case["company_id"], case["excluded"])),)
    saved = save(
        connection, keyring, case, CaseChange(touched(case, now, answer_by=new, late_at=now), (entries.late(now, told, new),), notices)
    )
    return LateNotice(
        case_id=case["id"],
        reference=case["reference"],
        worker_id=case["worker_id"],
        channel=case["channel"],
        language=case["language"],
        place_id=case["place_id"],
        told=told,
        new=new,
        seq=saved.last_seq,
        mail_id=mails.states_of(connection, [key])[key][0],
    )


def first_answer_by(programme: Programme, place: Place | None, now: int) -> int:
    """Say by when a person would answer words written now: the longest date, before anything is known of them."""
    desk = routing.desk_for(RoutingFacts(place, "en"), programme)
    return programme.answer_by(desk.company, "normal", place.id if place else None, now)


def date_missed(mail_key: str) -> int:
    """Read from a late notice's key which date (milliseconds) was missed."""
    return int(mail_key.rpartition(":")[2])
