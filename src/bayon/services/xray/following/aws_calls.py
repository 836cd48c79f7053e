"""The metrics that AWS's own services publish about their use, told from the calls that traces see. Pure.

A service is a row: its namespace, what names the resource called, and its metrics. What a call does not say (capacity
units where the SDK recorded none, the time to the first byte) is not made up. AWS counts on its side of the network, so
latencies are longer here, and only traced calls count.

Source: the "Monitoring with CloudWatch" page of each service's guide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from bayon.services.xray.fields import box, text
from bayon.services.xray.following.measures import Called
from bayon.services.xray.following.span_metrics import Sample
from bayon.store.metric_series import Metric

Value = Callable[[Called], float | None]
Dimension = tuple[str, Callable[[Called], str]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric of a service; a call for which `value` is none does not count, nor does one without a dimension."""

    name: str
    value: Value
    unit: str = "Count"
    dimensions: tuple[Dimension, ...] | None = None  # instead of the service's own


@dataclass(frozen=True, slots=True)
class Service:
    """A service that publishes metrics about its use."""

    namespace: str
    dimensions: tuple[Dimension, ...]
    metrics: tuple[Measured, ...]


def samples(call: Called, extra: tuple[tuple[str, str], ...] = ()) -> Iterator[Sample]:
    """What AWS would count the call for; `extra` are further dimensions, which mark where the metrics come from."""
    service = SERVICES.get(re.sub(r"[^a-z0-9]", "", call.name.lower()).removeprefix("amazon").removeprefix("aws"))
    if service is None:
        return
    for metric in service.metrics:
        named = service.dimensions if metric.dimensions is None else metric.dimensions
        dimensions = [(name, told(call)) for name, told in named]
        value = metric.value(call)
        if value is not None and all(text_ for _, text_ in dimensions):
            identity = tuple(sorted((*dimensions, *extra)))
            yield Metric(service.namespace, metric.name, identity), metric.unit, value


# ── What a call says ──


def _aws(*names: str) -> Callable[[Called], str]:
    """The first of those fields of `aws` that is there."""

    def told(call: Called) -> str:
        aws = box(call.fields, "aws")
        return next((found for name in names if (found := text(aws, name))), "")

    return told


def _operation(call: Called) -> str:
    named = text(box(call.fields, "aws"), "operation")
    return named[:1].upper() + named[1:]  # the X-Ray SDK for Node writes getItem


def _fixed(value: str) -> Callable[[Called], str]:
    return lambda _: value


def _last_part(separator: str, *names: str) -> Callable[[Called], str]:
    told = _aws(*names)
    return lambda call: told(call).rstrip(separator).rpartition(separator)[2]


def _table(call: Called) -> str:
    """The one table called; a batch over several does not say what it did to each."""
    listed = box(call.fields, "aws").get("table_names")
    alone = listed[0] if isinstance(listed, list) and len(listed) == 1 else ""
    return _aws("table_name")(call) or (alone if isinstance(alone, str) else "")


def _function(call: Called) -> str:
    """The function's name, also where an ARN names it."""
    name = _aws("function_name")(call)
    return name.partition(":function:")[2].partition(":")[0] or name.partition(":")[0]


def _model(call: Called) -> str:
    if named := _aws("model_id")(call):
        return named
    found = re.search(r"/model/([^/?]+)", text(box(call.fields, "http", "request"), "url"))
    return unquote(found[1]) if found else ""


# ── Values ──


def _every(_: Called) -> float:
    return 1.0


def _ok(call: Called) -> bool:
    return not (call.outcome.fault or call.outcome.error or call.outcome.throttle)


def _client_error(call: Called) -> bool:
    return call.outcome.error and not call.outcome.throttle


def _took(call: Called) -> float:
    return call.outcome.took_ms


def _took_ok(call: Called) -> float | None:
    return call.outcome.took_ms if _ok(call) else None


def _if(met: Callable[[Called], bool]) -> Value:
    """1 for each call of that kind; the others do not count."""
    return lambda call: 1.0 if met(call) else None


def _whether(met: Callable[[Called], bool]) -> Value:
    """1 for each call of that kind and 0 for the others, so that the average is their share."""
    return lambda call: float(met(call))


def _did(*operations: str) -> Callable[[Called], bool]:
    return lambda call: _operation(call) in operations


def _faulty(call: Called) -> bool:
    return call.outcome.fault


