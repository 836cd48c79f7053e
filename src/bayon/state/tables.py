"""The tables of the configuration database: a table is a row of this file and a migration.

Names are AWS's in snake case, times are int64 milliseconds. Every resource row names its account and region, since one
bayon serves many of both; dashboards are global to an account, as on AWS.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

# Constraints have names so that a later migration can speak of them.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

# SQLite only numbers rows by itself in a column declared INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


def name_of(length: int) -> TypeEngine[str]:
    """Text in the order of its code points, as AWS sorts and as SQLite does by itself."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


log_groups = Table(
    "log_groups",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("name", name_of(512), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("retention_days", Integer),
    Column("kms_key_id", String(256)),
    Column("log_group_class", String(32), nullable=False),
    Column("deletion_protection", Boolean, nullable=False),
    UniqueConstraint("account", "region", "name"),
    sqlite_autoincrement=True,  # a number is never given twice: the store still holds rows of deleted groups
)

log_streams = Table(
    "log_streams",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("group_id", RowId, ForeignKey("log_groups.id", ondelete="CASCADE"), nullable=False),
    Column("name", name_of(512), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("group_id", "name"),
    sqlite_autoincrement=True,
)

deleted_logs = Table(  # what the purge job still has to remove from the store; stream_id null means the whole group
    "deleted_logs",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("group_id", BigInteger, nullable=False),
    Column("stream_id", BigInteger),
    sqlite_autoincrement=True,
)

dashboards = Table(
    "dashboards",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("name", name_of(255), primary_key=True),
    Column("body", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("modified_ms", BigInteger, nullable=False),
)

topics = Table(
    "topics",
    metadata,
    Column("arn", name_of(512), primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("name", name_of(256), nullable=False),
    Column("attributes", Text, nullable=False),  # JSON object of strings
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("account", "region", "name"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("arn", name_of(640), primary_key=True),
    Column("topic_arn", name_of(512), ForeignKey("topics.arn", ondelete="CASCADE"), nullable=False),
    Column("protocol", String(32), nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("attributes", Text, nullable=False),  # JSON object of strings
    Column("confirmed", Boolean, nullable=False),
    Column("token", String(512), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("topic_arn", "protocol", "endpoint"),
)

messages = Table(  # what was published, kept for delivery
    "messages",
    metadata,
    Column("id", name_of(36), primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("topic_arn", String(512)),
    Column("request", Text, nullable=False),  # the Publish input as JSON
    Column("published_ms", BigInteger, nullable=False),
    Index("ix_messages_published", "account", "region", "published_ms", "id"),
)

fifo_messages = Table(  # the last minutes of each FIFO topic: what was published under which deduplication id
    "fifo_messages",
    metadata,
    Column("topic_arn", name_of(512), ForeignKey("topics.arn", ondelete="CASCADE"), primary_key=True),
    Column("deduplication", name_of(300), primary_key=True),  # with its message group where that is the scope
    Column("message_id", String(36), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("published_ms", BigInteger, nullable=False),
    UniqueConstraint("topic_arn", "sequence"),
)

tagged_resources = Table(  # whatever has, or once had, a tag; service, type and region are those of its ARN
    "tagged_resources",
    metadata,
    Column("arn", name_of(640), primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),  # empty for global resources
    Column("service", String(64), nullable=False),
    Column("type", String(128), nullable=False),
    Index("ix_tagged_resources_place", "account", "region", "arn"),
)

tags = Table(
    "tags",
    metadata,
    Column("arn", name_of(640), ForeignKey("tagged_resources.arn", ondelete="CASCADE"), primary_key=True),
    Column("key", name_of(128), primary_key=True),
    Column("value", name_of(256), nullable=False),
)

access_keys = Table(
    "access_keys",
    metadata,
    Column("id", name_of(128), primary_key=True),
    Column("secret", String(128), nullable=False),
    Column("account", String(12), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
)
