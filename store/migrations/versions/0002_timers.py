"""Timers: what each waiting talk waits for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "timers",
        sa.Column("worker_id", sa.String(length=22), nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("timer", sa.Integer(), nullable=False),
        sa.Column("lasts", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_timers")),
    )
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_timers_due_at"), table_name="timers")
    op.drop_table("timers")
