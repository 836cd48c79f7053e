"""Rolls recent metric points up into the tiers, day by day.

A tier holds each day once, as of one generation: rolling up writes the day anew from what the tier held and what is
recent, records that generation as the day's, and leaves the day's older rows to be dropped. Reads take the day as of
its recorded generation and recent points behind it, so it does not matter which tiers and days a crash left behind.
"""

from __future__ import annotations

from bayon import limits
from bayon.clock import DAY_S
from bayon.store.schema import HIGH_RESOLUTION_KEPT_S, TIERS, Tier
from bayon.store.store import Store

# The values of a recent point and how often each was seen: a lone value stands in the point's minimum.
WEIGHED = (
    "if(opaque OR notEmpty(values), values, [min]) AS seen, if(opaque OR notEmpty(values), weights, [count]) AS times"
)
_TIER_COLUMNS = "series, unit, at_s, count, sum, min, max, values, weights, opaque"


def settle_metrics(store: Store, now_s: int, *, now: bool = False) -> None:
    """Recent points are rolled up if enough of them wait, or long enough, or `now` is asked for."""
    generations = store.metric_generations
    with store.settling:
        if now or generations.due(
            rows=limits.SETTLE_METRIC_ROWS,
            backlog_rows=limits.SETTLE_METRIC_BACKLOG_ROWS,
            after_s=limits.SETTLE_METRIC_AFTER_S,
            busy=store.busy,
        ):
            store.close_generation(generations)
        for generation in store.closed(generations):
            for tier in TIERS:
                _roll_up(store, tier, generation)
            store.record("metric_recent", generation, last_seq=store.last_seq("metric_recent", generation))
            generations.settled = generation
            store.leaving.note("metric_recent", str(generation))
        finished = _last_without_high_resolution(store, now_s)
        store.drop_left("metric_recent", lambda _, generation: generation <= finished)
        for tier in TIERS:
            _drop_days(store, tier, first_day=0)


def expire(store: Store, now_s: int) -> None:
    """Each tier holds only the days it is meant to keep."""
    with store.settling:
        for tier in TIERS:
            _drop_days(store, tier, first_day=(now_s - tier.kept_s) // DAY_S)


def _drop_days(store: Store, tier: Tier, *, first_day: int) -> None:
    days = store.tier_days[tier.table]
    store.drop_left(tier.table, lambda day, generation: day < first_day or generation != days.get(day))


def _last_without_high_resolution(store: Store, now_s: int) -> int:
    """The newest settled generation whose one-second data is all past its time, 0 when there is none."""
    found = store.query(
        "SELECT generation, max(at_s) AS newest_s FROM metric_recent WHERE generation <= {settled:UInt64} "
        "GROUP BY generation ORDER BY generation",
        {"settled": store.metric_generations.settled},
    )
    last = 0
    for generation, newest_s in zip(found["generation"].to_pylist(), found["newest_s"].to_pylist(), strict=True):
        if newest_s >= now_s - HIGH_RESOLUTION_KEPT_S:
            break
        last = int(generation)
    return last


def _roll_up(store: Store, tier: Tier, generation: int) -> None:
    """Every day that the generation has points of is in the tier as of this generation."""
    touched = store.query(
        f"SELECT DISTINCT intDiv(at_s, {DAY_S}) AS day FROM metric_recent "
        "WHERE generation = {generation:UInt64} ORDER BY day",
        {"generation": generation},
    )
    days = store.tier_days[tier.table]
    for day in touched["day"].to_pylist():
        before = days.get(day, 0)
        if before >= generation:
            continue
        _forget_copies(store, tier, day, before)
        _write_day(store, tier, day, before, generation)
        store.record(tier.table, generation, day=day)
        days[day] = generation
        store.leaving.note(tier.table, f"({day},{before})")


def _forget_copies(store: Store, tier: Tier, day: int, before: int) -> None:
    """What an attempt before this one wrote of the day is gone."""
    store.drop_left(tier.table, lambda written, generation: written == day and generation > before)


def _write_day(store: Store, tier: Tier, day: int, before: int, generation: int) -> None:
    exactly = limits.EXACT_VALUES if tier.period_s == TIERS[0].period_s else 0
    recent = (
        f"SELECT series, unit, intDiv(at_s, {tier.period_s}) * {tier.period_s} AS at_s, count, sum, min, max, opaque, "
        f"{WEIGHED} FROM metric_recent "
        f"WHERE generation = {{generation:UInt64}} AND intDiv(at_s, {DAY_S}) = {{day:UInt32}}"
    )
    held = (
        "SELECT series, unit, at_s, count, sum, min, max, opaque, values AS seen, weights AS times "
        f"FROM {tier.table} WHERE generation = {{before:UInt64}} AND intDiv(at_s, {DAY_S}) = {{day:UInt32}}"
    )
    store.command(
        f"INSERT INTO {tier.table} ({_TIER_COLUMNS}, generation) SELECT series, unit, at_s, total, added, least, most, "
        "merged.1, merged.2, unknown, {generation:UInt64} FROM (SELECT series, unit, at_s, sum(count) AS total, "
        f"sum(sum) AS added, min(min) AS least, max(max) AS most, {_merged(exactly)}, max(opaque) AS unknown "
        f"FROM ({recent} UNION ALL {held}) GROUP BY series, unit, at_s) "
        "SETTINGS max_threads = 1, max_bytes_before_external_group_by = 1073741824",
        {"generation": generation, "before": before, "day": day},
    )


def _merged(exactly: int) -> str:
    """SQL that merges weighted values, exactly up to that many distinct ones and rounded beyond."""
    rounds = f"arrayReduce('sumMap', arrayMap(v -> [{_rounded('v')}], exact.1), arrayMap(w -> [w], exact.2))"
    return f"sumMap(seen, times) AS exact, if(length(exact.1) <= {exactly}, exact, {rounds}) AS merged"


def _rounded(value: str) -> str:
    """SQL that rounds a Float64 expression to eight significant binary digits: at most 0.4 % away."""
    return f"reinterpretAsFloat64(bitAnd(reinterpretAsUInt64({value}) + 17592186044416, 18446708889337462784))"
