"""The task port: work that may wait, written with the data that asked for it.

`enqueue` writes in the caller's transaction, so a rollback takes the task along. Tasks are plain idempotent functions, run by
`bot/runner.py`; a second runner (on a maintained engine, for several machines) can stand behind the same `enqueue`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from store.database import insert_new
from store.standing import TO_RUN, standing
from store.tables import tasks, ticks

MOST_ATTEMPTS = 8
BEHIND: Final = "behind "
"""How the key of a task begins that nobody waits for: it is claimed when nothing else is due."""
_BEHIND_AT_ONCE: Final = 2
"""So few of these are claimed at once, since whatever comes in meanwhile waits until they are done."""
_TICKS_KEPT = 100


@dataclass(frozen=True, slots=True)
class Task:
    """A task to run: its registered name and plain JSON arguments. `attempts` counts this run too."""

    id: int
    task: str
    arguments: Mapping[str, Any]
    attempts: int


def enqueue(connection: sa.Connection, task: str, arguments: Mapping[str, Any], run_at: int, key: str | None = None) -> bool:
    """Add a task; with a `key` at most once ever. Returns whether it was added."""
    row = {"task": task, "arguments": dict(arguments), "key": key, "run_at": run_at, "state": "due"}
    if key is None:
        connection.execute(sa.insert(tasks), [row])
        return True
    return bool(insert_new(connection, tasks, [row], ["key"], tasks.c.id))


def enqueue_behind(connection: sa.Connection, task: str, arguments: Mapping[str, Mapping[str, Any]], run_at: int) -> frozenset[str]:
    """Add tasks of one kind behind all others, by keys that begin with BEHIND, each at most once ever; gives the keys that were added."""
    rows = [{"task": task, "arguments": dict(given), "key": key, "run_at": run_at, "state": "due"} for key, given in arguments.items()]
    return frozenset(insert_new(connection, tasks, rows, ["key"], tasks.c.key))


def claim(connection: sa.Connection, now: int, lease_until: int, most: int) -> list[Task]:
    """Take tasks that are due, or whose runner died holding them; those that stand behind all others only when there is no other."""
    last = tasks.c.key.startswith(BEHIND)
    found = _ready(connection, now, most, sa.or_(tasks.c.key.is_(None), ~last)) or _ready(connection, now, min(most, _BEHIND_AT_ONCE), last)
    if found:
        running = sa.update(tasks).where(tasks.c.id.in_([row.id for row in found]))
        connection.execute(running.values(state="running", attempts=tasks.c.attempts + 1, lease_until=lease_until))
    return [Task(row.id, row.task, row.arguments, row.attempts + 1) for row in found]


def _ready(connection: sa.Connection, now: int, most: int, these: sa.ColumnElement[bool]) -> Sequence[Any]:
    due = standing(tasks, "due") & (tasks.c.run_at <= now)
    left_behind = standing(tasks, "running") & (tasks.c.lease_until < now)
    ready = standing(tasks, *TO_RUN) & sa.or_(due, left_behind)
    wanted = sa.select(tasks.c.id, tasks.c.task, tasks.c.arguments, tasks.c.attempts).where(ready, these)
    return connection.execute(wanted.order_by(tasks.c.run_at, tasks.c.id).limit(most).with_for_update(skip_locked=True)).all()


def finished(connection: sa.Connection, task_id: int) -> None:
    """A task did its work."""
    connection.execute(sa.update(tasks).where(tasks.c.id == task_id).values(state="done", lease_until=None, reason=None))


def failed(connection: sa.Connection, task: Task, reason: str, again_at: int) -> None:
    """A task failed: it comes again at `again_at`, or after MOST_ATTEMPTS rests as a dead letter with its reason."""
    state = "dead" if task.attempts >= MOST_ATTEMPTS else "due"
    connection.execute(
        sa.update(tasks).where(tasks.c.id == task.id).values(state=state, run_at=again_at, lease_until=None, reason=reason[:200])
    )


def tick(connection: sa.Connection, task: str, period: int) -> bool:
    """Claim one period of a clock; True for exactly one of all processes, also after a crash of another."""
    mine = bool(insert_new(connection, ticks, [{"task": task, "period": period}], ["task", "period"], ticks.c.period))
    if mine:
        connection.execute(sa.delete(ticks).where(ticks.c.task == task, ticks.c.period < period - _TICKS_KEPT))
    return mine
