"""Holds decoded requests to the model's constraints and says what fails in AWS's words.

This is the reference: whatever a faster check accepts, this accepts, and only this writes the error. Types are checked
where the bytes are read; members that `exempt.py` names are only checked for presence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from bayon import limits
from bayon.errors import AwsError
from bayon.wire import exempt, patterns
from bayon.wire.model import Model, Operation, Shape

Path = tuple[str | int, ...]
_NULL = "Member must not be null"


class Violation(NamedTuple):
    """`path` names members by their model name, list items by their 0-based index and map values by their key."""

    path: Path
    value: Any
    constraint: str


Check = Callable[[Any], list[Violation]]
_Test = tuple[Callable[[Any], bool], str]  # what must hold, and the words for it


def compile_check(model: Model, operation: Operation) -> Callable[[dict[str, Any]], None]:
    """The function that raises AwsError when a request breaks a constraint, listing every violation."""
    if operation.input is None:
        return lambda _request: None
    check = _Compiler(exempt.members(model.service, operation.name)).root(operation.input)
    if check is None:
        return lambda _request: None
    answer = _answer(model, operation)

    def hold(request: dict[str, Any]) -> None:
        violations = check(request)
        if violations:
            raise answer(violations)

    return hold


class _Compiler:
    def __init__(self, exempted: frozenset[str]) -> None:
        self._exempted = exempted
        self._structures: dict[tuple[str, bool], Check] = {}

    def root(self, shape: Shape) -> Check | None:
        members = {name: self.check(m, held=name not in self._exempted) for name, m in shape.members.items()}
        required = [name for name in shape.members if name in shape.trait.required]
        return _structure({name: check for name, check in members.items() if check}, required)

    def check(self, shape: Shape, *, held: bool) -> Check | None:
        """The check of the shape, or None where nothing can be wrong; without `held` only presence counts."""
        if shape.trait.document:
            return None
        if shape.type == "structure":
            return self._structure(shape, held=held)
        tests = tests_of(shape) if held else []
        if shape.type == "list":
            return _list(tests, self.check(shape.member, held=held), sparse=shape.trait.sparse)
        if shape.type == "map":
            key_tests, value_tests = (tests_of(part) if held else [] for part in (shape.key, shape.value))
            nested = None if is_scalar(shape.value) else self.check(shape.value, held=held)
            return _map(tests, key_tests, value_tests, nested, sparse=shape.trait.sparse)
        return _scalar(tests) if tests else None

    def _structure(self, shape: Shape, *, held: bool) -> Check:
        key = (shape.name, held)
        if key not in self._structures:
            members: dict[str, Check] = {}
            self._structures[key] = _structure(members, [n for n in shape.members if n in shape.trait.required])
            for name, member in shape.members.items():
                check = self.check(member, held=held)
                if check:
                    members[name] = check
        return self._structures[key]


def is_scalar(shape: Shape) -> bool:
    return shape.type not in ("structure", "list", "map")


def tests_of(shape: Shape) -> list[_Test]:
    """What must hold for a value of the shape itself, not for what it contains."""
    trait = shape.trait
    if trait.enum:
        allowed = frozenset(trait.enum)
        return [(allowed.__contains__, f"satisfy enum value set: [{', '.join(trait.enum)}]")]
    return [*_bounds(shape), *(_pattern(trait.pattern, int(trait.max or 0)) if shape.type == "string" else ())]


def _bounds(shape: Shape) -> Iterator[_Test]:
    low, high = shape.trait.min, shape.trait.max
    if shape.type in ("integer", "long", "float", "double"):
        if high is not None:
            yield (lambda value: value <= high), f"have value less than or equal to {high}"
        if low is not None:
            yield (lambda value: value >= low), f"have value greater than or equal to {low}"
    elif shape.type in ("string", "blob", "list", "map"):
        if high is not None:
            yield (lambda value: len(value) <= high), f"have length less than or equal to {high}"
        if low is not None:
            yield (lambda value: len(value) >= low), f"have length greater than or equal to {low}"


def _pattern(pattern: str, max_chars: int) -> Iterator[_Test]:
    length = max(max_chars, limits.PATTERN_CHARS)  # matching a longer text could take very long
    expression = patterns.expression(pattern) if pattern else None
    if expression is not None:
        search = re.compile(expression).search
        words = f"satisfy regular expression pattern: {pattern}"
        yield (lambda value: len(value) > length or search(value) is not None), words


def _scalar(tests: list[_Test]) -> Check:
    def check(value: Any) -> list[Violation]:
        return [Violation((), value, f"Member must {words}") for holds, words in tests if not holds(value)]

    return check


def _structure(members: dict[str, Check], required: list[str]) -> Check:
    def check(value: Any) -> list[Violation]:
        found = [Violation((name,), None, _NULL) for name in required if name not in value]
        for name, item in value.items():
            member = members.get(name)
            if member is not None:
                violations = member(item)
                if violations:
                    found += _below(name, violations)
        return found

    return check


def _list(tests: list[_Test], member: Check | None, *, sparse: bool) -> Check:
    own = _scalar(tests)

    def check(value: Any) -> list[Violation]:
        found = own(value)
        for index, item in enumerate(value):
            if item is None:
                found += [] if sparse else [Violation((index,), None, _NULL)]
            elif member is not None:
                violations = member(item)
                if violations:
                    found += _below(index, violations)
        return found

    return check


def _map(
    tests: list[_Test], key_tests: list[_Test], value_tests: list[_Test], nested: Check | None, *, sparse: bool
) -> Check:
    own = _scalar(tests)

    def check(value: Any) -> list[Violation]:
        present = [item for item in value.values() if item is not None]
        found = own(value)
        if _any_fails(key_tests, value):
            found.append(Violation((), value, f"Map keys must satisfy constraint: {_all_words(key_tests)}"))
        if _any_fails(value_tests, present):
            found.append(Violation((), value, f"Map value must satisfy constraint: {_all_words(value_tests)}"))
        for key, item in value.items():
            if item is None:
                found += [] if sparse else [Violation((key,), None, _NULL)]
            elif nested is not None:
                found += _below(key, nested(item))
        return found

    return check


def _any_fails(tests: list[_Test], values: Iterable[Any]) -> bool:
    return any(not holds(value) for value in values for holds, _ in tests)


def _all_words(tests: list[_Test]) -> str:
    return f"[{', '.join(f'Member must {words}' for _, words in tests)}]"


def _below(part: str | int, violations: list[Violation]) -> list[Violation]:
    return [Violation((part, *path), value, constraint) for path, value, constraint in violations]


# ── What AWS calls it ────────────────────────────────────────────────────────────────────────────────────────────────

# The first of these that the operation declares; else the protocol's ValidationException.
_CODES = {
    "logs": ("InvalidParameterException", "ValidationException"),  # logs.md §0
    "xray": ("InvalidRequestException",),  # traces.md §2.1
    "resourcegroupstaggingapi": ("InvalidParameterException",),  # its model has no ValidationException
}


def _answer(model: Model, operation: Operation) -> Callable[[list[Violation]], AwsError]:
    if model.service == "cloudwatch":
        return _cloudwatch_answer
    declared = [code for code in _CODES.get(model.service, ()) if code in operation.errors]
    common = "ValidationError" if model.metadata.protocol == "query" else "ValidationException"
    code = declared[0] if declared else common
    return lambda violations: AwsError(code, coral_text(violations))


def _cloudwatch_answer(violations: list[Violation]) -> AwsError:
    """CloudWatch names missing members one per line before it looks at constraints. Source: metrics.md §1.2, §2.1."""
    missing = [v for v in violations if v.constraint == _NULL]
    if not missing:
        return AwsError("ValidationException", coral_text(violations))
    lines = [f"The parameter {_query_path(v.path)} is required." for v in missing[: limits.VIOLATIONS_LISTED]]
    return AwsError("MissingRequiredParameterException", "\n".join(lines))


def coral_text(violations: list[Violation]) -> str:
    """The text of AWS's validation framework. Source: metrics.md §2.1, logs.md §0."""
    count = len(violations)
    listed = "; ".join(_sentence(violation) for violation in violations[: limits.VIOLATIONS_LISTED])
    return f"{count} validation error{'' if count == 1 else 's'} detected: {listed}"


