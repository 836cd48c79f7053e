"""What bayon serves, what the models have, and what the cases call: the facts that several pages share.

Reads: the modules of `bayon.services`, botocore's models, `tests/cases/api`.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import bayon
import bayon.services
from bayon import catalog
from bayon.services.operation import Operation
from bayon.wire import model

ROOT = Path(bayon.__file__).parent.parent.parent
CASES = ROOT / "tests" / "cases" / "api"
NOT_CALLS = {"service", "clock", "answers", "absent", "error", "save"}  # keys of a step that name no operation

Name = tuple[str, str]  # service and snake-case operation
_LINES = re.compile(r"(?:^|\s{3})(?:In|Out|Raises|Reads|Writes|Source): ")


@functools.cache
def operations() -> dict[Name, Operation]:
    """Every served operation."""
    found = catalog.collect(bayon.services, Operation, lambda each: f"{each.service}.{each.name}")
    return {(each.service, each.name): each for each in found.values()}


@dataclass(frozen=True, slots=True)
class Modelled:
    """An operation that a model has: AWS's name of it, and ours."""

    title: str
    name: Name


def modelled(service: str) -> list[Modelled]:
    """The operations of the service's model, by name."""
    return [Modelled(title, (service, model.snake(title))) for title in sorted(model.outline(service).operations)]


@functools.cache
def cases() -> Counter[Name]:
    """How many cases call each operation."""
    return Counter(name for path in sorted(CASES.rglob("*.yaml")) for name in _calls(path))


def _calls(path: Path) -> Iterator[Name]:
    """The operations of each case, each once a case."""
    file: dict[str, Any] = yaml.safe_load(path.read_text())
    for case in file["cases"]:
        yield from {
            (step.get("service", file["service"]), key)
            for step in case["steps"]
            for key in step
            if key not in NOT_CALLS
        }


def says(operation: Operation) -> str:
    """The first line of the operation's docstring."""
    return inspect.getdoc(operation.call).splitlines()[0]  # type: ignore[union-attr]


def source(operation: Operation) -> str:
    """Where the operation's meaning is from, by its docstring; empty where it does not say."""
    text = " ".join((inspect.getdoc(operation.call) or "").split("\n"))
    _, _, rest = text.partition("Source: ")
    return _LINES.split(rest)[0].strip()


def module(operation: Operation) -> str:
    """The file that holds the operation, seen from the root of the repository."""
    return f"src/{operation.call.__module__.replace('.', '/')}.py"
