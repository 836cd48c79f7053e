"""Lists traces as a table. Not a command."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bayon.cli.aws_client import asked, client
from bayon.cli.screen import screen
from bayon.clock import Clock
from bayon.settings import Settings


def list_traces(settings: Settings, expression: str, since_s: int, limit: int) -> None:
    """The traces of the last so many seconds are on the screen, newest first."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name, justify in (("began", "left"), ("trace", "left"), ("took", "right"), ("", "left"), ("", "left")):
        table.add_column(name, justify="right" if justify == "right" else "left", no_wrap=name != "")
    shown = 0
    for summary in _summaries(settings, expression, since_s):
        if shown == limit:
            break
        table.add_row(*_row(summary))
        shown += 1
    console = screen()
    if shown:
        console.print(table)
    else:
        console.print("no traces")


def _summaries(settings: Settings, expression: str, since_s: int) -> Iterator[dict[str, Any]]:
    xray = client("xray", settings)
    now_s = Clock().now_ms() / 1000
    request: dict[str, Any] = {"StartTime": now_s - since_s, "EndTime": now_s + 1, "TimeRangeType": "Event"}
    if expression:
        request["FilterExpression"] = expression
    while True:
        answer = asked(xray.get_trace_summaries, **request)
        yield from answer["TraceSummaries"]
        if "NextToken" not in answer:
            return
        request["NextToken"] = answer["NextToken"]


def _row(summary: dict[str, Any]) -> tuple[str, ...]:
    began = summary.get("StartTime")
    http = summary.get("Http", {})
    asked_for = " ".join(str(http[key]) for key in ("HttpMethod", "HttpURL", "HttpStatus") if key in http)
    flags = ("fault", "HasFault", "red"), ("error", "HasError", "yellow"), ("throttle", "HasThrottle", "magenta")
    failed = " ".join(f"[{colour}]{word}[/]" for word, key, colour in flags if summary.get(key))
    running = "" if "Duration" in summary and not summary.get("IsPartial") else "[dim]partial[/]"
    took_s = summary.get("ResponseTime", summary.get("Duration"))
    return (
        f"{began.astimezone():%H:%M:%S}" if isinstance(began, datetime) else "",
        summary["Id"],
        "" if took_s is None else f"{took_s * 1000:,.0f} ms",
        " ".join(filter(None, (failed, running))),
        " ".join(filter(None, (summary.get("EntryPoint", {}).get("Name", ""), asked_for))),
    )
