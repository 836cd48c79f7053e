"""Carries a transformer out on an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from bayon import limits
from bayon.languages.transformer import dates, grok, mutators, parsers, paths, vended
from bayon.languages.transformer.parsers import MESSAGE, TransformError
from bayon.languages.transformer.paths import Event

# Every processor but parseToOCSF, by its name in a configuration.
PROCESSORS: Mapping[str, Callable[[Event, Any], None]] = {
    "parseJSON": parsers.parse_json,
    "csv": parsers.csv,
    "parseKeyValue": parsers.parse_key_value,
    "grok": grok.grok,
    "parseCloudfront": vended.parse_cloudfront,
    "parsePostgres": vended.parse_postgres,
    "parseRoute53": vended.parse_route53,
    "parseVPC": vended.parse_vpc,
    "parseWAF": vended.parse_waf,
    "addKeys": mutators.add_keys,
    "copyValue": mutators.copy_value,
    "deleteKeys": mutators.delete_keys,
    "listToMap": mutators.list_to_map,
    "moveKeys": mutators.move_keys,
    "renameKeys": mutators.rename_keys,
    "lowerCaseString": mutators.of_strings(str.lower),
    "upperCaseString": mutators.of_strings(str.upper),
    "trimString": mutators.of_strings(str.strip),
    "splitString": mutators.split_string,
    "substituteString": mutators.substitute_string,
    "typeConverter": mutators.convert_types,
    "dateTimeConverter": dates.convert_date_time,
}


def transform(
    config: Sequence[Mapping[str, Any]], message: str, metadata: Mapping[str, str] | None = None
) -> Event | None:
    """The object that the processors make of an event's text, or none where one of them cannot read it.

    In: a configuration that `check` lets through; `metadata` are what `copyValue` may copy beside the event's own keys:
    @logGroupName, @logGroupStream, @accountId, @regionName.
    """
    try:
        return transformed(config, message, metadata)
    except TransformError:
        return None


def transformed(config: Sequence[Mapping[str, Any]], message: str, metadata: Mapping[str, str] | None = None) -> Event:
    """As `transform`. Raises: TransformError, which says why there is no such object."""
    if len(message) > limits.TRANSFORMED_BYTES:
        raise TransformError(f"expected an event below {limits.TRANSFORMED_BYTES} bytes")
    given = {MESSAGE: message, **(metadata or {})}
    event: Event = dict(given)
    for processor in config:
        for name, arguments in processor.items():
            PROCESSORS[name](event, arguments)
    for key in given:
        event.pop(key, None)
    fields = paths.count(event)
    if fields > limits.TRANSFORMED_FIELDS:
        raise TransformError(f"expected at most {limits.TRANSFORMED_FIELDS} fields, found {fields}")
    return event


def text_of(event: Event) -> str:
    """A transformed event as the JSON that filters and queries see."""
    return msgspec.json.encode(event).decode()
