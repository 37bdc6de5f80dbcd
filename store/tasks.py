"""The task port: work that may wait, written with the data that asked for it.

`enqueue` writes in the caller's transaction, so a rollback takes the task along. Tasks are plain idempotent functions. On SQLite
`bot/runner.py` claims them here; on PostgreSQL each has a job of an engine as well, and `bot/shared_runner.py` runs what the engine hands
it (store/jobs.py). How a task stands is in this table alone, whoever runs it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from store import jobs
from store.database import insert_new
from store.standing import TO_RUN, standing
from store.tables import tasks, ticks

MOST_ATTEMPTS = 8
MOST_RUNS = 20
KILLED = "its runner was killed each time"
BEHIND: Final = jobs.BEHIND
"""How the key of a task begins that nobody waits for: it is claimed when nothing else is due."""
_BEHIND_AT_ONCE: Final = 2
"""So few of these are claimed at once, since whatever comes in meanwhile waits until they are done."""
_TICKS_KEPT = 100
_ANOTHER_VERSIONS: Final = 5_000
"""Milliseconds after which a job is handed out again whose task this process does not know: to whoever is free, and may know it."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task to run: its registered name and plain JSON arguments. `attempts` counts this run too."""

    id: int
    task: str
    arguments: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class NotYet:
    """A task that may not run before this moment (ms)."""

    until: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A task that rests as a dead letter: how often it was tried, since when it rests (ms), and the kind of fault, never what it said."""

    id: int
    task: str
    attempts: int
    since: int
    reason: str


def enqueue(connection: sa.Connection, task: str, arguments: Mapping[str, Any], run_at: int, key: str | None = None) -> bool:
    """Add a task; with a `key` at most once ever. Returns whether it was added."""
    row = {"task": task, "arguments": dict(arguments), "key": key, "run_at": run_at, "state": "due"}
    if key is None:
        added = set(connection.execute(sa.insert(tasks).returning(tasks.c.id), [row]).scalars())
    else:
        added = insert_new(connection, tasks, [row], ["key"], tasks.c.id)
    jobs.give(connection, list(added))
    return bool(added)


def enqueue_behind(connection: sa.Connection, task: str, arguments: Mapping[str, Mapping[str, Any]], run_at: int) -> frozenset[str]:
    """Add tasks of one kind behind all others, by keys that begin with BEHIND, each at most once ever; gives the keys that were added."""
    rows = [{"task": task, "arguments": dict(given), "key": key, "run_at": run_at, "state": "due"} for key, given in arguments.items()]
    added = insert_new(connection, tasks, rows, ["key"], tasks.c.key)
    jobs.give(connection, list(connection.execute(sa.select(tasks.c.id).where(tasks.c.key.in_(added))).scalars()))
    return frozenset(added)


def claim(connection: sa.Connection, now: int, lease_until: int, most: int, names: Collection[str]) -> list[Task]:
    """Take tasks that are due, or whose runner died holding them; those that stand behind all others only when there is no other.

    One that killed its runner MOST_RUNS times rests instead. One of a name that is not among `names` is another version's, and left to it.
    """
    deadly = standing(tasks, "running") & (tasks.c.lease_until < now) & (tasks.c.attempts >= MOST_RUNS)
    connection.execute(sa.update(tasks).where(deadly).values(**_dead(now, KILLED)))
    ours, last = tasks.c.task.in_(list(names)), tasks.c.key.startswith(BEHIND)
    found = _ready(connection, now, most, ours & sa.or_(tasks.c.key.is_(None), ~last))
    found = found or _ready(connection, now, min(most, _BEHIND_AT_ONCE), ours & last)
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


def begin(connection: sa.Connection, task_id: int, job: int, now: int, names: Collection[str]) -> Task | NotYet | None:
    """Take the task that the engine's job `job` is for; None if it has ended, or has another job by now. Another version's is left to it.

    The engine gives a job to one worker at a time, so a task that runs without a lease was left behind by a worker that died. One with a
    lease is in the hands of an older version's runner for as long as that lasts.
    """
    row = connection.execute(sa.select(tasks).where(tasks.c.id == task_id, standing(tasks, *TO_RUN)).with_for_update()).one_or_none()
    if row is None or row.job != job:
        return None
    if row.task not in names:
        return NotYet(now + _ANOTHER_VERSIONS)
    until: int = row.run_at if row.state == "due" else row.lease_until or now
    if until > now:
        return NotYet(until)
    mine = sa.update(tasks).where(tasks.c.id == task_id)
    if row.state == "running" and row.attempts >= MOST_RUNS:
        connection.execute(mine.values(**_dead(now, KILLED)))
        return None
    connection.execute(mine.values(state="running", attempts=row.attempts + 1, lease_until=None))
    return Task(row.id, row.task, row.arguments, row.attempts + 1)


def finished(connection: sa.Connection, task: Task) -> None:
    """A task did its work."""
    connection.execute(sa.update(tasks).where(_still_mine(task)).values(state="done", lease_until=None, reason=None))


def failed(connection: sa.Connection, task: Task, reason: str, again_at: int) -> None:
    """A task failed: it comes again at `again_at`, or after MOST_ATTEMPTS rests as a dead letter with its reason."""
    state = "dead" if task.attempts >= MOST_ATTEMPTS else "due"
    values = {"state": state, "run_at": again_at, "lease_until": None, "reason": reason[:200]}
    connection.execute(sa.update(tasks).where(_still_mine(task)).values(**values))


def _still_mine(task: Task) -> sa.ColumnElement[bool]:
    """This very run of the task is the one that counts: nobody took it up meanwhile, from a process that was thought dead."""
    return (tasks.c.id == task.id) & standing(tasks, "running") & (tasks.c.attempts == task.attempts)


def _dead(now: int, reason: str) -> dict[str, Any]:
    return {"state": "dead", "run_at": now, "lease_until": None, "reason": reason}


def dead_letters(connection: sa.Connection, most: int) -> list[Letter]:
    """The tasks that nobody tries again by themselves, the newest first."""
    columns = (tasks.c.id, tasks.c.task, tasks.c.attempts, tasks.c.run_at, sa.func.coalesce(tasks.c.reason, "unknown"))
    newest = sa.select(*columns).where(standing(tasks, "dead")).order_by(tasks.c.run_at.desc(), tasks.c.id.desc()).limit(most)
    return [Letter(*row) for row in connection.execute(newest)]


def again(connection: sa.Connection, now: int, task_id: int | None = None) -> int:
    """Let a dead letter run anew, with every attempt before it; with no `task_id`, all of them. Returns how many will."""
    dead = standing(tasks, "dead")
    chosen = dead if task_id is None else dead & (tasks.c.id == task_id)
    revived = sa.update(tasks).where(chosen).values(state="due", attempts=0, run_at=now).returning(tasks.c.id)
    found = list(connection.execute(revived).scalars())
    jobs.give(connection, found)
    return len(found)


def tick(connection: sa.Connection, task: str, period: int) -> bool:
    """Claim one period of a clock; True for exactly one of all processes, also after a crash of another."""
    mine = bool(insert_new(connection, ticks, [{"task": task, "period": period}], ["task", "period"], ticks.c.period))
    if mine:
        connection.execute(sa.delete(ticks).where(ticks.c.task == task, ticks.c.period < period - _TICKS_KEPT))
    return mine
