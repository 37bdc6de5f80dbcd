"""On PostgreSQL, tasks are run by an engine: its tables, types and functions, by its own scripts, and beside each task its job."""

from contextlib import closing
from importlib.metadata import distribution
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0007"
branch_labels = None
depends_on = None

# The engine numbers its scripts and changes none that it published. Up to this one they belong to this revision, whichever release of the
# engine is installed; a later script comes with a revision of ours of its own.
LAST_SCRIPT = "03.04.00_50_post_add_retry_failed_job_procedure.sql"

_AWAY = """
DO $$
DECLARE gone record;
BEGIN
    DROP TABLE procrastinate_periodic_defers, procrastinate_events, procrastinate_jobs, procrastinate_workers CASCADE;
    FOR gone IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, 'procrastinate_') LOOP
        EXECUTE 'DROP FUNCTION ' || gone.name;
    END LOOP;
    DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_event_type, procrastinate_job_status;
END $$
"""


def scripts() -> list[Path]:
    """Every script that the installed engine brings, in its order."""
    folder = Path(str(distribution("procrastinate").locate_file("procrastinate/sql/migrations")))
    return sorted(folder.glob("*.sql"))


def upgrade() -> None:
    """Apply. Tasks that wait, or that an older version's runner left behind, get their job from the first process that looks."""
    op.add_column("tasks", sa.Column("job", sa.BigInteger(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        # Scripts hold percent signs, which SQLAlchemy would take for places of parameters.
        with closing(op.get_bind().connection.cursor()) as cursor:
            for script in scripts():
                if script.name <= LAST_SCRIPT:
                    cursor.execute(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    """Take back. Tasks that ran are due again, for a runner that knows of leases only."""
    op.execute("UPDATE tasks SET state = 'due' WHERE state = 'running' AND lease_until IS NULL")
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(_AWAY)
    op.drop_column("tasks", "job")
