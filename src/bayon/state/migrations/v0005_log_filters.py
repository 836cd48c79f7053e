"""Metric filters, subscription filters, and what waits for the destinations of these."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def name_of(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "metric_filters",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("group_id", row_id, sa.ForeignKey("log_groups.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", name_of(512), nullable=False),
        sa.Column("pattern", sa.String(1024), nullable=False),
        sa.Column("transformation", sa.Text, nullable=False),
        sa.Column("system_dimensions", sa.Text, nullable=False),
        sa.Column("on_transformed", sa.Boolean, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("group_id", "name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "subscription_filters",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("group_id", row_id, sa.ForeignKey("log_groups.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", name_of(512), nullable=False),
        sa.Column("pattern", sa.String(1024), nullable=False),
        sa.Column("destination_arn", sa.Text, nullable=False),
        sa.Column("role_arn", sa.Text),
        sa.Column("distribution", sa.String(16), nullable=False),
        sa.Column("on_transformed", sa.Boolean, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("group_id", "name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "log_deliveries",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("filter_id", sa.BigInteger, nullable=False),
        sa.Column("destination_arn", sa.Text, nullable=False),
        sa.Column("partition_key", sa.String(64), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_ms", sa.BigInteger, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_log_deliveries_next", "log_deliveries", ["next_ms", "id"])
    op.create_table(
        "log_cursors",
        sa.Column("name", name_of(64), primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
    )
