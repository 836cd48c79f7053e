"""`bayon version`: what is installed, for a bug report."""

from __future__ import annotations

import platform
from importlib.metadata import version

import click

SECTION = "Look after"


@click.command()
def command() -> None:
    """Print the versions of bayon, its engine and Python."""
    for name in ("bayon", "chdb-core", "botocore"):
        click.echo(f"{name} {version(name)}")
    click.echo(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
