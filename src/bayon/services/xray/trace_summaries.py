"""Finding traces by time and by what a filter expression says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bayon import limits
from bayon.services.operation import Context, operation
from bayon.services.page_token import Cursor
from bayon.services.xray.errors import cursor_of, invalid, next_token
from bayon.services.xray.selection import time_range, traces_matching
from bayon.services.xray.sum_up import sum_up
from bayon.services.xray.trace_summary import matched_event_ms, summary_of
from bayon.store import summaries
from bayon.store.summaries import Selection, TimeRange
from bayon.store.trace_rows import TraceRow

if TYPE_CHECKING:
    from bayon.shapes.xray import GetTraceSummariesInput, GetTraceSummariesOutput, TraceSummary

_HASH_RANGE = float(1 << 64)


@operation
def get_trace_summaries(ctx: Context, request: GetTraceSummariesInput) -> GetTraceSummariesOutput:
    """A page of the traces in the time range for which the filter holds, newest first.

    While much has just arrived a page may be empty and still have a token.
    Reads: summaries, documents, groups.   Writes: summaries.   Raises: InvalidRequestException.
    Source: X-Ray API reference, GetTraceSummaries; traces.md §2.4.
    """
    scope = [str(request.get(name)) for name in ("StartTime", "EndTime", "TimeRangeType", "FilterExpression")]
    before = cursor_of(ctx, request.get("NextToken"), scope)
    selection = _selection(ctx, request)
    if not sum_up(ctx.store):
        return _page(ctx, scope, selection, [], before or [], 0)
    place = (before[0], before[1]) if before else None
    rows = summaries.page(ctx.store, selection, before=place, limit=limits.TRACE_SUMMARIES_PAGE)
    full = len(rows) == limits.TRACE_SUMMARIES_PAGE
    last: Cursor | None = [rows[-1].at_s, rows[-1].trace_id] if full else None
    scanned = Selection(ctx.account, ctx.region, selection.since_s, selection.until_s, selection.by)
    since = (rows[-1].at_s, rows[-1].trace_id) if full else None
    processed = summaries.count(ctx.store, scanned, before=place, since=since)
    return _page(ctx, scope, selection, rows, last, processed)


def _page(
    ctx: Context,
    scope: list[str],
    selection: Selection,
    rows: list[TraceRow],
    cursor: Cursor | None,
    processed: int,
) -> GetTraceSummariesOutput:
    """In: `cursor` is where the next page begins, none when this is the last."""
    began_s = float(cursor[0]) if cursor else selection.since_s
    found: GetTraceSummariesOutput = {
        "TraceSummaries": _summaries(ctx, selection, rows),
        "ApproximateTime": round(began_s * 1000),
        "TracesProcessedCount": processed,
    }
    return found if cursor is None else found | {"NextToken": next_token(ctx, scope, cursor)}


def _summaries(ctx: Context, selection: Selection, rows: list[TraceRow]) -> list[TraceSummary]:
    superseded = summaries.times_superseded(ctx.store, rows)
    found = [summary_of(row, revision=1 + superseded.get(row.trace_id, 0)) for row in rows]
    if selection.by == "Event":
        for summary, row in zip(found, rows, strict=True):
            summary["MatchedEventTime"] = matched_event_ms(row, selection.since_s, selection.until_s)
    return found


def _selection(ctx: Context, request: GetTraceSummariesInput) -> Selection:
    since_s, until_s = time_range(request["StartTime"], request["EndTime"])
    by = cast("TimeRange", request.get("TimeRangeType") or "TraceId")
    found = traces_matching(ctx, since_s, until_s, request.get("FilterExpression") or "", by=by)
    strategy = request.get("SamplingStrategy") or {}
    if strategy.get("Name") != "FixedRate":  # a partial scan may find everything
        return found
    share = strategy.get("Value", 1.0)
    if not 0 <= share <= 1:
        raise invalid("SamplingStrategy Value must be between 0 and 1")
    return Selection(
        *(found.account, found.region, found.since_s, found.until_s, found.by),
        f"{found.condition} AND cityHash64(trace_id) < {{share:Float64}}",
        {**(found.parameters or {}), "share": share * _HASH_RANGE},
    )
