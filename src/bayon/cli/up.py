"""`bayon up`: serve in the foreground."""

from __future__ import annotations

import click
from click.core import ParameterSource

from bayon.cli.env import ANY_SECRET, exports, variables
from bayon.cli.options import FIELDS, takes_settings
from bayon.settings import Settings

SECTION = "Serve"


@click.command()
@takes_settings(*FIELDS)
@click.pass_context
def command(context: click.Context, settings: Settings) -> None:
    """Serve until stopped by Ctrl-C or SIGTERM.

    While no access key exists (see bayon keys) any credentials are taken, and only this machine can connect.
    """
    _refuse_lasting_data(context, settings)
    from bayon import app  # the engines take half a second to import, which no other command has to wait for

    app.run(settings, _say_ready)


def _refuse_lasting_data(context: click.Context, settings: Settings) -> None:
    for name in ("data_dir", "store", "state"):
        if settings.ephemeral and context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            option = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"--ephemeral keeps its data in a folder of its own: leave out {option}")


def _say_ready(settings: Settings, *, has_keys: bool) -> None:
    """The one thing bayon writes to stdout: a line, the exports to copy, an empty line."""
    kept = "gone when it stops" if settings.ephemeral else f"in {settings.data_dir}"
    words = variables(settings, settings.account, ANY_SECRET)
    if has_keys:  # their secrets belong in no log: `bayon env` prints one to who may read the data
        words = {name: value for name, value in words.items() if "KEY" not in name}
    lines = [f"bayon is ready on {settings.endpoint}, its data {kept}", *(f"  {line}" for line in exports(words)), ""]
    click.echo("\n".join(lines))
