"""Policies of log groups, named resources of CloudWatch Logs, export tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def name_of(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.add_column("log_groups", sa.Column("account_retention_days", sa.Integer))
    op.add_column("log_groups", sa.Column("account_retention_policy", sa.String(256)))
    op.create_table(
        "log_group_policies",
        sa.Column("group_id", row_id, sa.ForeignKey("log_groups.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("modified_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "log_resources",
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column("region", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("name", name_of(1024), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("modified_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "export_tasks",
        sa.Column("id", name_of(36), primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("active", sa.String(48), unique=True),
        sa.Column("name", sa.String(512)),
        sa.Column("group_id", sa.BigInteger, nullable=False),
        sa.Column("group_name", name_of(512), nullable=False),
        sa.Column("stream_prefix", sa.String(512), nullable=False),
        sa.Column("from_ms", sa.BigInteger, nullable=False),
        sa.Column("to_ms", sa.BigInteger, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("destination_prefix", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("completed_ms", sa.BigInteger),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Index("ix_export_tasks_place", "account", "region", "created_ms", "id"),
    )
