"""`bayon pack`: monitoring packs, applied through the public API of bayon or of any AWS endpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from bayon.cli.endpoint import takes_endpoint
from bayon.errors import BayonError

SECTION = "Use"
SHOWN_CHARS = 100


@click.group()
def command() -> None:
    """Apply monitoring packs: alarms, a dashboard, saved queries, retention, runbooks."""


@command.command("list")
def list_packs() -> None:
    """List the packs that there are."""
    from bayon.packs import apply

    for name in apply.names():
        click.echo(f"{name}  {apply.load(name, {'Account': '', 'Region': ''})['says']}")


@command.command("apply")
@click.argument("name")
@click.option("--diff", is_flag=True, help="Show what would change, and change nothing.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A parameter of the pack; may be repeated."
)
@takes_endpoint
def apply_pack(name: str, settings: tuple[str, ...], clients: Callable[[str], Any], *, diff: bool) -> None:
    """Make and change what the pack NAME says; what is so already is left alone, and nothing is deleted."""
    from bayon.packs import apply

    given = dict(_parameter(each) for each in settings)
    account = clients("sts").get_caller_identity()["Account"]
    region = clients("cloudwatch").meta.region_name
    pack = apply.load(name, {"Account": account, "Region": region, **given})
    changed = failed = 0
    for step in apply.steps(pack, clients):
        _show(step, diff=diff)
        failed += bool(step.problem)
        if step.differences:
            changed += 1
            if not diff:
                step.do()
    click.echo(f"{changed} to change" if diff else f"{changed} changed")
    if failed:
        raise BayonError(f"{failed} things of the pack could not be compared with what is there")
    for runbook in pack.get("runbooks", []):
        click.echo(f"runbook  {apply.FOLDER / name / runbook}", err=True)


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BayonError(f"expected a parameter as NAME=VALUE, found {text!r}")
    return name, value


def _show(step: Any, *, diff: bool) -> None:
    if step.problem:
        click.echo(f"! {step.kind} {step.name}: {step.problem}")
        return
    sign = "=" if not step.differences else "+" if step.is_new else "~"
    click.echo(f"{sign} {step.kind} {step.name}")
    for member, before, after in step.differences if diff else ():
        if member:
            click.echo(f"    {member}: {_short(before)} -> {_short(after)}")
        else:
            for key, value in after.items():
                click.echo(f"    {key}: {_short(value)}")


def _short(value: object) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARS else f"{text[: SHOWN_CHARS - 1]}…"
