"""Queries of Logs Insights that have ended, saved ones, and log anomaly detectors with what they found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def name_of(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "log_queries",
        sa.Column("id", name_of(36), primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("groups", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("took_ms", sa.BigInteger, nullable=False),
        sa.Column("statistics", sa.Text, nullable=False),
        sa.Column("rows", sa.LargeBinary, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_log_queries_created", "log_queries", ["account", "region", "created_ms", "id"])
    op.create_table(
        "query_definitions",
        sa.Column("id", name_of(256), primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("name", name_of(255), nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("groups", sa.Text, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("token", sa.String(128)),
        sa.Column("modified_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_query_definitions_name", "query_definitions", ["account", "region", "name", "id"])
    op.create_table(
        "log_anomaly_detectors",
        sa.Column("arn", name_of(256), primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("group_arn", name_of(640), nullable=False),
        sa.Column("frequency", sa.String(16), nullable=False),
        sa.Column("pattern", sa.String(1024), nullable=False),
        sa.Column("kms_key_id", sa.String(256)),
        sa.Column("visible_days", sa.Integer, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("modified_ms", sa.BigInteger, nullable=False),
        sa.Column("evaluated_ms", sa.BigInteger),
    )
    op.create_table(
        "log_anomalies",
        sa.Column("id", name_of(36), primary_key=True),
        sa.Column(
            "detector_arn",
            name_of(256),
            sa.ForeignKey("log_anomaly_detectors.arn", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("pattern_id", sa.String(32), nullable=False),
        sa.Column("first_ms", sa.BigInteger, nullable=False),
        sa.Column("last_ms", sa.BigInteger, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("baseline", sa.Boolean, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("suppressed_ms", sa.BigInteger),
        sa.Column("suppressed_until_ms", sa.BigInteger),
        sa.Column("whole_pattern", sa.Boolean, nullable=False),
    )
    op.create_index("ix_log_anomalies_detector", "log_anomalies", ["detector_arn", "last_ms", "id"])
