"""What the daemon says of itself: how many segments it received, sent and lost."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bayon.services.operation import Context, operation

if TYPE_CHECKING:
    from bayon.shapes import xray as shapes

log = logging.getLogger(__name__)


@operation
def put_telemetry_records(ctx: Context, request: shapes.PutTelemetryRecordsRequest) -> shapes.PutTelemetryRecordsResult:
    """Nothing is kept, as nothing can be asked of it; segments that a daemon lost are in bayon's log.

    Source: X-Ray API reference, PutTelemetryRecords; traces.md §2.2.
    """
    for record in request["TelemetryRecords"]:
        lost = (record.get("SegmentsSpilloverCount") or 0) + (record.get("SegmentsRejectedCount") or 0)
        if lost:
            log.warning("the X-Ray daemon of %s lost %d segments", request.get("Hostname") or "a host", lost)
    return {}
