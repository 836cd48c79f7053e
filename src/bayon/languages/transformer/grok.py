"""grok: a pattern of named patterns, `%{IP:client} %{NUMBER:status}`, compiled once to one regular expression.

What stands between the references is a regular expression itself. A name with dots makes objects.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import re2

from bayon import limits
from bayon.errors import BayonError
from bayon.languages.transformer import paths
from bayon.languages.transformer.grok_patterns import PATTERNS
from bayon.languages.transformer.parsers import TransformError, source_text
from bayon.languages.transformer.paths import Event

_REFERENCE = re.compile(r"%\{([A-Z0-9_]+)(?::([^}:]+))?(?::[^}]*)?\}")
_NESTED = re.compile(r"%\{([A-Z0-9_]+)(?::([a-zA-Z0-9_.]+))?\}")


@dataclass(frozen=True, slots=True)
class Grok:
    """A compiled pattern; the n-th name is that of the group `_n`."""

    expression: Any
    names: Sequence[str]


def grok(event: Event, arguments: Any) -> None:
    """What the references match is under their names."""
    compiled = compile_grok(arguments["match"])
    match = compiled.expression.search(source_text(event, arguments, "grok"))
    if match is None:
        raise TransformError("grok: the event does not match the pattern")
    for number, name in enumerate(compiled.names):
        value = match.group(f"_{number}")
        if value is not None:
            paths.put(event, name, value)


@functools.lru_cache(maxsize=limits.PATTERNS_CACHED)
def compile_grok(pattern: str) -> Grok:
    """Raises: BayonError for an unknown pattern, too many of them, or what is no regular expression."""
    names: list[str] = []
    references = len(_REFERENCE.findall(pattern))
    if references > limits.GROK_PATTERNS:
        raise BayonError(f"expected at most {limits.GROK_PATTERNS} grok patterns, found {references}")
    text = _REFERENCE.sub(lambda match: _expanded(match[1], match[2], names), pattern)
    if "%{" in text:
        raise BayonError(f"expected %{{PATTERN:field}}, found {text[text.index('%{') :][:40]!r}")
    try:
        return Grok(re2.compile(text, _options()), tuple(names))
    except re2.error as err:
        raise BayonError(f"expected a grok pattern: {err}") from err


def _expanded(name: str, field: str | None, names: list[str]) -> str:
    """The pattern of that name as a regular expression, with a group when it has a field."""
    if name not in PATTERNS:
        raise BayonError(f"expected a grok pattern that CloudWatch Logs knows, found {name!r}")
    inner_field = field is None and name.endswith("_LOG")  # the common formats name their fields themselves
    inner = _NESTED.sub(
        lambda match: _expanded(match[1], match[2] if inner_field or match[2] else None, names), PATTERNS[name]
    )
    if field is None:
        return f"(?:{inner})"
    names.append(field)
    return f"(?P<_{len(names) - 1}>{inner})"


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = limits.PATTERN_MEMORY_BYTES
    return options
