"""`bayon traces`: traces on the command line, over the public API. One file per command, and a list without one."""

from __future__ import annotations

import click

from bayon.cli import Folder
from bayon.cli.options import takes_settings
from bayon.cli.since import Since
from bayon.settings import Settings

SECTION = "Use"


class Traces(Folder):
    """The commands of this package."""

    folder = __name__


@click.group(cls=Traces, invoke_without_command=True)
@click.option("--filter", "expression", default="", help="Only traces that this filter expression is true of.")
@click.option("--since", type=Since(), default="1h", show_default=True, help="How far back: 30m, 6h, 2d.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many.")
@takes_settings("host", "port", "account", "region", "data_dir", "state")
@click.pass_context
def command(context: click.Context, settings: Settings, expression: str, since: int, limit: int) -> None:
    """List the traces of a running bayon, newest first, or draw one of them.

    \b
    bayon traces --filter 'fault AND responsetime > 2' --since 6h
    bayon traces show 1-6553f100-000000000000000000000001
    """
    if context.invoked_subcommand is not None:
        return
    from bayon.cli.traces.listing import list_traces

    list_traces(settings, expression, since, limit)
