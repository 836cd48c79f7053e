"""The single registration idea: a folder is imported once at start and what its modules declare is collected by name.

There are no entry points and no configuration files: a module exists, so what it declares is served.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def modules(package: ModuleType) -> list[ModuleType]:
    """Every module below `package`, imported, in name order."""
    found = pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    return [importlib.import_module(info.name) for info in sorted(found, key=lambda info: info.name)]


def collect(package: ModuleType, kind: type[T], key: Callable[[T], str]) -> dict[str, T]:
    """The module-level values of type `kind` below `package`, by `key`; two with one key are a bug and raise
    ValueError."""
    found: dict[str, T] = {}
    for module in modules(package):
        for value in vars(module).values():
            if not isinstance(value, kind):
                continue
            name = key(value)
            if found.setdefault(name, value) is not value:
                raise ValueError(f"{name} is declared twice, the second time in {module.__name__}")
    return found
