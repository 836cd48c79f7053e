"""Log groups and streams, dashboards, topics, tags and access keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def name_of(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "log_groups",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("name", name_of(512), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("retention_days", sa.Integer),
        sa.Column("kms_key_id", sa.String(256)),
        sa.Column("log_group_class", sa.String(32), nullable=False),
        sa.Column("deletion_protection", sa.Boolean, nullable=False),
        sa.UniqueConstraint("account", "region", "name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "log_streams",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("group_id", row_id, sa.ForeignKey("log_groups.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", name_of(512), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("group_id", "name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deleted_logs",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("group_id", sa.BigInteger, nullable=False),
        sa.Column("stream_id", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "dashboards",
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column("name", name_of(255), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("modified_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "topics",
        sa.Column("arn", name_of(512), primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("name", name_of(256), nullable=False),
        sa.Column("attributes", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("account", "region", "name"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("arn", name_of(640), primary_key=True),
        sa.Column("topic_arn", name_of(512), sa.ForeignKey("topics.arn", ondelete="CASCADE"), nullable=False),
        sa.Column("protocol", sa.String(32), nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("attributes", sa.Text, nullable=False),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.Column("token", sa.String(512), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("topic_arn", "protocol", "endpoint"),
    )
    op.create_table(
        "messages",
        sa.Column("id", name_of(36), primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("topic_arn", sa.String(512)),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("published_ms", sa.BigInteger, nullable=False),
        sa.Index("ix_messages_published", "account", "region", "published_ms", "id"),
    )
    op.create_table(
        "fifo_messages",
        sa.Column("topic_arn", name_of(512), sa.ForeignKey("topics.arn", ondelete="CASCADE"), primary_key=True),
        sa.Column("deduplication", name_of(300), primary_key=True),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("published_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("topic_arn", "sequence"),
    )
    op.create_table(
        "tagged_resources",
        sa.Column("arn", name_of(640), primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("type", sa.String(128), nullable=False),
        sa.Index("ix_tagged_resources_place", "account", "region", "arn"),
    )
    op.create_table(
        "tags",
        sa.Column("arn", name_of(640), sa.ForeignKey("tagged_resources.arn", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", name_of(128), primary_key=True),
        sa.Column("value", name_of(256), nullable=False),
    )
    op.create_table(
        "access_keys",
        sa.Column("id", name_of(128), primary_key=True),
        sa.Column("secret", sa.String(128), nullable=False),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("revoked_ms", sa.BigInteger),
    )
