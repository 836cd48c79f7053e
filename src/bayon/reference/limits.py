"""The page of the limits: every name of `bayon/limits.py` with its value and its source, under that file's headings."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bayon import limits
from bayon.reference.markdown import code, page, table

INTRO = (
    "Every cap that bayon sets itself. What a service model states (lengths, ranges, patterns, enumerations) is read "
    "from the model and not repeated here. *Ours* marks a cap that is not from AWS; a source such as `logs.md §1.5` "
    "names a section of the notes on AWS's behaviour that bayon was written from. Account quotas and request rates are "
    "lifted unless bayon runs with `--parity strict`; all others always hold."
)
_HEADING = re.compile(r"# ── (.+?) ─+")
_UNITS = (  # what a name says of its unit, and the larger units that read better
    (re.compile("_BYTES(_|$)"), ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))),
    (re.compile("(?<!_SINCE)_MS$"), ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"))),
    (re.compile("_S$"), ((86_400, "d"), (3600, "h"), (60, "min"))),
)


@dataclass(frozen=True, slots=True)
class Limit:
    """One name, the heading that it stands under and what is written beside it."""

    name: str
    section: str
    comment: str


def text() -> str:
    """The page."""
    found = list(stated())
    sections = list(dict.fromkeys(limit.section for limit in found))
    return page(
        "Limits", INTRO, *(_section(name, [limit for limit in found if limit.section == name]) for name in sections)
    )


def stated() -> Iterator[Limit]:
    """Every limit, in the order of the file."""
    written = Path(limits.__file__).read_text()
    comments = _comments(written)
    headings = {line: match[1] for line, comment in comments.items() if (match := _HEADING.match(comment))}
    for node in ast.parse(written).body:
        section = next((headings[line] for line in sorted(headings, reverse=True) if line < node.lineno), "")
        comment = comments.get(node.lineno) or comments.get(node.end_lineno or node.lineno, "")
        for name in _names(node):
            yield Limit(name, section, comment.lstrip("# "))


def _comments(written: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(written).readline)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


def _names(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]


def _section(name: str, found: list[Limit]) -> str:
    rows = [(code(limit.name), shown(limit.name, getattr(limits, limit.name)), limit.comment) for limit in found]
    rates = any(limit.name == "RATES_PER_S" for limit in found)
    return "\n\n".join([f"## {name}", table(("Limit", "Value", "Source"), rows), *([_rates()] if rates else [])])


def shown(name: str, value: Any) -> str:
    """The value for a reader: with its unit where the name ends in one and the value is a round number of it."""
    match value:
        case dict():
            return "see below"
        case tuple():
            return ", ".join(str(each) for each in value)
        case float() if value.is_integer() and value > 2**53:
            return f"2^{value.hex().partition('p')[2].lstrip('+')}"
    units = next((units for unit, units in _UNITS if unit.search(name)), ())
    round_ = next((f"{value // size:,} {unit}" for size, unit in units if value >= size and value % size == 0), "")
    return f"{value:,} ({round_})" if round_ else f"{value:,}"


def _rates() -> str:
    heads = ("Service", "Operation", "Rate")
    rows = [
        (service, code(operation), f"{rate:,g}")
        for service, rates in limits.RATES_PER_S.items()
        for operation, rate in rates.items()
    ]
    return f"Requests a second of an account in a region, for X-Ray segments a second:\n\n{table(heads, rows)}"
