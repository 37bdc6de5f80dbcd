"""One pace for all processes: how much a channel may still send, and which workers rest between two messages."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "feeds",
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("left", sa.Float(), nullable=False),
        sa.Column("filled_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_feeds")),
    )
    op.create_table(
        "rests",
        sa.Column("worker_id", sa.String(length=22), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_rests")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("rests")
    op.drop_table("feeds")
