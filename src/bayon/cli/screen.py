"""Where commands draw: the terminal, or as wide as need be for a file or another program. Not a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 200


def screen() -> Console:
    """The console, loaded when there is something to draw."""
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDE)
