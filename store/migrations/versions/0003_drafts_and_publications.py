"""Drafts of flows, and an append-only list of what was in force since when."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CARRY_OVER = """
INSERT INTO flow_publications (name, number, revision, at, why, moves, transcripts)
SELECT flow_current.name, 1, flow_current.revision, flow_revisions.created_at, '', '{}', '{}'
FROM flow_current JOIN flow_revisions ON flow_revisions.revision = flow_current.revision
ORDER BY flow_current.name
"""
_CARRY_BACK = """
INSERT INTO flow_current (name, revision)
SELECT p.name, p.revision FROM flow_publications AS p
WHERE p.number = (SELECT max(q.number) FROM flow_publications AS q WHERE q.name = p.name)
"""


def upgrade() -> None:
    """Apply. Whatever was current came with a version of ours: until now nothing else could."""
    op.add_column("flow_revisions", sa.Column("shipped", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE flow_revisions SET shipped = true")
    op.create_table(
        "flow_publications",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.String(length=80), nullable=True),
        sa.Column("why", sa.String(length=500), server_default="", nullable=False),
        sa.Column("moves", sa.JSON(), nullable=False),
        sa.Column("transcripts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["revision"], ["flow_revisions.revision"], name=op.f("fk_flow_publications_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_publications")),
        sa.UniqueConstraint("name", "number", name="uq_flow_publications_number"),
    )
    op.create_table(
        "flow_drafts",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("transcripts", sa.JSON(), nullable=False),
        sa.Column("based_on", sa.String(length=64), nullable=True),
        sa.Column("officer_id", sa.String(length=80), nullable=True),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["based_on"], ["flow_revisions.revision"], name=op.f("fk_flow_drafts_based_on")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_flow_drafts")),
    )
    op.execute(_CARRY_OVER)
    op.drop_table("flow_current")


def downgrade() -> None:
    """Take back: what is in force stays in force; its history and the drafts go."""
    op.create_table(
        "flow_current",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["revision"], ["flow_revisions.revision"], name=op.f("fk_flow_current_revision")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_flow_current")),
    )
    op.execute(_CARRY_BACK)
    op.drop_table("flow_drafts")
    op.drop_table("flow_publications")
    op.execute("ALTER TABLE flow_revisions DROP COLUMN shipped")  # in place: SQLite may not lay a table anew that others point at
