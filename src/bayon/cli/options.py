"""Command-line options made from the settings, so that each is named and explained once.

A command lists the settings that it takes; every option can also be given as BAYON_<NAME> in the environment.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click

from bayon.settings import Settings

FIELDS: dict[str, Field[Any]] = {field.name: field for field in fields(Settings)}
TYPES = get_type_hints(Settings)


class Account(click.ParamType[str]):
    """An account number as AWS writes it."""

    name = "digits"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"[0-9]{12}", value):
            self.fail(f"expected twelve digits, found {value!r}", param, ctx)
        return value


def takes_settings(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The command has an option for each named setting and is called with `settings: Settings` made of them."""

    def decorate(call: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(call)
        def called(**given: Any) -> None:
            settings = Settings(**{name: given.pop(name) for name in names})
            call(settings=settings, **given)

        command: Callable[..., None] = called
        for name in reversed(names):
            command = _option(name)(command)
        return command

    return decorate


def _option(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    field = FIELDS[name]
    assert field.default is not MISSING, f"the setting {name} has no default"
    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        type=_parameter_type(name),
        is_flag=TYPES[name] is bool,
        default=field.default,
        show_default=field.default not in ("", False),
        envvar=f"BAYON_{name.upper()}",
        help=field.metadata["says"],
    )


def _parameter_type(name: str) -> click.ParamType[Any] | None:
    kind = TYPES[name]
    if name == "account":
        return Account()
    if name == "port":
        return click.IntRange(0, 65535)
    if kind is int:
        return click.IntRange(-1, 65535)
    if kind is Path:
        return click.Path(file_okay=False, path_type=Path)
    if choices := get_args(kind):
        return click.Choice(choices)
    return None if kind is bool else click.STRING
