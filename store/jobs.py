"""Jobs of the engine that runs tasks on PostgreSQL (procrastinate), in plain SQL and in the transaction of the data.

A job says only which task it is for: how a task stands, how often it was tried and why it failed is in `tasks` alone, on both databases
(docs/decisions/0052-tasks-on-procrastinate.md). On SQLite there are no jobs, and nothing here does anything.
"""

from collections.abc import Sequence

import sqlalchemy as sa

QUEUE = "weerklank"
RUN = "weerklank.run"
BEHIND = "behind "
ENGINE_PREFIX = "procrastinate_"
_MOST_AT_ONCE = 500
# PostgreSQL's advisory locks have numbers and no names; the first of the two says that they are ours (store/alone.py has the others).
_LOOKING_AFTER = (0x57_45_45_52, 100)

# A job of lower priority is taken when no other may start. The engine judges by the time in `scheduled_at`; what may start at once needs
# none.
_GIVE = sa.text(
    f"""
    UPDATE tasks SET state = 'due', lease_until = NULL, job = (procrastinate_defer_jobs_v1(ARRAY[ROW(
        '{QUEUE}', '{RUN}', CASE WHEN starts_with(key, '{BEHIND}') THEN -1 ELSE 0 END, NULL, NULL, jsonb_build_object('task_id', id),
        CASE WHEN to_timestamp(run_at / 1000.0) > clock_timestamp() THEN to_timestamp(run_at / 1000.0) END
    )::procrastinate_job_to_defer_v1]))[1]
    WHERE id = ANY(:ids)
    """  # noqa: S608 - these names are ours
)
_ALONE = sa.text("SELECT pg_try_advisory_xact_lock(:ours, :work)")
_BEAT = sa.text("UPDATE procrastinate_workers SET last_heartbeat = clock_timestamp() WHERE id = :worker RETURNING id")
_TAKE_UP = sa.text(
    """
    UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL, scheduled_at = NULL, abort_requested = FALSE, attempts = attempts + 1
    WHERE status = 'doing' AND (worker_id IS NULL OR worker_id IN (
        SELECT id FROM procrastinate_workers WHERE last_heartbeat < clock_timestamp() - make_interval(secs => :stalled)))
    """
)
_MAY_RUN = """
    tasks.state IN ('due', 'running') AND tasks.run_at <= :now
    AND (tasks.state = 'due' OR tasks.lease_until IS NULL OR tasks.lease_until < :now)
"""
_HASTEN = sa.text(
    f"""
    UPDATE procrastinate_jobs SET scheduled_at = NULL FROM tasks WHERE {_MAY_RUN} AND tasks.job = procrastinate_jobs.id
    AND tasks.task = ANY(:names)
    AND procrastinate_jobs.status = 'todo' AND procrastinate_jobs.scheduled_at > clock_timestamp()
    """  # noqa: S608 - a condition of ours
)
_WITHOUT = sa.text(
    f"""
    SELECT id FROM tasks WHERE {_MAY_RUN}
    AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE procrastinate_jobs.id = tasks.job AND status IN ('todo', 'doing'))
    ORDER BY run_at LIMIT :most FOR UPDATE SKIP LOCKED
    """  # noqa: S608 - a condition of ours
)


def give(connection: sa.Connection, task_ids: Sequence[int]) -> None:
    """Give each task a job, which the engine starts when the task may run; a job it had before counts no more."""
    if task_ids and connection.dialect.name == "postgresql":
        connection.execute(_GIVE, {"ids": list(task_ids)})


def beat(connection: sa.Connection, worker: int) -> bool:
    """Say that a worker of the engine lives; False when the engine knows it no more, and its jobs may be in other hands."""
    return connection.execute(_BEAT, {"worker": worker}).first() is not None


def look_after(connection: sa.Connection, now: int, stalled: float, names: Sequence[str]) -> None:
    """Put right what stands still; any process may look, and one at a time does.

    * Jobs of workers that gave no sign for `stalled` seconds wait again for whoever comes first.
    * A task whose time has come by our clock (`now`, ms) need not wait for the engine's, if it is one of those that are known here.
    * A task that may run has a job: also one that an older version of ours enqueued or left behind, which knew of no jobs.
    """
    ours, work = _LOOKING_AFTER
    if not connection.execute(_ALONE, {"ours": ours, "work": work}).scalar_one():
        return
    connection.execute(_TAKE_UP, {"stalled": stalled})
    connection.execute(_HASTEN, {"now": now, "names": list(names)})
    give(connection, list(connection.execute(_WITHOUT, {"now": now, "most": _MOST_AT_ONCE}).scalars()))
