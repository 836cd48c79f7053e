"""`bayon import`: what people have already, over the public API. One file per command."""

from __future__ import annotations

import click

from bayon.cli import Folder

SECTION = "Use"


class Import(Folder):
    """The commands of this package."""

    folder = __name__


@click.group(cls=Import)
def command() -> None:
    """Import files into a running bayon, or any AWS endpoint."""
