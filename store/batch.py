"""What a batch of handled messages leaves behind, written set by set in the caller's transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from store import attachments, inbox, mails, outbox, sessions, tasks, timers, traces
from store.casekeys import CaseKeys
from store.database import upsert
from store.many import Many, insert
from store.tables import annotations, case_grants, cases, code_pool, entries, no_cases, signals
from store.traces import NewTrace

_FIXED = frozenset({"id", "reference", "public_key", "data_key_sealed", "opened_at", "forgotten_at"})
_CHANGEABLE = tuple(column for column in cases.c if column.name not in _FIXED)
_CHANGE = Many(
    sa.update(cases)
    .where(cases.c.id == sa.bindparam("b_id"))
    .values({column.name: sa.bindparam(f"b_{column.name}", type_=column.type) for column in _CHANGEABLE}),
    prefix="b_",
)
_GRANTS = insert(case_grants, ("case_id", "reader", "envelope"))
_ENTRIES = insert(entries, ("case_id", "seq", "kind", "author", "at", "sealed", "hash"))
_ANNOTATIONS = insert(annotations, ("case_id", "seq", "language", "engine", "author", "confidence", "at", "sealed"))


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case that opens: its row (with tail and worker), its keys, and its entries without a case id."""

    row: Mapping[str, Any]
    keys: CaseKeys
    entries: Sequence[dict[str, Any]]
    mails: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """A known case after this batch: its whole row, and its new entries."""

    row: Mapping[str, Any]
    entries: Sequence[dict[str, Any]]
    mails: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CaseTask:
    """A task about an entry of a case that may have no row yet; it is given `case_id` and `seq`."""

    task: str
    reference: str
    seq: int
    now: int


@dataclass(slots=True)
class Message:
    """A message to put in the outbox. With `mail_key` it waits until that notice left, and says `sealed_else` if it does not."""

    row: dict[str, Any]
    reference: str | None = None
    mail_key: str | None = None


@dataclass(slots=True)
class Batch:
    """Everything that a batch writes; each list may be empty."""

    new_cases: list[NewCase] = field(default_factory=list[NewCase])
    changed_cases: list[ChangedCase] = field(default_factory=list[ChangedCase])
    messages: list[Message] = field(default_factory=list[Message])
    sessions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    workers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    used_codes: list[bytes] = field(default_factory=list[bytes])
    no_cases: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    signals: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    tasks: list[CaseTask] = field(default_factory=list[CaseTask])
    timers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    traces: list[NewTrace] = field(default_factory=list[NewTrace])
    attachments: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    annotations: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    handled: list[int] = field(default_factory=list[int])
    orders: list[Callable[[sa.Connection], None]] = field(default_factory=list[Callable[[sa.Connection], None]])

    def add(self, other: "Batch") -> None:
        """Take up what another batch holds, behind what is here."""
        for name in self.__dataclass_fields__:
            getattr(self, name).extend(getattr(other, name))


def write(connection: sa.Connection, batch: Batch) -> dict[str, int]:
    """Write a batch; returns the ids of the new cases by reference."""
    _take_codes(connection, batch.used_codes)
    ids = _open_cases(connection, batch.new_cases)
    _change_cases(connection, batch.changed_cases)
    known = ids | {case.row["reference"]: case.row["id"] for case in batch.changed_cases}
    touched: list[NewCase | ChangedCase] = [*batch.new_cases, *batch.changed_cases]
    mail_rows = [row for case in touched for row in case.mails]
    for row in mail_rows:
        row["case_id"] = known[row.pop("reference")]
    mails.put(connection, mail_rows)
    _put_messages(connection, batch.messages, known)
    for worker in batch.workers:
        if isinstance(worker["b_current_case_id"], str):
            worker["b_current_case_id"] = known[worker["b_current_case_id"]]
    sessions.save(connection, batch.sessions)
    sessions.save_workers(connection, batch.workers)
    timers.put(connection, batch.timers)
    traces.keep(connection, batch.traces)
    _count(connection, batch)
    for task in batch.tasks:
        tasks.enqueue(connection, task.task, {"case_id": known[task.reference], "seq": task.seq}, task.now)
    attachments.put(connection, [{**row, "case_id": known[row.pop("reference")]} for row in batch.attachments])
    _ANNOTATIONS.run(connection, [{**row, "case_id": known[row.pop("reference")]} for row in batch.annotations])
    for order in batch.orders:
        order(connection)
    inbox.done(connection, batch.handled)
    return ids


def _take_codes(connection: sa.Connection, hashes: Sequence[bytes]) -> None:
    if hashes:
        connection.execute(sa.delete(code_pool).where(code_pool.c.code_hash.in_(list(hashes))))


def _open_cases(connection: sa.Connection, new: Sequence[NewCase]) -> dict[str, int]:
    if not new:
        return {}
    rows = [{**case.row, "public_key": case.keys.public_key, "data_key_sealed": case.keys.data_key_sealed} for case in new]
    found = connection.execute(sa.insert(cases).returning(cases.c.reference, cases.c.id), rows)
    ids: dict[str, int] = {row.reference: row.id for row in found}
    grants = [
        {"case_id": ids[case.row["reference"]], "reader": reader, "envelope": envelope}
        for case in new
        for reader, envelope in case.keys.grants
    ]
    _GRANTS.run(connection, grants)
    _ENTRIES.run(connection, [{**entry, "case_id": ids[case.row["reference"]]} for case in new for entry in case.entries])
    return ids


def _change_cases(connection: sa.Connection, changed: Sequence[ChangedCase]) -> None:
    if not changed:
        return
    _CHANGE.run(connection, [case.row for case in changed])
    _ENTRIES.run(connection, [entry for case in changed for entry in case.entries])


def _put_messages(connection: sa.Connection, messages: Sequence[Message], known: Mapping[str, int]) -> None:
    states = mails.states_of(connection, [message.mail_key for message in messages if message.mail_key])
    for message in messages:
        if message.reference is not None:
            message.row["case_id"] = known[message.reference]
        if message.mail_key is not None:
            _hold_for_notice(message.row, *states[message.mail_key])
    outbox.put(connection, [message.row for message in messages])


def _hold_for_notice(row: dict[str, Any], mail_id: int, state: str) -> None:
    """A notice that left already lets the message say so; one that ended otherwise does not; else the message waits for it."""
    if state in ("due", "sending"):
        row |= {"state": "held", "hold": "notice", "mail_id": mail_id}
        return
    row["sealed"] = row["sealed"] if state == "sent" else row["sealed_else"]
    row |= {"sealed_else": None, "state": "due"}


def _count(connection: sa.Connection, batch: Batch) -> None:
    for day, place_id, kind in batch.no_cases:
        values = {"day": day, "place_id": place_id, "kind": kind, "count": 1}
        upsert(connection, no_cases, values, ["day", "place_id", "kind"], {"count": no_cases.c.count + 1})
    if batch.signals:
        connection.execute(sa.insert(signals), batch.signals)
