"""Export tasks: create, list, cancel. The export itself is `exports.py`, which a job carries out."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from bayon import limits
from bayon.deliver import buckets
from bayon.errors import AwsError
from bayon.services.logs.exports import WRITE_TEST, prefix_of
from bayon.services.logs.identifiers import existing_group, invalid
from bayon.services.logs.paging import issued, redeemed
from bayon.services.operation import Context, operation
from bayon.state import export_tasks
from bayon.state.export_tasks import ExportTask

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes


@operation
def create_export_task(ctx: Context, request: shapes.CreateExportTaskRequest) -> shapes.CreateExportTaskResponse:
    """The task is kept and about to run, and its bucket was found to take objects.

    Raises: InvalidParameterException, ResourceNotFoundException, LimitExceededException while another is active.
    Reads: log_groups.   Writes: export_tasks, the bucket.   Source: logs.md §5.6.
    """
    if request["from"] > request["to"]:
        raise invalid("The from time must not be later than the to time.")
    group = existing_group(ctx, request["logGroupName"])
    task = ExportTask(
        id=str(uuid.uuid4()),
        account=ctx.account,
        region=ctx.region,
        name=request.get("taskName"),
        group_id=group.id,
        group_name=group.name,
        stream_prefix=request.get("logStreamNamePrefix", ""),
        from_ms=request["from"],
        to_ms=request["to"],
        destination=request["destination"],
        destination_prefix=request.get("destinationPrefix", "exportedlogs"),
        status="PENDING",
        message="",
        created_ms=ctx.now_ms,
        completed_ms=None,
        progress={},
    )
    _write_test(ctx, task)
    if not export_tasks.create(ctx.state, task):
        raise AwsError("LimitExceededException", "Resource limit exceeded.")
    return {"taskId": task.id}


def _write_test(ctx: Context, task: ExportTask) -> None:
    """The bucket has the object with which AWS tries it. Source: logs.md §5.6, the first text recorded."""
    try:
        prefix = prefix_of(task)
        buckets.put(ctx.settings.buckets_place, task.destination, f"{prefix}/{WRITE_TEST[0]}", WRITE_TEST[1])
    except buckets.NoBucketError as err:
        raise invalid("The given bucket does not exist. Please make sure the bucket is valid.") from err
    except buckets.NoAccessError as err:
        raise invalid(
            "PutObject call on the given bucket failed. Please check if CloudWatch Logs has been granted permission "
            "to perform this operation."
        ) from err
    except buckets.BucketError as err:
        raise invalid(f"PutObject call on the given bucket failed: {err.message}") from err


@operation
def describe_export_tasks(
    ctx: Context, request: shapes.DescribeExportTasksRequest
) -> shapes.DescribeExportTasksResponse:
    """One page of the tasks that have the id and the status asked for, newest first.

    Raises: InvalidParameterException.   Reads: export_tasks.   Source: logs.md §5.6.
    """
    task_id, status = request.get("taskId"), request.get("statusCode")
    scope = ["describe_export_tasks", task_id, status]
    cursor = redeemed(ctx, request["nextToken"], scope) if "nextToken" in request else None
    limit = request.get("limit", limits.LOG_DESCRIBE_PAGE)
    found = export_tasks.page(
        ctx.state,
        ctx.account,
        ctx.region,
        task_id=task_id,
        status=status,
        before=None if cursor is None else (cursor[0], cursor[1]),
        limit=limit + 1,
    )
    answer: shapes.DescribeExportTasksResponse = {"exportTasks": [_described(task) for task in found[:limit]]}
    if len(found) > limit:
        last = found[limit - 1]
        answer["nextToken"] = issued(ctx, scope, [last.created_ms, last.id])
    return answer


def _described(task: ExportTask) -> shapes.ExportTask:
    described: shapes.ExportTask = {
        "taskId": task.id,
        "logGroupName": task.group_name,
        "from": task.from_ms,
        "to": task.to_ms,
        "destination": task.destination,
        "destinationPrefix": task.destination_prefix,
        "status": {"code": task.status},
        "executionInfo": {"creationTime": task.created_ms},
    }
    if task.name is not None:
        described["taskName"] = task.name
    if task.message:
        described["status"]["message"] = task.message
    if task.completed_ms is not None:
        described["executionInfo"]["completionTime"] = task.completed_ms
    return described


@operation
def cancel_export_task(ctx: Context, request: shapes.CancelExportTaskRequest) -> None:
    """The task writes nothing more than the object it is at.

    Raises: ResourceNotFoundException, InvalidOperationException where it has ended.
    Writes: export_tasks.   Source: logs.md §5.6, both texts recorded.
    """
    task_id = request["taskId"]
    with ctx.state.write():
        if export_tasks.find(ctx.state, ctx.account, ctx.region, task_id) is None:
            raise AwsError("ResourceNotFoundException", "The specified export task does not exist.")
        if not export_tasks.cancel(ctx.state, task_id):
            raise AwsError("InvalidOperationException", "The specified export task has already finished")