def _sentence(violation: Violation) -> str:
    value = "null" if violation.value is None else f"'{_shown(violation.value)}'"
    return f"Value {value} at '{_coral_path(violation.path)}' failed to satisfy constraint: {violation.constraint}"


def _coral_path(path: Path) -> str:
    return ".".join(_coral_part(part) for part in path)


def _coral_part(part: str | int) -> str:
    return f"{part + 1}.member" if isinstance(part, int) else part[:1].lower() + part[1:]


def _query_path(path: Path) -> str:
    return ".".join(f"member.{part + 1}" if isinstance(part, int) else part for part in path)


def _shown(value: Any) -> str:
    """The value as Java prints it, cut where it would fill a screen."""
    text = _java(value, limits.VALUE_SHOWN_CHARS)
    return text if len(text) <= limits.VALUE_SHOWN_CHARS else text[: limits.VALUE_SHOWN_CHARS] + "..."


def _java(value: Any, room: int) -> str:
    if isinstance(value, dict):
        parts = (f"{key}={_java(item, room)}" for key, item in value.items())
        return "{" + ", ".join(_until_full(parts, room)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_until_full((_java(item, room) for item in value), room)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _until_full(parts: Iterable[str], room: int) -> Iterator[str]:
    for part in parts:
        yield part
        room -= len(part)
        if room < 0:
            return
