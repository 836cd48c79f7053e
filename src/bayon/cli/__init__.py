"""The command line: one file per command, found by being there, imported only when it is asked for.

A command file exports `command`, and `SECTION`, the heading it stands under in the help.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import click

from bayon.errors import BayonError

SECTIONS = ("Serve", "Use", "Look after")
HELP = """bayon is the self-hosted CloudWatch: every AWS client works with it once AWS_ENDPOINT_URL points at it.

\b
  bayon up                  serve on http://127.0.0.1:4566, data in ./data
  eval "$(bayon env)"       make every AWS tool in this shell talk to it
  aws logs describe-log-groups

Each option can also be given in the environment: --data-dir as BAYON_DATA_DIR.
"""


class Folder(click.Group):
    """The commands of a package, `folder` by its full name: a module there that exports `command` is one."""

    folder = __name__

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in self._modules() if self.get_command(ctx, name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as click calls it
        if cmd_name not in self._modules():
            return None
        module = importlib.import_module(f"{self.folder}.{cmd_name.replace('-', '_')}")
        command = getattr(module, "command", None)
        return command if isinstance(command, click.Command) else None

    def _modules(self) -> list[str]:
        return sorted(
            info.name.replace("_", "-") for info in pkgutil.iter_modules(importlib.import_module(self.folder).__path__)
        )


class Commands(Folder):
    """The commands of this package, under the headings that they name."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {section: [] for section in SECTIONS}
        for name in self.list_commands(ctx):
            module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
            section = getattr(module, "SECTION", SECTIONS[-1])
            sections[section].append((name, module.command.get_short_help_str(limit=80)))
        for section, rows in sections.items():
            if rows:
                with formatter.section(section):
                    formatter.write_dl(rows)


@click.group(
    cls=Commands, help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="bayon", message="%(prog)s %(version)s")
def group() -> None:
    """The command `bayon`."""


def main() -> None:
    """The process has ended: with 0 after its work, with 1 and a sentence when it could not, with 2 on wrong usage."""
    try:
        group(prog_name="bayon")
    except BayonError as err:
        click.echo(f"bayon: {err.message}", err=True)
        sys.exit(1)