def _throttled(call: Called) -> bool:
    return call.outcome.throttle


def _both(*all_of: Callable[[Called], bool]) -> Callable[[Called], bool]:
    return lambda call: all(met(call) for met in all_of)


def _number(field: str, met: Callable[[Called], bool], default: float | None = None) -> Value:
    """The number in that field of `aws`, for calls of that kind."""

    def value(call: Called) -> float | None:
        found = box(call.fields, "aws").get(field)
        return _float(found, default) if met(call) else None

    return value


def _length(method: str) -> Value:
    """The bytes of the answer to requests of that kind."""

    def value(call: Called) -> float | None:
        found = box(call.fields, "http", "response").get("content_length")
        size = _float(found)
        return size if size is not None and size >= 0 and _s3_kind(call) == method else None

    return value


def _attribute(*names: str) -> Value:
    """A number that OpenTelemetry put on the span."""

    def value(call: Called) -> float | None:
        metadata = box(call.fields, "metadata")
        found = next((metadata[name] for name in names if name in metadata), None)
        return _float(found)

    return value


def _float(found: Any, default: float | None = None) -> float | None:
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else default


def _capacity(*operations: str) -> Value:
    """The capacity units consumed, where the SDK recorded them."""

    def value(call: Called) -> float | None:
        found = box(call.fields, "aws").get("consumed_capacity")
        listed = found if isinstance(found, list) else [found]
        units = [each.get("CapacityUnits", each.get("capacity_units")) for each in listed if isinstance(each, Mapping)]
        known = [number for unit in units if (number := _float(unit)) is not None]
        return sum(known) if known and _operation(call) in operations else None

    return value


def _failed_with(exception: str) -> Callable[[Called], bool]:
    def met(call: Called) -> bool:
        listed: Any = box(call.fields, "cause").get("exceptions")
        found = listed if isinstance(listed, list) else []
        return any(exception in text(each, "type") for each in found if isinstance(each, dict))

    return met


_S3_KINDS = ("Get", "Put", "Delete", "Head", "Post", "List")


def _s3_kind(call: Called) -> str:
    return next((kind for kind in _S3_KINDS if _operation(call).startswith(kind)), "")


def _s3(kind: str) -> Measured:
    return Measured(f"{kind}Requests", _if(lambda call: _s3_kind(call) == kind))


# ── The services ──

_READS = ("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems")
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
_TABLE: Dimension = ("TableName", _table)
_TABLE_OPERATION = (_TABLE, ("Operation", _operation))
_QUEUE = (("QueueName", _last_part("/", "queue_url")),)
_SENT, _RECEIVED, _DELETED = _did("SendMessage"), _did("ReceiveMessage"), _did("DeleteMessage")

_CONDITION_FAILED = _failed_with("ConditionalCheckFailed")

DYNAMODB = Service(
    "AWS/DynamoDB",
    _TABLE_OPERATION,
    (
        Measured("SuccessfulRequestLatency", _took_ok, "Milliseconds"),
        Measured("ReturnedItemCount", _number("count", _both(_ok, _did("Query", "Scan")))),
        Measured("ThrottledRequests", _if(_throttled)),
        Measured("SystemErrors", _if(_faulty)),
        Measured("UserErrors", _if(_both(_client_error, lambda call: not _CONDITION_FAILED(call))), dimensions=()),
        Measured("ConditionalCheckFailedRequests", _if(_CONDITION_FAILED), dimensions=(_TABLE,)),
        Measured("ConsumedReadCapacityUnits", _capacity(*_READS), dimensions=(_TABLE,)),
        Measured("ConsumedWriteCapacityUnits", _capacity(*_WRITES), dimensions=(_TABLE,)),
    ),
)
S3 = Service(
    "AWS/S3",
    (("BucketName", _aws("bucket_name")), ("FilterId", _fixed("EntireBucket"))),
    (
        Measured("AllRequests", _every),
        *(_s3(kind) for kind in _S3_KINDS),
        Measured("4xxErrors", _whether(lambda call: call.outcome.error)),
        Measured("5xxErrors", _whether(_faulty)),
        Measured("TotalRequestLatency", _took, "Milliseconds"),
        Measured("BytesDownloaded", _length("Get"), "Bytes"),
    ),
)

