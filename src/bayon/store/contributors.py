"""Who contributes how much to log events, period by period: what Contributor Insights reports.

Which events count and what a contributor is comes compiled, see `languages.contributor_rule`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bayon.sql import Sql
from bayon.store import logs
from bayon.store.store import Store


@dataclass(frozen=True, slots=True)
class Period:
    """All contributors together in one period: how many there are, the most that one of them gave, and what all events
    gave."""

    start_ms: int
    contributors: int
    most: float
    count: float
    sum: float
    min: float
    max: float


@dataclass(frozen=True, slots=True)
class Contributor:
    """One contributor in the whole range, with what it gave in each period that it is in."""

    keys: tuple[str, ...]
    total: float
    periods: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The events of which groups and times are looked at."""

    group_ids: Sequence[int]
    start_ms: int
    end_ms: int
    period_ms: int


def periods(store: Store, asked: Range, keys: str, value: str, condition: Sql) -> list[Period]:
    """Every period that has an event that counts, oldest first.

    In: `keys`, `value` and `condition` are expressions over `message`, their parameters those of the condition.
    """
    rows = _rows(store, asked, keys, value, condition)
    found = store.query(
        "SELECT period, count() AS contributors, max(total) AS most, sum(events) AS count, sum(total) AS sum, "
        "min(least) AS min, max(greatest) AS max FROM (SELECT period, sum(value) AS total, count() AS events, "
        f"min(value) AS least, max(value) AS greatest FROM ({rows.text}) GROUP BY period, keys) "
        "GROUP BY period ORDER BY period",
        dict(rows.parameters),
    )
    columns = (found[name].to_pylist() for name in ("contributors", "most", "count", "sum", "min", "max"))
    starts = [asked.start_ms + period * asked.period_ms for period in found["period"].to_pylist()]
    return [Period(start, *each) for start, *each in zip(starts, *columns, strict=True)]


def contributors(
    store: Store, asked: Range, keys: str, value: str, condition: Sql, *, by_maximum: bool, limit: int
) -> tuple[list[Contributor], int, float]:
    """The first `limit` contributors by what they gave in all, or `by_maximum` by the most they gave in a period; how
    many there are; and what all gave together."""
    rows = _rows(store, asked, keys, value, condition)
    given = f"SELECT keys, period, sum(value) AS given FROM ({rows.text}) GROUP BY keys, period"
    found = store.query(
        "SELECT keys, sum(given) AS total, max(given) AS most, groupArray(period) AS places, "
        "groupArray(given) AS values "
        f"FROM ({given}) GROUP BY keys ORDER BY {'most' if by_maximum else 'total'} DESC, keys LIMIT {{limit:UInt32}}",
        dict(rows.parameters) | {"limit": limit},
    )
    whole = store.query(f"SELECT uniqExact(keys) AS unique, sum(value) AS together FROM ({rows.text})", rows.parameters)
    columns = (found[name].to_pylist() for name in ("keys", "total", "places", "values"))
    shown = [
        Contributor(tuple(names), total, _periods(asked, places, values))
        for names, total, places, values in zip(*columns, strict=True)
    ]
    return shown, whole["unique"][0].as_py(), whole["together"][0].as_py()


def _periods(asked: Range, places: Sequence[int], values: Sequence[float]) -> tuple[tuple[int, float], ...]:
    starts = (asked.start_ms + place * asked.period_ms for place in places)
    return tuple(sorted(zip(starts, values, strict=True)))


def _rows(store: Store, asked: Range, keys: str, value: str, condition: Sql) -> Sql:
    """The events that count, each with its period, keys and value."""
    events = logs.events_of(store, asked.group_ids, asked.start_ms, asked.end_ms)
    text = (
        f"SELECT intDiv(at_ms - {{from:Int64}}, {{period:Int64}}) AS period, {keys} AS keys, {value} AS value "
        f"FROM ({events.text}) WHERE {condition.text}"
    )
    own = {"from": asked.start_ms, "period": asked.period_ms}
    return Sql(text, dict(condition.parameters) | dict(events.parameters) | own)
