"""The page of the settings: what the person who starts bayon can choose."""

from __future__ import annotations

from bayon.cli.options import FIELDS
from bayon.reference import cli
from bayon.reference.markdown import code, page, table

INTRO = (
    "Each setting is an option of the commands named, and can also be given in the environment. "
    "There is no configuration file."
)


def text() -> str:
    """The page."""
    heads = ("Setting", "Option", "Environment", "Default", "Meaning", "Commands")
    return page("Settings", INTRO, table(heads, map(_row, FIELDS)))


def _row(name: str) -> tuple[str, ...]:
    field = FIELDS[name]
    default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    takers = (path for path, command in cli.commands() if any(param.name == name for param in command.params))
    return (
        code(name),
        code(f"--{name.replace('_', '-')}"),
        code(f"BAYON_{name.upper()}"),
        code(default),
        field.metadata["says"],
        ", ".join(map(code, takers)),
    )
