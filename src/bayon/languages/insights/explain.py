"""What becomes of a query at each stage, as text: tokens, tree, steps and SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from bayon.languages.insights.fields import Group
from bayon.languages.insights.parser import parse
from bayon.languages.insights.plan import compiled
from bayon.languages.insights.tokens import tokens
from bayon.languages.insights.world import LookupTable, World

# Groups and times stand for those of a request, which an explanation has none of.
SOMETHING = World(
    account="000000000000",
    region="us-east-1",
    start_ms=0,
    end_ms=3_600_000,
    now_ms=3_600_000,
    groups=[Group(1, "/a/group")],
    select=lambda _: [Group(1, "/a/group")],
    table=lambda _: LookupTable(columns=(), rows=()),
)


def explained(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each stage by its name, with its lines. Raises: LanguageError."""
    yield "tokens", [f"{token.span[0]:>5}  {token.kind.name.lower():<7} {token.value}" for token in tokens(text)[:-1]]
    tree = parse(text)
    yield "tree", [line for command in tree.commands for line in _lines(command, "")]
    by_source = getattr(tree.commands[0], "selects_groups", False)
    world = SOMETHING if not by_source else World(**{**_members(SOMETHING), "groups": ()})
    statement = compiled(tree, world).statement
    read = [f"{events.name}: events of groups {[group for group, _ in events.groups]}" for events in statement.events]
    for events in statement.events:
        read += [f"  {field.alias} = {field.settled}" for field in events.fields]
        read += [f"  where {condition}" for condition in events.conditions]
    yield "steps", [*read, *(f"{name}: {sql}" for name, sql in statement.steps)]
    yield "SQL", [statement.select]
    if statement.parameters:
        yield "values", [f"{name} = {value!r}" for name, value in statement.parameters.items()]


def _members(world: World) -> dict[str, Any]:
    return {each.name: getattr(world, each.name) for each in fields(world)}


def _lines(node: Any, label: str, depth: int = 0) -> Iterator[str]:
    """A node and what is below it, a line each."""
    indent = "  " * depth + (f"{label}: " if label else "")
    if not is_dataclass(node) or isinstance(node, type):
        yield f"{indent}{node!r}"
        return
    members = [(each.name, getattr(node, each.name)) for each in fields(node) if each.name not in ("span", "source")]
    plain = [f"{name}={value!r}" for name, value in members if not _is_nested(value)]
    yield f"{indent}{type(node).__name__}({', '.join(plain)})"
    for name, value in members:
        if _is_nested(value):
            for each in value if isinstance(value, tuple) else (value,):
                yield from _lines(each, name, depth + 1)


def _is_nested(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(is_dataclass(each) for each in value)
    return is_dataclass(value)
