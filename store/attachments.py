"""What came beside words: a row an attachment, from `wanted` to `kept`, `refused` or `gone`; the file itself lies in store/files.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store import tasks
from store.files import Files
from store.tables import attachments, cases

DELETE = "delete_files"
"""The task that deletes files by their names."""

_WANTED = attachments.c.state == "wanted"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An attachment to bring. `ref_sealed` is under the worker's key; `attempts` counts this try too."""

    id: int
    worker_id: str
    channel: str
    kind: str
    ref_sealed: bytes
    case_id: int
    seq: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was put away: its name, its sealed key, what it is, how many bytes, and the original's name if that was kept.

    `seconds` is how long it plays; None for what plays nothing, or where nobody can tell.
    """

    file: str
    key_sealed: bytes
    media_type: str
    size: int
    original: str | None = None
    seconds: int | None = None


_FREE = sa.or_(attachments.c.lease_until.is_(None), attachments.c.lease_until < sa.bindparam("now"))
# Each process asks this of every channel every second, mostly for nothing: to put it together anew would cost more than the asking.
_DUE = (
    sa.select(attachments)
    .where(_WANTED, attachments.c.channel == sa.bindparam("of"), attachments.c.due_at <= sa.bindparam("now"), _FREE)
    .where(attachments.c.case_id.is_not(None))
    .order_by(attachments.c.due_at)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)


def put(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down what came, to be brought."""
    if rows:
        connection.execute(sa.insert(attachments), [dict(row) for row in rows])


def claim(connection: sa.Connection, channel: str, now: int, lease_until: int, most: int) -> list[Wanted]:
    """Take attachments of a channel that are due and that nobody brings now; the oldest first."""
    rows = connection.execute(_DUE, {"of": channel, "now": now, "most": most}).all()
    if rows:
        claimed = sa.update(attachments).where(attachments.c.id.in_([row.id for row in rows]))
        connection.execute(claimed.values(attempts=attachments.c.attempts + 1, lease_until=lease_until))
    return [Wanted(row.id, row.worker_id, row.channel, row.kind, row.ref_sealed, row.case_id, row.seq, row.attempts + 1) for row in rows]


def keep(connection: sa.Connection, wanted: Wanted, kept: Kept) -> bool:
    """Write down where a file lies. False when it is not wanted any more: it, or its case, was forgotten meanwhile."""
    alive = sa.exists().where(cases.c.id == attachments.c.case_id, cases.c.data_key_sealed.is_not(None))
    connection.execute(sa.select(cases.c.id).where(cases.c.id == wanted.case_id).with_for_update())
    changed = connection.execute(
        sa.update(attachments)
        .where(attachments.c.id == wanted.id, _WANTED, alive)
        .values(
            state="kept",
            ref_sealed=None,
            lease_until=None,
            file=kept.file,
            key_sealed=kept.key_sealed,
            media_type=kept.media_type,
            size=kept.size,
            seconds=kept.seconds,
            original=kept.original,
        )
    )
    return changed.rowcount == 1


def later(connection: sa.Connection, wanted: Wanted, due_at: int) -> None:
    """Try again at `due_at`."""
    connection.execute(sa.update(attachments).where(attachments.c.id == wanted.id, _WANTED).values(due_at=due_at, lease_until=None))


def give_up(connection: sa.Connection, wanted: Wanted, state: str, why: str) -> bool:
    """Let an attachment rest as `refused` or `gone`, with a phrase of ours; False when somebody else ended it."""
    ended = sa.update(attachments).where(attachments.c.id == wanted.id, _WANTED)
    return connection.execute(ended.values(state=state, why=why[:120], ref_sealed=None, lease_until=None)).rowcount == 1


def destroy_of_case(connection: sa.Connection, case_id: int, now: int) -> None:
    """Destroy the keys of a case's files, and plan that the files themselves go: nothing of them can be read from this moment."""
    _destroy(connection, attachments.c.case_id == case_id, now)


def forget_worker(connection: sa.Connection, worker_id: str) -> None:
    """Bring nothing more that a worker sent: with the worker's key goes the way to find it."""
    left = sa.update(attachments).where(attachments.c.worker_id == worker_id, _WANTED)
    connection.execute(left.values(state="gone", why="forgotten", ref_sealed=None, lease_until=None))


def _destroy(connection: sa.Connection, which: sa.ColumnElement[bool], now: int) -> None:
    rows = connection.execute(sa.select(attachments.c.file, attachments.c.original).where(which)).all()
    ways: dict[str, Any] = {"ref_sealed": None, "key_sealed": None, "file": None, "original": None}
    nothing = ways | {"size": None, "media_type": None, "seconds": None}
    connection.execute(sa.update(attachments).where(which).values(state="gone", why="forgotten", lease_until=None, **nothing))
    names = [name for row in rows for name in row if name is not None]
    if names:
        tasks.enqueue(connection, DELETE, {"files": names}, now)


def unknown(connection: sa.Connection, names: Sequence[str]) -> list[str]:
    """Of these files, those that no row names: they were put away by a process that died before it wrote so."""
    known: set[str] = set()
    for column in (attachments.c.file, attachments.c.original):
        known |= set(connection.execute(sa.select(column).where(column.in_(list(names)))).scalars())
    return [name for name in names if name not in known]


def delete_files(files: Files, arguments: Mapping[str, Any]) -> None:
    """Delete the files that a task names."""
    for name in arguments["files"]:
        files.delete(name)
