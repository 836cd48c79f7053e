"""`bayon traces show`: one trace as a waterfall."""

from __future__ import annotations

import click

from bayon.cli.options import takes_settings
from bayon.settings import Settings


@click.command()
@click.argument("trace_id")
@click.option("--logs", is_flag=True, help="The log events that carry the trace's id, too.")
@takes_settings("host", "port", "account", "region", "data_dir", "state")
def command(settings: Settings, trace_id: str, *, logs: bool) -> None:
    """Draw the trace: what called what, when, and how long it took."""
    from bayon.cli.traces.waterfall import show

    show(settings, trace_id, logs=logs)
