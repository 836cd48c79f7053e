"""Messages in order, their deliveries, the inbox, signing keys and what is kept for SMS."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def name_of(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.execute("CREATE TABLE messages_kept AS SELECT * FROM messages")
    op.drop_table("messages")
    op.create_table(
        "messages",
        sa.Column("seq", row_id, primary_key=True),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("topic_arn", sa.String(512)),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("published_ms", sa.BigInteger, nullable=False),
        sa.Column("planned", sa.Boolean, nullable=False),
        sa.Column("planned_to", name_of(640)),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_planned", "messages", ["planned", "seq"])
    columns = "id, account, region, topic_arn, request, published_ms"
    op.execute(
        f"INSERT INTO messages ({columns}, planned) "
        f"SELECT {columns}, false FROM messages_kept ORDER BY published_ms, id"
    )
    op.drop_table("messages_kept")
    op.create_table(
        "deliveries",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("message_seq", row_id, sa.ForeignKey("messages.seq", ondelete="CASCADE"), nullable=False),
        sa.Column("subscription_arn", name_of(640)),
        sa.Column("protocol", sa.String(32), nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("lane", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_message", "deliveries", ["message_seq"])
    op.create_index("ix_deliveries_lane", "deliveries", ["lane", "due_ms", "id"])
    op.create_table(
        "inbox",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("sent_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("private_key", sa.Text, nullable=False),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "ended_subscriptions",
        sa.Column("token", sa.String(512), primary_key=True),
        sa.Column("arn", name_of(640), nullable=False),
        sa.Column("topic_arn", name_of(512), sa.ForeignKey("topics.arn", ondelete="CASCADE"), nullable=False),
        sa.Column("protocol", sa.String(32), nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("attributes", sa.Text, nullable=False),
        sa.Column("ended_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sms_attributes",
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column("region", sa.String(32), primary_key=True),
        sa.Column("name", name_of(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "opted_out_numbers",
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column("region", sa.String(32), primary_key=True),
        sa.Column("number", name_of(32), primary_key=True),
        sa.Column("opted_out_ms", sa.BigInteger, nullable=False),
    )