BEDROCK = Service(
    "AWS/Bedrock",
    (("ModelId", _model),),
    (
        Measured("Invocations", _if(_ok)),
        Measured("InvocationLatency", _took_ok, "Milliseconds"),
        Measured("InvocationClientErrors", _if(_client_error)),
        Measured("InvocationServerErrors", _if(_faulty)),
        Measured("InvocationThrottles", _if(_throttled)),
        Measured("InputTokenCount", _attribute("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")),
        Measured("OutputTokenCount", _attribute("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")),
    ),
)


def _invoked(call: Called) -> bool:
    return _operation(call) in ("Invoke", "InvokeAsync", "InvokeWithResponseStream")


def _ran(call: Called) -> bool:
    return _invoked(call) and not call.outcome.throttle


def _function_failed(call: Called) -> bool:
    return call.outcome.fault or bool(box(call.fields, "aws").get("function_error"))


LAMBDA = Service(
    "AWS/Lambda",
    (("FunctionName", _function),),
    (
        Measured("Invocations", _if(_ran)),
        Measured("Errors", lambda call: float(_function_failed(call)) if _ran(call) else None),
        Measured("Throttles", lambda call: float(_throttled(call)) if _invoked(call) else None),
        Measured("Duration", lambda call: call.outcome.took_ms if _ran(call) else None, "Milliseconds"),
    ),
)

SQS = Service(
    "AWS/SQS",
    _QUEUE,
    (
        Measured("NumberOfMessagesSent", _number("successful_count", _both(_ok, _did("SendMessageBatch")))),
        Measured("NumberOfMessagesSent", _if(_both(_ok, _SENT))),
        Measured("NumberOfMessagesReceived", _number("message_count", _both(_ok, _RECEIVED))),
        Measured(
            "NumberOfEmptyReceives",
            lambda call: 1.0 if _number("message_count", _both(_ok, _RECEIVED))(call) == 0 else None,
        ),
        Measured("NumberOfMessagesDeleted", _if(_both(_ok, _DELETED))),
        Measured("NumberOfMessagesDeleted", _number("successful_count", _both(_ok, _did("DeleteMessageBatch")))),
    ),
)

SNS = Service(
    "AWS/SNS",
    (("TopicName", _last_part(":", "topic_arn")),),
    (Measured("NumberOfMessagesPublished", _if(_both(_ok, _did("Publish")))),),
)

EVENTS = Service(
    "AWS/Events",
    (),
    (
        Measured("PutEventsApproximateCallCount", _if(_did("PutEvents"))),
        Measured("PutEventsApproximateSuccessCount", _if(_both(_ok, _did("PutEvents")))),
        Measured("PutEventsApproximateThrottledCount", _if(_both(_throttled, _did("PutEvents")))),
        Measured("PutEventsApproximateFailedCount", _if(_both(_faulty, _did("PutEvents")))),
        Measured("PutEventsLatency", lambda call: _took_ok(call) if _did("PutEvents")(call) else None, "Milliseconds"),
    ),
)


def _kinesis(operation: str) -> tuple[Measured, ...]:
    did = _did(operation)
    return (
        Measured(f"{operation}.Success", lambda call: float(_ok(call)) if did(call) else None),
        Measured(f"{operation}.Latency", lambda call: call.outcome.took_ms if did(call) else None, "Milliseconds"),
    )


KINESIS = Service(
    "AWS/Kinesis",
    (("StreamName", _aws("stream_name")),),
    (*_kinesis("PutRecord"), *_kinesis("PutRecords"), *_kinesis("GetRecords")),
)

STATES = Service(
    "AWS/States",
    (("StateMachineArn", _aws("state_machine_arn")),),
    (Measured("ExecutionsStarted", _if(_both(_ok, _did("StartExecution", "StartSyncExecution")))),),
)

# By what SDKs call them, in lower case and without anything but letters and digits.
SERVICES: dict[str, Service] = {
    "dynamodb": DYNAMODB,
    "dynamodbv2": DYNAMODB,
    "s3": S3,
    "bedrock": BEDROCK,
    "bedrockruntime": BEDROCK,
    "lambda": LAMBDA,
    "sqs": SQS,
    "sns": SNS,
    "events": EVENTS,
    "eventbridge": EVENTS,
    "cloudwatchevents": EVENTS,
    "kinesis": KINESIS,
    "states": STATES,
    "sfn": STATES,
    "stepfunctions": STATES,
}
