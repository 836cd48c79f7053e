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
    LargeBinary,
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
    Column("account_retention_days", Integer),  # of the account policy that applies, 0 for ever, null where none does
    Column("account_retention_policy", String(256)),
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

log_queries = Table(  # those that have ended; one that runs is in the memory of its process
    "log_queries",
    metadata,
    Column("id", name_of(36), primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("groups", Text, nullable=False),  # JSON list of names
    Column("status", String(16), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("took_ms", BigInteger, nullable=False),
    Column("statistics", Text, nullable=False),  # JSON object of numbers
    Column("rows", LargeBinary, nullable=False),  # compressed JSON
    Column("size_bytes", BigInteger, nullable=False),
    Index("ix_log_queries_created", "account", "region", "created_ms", "id"),
)

query_definitions = Table(
    "query_definitions",
    metadata,
    Column("id", name_of(256), primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("name", name_of(255), nullable=False),
    Column("query", Text, nullable=False),
    Column("groups", Text, nullable=False),  # JSON list of names
    Column("parameters", Text, nullable=False),  # JSON list, as they were put
    Column("token", String(128)),
    Column("modified_ms", BigInteger, nullable=False),
    Index("ix_query_definitions_name", "account", "region", "name", "id"),
)

log_anomaly_detectors = Table(
    "log_anomaly_detectors",
    metadata,
    Column("arn", name_of(256), primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("group_arn", name_of(640), nullable=False),
    Column("frequency", String(16), nullable=False),
    Column("pattern", String(1024), nullable=False),
    Column("kms_key_id", String(256)),
    Column("visible_days", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("modified_ms", BigInteger, nullable=False),
    Column("evaluated_ms", BigInteger),
)

log_anomalies = Table(
    "log_anomalies",
    metadata,
    Column("id", name_of(36), primary_key=True),
    Column("detector_arn", name_of(256), ForeignKey("log_anomaly_detectors.arn", ondelete="CASCADE"), nullable=False),
    Column("pattern_id", String(32), nullable=False),
    Column("first_ms", BigInteger, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("told", Text, nullable=False),  # JSON: what a list says of it besides
    Column("suppressed_ms", BigInteger),
    Column("suppressed_until_ms", BigInteger),
    Column("whole_pattern", Boolean, nullable=False),
    Index("ix_log_anomalies_detector", "detector_arn", "last_ms", "id"),
)

metric_filters = Table(
    "metric_filters",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("group_id", RowId, ForeignKey("log_groups.id", ondelete="CASCADE"), nullable=False),
    Column("name", name_of(512), nullable=False),
    Column("pattern", String(1024), nullable=False),
    Column("transformation", Text, nullable=False),  # the request's one, as JSON
    Column("system_dimensions", Text, nullable=False),  # JSON list of emitSystemFieldDimensions
    Column("on_transformed", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("group_id", "name"),
    sqlite_autoincrement=True,
)

subscription_filters = Table(
    "subscription_filters",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("group_id", RowId, ForeignKey("log_groups.id", ondelete="CASCADE"), nullable=False),
    Column("name", name_of(512), nullable=False),
    Column("pattern", String(1024), nullable=False),
    Column("destination_arn", Text, nullable=False),
    Column("role_arn", Text),
    Column("distribution", String(16), nullable=False),
    Column("on_transformed", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("group_id", "name"),
    sqlite_autoincrement=True,
)

log_deliveries = Table(  # payloads of subscription filters that wait for their destination to take them
    "log_deliveries",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("filter_id", BigInteger, nullable=False),
    Column("destination_arn", Text, nullable=False),
    Column("partition_key", String(64), nullable=False),
    Column("payload", LargeBinary, nullable=False),  # gzip
    Column("events", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_ms", BigInteger, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Index("ix_log_deliveries_next", "next_ms", "id"),
    sqlite_autoincrement=True,
)

log_cursors = Table(  # how far what follows the arrival of log events has come
    "log_cursors",
    metadata,
    Column("name", name_of(64), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("generation", BigInteger, nullable=False),
)

log_group_policies = Table(  # what a log group has at most one of: a transformer, a data protection policy …
    "log_group_policies",
    metadata,
    Column("group_id", RowId, ForeignKey("log_groups.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("body", Text, nullable=False),  # JSON
    Column("created_ms", BigInteger, nullable=False),
    Column("modified_ms", BigInteger, nullable=False),
)

log_resources = Table(  # named things of CloudWatch Logs beside groups: destinations, policies, deliveries …
    "log_resources",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("name", name_of(1024), primary_key=True),
    Column("body", Text, nullable=False),  # JSON
    Column("created_ms", BigInteger, nullable=False),
    Column("modified_ms", BigInteger, nullable=False),
)

export_tasks = Table(
    "export_tasks",
    metadata,
    Column("id", name_of(36), primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("active", String(48), unique=True),  # account and region while the task is not finished, else null
    Column("name", String(512)),
    Column("group_id", BigInteger, nullable=False),
    Column("group_name", name_of(512), nullable=False),
    Column("stream_prefix", String(512), nullable=False),
    Column("from_ms", BigInteger, nullable=False),
    Column("to_ms", BigInteger, nullable=False),
    Column("destination", Text, nullable=False),
    Column("destination_prefix", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("completed_ms", BigInteger),
    Column("progress", Text, nullable=False),  # JSON: where the next object begins
    Index("ix_export_tasks_place", "account", "region", "created_ms", "id"),
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

messages = Table(  # what was published and has not reached everybody yet, in order
    "messages",
    metadata,
    Column("seq", RowId, primary_key=True),
    Column("id", String(36), nullable=False),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("topic_arn", String(512)),
    Column("request", Text, nullable=False),  # the Publish input as JSON, or a document of bayon's own
    Column("published_ms", BigInteger, nullable=False),
    Column("planned", Boolean, nullable=False),  # its deliveries are rows of their own
    Column("planned_to", name_of(640)),  # of a long list of subscriptions, the last that has such a row
    UniqueConstraint("id"),
    Index("ix_messages_planned", "planned", "seq"),
    sqlite_autoincrement=True,
)

deliveries = Table(  # one message to one endpoint, until it has arrived or is given up
    "deliveries",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("message_seq", RowId, ForeignKey("messages.seq", ondelete="CASCADE"), nullable=False),
    Column("subscription_arn", name_of(640)),
    Column("protocol", String(32), nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("lane", String(32), nullable=False),  # what is delivered independently of everything else
    Column("attempts", Integer, nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Index("ix_deliveries_message", "message_seq"),
    Index("ix_deliveries_lane", "lane", "due_ms", "id"),
    sqlite_autoincrement=True,
)

inbox = Table(  # what bayon sent to people, or would have, and what it could not deliver: the newest of it
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("details", Text, nullable=False),  # JSON object of strings
    Column("sent_ms", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

signing_keys = Table(  # what SNS documents are signed with; PEM texts
    "signing_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("private_key", Text, nullable=False),
    Column("certificate", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

ended_subscriptions = Table(  # those that a link can bring back for a while
    "ended_subscriptions",
    metadata,
    Column("token", String(512), primary_key=True),
    Column("arn", name_of(640), nullable=False),
    Column("topic_arn", name_of(512), ForeignKey("topics.arn", ondelete="CASCADE"), nullable=False),
    Column("protocol", String(32), nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("attributes", Text, nullable=False),
    Column("ended_ms", BigInteger, nullable=False),
)

sms_attributes = Table(
    "sms_attributes",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("name", name_of(64), primary_key=True),
    Column("value", Text, nullable=False),
)

opted_out_numbers = Table(
    "opted_out_numbers",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("number", name_of(32), primary_key=True),
    Column("opted_out_ms", BigInteger, nullable=False),
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

alarms = Table(
    "alarms",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("name", name_of(255), nullable=False),
    Column("kind", String(16), nullable=False),  # MetricAlarm or CompositeAlarm
    Column("namespace", String(255)),  # of an alarm on one metric
    Column("metric_name", String(255)),
    Column("config", Text, nullable=False),  # the request that put it, as JSON, without its name, actions and tags
    Column("actions", Text, nullable=False),  # JSON object of lists by state
    Column("actions_enabled", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),  # of the configuration
    Column("updated_ms", BigInteger, nullable=False),
    Column("state", String(17), nullable=False),
    Column("reason", Text, nullable=False),
    Column("reason_data", Text),
    Column("state_updated_ms", BigInteger, nullable=False),
    Column("transitioned_ms", BigInteger, nullable=False),
    Column("evaluation_state", String(32)),
    Column("suppressed_by", String(16)),  # of a composite alarm whose actions wait
    Column("suppressed_until_ms", BigInteger),
    Column("muted_from", String(17)),  # the state before a mute window held actions back
    UniqueConstraint("account", "region", "name"),
    Index("ix_alarms_metric", "account", "region", "namespace", "metric_name"),
    sqlite_autoincrement=True,  # a number is never given twice: an alarm made again is another one
)

alarm_children = Table(  # which alarms a composite alarm looks at, by name, also while they do not exist
    "alarm_children",
    metadata,
    Column("alarm_id", RowId, ForeignKey("alarms.id", ondelete="CASCADE"), primary_key=True),
    Column("child", name_of(255), primary_key=True),
    Column("role", String(10), primary_key=True),  # rule or suppressor
    Index("ix_alarm_children_child", "child"),
)

alarm_contributors = Table(  # the series of an alarm over many, while they have data
    "alarm_contributors",
    metadata,
    Column("alarm_id", RowId, ForeignKey("alarms.id", ondelete="CASCADE"), primary_key=True),
    Column("id", name_of(16), primary_key=True),
    Column("attributes", Text, nullable=False),  # JSON object of strings
    Column("state", String(17), nullable=False),
    Column("reason", Text, nullable=False),
    Column("transitioned_ms", BigInteger, nullable=False),
)

alarm_history = Table(  # also of alarms that are gone
    "alarm_history",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("alarm", name_of(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("item", String(32), nullable=False),
    Column("summary", String(255), nullable=False),
    Column("data", Text, nullable=False),
    Column("contributor", String(16)),
    Column("attributes", Text),  # of the contributor, JSON object of strings
    Index("ix_alarm_history_place", "account", "region", "at_ms", "id"),
    Index("ix_alarm_history_alarm", "account", "region", "alarm", "at_ms", "id"),
    sqlite_autoincrement=True,
)

alarm_mute_rules = Table(
    "alarm_mute_rules",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("name", name_of(255), primary_key=True),
    Column("config", Text, nullable=False),  # the request that put it, as JSON, without its name and tags
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

alarm_events = Table(  # EventBridge-shaped events that have not been handed on yet
    "alarm_events",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
    sqlite_autoincrement=True,
)

alarm_clock = Table(  # up to when alarms have been evaluated
    "alarm_clock",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
)

alarm_event_posts = Table(  # events that an address has yet to get
    "alarm_event_posts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("url", String(2048), nullable=False),
    Column("event", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Index("ix_alarm_event_posts_url", "url", "id"),
    sqlite_autoincrement=True,
)

anomaly_detectors = Table(
    "anomaly_detectors",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("id", name_of(128), primary_key=True),
    Column("kind", String(16), nullable=False),  # SINGLE_METRIC or METRIC_MATH
    Column("definition", Text, nullable=False),  # the metric and statistic, or the queries, as JSON
    Column("options", Text, nullable=False),  # Configuration and MetricCharacteristics, as JSON
    Column("state", String(32), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

anomaly_models = Table(  # what a detector has learnt, by the period that it was asked at
    "anomaly_models",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("detector", name_of(128), primary_key=True),
    Column("period_s", Integer, primary_key=True),
    Column("model", Text),  # as JSON, none where there was no data
    Column("fitted_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

insight_rules = Table(  # of Contributor Insights; template and resource are those of managed ones
    "insight_rules",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("name", name_of(128), primary_key=True),
    Column("definition", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("transformed", Boolean, nullable=False),
    Column("template", String(128), nullable=False),
    Column("resource_arn", Text, nullable=False),
)

metric_streams = Table(
    "metric_streams",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("name", name_of(255), primary_key=True),
    Column("request", Text, nullable=False),  # the PutMetricStream input as JSON
    Column("running", Boolean, nullable=False),
    Column("cursor", BigInteger, nullable=False),  # the last point that has been sent, in the order of arrival
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
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

xray_resources = Table(  # groups, sampling rules, policies, settings, insights and retrievals of X-Ray
    "xray_resources",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("name", name_of(128), primary_key=True),
    Column("body", Text, nullable=False),  # JSON object
    Column("created_ms", BigInteger, nullable=False),
    Column("modified_ms", BigInteger, nullable=False),
)

xray_sampling_reports = Table(  # what clients said they sampled, for an hour
    "xray_sampling_reports",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", String(12), nullable=False),
    Column("region", String(32), nullable=False),
    Column("rule", name_of(32), nullable=False),
    Column("client", String(24), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("sampled", BigInteger, nullable=False),
    Column("borrowed", BigInteger, nullable=False),
    Index("ix_xray_sampling_reports_place", "account", "region", "at_ms"),
    sqlite_autoincrement=True,
)
