"""What is due on one channel is found without reading what is due on the others."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BESIDE_TRAFFIC = {"ix_outbox_leaving": "outbox (channel, id) WHERE state IN ('due', 'sending')"}
"""Built after this revision and beside the traffic (store/indexes.py)."""


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "sqlite":
        for name, place in BESIDE_TRAFFIC.items():
            op.execute(f"CREATE INDEX {name} ON {place}")


def downgrade() -> None:
    """Take back."""
    for name in BESIDE_TRAFFIC:
        op.execute(f"DROP INDEX IF EXISTS {name}")
