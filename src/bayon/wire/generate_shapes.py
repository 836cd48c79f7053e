"""Write `bayon/shapes/<service>.pyi`: a TypedDict for every shape that a served operation reads or answers.

`python -m bayon.wire.generate_shapes` writes the files, `--check` exits with 1 and names those that are not fresh.
Which operations are served is read from the sources of `bayon/services`, so that nothing has to be imported for it.
"""

from __future__ import annotations

import ast
import keyword
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from bayon.wire import model
from bayon.wire.model import Model, Operation, Shape

_PACKAGE = Path(__file__).parent.parent
_SCALARS = {
    "string": "str",
    "character": "str",
    "boolean": "bool",
    "integer": "int",
    "long": "int",
    "float": "float",
    "double": "float",
    "timestamp": "int",
    "blob": "bytes",
}


def main(arguments: list[str]) -> int:
    """Out: the exit code."""
    texts = {_PACKAGE / "shapes" / f"{_module(service)}.pyi": text for service, text in generate().items()}
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    stale += [path for path in (_PACKAGE / "shapes").glob("*.pyi") if path not in texts]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.name} is not fresh; run python -m bayon.wire.generate_shapes")
        return 1 if stale else 0
    for path in stale:
        if path in texts:
            path.write_text(texts[path])
        else:
            path.unlink()
    return 0


def generate() -> dict[str, str]:
    """The text of each service's module, for the operations declared in `bayon/services`."""
    return {service: render(model.load(service), names) for service, names in served_names().items()}


def served_names() -> dict[str, set[str]]:
    """The snake-case names of the operations declared per service. Reads: the sources of `bayon/services`."""
    found: dict[str, set[str]] = {}
    for path in sorted((_PACKAGE / "services").glob("*/*.py")):
        service = path.parent.name.replace("_", "-")
        if service in model.SERVICES:
            found.setdefault(service, set()).update(_declared(path.read_text()))
    return {service: names for service, names in found.items() if names}


def _declared(source: str) -> Iterator[str]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            decorators = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
            if any(isinstance(d, ast.Name) and d.id == "operation" for d in decorators):
                yield node.name


def render(service: Model, names: Iterable[str]) -> str:
    """The module for these operations: shapes by name, then each operation's input and output."""
    wanted = set(names)
    operations = [service.operation(n) for n in sorted(service.operation_names) if model.snake(n) in wanted]
    shapes: dict[str, Shape] = {}
    for operation in operations:
        for shape in (operation.input, operation.output):
            if shape is not None:
                _gather(shape, shapes)
    lines = [
        f'"""Shapes of {service.service}, generated from its model by `python -m bayon.wire.generate_shapes`."""',
        "",
        "from typing import Required, TypedDict",
        "",
    ]
    for name in sorted(shapes):
        lines += [*_typed_dict(shapes[name]), ""]
    for operation in operations:
        lines += [f"{alias} = {name}" for alias, name in _aliases(operation, shapes)]
    return "\n".join(lines).rstrip() + "\n"


def _gather(shape: Shape, found: dict[str, Shape]) -> None:
    """Every structure reachable from the shape is in `found`."""
    if shape.type == "structure":
        if shape.name not in found:
            found[shape.name] = shape
            for member in shape.members.values():
                _gather(member, found)
    elif shape.type == "list":
        _gather(shape.member, found)
    elif shape.type == "map":
        _gather(shape.value, found)


def _typed_dict(shape: Shape) -> list[str]:
    types = {name: _member(shape, name) for name in shape.members}
    if all(name.isidentifier() and not keyword.iskeyword(name) for name in types):
        body = [f"    {name}: {text}" for name, text in types.items()] or ["    pass"]
        return [f"class {shape.name}(TypedDict, total=False):", *body]
    body = [f'        "{name}": {text},' for name, text in types.items()]
    return [f"{shape.name} = TypedDict(", f'    "{shape.name}",', "    {", *body, "    },", "    total=False,", ")"]


def _member(shape: Shape, name: str) -> str:
    text = _type(shape.members[name])
    return f"Required[{text}]" if name in shape.trait.required else text


def _type(shape: Shape) -> str:
    if shape.type == "structure":
        return shape.name
    if shape.type == "list":
        return f"list[{_type(shape.member)}]"
    if shape.type == "map":
        return f"dict[str, {_type(shape.value)}]"
    return _SCALARS[shape.type]


def _aliases(operation: Operation, shapes: dict[str, Shape]) -> Iterator[tuple[str, str]]:
    """The uniform names `<Operation>Input` and `<Operation>Output` where the model calls the shapes otherwise."""
    for suffix, shape in (("Input", operation.input), ("Output", operation.output)):
        alias = operation.name + suffix
        if alias not in shapes:
            yield alias, shape.name if shape is not None else "dict[str, object]"


def _module(service: str) -> str:
    return service.replace("-", "_")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
