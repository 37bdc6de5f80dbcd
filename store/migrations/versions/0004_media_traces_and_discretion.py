"""Attachments, recordings, the ledger of what lies with carriers, and what a worker asked for on a shared phone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WANTED = sa.text("state = 'wanted'")
_DUE = sa.text("state IN ('due', 'kept')")
_HEARD = "UPDATE workers SET heard_at = COALESCE((SELECT updated_at FROM sessions WHERE sessions.worker_id = workers.id), 0)"


def upgrade() -> None:
    """Apply. A worker's last word is as old as her talk, as far as is known."""
    op.create_table(
        "attachments",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("worker_id", sa.String(length=22), nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("case_id", _SERIAL, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("ref_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=120), nullable=True),
        sa.Column("file", sa.String(length=40), nullable=True),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("media_type", sa.String(length=80), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("original", sa.String(length=40), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_case_id"), "attachments", ["case_id"], unique=False)
    op.create_index(
        "ix_attachments_wanted",
        "attachments",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'wanted'"),
        postgresql_where=sa.text("state = 'wanted'"),
    )
    op.create_index(op.f("ix_attachments_worker_id"), "attachments", ["worker_id"], unique=False)
    op.create_table(
        "recordings",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("sound", sa.LargeBinary(), nullable=False),
        sa.Column("officer_id", sa.String(length=80), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recordings")),
    )
    op.create_index(op.f("ix_recordings_name"), "recordings", ["name"], unique=False)
    op.create_table(
        "traces",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("worker_id", sa.String(length=22), nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("media", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("why", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traces")),
        sa.UniqueConstraint("channel", "provider_id", "worker_id", name="uq_traces_place"),
    )
    op.create_index(
        "ix_traces_due",
        "traces",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('due', 'kept')"),
        postgresql_where=sa.text("state IN ('due', 'kept')"),
    )
    op.create_index(op.f("ix_traces_worker_id"), "traces", ["worker_id"], unique=False)
    op.add_column("workers", sa.Column("heard_at", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("workers", sa.Column("quiet_from", sa.Integer(), nullable=True))
    op.add_column("workers", sa.Column("quiet_until", sa.Integer(), nullable=True))
    op.add_column("workers", sa.Column("pin_hash", sa.LargeBinary(length=32), nullable=True))
    op.add_column("workers", sa.Column("pin_open_until", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(_HEARD)


def downgrade() -> None:
    """Take back."""
    op.drop_column("workers", "pin_open_until")
    op.drop_column("workers", "pin_hash")
    op.drop_column("workers", "quiet_until")
    op.drop_column("workers", "quiet_from")
    op.drop_column("workers", "heard_at")
    op.drop_index(op.f("ix_traces_worker_id"), table_name="traces")
    op.drop_index("ix_traces_due", table_name="traces", sqlite_where=_DUE, postgresql_where=_DUE)
    op.drop_table("traces")
    op.drop_index(op.f("ix_recordings_name"), table_name="recordings")
    op.drop_table("recordings")
    op.drop_index(op.f("ix_attachments_worker_id"), table_name="attachments")
    op.drop_index(
        "ix_attachments_wanted",
        table_name="attachments",
        sqlite_where=sa.text("state = 'wanted'"),
        postgresql_where=sa.text("state = 'wanted'"),
    )
    op.drop_index(op.f("ix_attachments_case_id"), table_name="attachments")
    op.drop_table("attachments")
