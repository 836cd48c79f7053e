"""`bayon alarms`: alarms on the command line, over the public API. One file per command."""

from __future__ import annotations

import click

from bayon.cli import Folder

SECTION = "Use"


class Alarms(Folder):
    """The commands of this package."""

    folder = __name__


@click.group(cls=Alarms)
def command() -> None:
    """Look into the alarms of a running bayon."""
