"""Publishing: what is accepted is durable when the call returns, and delivered from then on by `jobs.couriers`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context, operation
from bayon.services.sns import arns, fifo, message
from bayon.services.sns.batch import check_batch, failed
from bayon.services.sns.endpoints import is_phone_number
from bayon.services.sns.faults import invalid
from bayon.services.sns.topic_attributes import is_fifo
from bayon.state import messages
from bayon.state.messages import Published
from bayon.state.topics import Topic

if TYPE_CHECKING:
    from bayon.shapes.sns import (
        BatchResultErrorEntry,
        PublishBatchInput,
        PublishBatchOutput,
        PublishBatchRequestEntry,
        PublishBatchResultEntry,
        PublishInput,
        PublishOutput,
    )


@operation
def publish(ctx: Context, request: PublishInput) -> PublishOutput:
    """The message is kept for everyone it concerns; a duplicate within five minutes to a FIFO topic is not kept again.

    Raises: InvalidParameterException, InvalidParameterValueException, NotFoundException.   Writes: messages.
    Source: SNS API reference, Publish.
    """
    topic = _target(ctx, request)
    message.check(request)
    if topic is not None:
        fifo.check(request, topic)
    _check_size(message.size_bytes(request), topic)
    with ctx.state.write():
        answer, published = _placed(ctx, topic, request)
        messages.keep(ctx.state, published)
    return answer


def _target(ctx: Context, request: PublishInput) -> Topic | None:
    """The topic, none for a phone number. Raises: InvalidParameterException, NotFoundException."""
    targets = [name for name in ("TopicArn", "TargetArn", "PhoneNumber") if request.get(name)]
    if not targets:
        raise invalid("TopicArn or TargetArn Reason: no value for required parameter")
    if len(targets) > 1:
        raise invalid(f"{targets[1]} Reason: only one of TopicArn, TargetArn and PhoneNumber may be given")
    if "PhoneNumber" in targets:
        number = request["PhoneNumber"]
        if not is_phone_number(number):
            raise invalid(f"PhoneNumber Reason: {number} is not valid to publish to")
        return None
    if "TargetArn" in targets and ":endpoint/" in request["TargetArn"]:
        raise invalid("TargetArn Reason: No endpoint found for the target arn specified")
    return arns.topic(ctx, request.get("TopicArn") or request["TargetArn"], targets[0])


def _check_size(size_bytes: int, topic: Topic | None) -> None:
    if size_bytes > _most_bytes(topic):
        raise invalid("Message too long")


def _most_bytes(topic: Topic | None) -> int:
    return int(topic.attributes.get("MaximumMessageSize", limits.MESSAGE_BYTES)) if topic else limits.MESSAGE_BYTES


def _placed(ctx: Context, topic: Topic | None, request: PublishInput) -> tuple[PublishOutput, list[Published]]:
    """The answer, and what is to be kept: nothing for a duplicate."""
    message_id = str(uuid.uuid4())
    answer: PublishOutput = {"MessageId": message_id}
    kept = dict(request)
    if topic is not None and is_fifo(topic.attributes):
        place = fifo.place(ctx, topic, request, message_id)
        answer = {"MessageId": place.message_id, "SequenceNumber": fifo.written(place)}
        if place.duplicate:
            return answer, []
        kept["SequenceNumber"] = answer["SequenceNumber"]  # not of the request, but delivered with it
    arn = topic.arn if topic else None
    return answer, [Published(message_id, ctx.account, ctx.region, arn, kept, ctx.now_ms)]


@operation
def publish_batch(ctx: Context, request: PublishBatchInput) -> PublishBatchOutput:
    """The good messages are kept, all at once; each bad one is answered with its reason.

    Raises: InvalidParameterException, NotFoundException and the errors of batches.   Writes: messages.
    Source: SNS API reference, PublishBatch; that a wrong group or deduplication id fails the whole call is inferred.
    """
    entries = request["PublishBatchRequestEntries"]
    check_batch(entries)
    topic = arns.topic(ctx, request["TopicArn"])
    for entry in entries:
        fifo.check(entry, topic)
    if sum(map(message.size_bytes, entries)) > _most_bytes(topic):
        text = "The length of all the messages put together is more than the limit."
        raise AwsError("BatchRequestTooLongException", text)
    return _published(ctx, topic, entries)


def _published(ctx: Context, topic: Topic, entries: Sequence[PublishBatchRequestEntry]) -> PublishBatchOutput:
    good: list[PublishBatchResultEntry] = []
    bad: list[BatchResultErrorEntry] = []
    kept: list[Published] = []
    with ctx.state.write():
        for entry in entries:
            try:
                message.check(entry)
            except AwsError as err:
                bad.append(failed(entry["Id"], err))
            else:
                members = {name: value for name, value in entry.items() if name != "Id"}
                single = cast("PublishInput", {"TopicArn": topic.arn, **members})
                answer, published = _placed(ctx, topic, single)
                good.append({"Id": entry["Id"], **answer})
                kept += published
        messages.keep(ctx.state, kept)
    return {"Successful": good, "Failed": bad}
