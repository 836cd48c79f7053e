"""The `aws`, `sql` and `service` blocks of a span's segment. Pure.

Source: traces.md §4.2 and §4.3; the segment's own fields are in traces.md §1.2.2 and §1.2.3.
"""

from __future__ import annotations

from typing import Any

from bayon.services.otlp.signals import Attributes, Span
from bayon.services.otlp.span_names import AWS_API, text

_SQL = frozenset(
    (
        *("db2", "derby", "hive", "mariadb", "mssql", "mysql", "oracle", "postgresql", "sqlite", "teradata"),
        *("other_sql", "microsoft.sql_server", "oracle.db", "ibm.db2"),
    )
)

# Field of `aws` on a call: where it may stand.
_CALL = {
    "operation": ("aws.operation",),
    "account_id": ("aws.account_id",),
    "region": ("aws.region", "cloud.region"),
    "request_id": ("aws.request_id", "aws.requestId"),
    "queue_url": ("aws.queue_url", "messaging.url", "aws.sqs.queue.url", "aws.sqs.queue_url"),
    "table_name": ("aws.table_name",),
    "bucket_name": ("aws.s3.bucket",),
    "topic_arn": ("aws.sns.topic.arn",),
    "function_name": ("faas.invoked_name", "aws.lambda.function.name"),
    "model_id": ("gen_ai.request.model",),
}
_TABLES = ("aws.dynamodb.table_names", "aws.table_names")

# Block of `aws` on a segment, the platform that has it, and its fields in the resource.
_PLATFORMS: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "ec2",
        "aws_ec2",
        {
            "instance_id": "host.id",
            "availability_zone": "cloud.availability_zone",
            "instance_size": "host.type",
            "ami_id": "host.image.id",
        },
    ),
    (
        "ecs",
        "aws_ecs",
        {
            "container": "container.name",
            "container_id": "container.id",
            "container_arn": "aws.ecs.container.arn",
            "task_arn": "aws.ecs.task.arn",
            "task_family": "aws.ecs.task.family",
            "cluster_arn": "aws.ecs.cluster.arn",
            "launch_type": "aws.ecs.launchtype",
            "availability_zone": "cloud.availability_zone",
        },
    ),
    (
        "eks",
        "aws_eks",
        {"pod": "k8s.pod.name", "cluster_name": "k8s.cluster.name", "container_id": "container.id"},
    ),
    (
        "elastic_beanstalk",
        "aws_elastic_beanstalk",
        {
            "environment_name": "service.namespace",
            "version_label": "service.version",
            "deployment_id": "service.instance.id",
        },
    ),
)


def aws_of_call(span: Span, used: set[str]) -> dict[str, Any]:
    """The block of a call; the attributes that it holds are in `used`."""
    attributes = span.attributes
    block: dict[str, Any] = {}
    for field, keys in _CALL.items():
        if value := text(attributes, *keys):
            block[field] = value
            used.update(keys)
    method = text(attributes, "rpc.method") if attributes.get("rpc.system") == AWS_API else ""
    if method and "operation" not in block:
        block["operation"] = method.rpartition("/")[2]
        used.add("rpc.method")
    tables: list[Any] = next((attributes[key] for key in _TABLES if isinstance(attributes.get(key), list)), [])
    if tables:
        block |= {"table_name": tables[0]} if len(tables) == 1 else {"table_names": tables}
        used.update(_TABLES)
    return block


def aws_of_segment(resource: Attributes) -> dict[str, Any]:
    """The block of a segment: where the process runs and what traces it."""
    block: dict[str, Any] = {}
    if account := text(resource, "cloud.account.id"):
        block["account_id"] = account
    for name, platform, fields in _PLATFORMS:
        if resource.get("cloud.platform") == platform:
            found = {field: value for field, key in fields.items() if (value := text(resource, key))}
            block |= {name: found} if found else {}
    if groups := _log_groups(resource):
        block["cloudwatch_logs"] = groups
    if traced_by := _tracer(resource):
        block["xray"] = traced_by
    return block


def sql(span: Span, used: set[str]) -> dict[str, Any]:
    """The block of a call to a SQL database, empty for any other span."""
    attributes = span.attributes
    system = text(attributes, "db.system", "db.system.name")
    if system not in _SQL:
        return {}
    name = text(attributes, "db.name", "db.namespace")
    address = text(attributes, "db.connection_string", "server.address", "net.peer.name")
    fields = {
        "url": span.name,
        "connection_string": f"{address}/{name}" if address and name else address or name,
        "sanitized_query": text(attributes, "db.statement", "db.query.text"),
        "user": text(attributes, "db.user"),
        "database_type": system,
    }
    used.update(("db.system", "db.system.name", "db.statement", "db.query.text", "db.user", "db.connection_string"))
    return {key: value for key, value in fields.items() if value}


def _log_groups(resource: Attributes) -> list[dict[str, str]]:
    arns, names = (_texts(resource.get(f"aws.log.group.{kind}")) for kind in ("arns", "names"))
    if arns:
        return [{"log_group": arn.split(":log-group:")[-1].removesuffix(":*"), "arn": arn} for arn in arns]
    return [{"log_group": name} for name in names]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [str(each) for each in value] if isinstance(value, list) else []


def _tracer(resource: Attributes) -> dict[str, Any]:
    name, language = text(resource, "telemetry.sdk.name"), text(resource, "telemetry.sdk.language")
    if not name:
        return {}
    block: dict[str, Any] = {"sdk": f"{name} for {language}" if language else name}
    if version := text(resource, "telemetry.sdk.version"):
        block["sdk_version"] = version
    return block | {"auto_instrumentation": bool(text(resource, "telemetry.auto.version", "telemetry.distro.version"))}
