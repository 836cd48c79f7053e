"""Reads a data protection policy: what it looks for. Source: logs.md §5.8, botocore PutDataProtectionPolicy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from bayon import limits
from bayon.errors import BayonError
from bayon.languages.data_protection.identifiers import BY_NAME, NOT_FOUND, PREFIX, Identifier
from bayon.languages.data_protection.mask import compiles

VERSION = "2021-06-01"


class PolicyError(BayonError):
    """The document is no data protection policy; the message says why."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a policy looks for, what of it bayon cannot find, and whether its findings are to be sent somewhere."""

    identifiers: Sequence[Identifier]
    not_found: Sequence[str]
    has_destination: bool


def read(text: str) -> Policy:
    """Raises: PolicyError."""
    try:
        document = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as err:
        raise PolicyError(f"expected a JSON object, found {err}") from err
    if document.get("Version") != VERSION:
        raise PolicyError(f'expected "Version": "{VERSION}", found {document.get("Version")!r}')
    audit, deidentify = _statements(document.get("Statement"))
    if _names(audit) != _names(deidentify):
        raise PolicyError("expected the same DataIdentifier list in both statements")
    custom = _custom(document.get("Configuration", {}))
    found, not_found = [], []
    for name in _names(audit):
        plain = name.removeprefix(PREFIX)
        if name in custom:
            found.append(custom[name])
        elif plain in BY_NAME:
            found.append(BY_NAME[plain])
        elif plain in NOT_FOUND:
            not_found.append(plain)
        else:
            raise PolicyError(f"expected a managed or a custom data identifier, found {name!r}")
    destination = audit["Operation"]["Audit"].get("FindingsDestination")
    return Policy(found, not_found, bool(destination))


def _statements(statements: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The one that audits and the one that masks."""
    if not isinstance(statements, list) or len(statements) != 2:
        raise PolicyError("expected two elements in Statement, one with Audit and one with Deidentify")
    found: dict[str, dict[str, Any]] = {}
    for statement in statements:
        operation = statement.get("Operation") if isinstance(statement, dict) else None
        for kind in ("Audit", "Deidentify"):
            if isinstance(operation, dict) and isinstance(operation.get(kind), dict):
                found[kind] = statement
    if found.keys() != {"Audit", "Deidentify"} or found["Audit"] is found["Deidentify"]:
        raise PolicyError("expected one statement with Operation.Audit and one with Operation.Deidentify")
    if not isinstance(found["Audit"]["Operation"]["Audit"].get("FindingsDestination"), dict):
        raise PolicyError("expected an object FindingsDestination in Operation.Audit")
    if found["Deidentify"]["Operation"]["Deidentify"].get("MaskConfig") != {}:
        raise PolicyError('expected "MaskConfig": {} in Operation.Deidentify')
    return found["Audit"], found["Deidentify"]


def _names(statement: dict[str, Any]) -> list[str]:
    names = statement.get("DataIdentifier")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise PolicyError("expected a list of names in DataIdentifier")
    return names


def _custom(configuration: Any) -> dict[str, Identifier]:
    """The identifiers that the policy brings along, by name."""
    listed = configuration.get("CustomDataIdentifier", []) if isinstance(configuration, dict) else None
    if not isinstance(listed, list) or len(listed) > limits.CUSTOM_DATA_IDENTIFIERS:
        raise PolicyError(f"expected a list of at most {limits.CUSTOM_DATA_IDENTIFIERS} CustomDataIdentifier")
    made = {}
    for each in listed:
        name, regex = (each.get("Name"), each.get("Regex")) if isinstance(each, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(regex, str):
            raise PolicyError("expected Name and Regex of each CustomDataIdentifier")
        if not 1 <= len(regex) <= limits.CUSTOM_DATA_IDENTIFIER_CHARS or not compiles(regex):
            raise PolicyError(f"expected a regular expression in the CustomDataIdentifier {name!r}, found {regex!r}")
        made[name] = Identifier(name, regex)
    return made
