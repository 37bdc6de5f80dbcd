"""How near the writer comes to the limit: the same prepared rows committed by sqlite3 alone, and by the writer that the service has.

A message here is a worker's later answer: the inbox row, the session, the worker, the case with two entries, the reply in the outbox, and
the inbox row marked done. Everything is sealed and numbered before the clock starts.
"""

import asyncio
import os
import sqlite3
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import sqlalchemy as sa

from store import batch, inbox
from store.database import open_database
from store.migrate import upgrade
from store.tables import cases, entries, outbox, sessions, workers
from store.tables import inbox as inbox_rows
from store.writer import Writer

IN_FLIGHT = 64
_WORKERS = 512
_NOW = 1_800_000_000_000


# What a message writes of its worker besides the case it speaks of.
_STATE: Final[Mapping[str, Any]] = {
    "live_until": 0,
    "knocked_at": None,
    "wrong_codes": 0,
    "code_blocked_until": 0,
    "pin_hash": None,
    "pin_open_until": 0,
    "closed_to": None,
    "heard_at": _NOW,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """One message: its inbox row and everything that follows from it."""

    message: inbox.NewMessage
    follows: batch.Batch


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages a second, committed."""

    raw: float
    writer: float

    def __str__(self) -> str:
        ratio = self.writer / self.raw
        return f"sqlite3 alone {self.raw:7.0f} messages/s | writer {self.writer:7.0f} messages/s | ratio {ratio:.2f} (aim 0.60)"


def _worker_row(number: int) -> dict[str, Any]:
    return {"id": f"worker-{number:05d}", "key_sealed": os.urandom(94), "live_until": 0, "wrong_codes": 0, "code_blocked_until": 0}


def _case_row(number: int) -> dict[str, Any]:
    return {
        "id": number + 1, "reference": f"WK-{number:04d}-BNCH", "code_hash": os.urandom(32), "worker_id": f"worker-{number:05d}",
        "channel": "sms", "language": "en", "place_id": "a-site", "supplier_id": "a-supplier", "company_id": "a-buyer", "officer_id": None,
        "excluded": [], "who": "affected", "on_behalf_of": None, "state": "new", "severity": 2, "danger": None, "groups": ["wages"],
        "may_we": "ask_first", "opened_at": _NOW, "answer_by": _NOW, "late_at": None, "answered_at": None, "updated_at": _NOW, "version": 1,
        "last_seq": 0, "tail_hash": os.urandom(32), "public_key": os.urandom(32), "data_key_sealed": os.urandom(80), "forgotten_at": None,
    }  # fmt: skip


def _outbox_row(worker_id: str) -> dict[str, Any]:
    times = {"due_at": _NOW, "created_at": _NOW}
    return {
        "worker_id": worker_id,
        "channel": "sms",
        "kind": "flow",
        "state": "due",
        "sealed": os.urandom(297),
        "sealed_else": None,
        **times,
    }


def _entry(case_id: int, seq: int) -> dict[str, Any]:
    sealed = {"sealed": os.urandom(105), "hash": os.urandom(32)}
    return {"case_id": case_id, "seq": seq, "kind": "bot", "author": "bot", "at": _NOW, **sealed}


def prepare(count: int) -> list[Prepared]:
    """The messages, each worker's in order."""
    rows = [_case_row(number) for number in range(_WORKERS)]
    made: list[Prepared] = []
    for number in range(count):
        row = rows[number % _WORKERS]
        first = row["last_seq"] + 1
        row = rows[number % _WORKERS] = {**row, "last_seq": first + 1, "tail_hash": os.urandom(32), "version": row["version"] + 1}
        worker_id = row["worker_id"]
        written = [
            {
                "case_id": row["id"],
                "seq": seq,
                "kind": "bot",
                "author": "bot",
                "at": _NOW,
                "sealed": os.urandom(105),
                "hash": os.urandom(32),
            }
            for seq in (first, first + 1)
        ]
        follows = batch.Batch(
            changed_cases=[batch.ChangedCase(row, written, [])],
            messages=[batch.Message(_outbox_row(worker_id))],
            sessions=[{"worker_id": worker_id, "channel": "sms", "sealed": os.urandom(297), "updated_at": _NOW}],
            workers=[_state(worker_id, row["id"])],
            handled=[number + 1],
        )
        made.append(Prepared(inbox.NewMessage("sms", f"SM{number:032d}", worker_id, os.urandom(105), _NOW), follows))
    return made


def _state(worker_id: str, case_id: int) -> dict[str, Any]:
    return {"b_id": worker_id, **{f"b_{name}": value for name, value in {"current_case_id": case_id, **_STATE}.items()}}


def lay(folder: Path) -> str:
    """Lay a database with the workers and cases that prepared messages speak of; gives its address."""
    url = f"sqlite:///{folder / 'rate.sqlite3'}"
    database = open_database(url)
    upgrade(database)
    with database.write() as connection:
        connection.execute(sa.insert(workers), [_worker_row(number) for number in range(_WORKERS)])
        connection.execute(sa.insert(cases), [_case_row(number) for number in range(_WORKERS)])
    database.close()
    return url


def by_writer(messages: Sequence[Prepared]) -> float:
    """Messages a second through the writer, 64 in flight."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        return through_the_writer(lay(Path(folder)), messages)


def through_the_writer(url: str, messages: Sequence[Prepared]) -> float:
    """Commit prepared messages to a database that `lay` made; gives messages a second."""
    with closing(open_database(url)) as database:
        writer = Writer(database)
        lane = writer.lane("prepared", _apply, max_batch=IN_FLIGHT)
        writer.start()

        async def one(own: Sequence[Prepared]) -> None:
            for message in own:
                await writer.submit(lane, message)

        async def everybody() -> float:
            began = time.perf_counter()
            await asyncio.gather(*(one(messages[start::IN_FLIGHT]) for start in range(IN_FLIGHT)))
            return time.perf_counter() - began

        seconds = asyncio.run(everybody())
        writer.stop()
    return len(messages) / seconds


def _apply(connection: sa.Connection, messages: Sequence[Prepared]) -> Sequence[None]:
    inbox.keep(connection, [prepared.message for prepared in messages])
    whole = batch.Batch()
    for prepared in messages:
        whole.add(prepared.follows)
    batch.write(connection, whole)
    return [None] * len(messages)


def _insert(table: sa.Table, columns: Sequence[str], conflict: str = "") -> str:
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) {conflict}"


_KEPT = ("channel", "key", "worker_id", "sealed", "received_at", "state")
_SESSION = ("worker_id", "channel", "sealed", "updated_at")
_ENTRY = ("case_id", "seq", "kind", "author", "at", "sealed", "hash")
_OUT = ("worker_id", "channel", "kind", "state", "due_at", "created_at", "sealed", "sealed_else")
_FIXED = ("id", "reference", "public_key", "data_key_sealed", "opened_at", "forgotten_at")
_CASE = tuple(column.name for column in cases.c if column.name not in _FIXED)
_WORKER = ("current_case_id", *_STATE)
_STATEMENTS = (
    _insert(inbox_rows, _KEPT, "ON CONFLICT DO NOTHING"),
    _insert(sessions, _SESSION, "ON CONFLICT (worker_id) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at"),
    f"UPDATE workers SET {', '.join(f'{name} = ?' for name in _WORKER)} WHERE id = ?",
    f"UPDATE cases SET {', '.join(f'{name} = ?' for name in _CASE)} WHERE id = ?",
    _insert(entries, _ENTRY),
    _insert(outbox, _OUT),
    "UPDATE inbox SET state = 'done', sealed = NULL WHERE id = ?",
)


def _plain(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value


def _raw_rows(messages: Sequence[Prepared]) -> tuple[list[tuple[Any, ...]], ...]:
    """The rows of a group, for each of the statements."""
    kept = [(m.message.channel, m.message.key, m.message.worker_id, m.message.sealed, m.message.received_at, "new") for m in messages]
    all_follow = [prepared.follows for prepared in messages]
    changed = [case for follows in all_follow for case in follows.changed_cases]
    states = [row for follows in all_follow for row in follows.workers]
    return (
        kept,
        [tuple(row[name] for name in _SESSION) for follows in all_follow for row in follows.sessions],
        [(*(row[f"b_{name}"] for name in _WORKER), row["b_id"]) for row in states],
        [(*(_plain(case.row[name]) for name in _CASE), case.row["id"]) for case in changed],
        [tuple(entry[name] for name in _ENTRY) for case in changed for entry in case.entries],
        [tuple(message.row.get(name) for name in _OUT) for follows in all_follow for message in follows.messages],
        [(number,) for follows in all_follow for number in follows.handled],
    )


def by_sqlite3(messages: Sequence[Prepared]) -> float:
    """Messages a second by sqlite3 alone: every 64 in one transaction, as durable."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        return through_sqlite3(lay(Path(folder)), messages)


def through_sqlite3(url: str, messages: Sequence[Prepared]) -> float:
    """Commit prepared messages to a database that `lay` made with bare statements; gives messages a second."""
    groups = [_raw_rows(messages[start : start + IN_FLIGHT]) for start in range(0, len(messages), IN_FLIGHT)]
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        began = time.perf_counter()
        for group in groups:
            connection.execute("BEGIN IMMEDIATE")
            for statement, rows in zip(_STATEMENTS, group, strict=True):
                connection.executemany(statement, rows)
            connection.execute("COMMIT")
        seconds = time.perf_counter() - began
    return len(messages) / seconds


def measure(count: int = 6400, rounds: int = 3) -> Rates:
    """The best of some rounds, turn about, so that a neighbour's load hits both."""
    found = [(by_sqlite3(prepare(count)), by_writer(prepare(count))) for _ in range(rounds)]
    return Rates(max(raw for raw, _ in found), max(writer for _, writer in found))


if __name__ == "__main__":
    print(measure())
