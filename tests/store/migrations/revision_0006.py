"""Tasks on an engine: those that wait at the upgrade, or were left behind in the middle, are run by whoever looks first after it."""

import sqlalchemy as sa

from store import jobs, tasks

_ADD = sa.text(
    "INSERT INTO tasks (id, task, arguments, key, run_at, state, lease_until, attempts) "
    "VALUES (:id, 'forget', '{}', :key, :run_at, :state, :lease_until, 1)"
)
_BEFORE = (
    {"id": 1, "key": "done", "run_at": 10, "state": "done", "lease_until": None},
    {"id": 2, "key": "waits", "run_at": 10, "state": "due", "lease_until": None},
    {"id": 3, "key": "left behind", "run_at": 10, "state": "running", "lease_until": 50},
    {"id": 4, "key": "in hands", "run_at": 10, "state": "running", "lease_until": 500},
    {"id": 5, "key": "later", "run_at": 300, "state": "due", "lease_until": None},
)
_NOW = 100


def load(connection: sa.Connection) -> None:
    """Tasks of a version that knew of no engine, one of them still in an old runner's hands."""
    for row in _BEFORE:
        connection.execute(_ADD, row)


def check(connection: sa.Connection) -> None:
    """Each that may run is handed out, once; then one more in the middle of its work."""
    if connection.dialect.name == "sqlite":
        assert [task.id for task in tasks.claim(connection, _NOW, 200, 10, ["forget"])] == [2, 3]
        return
    for _ in range(2):
        jobs.look_after(connection, _NOW, 30.0, ["forget"])
    given = connection.execute(sa.text("SELECT id, args, status FROM procrastinate_jobs ORDER BY id")).all()
    assert [(row.args, row.status) for row in given] == [({"task_id": 2}, "todo"), ({"task_id": 3}, "todo")]
    assert tasks.begin(connection, 3, given[1].id, _NOW, ["forget"]) == tasks.Task(3, "forget", {}, 2)


def check_back(connection: sa.Connection) -> None:
    """Nothing is lost on the way back: an old runner finds all that waited, and no trace of the engine is left."""
    found = connection.execute(sa.text("SELECT id, state FROM tasks ORDER BY id")).all()
    waits = "running" if connection.dialect.name == "sqlite" else "due"
    assert [tuple(row) for row in found] == [(1, "done"), (2, waits), (3, waits), (4, "running"), (5, "due")]
    if connection.dialect.name == "postgresql":
        left = "SELECT proname FROM pg_proc WHERE proname LIKE :engine UNION SELECT typname FROM pg_type WHERE typname LIKE :engine"
        assert connection.execute(sa.text(left), {"engine": "procrastinate%"}).all() == []
