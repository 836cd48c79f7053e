"""Whether a transformer's configuration will do, beyond what the model says of each member."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import re2

from bayon import limits
from bayon.errors import BayonError
from bayon.languages.transformer import dates, grok
from bayon.languages.transformer.parsers import MESSAGE

VENDED = ("parseCloudfront", "parsePostgres", "parseRoute53", "parseVPC", "parseWAF", "parseToOCSF")
PARSERS = ("parseJSON", "grok", "csv", "parseKeyValue", *VENDED)
ONCE = ("grok", "addKeys", "copyValue")


class ConfigError(BayonError):
    """The configuration will not do; the message says why."""


def check(config: Sequence[Mapping[str, Any]]) -> None:
    """Raises: ConfigError.   Source: logs.md §5.9."""
    if any(len(processor) != 1 for processor in config):
        raise ConfigError("Each element of transformerConfig must hold exactly one processor.")
    names = [next(iter(processor)) for processor in config]
    if not names or names[0] not in PARSERS:
        raise ConfigError("The first processor in a transformer must be a parser.")
    if sum(name in PARSERS for name in names) > limits.TRANSFORMER_PARSERS:
        raise ConfigError(f"A transformer can have at most {limits.TRANSFORMER_PARSERS} parser processors.")
    if any(name in VENDED for name in names[1:]):
        raise ConfigError("A parser of vended logs must be the first processor, and the only one of its kind.")
    for name in ONCE:
        if names.count(name) > 1:
            raise ConfigError(f"A transformer can have only one {name} processor.")
    for processor in config:
        for name, arguments in processor.items():
            _check_processor(name, arguments)
    if config[0].get(names[0], {}).get("source", MESSAGE) != MESSAGE:
        raise ConfigError("The first processor in a transformer must parse @message.")


def is_config(value: Any) -> bool:
    """Whether it has the form that the model gives a configuration, as far as processors rely on it.

    For configurations that did not come through the model, as those in the documents of account policies.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= limits.TRANSFORMER_PROCESSORS:
        return False
    pairs = [pair for processor in value if isinstance(processor, dict) for pair in processor.items()]
    return len(pairs) == len(value) and all(
        name in _MEMBERS and isinstance(arguments, dict) and _has_form(arguments, _MEMBERS[name])
        for name, arguments in pairs
    )


def _has_form(arguments: Mapping[str, Any], members: Sequence[str]) -> bool:
    """Whether the required members are there and each is a text, a choice, or a list of texts or of entries."""
    own = [member for member in members if "." not in member]
    inner = [member.partition(".")[2] for member in members if "." in member]
    entries = arguments.get("entries", [])
    return (
        all(member in arguments for member in own)
        and all(_is_value(value) for name, value in arguments.items() if name != "entries")
        and isinstance(entries, list)
        and all(
            isinstance(entry, dict) and all(isinstance(entry.get(member), str) for member in inner) for entry in entries
        )
    )


def _is_value(value: Any) -> bool:
    return isinstance(value, str | bool) or (isinstance(value, list) and all(isinstance(each, str) for each in value))


# The members that each processor must have. Source: botocore, Processor.
_MEMBERS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("parseJSON", "csv", "parseKeyValue", *VENDED), ()),
    "parseToOCSF": ("eventSource", "ocsfVersion"),
    "grok": ("match",),
    "addKeys": ("entries", "entries.key", "entries.value"),
    "copyValue": ("entries", "entries.source", "entries.target"),
    "moveKeys": ("entries", "entries.source", "entries.target"),
    "renameKeys": ("entries", "entries.key", "entries.renameTo"),
    "splitString": ("entries", "entries.source", "entries.delimiter"),
    "substituteString": ("entries", "entries.source", "entries.from", "entries.to"),
    "typeConverter": ("entries", "entries.key", "entries.type"),
    **dict.fromkeys(("deleteKeys", "lowerCaseString", "upperCaseString", "trimString"), ("withKeys",)),
    "listToMap": ("source", "key"),
    "dateTimeConverter": ("source", "target", "matchPatterns"),
}


def _check_processor(name: str, arguments: Any) -> None:
    for path in _paths(arguments):
        if path.count(".") >= limits.TRANSFORMER_DEPTH and path != MESSAGE:
            raise ConfigError(f"Key path '{path}' is nested deeper than {limits.TRANSFORMER_DEPTH} levels.")
    if name == "listToMap" and arguments.get("flatten", False) and "flattenedElement" not in arguments:
        raise ConfigError("listToMap with flatten needs flattenedElement.")
    if name in VENDED and arguments.get("source", MESSAGE) != MESSAGE:
        raise ConfigError(f"{name} accepts no other source than {MESSAGE}.")
    checks: dict[str, Callable[[], object]] = {
        "grok": lambda: grok.compile_grok(arguments["match"]),
        "substituteString": lambda: _expressions(arguments["entries"]),
        "dateTimeConverter": lambda: dates.check(arguments),
    }
    try:
        checks.get(name, lambda: None)()
    except ConfigError:
        raise
    except BayonError as err:
        raise ConfigError(f"Invalid {name} processor: {err.message}") from err


def _paths(arguments: Any) -> list[str]:
    members = ("source", "destination", "target", "key", "renameTo", "valueKey")
    entries = [arguments, *arguments.get("entries", [])]
    named = [entry[member] for entry in entries for member in members if isinstance(entry.get(member), str)]
    return [*named, *arguments.get("withKeys", [])]


def _expressions(entries: Sequence[Any]) -> None:
    for entry in entries:
        _expression(entry["from"])


def _expression(text: str) -> None:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = limits.PATTERN_MEMORY_BYTES
    try:
        re2.compile(text, options)
    except re2.error as err:
        raise ConfigError(f"'{text}' is not a valid regular expression: {err}") from err
