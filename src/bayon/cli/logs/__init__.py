"""`bayon logs`: log events on the command line, over the public API. One file per command."""

from __future__ import annotations

import click

from bayon.cli import Folder

SECTION = "Use"


class Logs(Folder):
    """The commands of this package."""

    folder = __name__


@click.group(cls=Logs)
def command() -> None:
    """Query the log events of a running bayon."""
