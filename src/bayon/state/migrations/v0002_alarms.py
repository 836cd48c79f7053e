"""Alarms: their configuration and state, their history, mute rules and the events that tell of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def name_of(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "alarms",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("name", name_of(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("namespace", sa.String(255)),
        sa.Column("metric_name", sa.String(255)),
        sa.Column("config", sa.Text, nullable=False),
        sa.Column("actions", sa.Text, nullable=False),
        sa.Column("actions_enabled", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("updated_ms", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(17), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("reason_data", sa.Text),
        sa.Column("state_updated_ms", sa.BigInteger, nullable=False),
        sa.Column("transitioned_ms", sa.BigInteger, nullable=False),
        sa.Column("evaluation_state", sa.String(32)),
        sa.Column("suppressed_by", sa.String(16)),
        sa.Column("suppressed_until_ms", sa.BigInteger),
        sa.Column("muted_from", sa.String(17)),
        sa.UniqueConstraint("account", "region", "name"),
        sa.Index("ix_alarms_metric", "account", "region", "namespace", "metric_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alarm_children",
        sa.Column("alarm_id", row_id, sa.ForeignKey("alarms.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("child", name_of(255), primary_key=True),
        sa.Column("role", sa.String(10), primary_key=True),
        sa.Index("ix_alarm_children_child", "child"),
    )
    op.create_table(
        "alarm_contributors",
        sa.Column("alarm_id", row_id, sa.ForeignKey("alarms.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("id", name_of(16), primary_key=True),
        sa.Column("attributes", sa.Text, nullable=False),
        sa.Column("state", sa.String(17), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("transitioned_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "alarm_history",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("alarm", name_of(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("item", sa.String(32), nullable=False),
        sa.Column("summary", sa.String(255), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("contributor", sa.String(16)),
        sa.Column("attributes", sa.Text),
        sa.Index("ix_alarm_history_place", "account", "region", "at_ms", "id"),
        sa.Index("ix_alarm_history_alarm", "account", "region", "alarm", "at_ms", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alarm_mute_rules",
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column("region", sa.String(32), primary_key=True),
        sa.Column("name", name_of(255), primary_key=True),
        sa.Column("config", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("updated_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "alarm_events",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alarm_clock",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )
