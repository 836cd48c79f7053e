"""How far back a command looks, as people write it: 30m, 6h, 2d. Not a command."""

from __future__ import annotations

import re

import click

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


class Since(click.ParamType[int]):
    """A length of time, in seconds."""

    name = "time"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d{1,6})([smhdw])", value)
        if found is None:
            self.fail(f"expected a time such as 30m, 6h or 2d, found {value!r}", param, ctx)
        return int(found[1]) * _SECONDS[found[2]]
