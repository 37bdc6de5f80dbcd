"""What a database of millions of cases needs: indexes of what ended badly and of the desk's order, and tables that are swept in time."""

from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

BESIDE_TRAFFIC = {
    "ix_cases_queue": """cases (company_id, state, (CASE WHEN danger IS NOT NULL AND state IN ('new', 'answer_needed') THEN 0 ELSE 1 END),
        (-severity), (coalesce(answer_by, 9007199254740992)), id)""",
    "ix_case_links_other_id": "case_links (other_id)",
    "ix_cases_first_half": "cases (substr(reference, 4, 4))",
    "ix_cases_second_half": "cases (substr(reference, 9, 4))",
    "ix_inbox_aside": "inbox (id) WHERE state = 'aside'",
    "ix_outbox_badly": "outbox (id) WHERE state IN ('failed', 'maybe_sent')",
    "ix_outbox_worded": "outbox (worker_id) WHERE sealed IS NOT NULL OR sealed_else IS NOT NULL",
    "ix_mails_badly": "mails (id) WHERE state IN ('failed', 'maybe_sent')",
    "ix_tasks_dead": "tasks (id) WHERE state = 'dead'",
    "ix_traces_impossible": "traces (id) WHERE state = 'impossible'",
}
"""Indexes that PostgreSQL builds after this revision and beside the traffic (store/indexes.py); their tables may be large."""

# Rows of these tables are written several times soon after they came. PostgreSQL sweeps a table when a fifth of it is dead: of ten million
# rows that is two million. So it begins at a hundredth; and pages of what is written in place keep room for the next writing.
_OFTEN_SWEPT = ("inbox", "outbox", "workers", "sessions", "cases", "mails", "tasks", "traces")
_WRITTEN_IN_PLACE = ("workers", "sessions", "cases")
_SWEPT = {"autovacuum_vacuum_scale_factor": 0.01, "autovacuum_vacuum_insert_scale_factor": 0.02, "autovacuum_analyze_scale_factor": 0.02}


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "sqlite":
        for name, place in BESIDE_TRAFFIC.items():
            op.execute(f"CREATE INDEX {name} ON {place}")
    else:
        for table in _OFTEN_SWEPT:
            op.execute(f"ALTER TABLE {table} SET ({', '.join(f'{name} = {value}' for name, value in _SWEPT.items())})")
        for table in _WRITTEN_IN_PLACE:
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 85)")


def downgrade() -> None:
    """Take back."""
    for name in BESIDE_TRAFFIC:
        op.execute(f"DROP INDEX IF EXISTS {name}")
    if op.get_bind().dialect.name == "postgresql":
        for table in _OFTEN_SWEPT:
            op.execute(f"ALTER TABLE {table} RESET ({', '.join(_SWEPT)})")
        for table in _WRITTEN_IN_PLACE:
            op.execute(f"ALTER TABLE {table} RESET (fillfactor)")
