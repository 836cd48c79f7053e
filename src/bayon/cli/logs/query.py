"""`bayon logs query`: a Logs Insights query over the public API, its rows as a table, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from bayon.cli.options import takes_settings
from bayon.clock import Clock, monotonic_s
from bayon.errors import BayonError
from bayon.settings import Settings

if TYPE_CHECKING:
    from rich.progress import Progress

LIVE = ("Scheduled", "Running")
UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
POLL_S = 0.1
POLL_LONG_S = 1.0
LONG_S = 1.0  # a query that takes longer shows how far it is
STYLES = ((re.compile(r"error|exception|fatal", re.IGNORECASE), "red"), (re.compile("warn", re.IGNORECASE), "yellow"))


class Since(click.ParamType[int]):
    """A length of time such as 90s, 15m, 1h, 2d or 1w, as seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = re.fullmatch(r"(\d+)([smhdw])", str(value))
        if not match:
            self.fail(f"expected a length of time such as 15m, 1h or 2d, found {value!r}", param, ctx)
        return int(match[1]) * UNITS_S[match[2]]


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="GROUP… QUERY")
@click.option("--since", type=Since(), default="1h", show_default=True, help="How far back to look.")
@click.option("--limit", type=click.IntRange(1, 100_000), help="At most so many rows.")
@click.option("--output", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@takes_settings("host", "port", "account", "region", "data_dir", "state")
def command(settings: Settings, words: Sequence[str], since: int, limit: int | None, output: str) -> None:
    """Run a Logs Insights QUERY over the log groups and print its rows.

    \b
      bayon logs query /app/web 'filter @message like /ERROR/ | stats count() by bin(5m)' --since 2d

    Without a GROUP the query names its own with SOURCE. A running bayon answers; access keys are those of bayon env.
    """
    from bayon.cli.logs.client import client

    *groups, query = words
    logs = client(settings, "logs")
    end_s = Clock().now_ms() // 1000
    request: dict[str, Any] = {"queryString": query, "startTime": end_s - since, "endTime": end_s + 1}
    if groups:
        request["logGroupIdentifiers"] = groups
    if limit is not None:
        request["limit"] = limit
    answer = _answered(logs, _started(logs, query, request))
    rows = [{cell["field"]: cell["value"] for cell in row if cell["field"] != "@ptr"} for row in answer["results"]]
    {"table": _table, "json": _json, "csv": _csv}[output](rows)
    if output == "table" and sys.stdout.isatty():
        statistics = answer["statistics"]
        click.secho(
            f"{len(rows):,} rows; {statistics['recordsMatched']:,.0f} of {statistics['recordsScanned']:,.0f} events, "
            f"{statistics['bytesScanned'] / 1e6:,.1f} MB",
            dim=True,
        )


def _started(logs: Any, query: str, request: Mapping[str, Any]) -> str:
    """The id of the query. Raises: BayonError with what is wrong, underlined."""
    from botocore.exceptions import ClientError

    from bayon.cli.explain import underlined
    from bayon.errors import LanguageError

    try:
        return str(logs.start_query(**request)["queryId"])
    except ClientError as err:
        location = err.response.get("queryCompileError", {}).get("location")
        message = err.response["Error"].get("Message", "")
        if location:
            span = (location["startCharOffset"], location["endCharOffset"])
            message = underlined(query, LanguageError(message, span))
        raise BayonError(message) from err


def _answered(logs: Any, query_id: str) -> dict[str, Any]:
    """The whole answer, once the query has ended. Raises: BayonError when it did not end well."""
    began_s = monotonic_s()
    bar: Progress | None = None
    try:
        while (answer := logs.get_query_results(queryId=query_id))["status"] in LIVE:
            waited_s = monotonic_s() - began_s
            if bar is None and waited_s > LONG_S and sys.stderr.isatty():
                bar = _bar()
            if bar is not None:
                seen = answer["statistics"].get("recordsScanned", 0)
                bar.update(bar.task_ids[0], description=f"{answer['status'].lower()}, {seen:,.0f} events to look at")
            threading.Event().wait(POLL_S if waited_s < LONG_S else POLL_LONG_S)
    except KeyboardInterrupt:
        logs.stop_query(queryId=query_id)
        raise
    finally:
        if bar is not None:
            bar.stop()
    if answer["status"] != "Complete":
        raise BayonError(f"the query ended as {answer['status']}")
    while "nextToken" in answer:
        page = logs.get_query_results(queryId=query_id, nextToken=answer.pop("nextToken"))
        answer["results"] += page["results"]
        answer |= {"nextToken": page["nextToken"]} if "nextToken" in page else {}
    return dict(answer)


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("running", total=None)
    bar.start()
    return bar


def _columns(rows: Sequence[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _table(rows: Sequence[Mapping[str, str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    columns = _columns(rows)
    if not rows:
        click.echo("no rows", err=True)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        numeric = all(re.fullmatch(r"-?[\d.]+", row.get(name, "0")) for row in rows)
        table.add_column(Text(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(row.get(name, "")) for name in columns), style=_style(row))
    terminal = sys.stdout.isatty()
    Console(soft_wrap=not terminal, width=None if terminal else 10_000).print(table)


def _style(row: Mapping[str, str]) -> str:
    text = row.get("@message", "") or row.get("level", "") or row.get("@severityLabel", "")
    return next((style for words, style in STYLES if words.search(text)), "")


def _json(rows: Sequence[Mapping[str, str]]) -> None:
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))


def _csv(rows: Sequence[Mapping[str, str]]) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, _columns(rows), restval="")
    writer.writeheader()
    writer.writerows(rows)
    click.echo(out.getvalue(), nl=False)
