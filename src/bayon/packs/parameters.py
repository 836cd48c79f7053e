"""Fills in what a pack leaves open: `${Name}` in any text of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bayon.errors import BayonError

_NAME = re.compile(r"\$\{([A-Za-z]+)\}")
_ROUNDS = 5  # parameters may name parameters, not for ever


def filled(pack: dict[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The pack with every parameter filled in, `given` before the pack's own.

    Raises: BayonError for a parameter that the pack does not have, or that has no value.
    """
    own = pack.get("parameters", {})
    if unknown := sorted(given.keys() - own.keys() - {"Account", "Region"}):
        raise BayonError(f"expected a parameter of the pack ({', '.join(own)}), found {unknown[0]!r}")
    values = {**own, **given}
    for _ in range(_ROUNDS):
        values = {name: _text(value, values) for name, value in values.items()}
    found: dict[str, Any] = _in({name: value for name, value in pack.items() if name != "parameters"}, values)
    return {**found, "parameters": values}


def _in(value: Any, values: Mapping[str, str]) -> Any:
    match value:
        case dict():
            return {name: _in(inner, values) for name, inner in value.items()}
        case list():
            return [_in(inner, values) for inner in value]
        case str():
            return _text(value, values)
        case _:
            return value


def _text(text: str, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise BayonError(f"the pack names the parameter {match[1]}, which has no value")
        return values[match[1]]

    return _NAME.sub(value, text)
