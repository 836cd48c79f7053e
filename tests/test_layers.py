"""The house rules about who may use what, which import-linter cannot see; `make layers` checks the rest."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import bayon

ROOT = Path(bayon.__file__).parent
SOURCES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
OWNERS = {  # what may be imported, even by name, in one place only
    "time": "clock.py",
    "chdb": "store/",
    "clickhouse_connect": "store/",
    "psycopg": "state/",
    "sqlite3": "state/",
}
READERS = {
    f"{kind}.{name}" for kind in ("datetime", "dt.datetime", "datetime.datetime") for name in ("now", "utcnow", "today")
}
VAGUE = {"manager", "handler", "helper", "helpers", "util", "utils", "provider"}


def test_owners() -> None:
    """Each of the named modules is imported in its one place."""
    found = [(source, name) for source in SOURCES for name in imported(tree(source)) if name in OWNERS]
    assert [(source, name) for source, name in found if not source.startswith(OWNERS[name])] == []


def test_nobody_else_reads_the_clock() -> None:
    """No `datetime.now()` and the like: the time is an argument."""
    calls = [(source, call) for source in SOURCES for call in called(tree(source)) if source != "clock.py"]
    assert [(source, call) for source, call in calls if call in READERS] == []


def test_names_mean_something() -> None:
    """No module, class or function is called after what everything is."""
    assert [(source, name) for source in SOURCES for name in named(source) if VAGUE & words(name)] == []


def test_modules_say_what_they_own() -> None:
    """Every module opens with a docstring."""
    assert [source for source in SOURCES if not ast.get_docstring(tree(source))] == []


@functools.cache
def tree(source: str) -> ast.Module:
    return ast.parse((ROOT / source).read_text())


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        match node:
            case ast.Import():
                yield from (alias.name.split(".")[0] for alias in node.names)
            case ast.ImportFrom(module=str() as name, level=0):
                yield name.split(".")[0]


def called(module: ast.Module) -> Iterator[str]:
    yield from (ast.unparse(node.func) for node in ast.walk(module) if isinstance(node, ast.Call))


def named(source: str) -> Iterator[str]:
    yield Path(source).stem
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    yield from (node.name for node in ast.walk(tree(source)) if isinstance(node, kinds))


def words(name: str) -> set[str]:
    spaced = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)
    return set(spaced.lower().split("_"))
