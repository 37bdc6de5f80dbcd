"""How long a sound or a film plays. Of what was kept before, nobody counted it, and its clean copy is sealed: it stays unknown."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("attachments", sa.Column("seconds", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("attachments", "seconds")
