"""A query with `pattern`: first the texts are grouped by the engine, then patterns are found in them, then the commands
behind `pattern` are carried out on those.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayon import limits
from bayon.languages.insights import patterns
from bayon.languages.insights.patterns import Pattern
from bayon.languages.insights.tree import Command
from bayon.languages.insights.value import Kind, Value
from bayon.sql import Statement

if TYPE_CHECKING:
    from bayon.languages.insights.plan import Plan
    from bayon.languages.insights.world import World

PARTS = 24  # of the window, each with its count, for `anomaly`


@dataclass(frozen=True, slots=True)
class Mined:
    """The statement that groups the texts, with columns `masked`, `n`, `before`, `samples` and `parts`, and what is to
    be done with the patterns found."""

    statement: Statement
    rest: Sequence[Command]
    world: World


def grouped(plan: Plan, text: str) -> str:
    """The SELECT of the texts by what is left of them."""
    masked = f"replaceRegexpAll({text}, {plan.values.bind(patterns.VARIABLE, 'String')}, '\\x01')"
    start_ms, end_ms = plan.world.start_ms, plan.world.end_ms
    part = f"least(intDiv(at_ms - {start_ms}, {max(1, -(-(end_ms - start_ms) // PARTS))}), {PARTS - 1})"
    return (
        f"SELECT {masked} AS masked, countIf(at_ms >= {start_ms}) AS n, countIf(at_ms < {start_ms}) AS before, "
        f"groupUniqArray({limits.INSIGHTS_PATTERN_TOKENS})({text}) AS samples, "
        f"arrayMap(each -> toUInt64(each), sumForEachIf(arrayMap(place -> toUInt64(place = {part}), range({PARTS})), "
        f"at_ms >= {start_ms})) AS parts "
        f"FROM {plan.step.source} GROUP BY masked ORDER BY n + before DESC LIMIT {limits.INSIGHTS_PATTERNS}"
    )


def shown(plan: Plan, found: Sequence[Pattern]) -> None:
    """The rows of the plan are the patterns."""
    total = sum(each.count for each in found)
    columns = {
        "@pattern": (Kind.TEXT, "Array(String)", [each.text for each in found]),
        "@ratio": (Kind.TEXT, "Array(String)", [f"{each.count / total if total else 0:.2f}" for each in found]),
        "@sampleCount": (Kind.NUMBER, "Array(UInt64)", [each.count for each in found]),
        "@severityLabel": (Kind.TEXT, "Array(String)", [each.severity for each in found]),
        "@previousCount": (Kind.NUMBER, "Array(UInt64)", [each.before for each in found]),
        "@tokens": (Kind.JSON, "Array(String)", [_tokens(each) for each in found]),
        "@anomaly": (Kind.NUMBER, "Array(UInt8)", [int(bool(strange(each))) for each in found]),
        "@anomalyDescription": (Kind.TEXT, "Array(String)", [strange(each) for each in found]),
    }
    arrays = ", ".join(plan.values.bind(held, kind) for _, kind, held in columns.values())
    aliases = {name: plan.alias() for name in columns}
    elements = ", ".join(f"tupleElement(row, {place}) AS {alias}" for place, alias in enumerate(aliases.values(), 1))
    plan.shape.pattern = True
    plan.step.source = f"(SELECT {elements} FROM (SELECT arrayJoin(arrayZip({arrays})) AS row))"
    plan.next_step()
    plan.ranked = aliases["@sampleCount"]
    named = {name: Value(kind, aliases[name], nullable=False) for name, (kind, _, _) in columns.items()}
    plan.replace(named)
    plan.outputs = {name: named[name] for name in ("@pattern", "@ratio", "@sampleCount", "@severityLabel")}


def strange(found: Pattern) -> str:
    """What is unusual about when the pattern was found, most of all lately; empty where nothing is."""
    if not found.parts or not any(found.parts):
        return ""
    scores = [
        (abs(score), place) for place in range(len(found.parts)) if (score := patterns.unusual(found.parts, place))
    ]
    score, place = max(scores, default=(0.0, 0))
    if score < 3.5:
        return ""
    others = sorted(count for at, count in enumerate(found.parts) if at != place)
    usual = others[len(others) // 2]
    return f"found {found.parts[place]} times in part {place + 1} of {len(found.parts)}, usually {usual}"


def _tokens(found: Pattern) -> str:
    return json.dumps(
        [
            {
                "tokenString": token.text,
                "dynamicTokenPosition": token.place,
                "isDynamic": True,
                "enumerations": dict(token.values),
            }
            if token.place
            else {"tokenString": token.text, "isDynamic": False}
            for token in found.tokens
        ],
        separators=(",", ":"),
    )
