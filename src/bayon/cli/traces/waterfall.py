"""Draws a trace in the terminal: a line for each segment and subsegment, its bar where it lay in time. Not a command.

What a call says of a callee that sent nothing is drawn with the call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from bayon.cli.aws_client import asked, client
from bayon.cli.screen import screen
from bayon.errors import BayonError
from bayon.settings import Settings

BAR_WIDTHS = (12, 40)  # a third of the screen, within these
GROUPS_SEARCHED = 50  # log groups in which events are sought
EVENTS_SHOWN = 50  # of one group
MARGIN_S = 60  # logs are written a little before and after


@dataclass(frozen=True, slots=True)
class Line:
    """An entity with its depth, and the type of a callee that sent nothing; `end_s` is none while it is running."""

    depth: int
    fields: dict[str, Any]
    callee: str = ""

    @property
    def start_s(self) -> float:
        return float(self.fields.get("start_time", 0.0))

    @property
    def end_s(self) -> float | None:
        return None if self.fields.get("in_progress") else self.fields.get("end_time")


def show(settings: Settings, trace_id: str, *, logs: bool) -> None:
    """The trace is on the screen. Raises: BayonError when there is none of that id."""
    from rich.table import Table

    answer = asked(client("xray", settings).batch_get_traces, TraceIds=[trace_id])
    if not answer["Traces"]:
        raise BayonError(f"there is no trace {trace_id}")
    (trace,) = answer["Traces"]
    lines = list(_lines([msgspec.json.decode(segment["Document"]) for segment in trace["Segments"]]))
    first_s = min(line.start_s for line in lines)
    last_s = max(line.end_s or line.start_s for line in lines)
    console = screen()
    width = max(BAR_WIDTHS[0], min(BAR_WIDTHS[1], console.width // 3))
    began = datetime.fromtimestamp(first_s, UTC).isoformat(timespec="milliseconds")
    console.print(f"{trace['Id']}  {began.replace('+00:00', 'Z')}  {(last_s - first_s) * 1000:,.0f} ms", style="bold")
    table = Table(box=None, pad_edge=False, show_header=False)
    for column in ({}, {"justify": "right", "no_wrap": True}, {"no_wrap": True}, {}):
        table.add_column(**column)
    for line in lines:
        table.add_row(_label(line), _took(line), _bar(line, first_s, last_s, width), _said(line))
    console.print(table)
    if logs:
        for text in _log_lines(settings, trace["Id"], first_s, last_s):
            console.print(text, markup=False)


def _lines(segments: list[dict[str, Any]]) -> Iterator[Line]:
    """Every entity below the one that called it, in the order of their starts."""
    called: dict[str, list[dict[str, Any]]] = defaultdict(list)
    ids: set[str] = set()
    waiting = list(segments)
    while waiting:
        entity = waiting.pop()
        ids.add(entity.get("id", "-"))
        waiting += entity.get("subsegments", [])
    for segment in segments:
        called[segment.get("parent_id", "")].append(segment)
    tops = [each for each in segments if each.get("parent_id", "") not in ids and not each.get("inferred")]
    stack = [(0, entity) for entity in sorted(tops, key=_start, reverse=True)]
    drawn: set[int] = set()
    while stack:
        depth, entity = stack.pop()
        if id(entity) in drawn:  # a ring of parents
            continue
        drawn.add(id(entity))
        callees = called.get(entity.get("id", "-"), [])
        sent = [callee for callee in callees if not callee.get("inferred")]
        yield Line(depth, entity, next((str(each.get("origin", "")) for each in callees if each.get("inferred")), ""))
        below = entity.get("subsegments", []) + sent
        stack += [(depth + 1, child) for child in sorted(below, key=_start, reverse=True)]


def _start(entity: dict[str, Any]) -> float:
    return float(entity.get("start_time", 0.0))


def _label(line: Line) -> str:
    from rich.markup import escape

    fields = line.fields
    name = escape(str(fields.get("name", "?")))
    kind = str(line.callee or fields.get("origin") or fields.get("namespace") or "")
    style = "bold" if "trace_id" in fields else ""
    return "  " * line.depth + (f"[{style}]{name}[/]" if style else name) + (f" [dim]{escape(kind)}[/]" if kind else "")


def _took(line: Line) -> str:
    return "…" if line.end_s is None else f"{max(0.0, line.end_s - line.start_s) * 1000:,.1f} ms"


def _bar(line: Line, first_s: float, last_s: float, width: int) -> str:
    whole_s = (last_s - first_s) or 1.0
    before = int((line.start_s - first_s) / whole_s * width)
    end_s = last_s if line.end_s is None else line.end_s
    wide = max(1, min(round((end_s - line.start_s) / whole_s * width), width - before))
    before = min(before, width - wide)
    colour = _colour(line.fields)
    return f"[dim]{'·' * before}[/][{colour}]{'━' * wide}[/][dim]{'·' * (width - before - wide)}[/]"


def _colour(fields: dict[str, Any]) -> str:
    if fields.get("fault"):
        return "red"
    if fields.get("throttle"):
        return "magenta"
    return "yellow" if fields.get("error") else "green"


def _said(line: Line) -> str:
    """What was asked, what came of it, and why it failed."""
    from rich.markup import escape

    fields = line.fields
    http, aws = fields.get("http", {}), fields.get("aws", {})
    request, response = http.get("request", {}), http.get("response", {})
    words = [aws.get("operation"), aws.get("table_name") or aws.get("bucket_name") or aws.get("queue_url")]
    words += [request.get("method"), request.get("url"), response.get("status")]
    flags = [word for word in ("fault", "error", "throttle") if fields.get(word)]
    cause = fields.get("cause")
    exceptions = cause.get("exceptions", []) if isinstance(cause, dict) else []
    words += [*flags, *(f"{each.get('type', '')}: {each.get('message', '')}" for each in exceptions[:1])]
    return escape(" ".join(str(word) for word in words if word))


def _log_lines(settings: Settings, trace_id: str, first_s: float, last_s: float) -> Iterator[str]:
    """The events of the log groups that carry the trace's id, as X-Ray or as OpenTelemetry writes it."""
    logs = client("logs", settings)
    _, epoch, rest = trace_id.split("-")
    pattern = f'?"{trace_id}" ?"{epoch}{rest}"'
    span = {"startTime": int((first_s - MARGIN_S) * 1000), "endTime": int((last_s + MARGIN_S) * 1000)}
    for group in asked(logs.describe_log_groups, limit=GROUPS_SEARCHED)["logGroups"]:
        name = group["logGroupName"]
        found = asked(logs.filter_log_events, logGroupName=name, filterPattern=pattern, limit=EVENTS_SHOWN, **span)
        for event in found["events"]:
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            yield f"{at:%H:%M:%S.%f}"[:-3] + f"  {name}  {event['message'].rstrip()}"
