"""`bayon alarms explain`: every data point that an alarm looked at, which counted, and the rule that decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from bayon.cli.endpoint import takes_endpoint
from bayon.clock import Clock

if TYPE_CHECKING:
    from bayon.services.cloudwatch.alarm_explanation import Explanation, Window

COLOURS = {"OK": "green", "ALARM": "bold red", "INSUFFICIENT_DATA": "yellow"}


@click.command()
@click.argument("name")
@click.option("--at", help="Time of the evaluation, ISO 8601; the last one if not given.")
@takes_endpoint
def command(name: str, at: str | None, clients: Callable[[str], Any]) -> None:
    """Show how the alarm NAME is evaluated: AWS does not tell, but what it publishes is enough to compute it again."""
    from bayon.services.cloudwatch import alarm_explanation

    found = alarm_explanation.explain(clients("cloudwatch"), name, _time_ms(at))
    _print(found)


def _time_ms(text: str | None) -> int:
    if text is None:
        return Clock().now_ms()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"expected a time such as 2026-03-02T10:00:00Z, found {text}") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _print(found: Explanation) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    console.print(Text.assemble((found.name, "bold"), " is in ", (found.state, COLOURS[found.state])))
    console.print(Text(found.asks))
    for series in found.series:
        table = Table(box=None, header_style="bold", pad_edge=False, title=series.label or None, title_justify="left")
        for title in ("window", "value", "breaches", "counted as"):
            table.add_column(title, no_wrap=True)
        for window in series.windows:
            table.add_row(*_row(window))
        console.print(table)
        console.print(Text.assemble("rule: ", series.rule))
        console.print(Text.assemble("therefore ", (series.state, COLOURS[series.state]), f"  {series.reason}"))
    if found.rule_text:
        console.print(Text(found.rule_text))


def _row(window: Window) -> tuple[str, str, str, str]:
    start, end = (
        datetime.fromtimestamp(each, UTC).strftime("%m-%d %H:%M:%S") for each in (window.start_s, window.end_s)
    )
    breaches = "" if window.breaches is None else "yes" if window.breaches else "no"
    return f"{start} - {end[6:]}", "-" if window.value is None else f"{window.value:g}", breaches, window.role
