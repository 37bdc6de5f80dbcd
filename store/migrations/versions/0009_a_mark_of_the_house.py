"""The mark of the house: which keys a database belongs to. The row itself is laid by whoever has the keys (store/mark.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lookup", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("marks")
