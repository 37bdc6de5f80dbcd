"""What may be knocked for now is found without reading what was knocked for already."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BESIDE_TRAFFIC = {"ix_outbox_behind": "outbox (due_at) WHERE state = 'held' AND hold = 'knock'"}
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
