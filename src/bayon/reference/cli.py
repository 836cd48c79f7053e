"""The page of the command line: the help of every command, as it prints it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from bayon import cli
from bayon.reference.markdown import page

INTRO = "What `bayon` prints when a command is given `--help`."
WIDTH = 100


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, `bayon` itself first, groups before what they hold."""
    yield from ((context.command_path, context.command) for context in _contexts())


def text() -> str:
    """The page."""
    return page("Commands", INTRO, *(_section(context) for context in _contexts()))


def _contexts() -> Iterator[click.Context]:
    settings: dict[str, Any] = {**cli.group.context_settings, "terminal_width": WIDTH}
    yield from _below(click.Context(cli.group, info_name="bayon", **settings))


def _below(context: click.Context) -> Iterator[click.Context]:
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command is not None:
                yield from _below(click.Context(command, parent=context, info_name=name))


def _section(context: click.Context) -> str:
    return f"## {context.command_path}\n\n```text\n{context.get_help().rstrip()}\n```"
