"""Moves what was appended to where it is found fast.

An append lands in a *recent* table as it is: that is what makes it durable quickly. Here a generation of that table is
closed and settled in the background: log events are sorted by group, their words indexed and their JSON fields laid out as
columns; metric points are rolled up. Nothing becomes visible twice or vanishes on the way, also over a crash:

- log events are copied to `log_events`, then one row in `settled` makes the copy count and the original not. A crash before
  that row leaves copies that no read counts; they are deleted before the next attempt.
- metric points are merged, tier by tier and day by day, into a new partition that replaces the old one at once and carries
  the generation up to which it is complete. A crash leaves some partitions ahead of others; reads and the next attempt go
  by each partition's own number.
"""

from __future__ import annotations

from bayon import limits
from bayon.clock import monotonic_s
from bayon.errors import StoreError
from bayon.store.schema import DAY_S, HIGH_RESOLUTION_KEPT_S, TIERS, Tier
from bayon.store.store import Generations, Store

_LOG_COLUMNS = "group_id, stream_id, at_ms, seq, ingested_at_ms, generation, message"
_JSON = "if(startsWith(trimLeft(message), '{') AND isValidJSON(message), message, '{}')::JSON(max_dynamic_paths = 256)"
_UNSHREDDED = "'{}'::JSON(max_dynamic_paths = 256)"
# The values of a recent point and how often each was seen: a lone value stands in the point's minimum.
WEIGHED = "if(opaque OR notEmpty(values), values, [min]) AS seen, if(opaque OR notEmpty(values), weights, [count]) AS times"
_TIER_COLUMNS = "series, unit, at_s, count, sum, min, max, values, weights, opaque"


def settle_logs(store: Store, *, now: bool = False) -> None:
    """Recent log events are in `log_events` if enough of them wait, or long enough, or `now` is asked for."""
    with store.settling:
        generations = store.log_generations
        _drop(store, generations, generations.settled)
        if now or _due(store, generations, limits.SETTLE_LOG_ROWS, limits.SETTLE_LOG_AFTER_S):
            store.close_generation(generations)
        for generation in _closed(store, generations):
            _settle_log_generation(store, generation)


def settle_metrics(store: Store, now_s: int, *, now: bool = False) -> None:
    """Recent metric points are rolled up if enough of them wait, or long enough, or `now` is asked for."""
    with store.settling:
        generations = store.metric_generations
        if now or _due(store, generations, limits.SETTLE_METRIC_ROWS, limits.SETTLE_METRIC_AFTER_S):
            store.close_generation(generations)
        for generation in _closed(store, generations):
            for tier in TIERS:
                _roll_up(store, tier, generation)
            _record(store, generations, generation)
        _drop(store, generations, _last_without_high_resolution(store, now_s))


def _due(store: Store, generations: Generations, rows: int, after_s: float) -> bool:
    waiting = generations.rows
    if store.busy and waiting < limits.SETTLE_LOG_BACKLOG_ROWS:
        return False
    return waiting >= rows or (waiting > 0 and monotonic_s() - generations.opened_s >= after_s)


def _closed(store: Store, generations: Generations) -> list[int]:
    """Generations that take no more appends and are not settled yet, oldest first."""
    found = store.query(
        f"SELECT DISTINCT generation FROM {generations.table} "
        "WHERE generation > {settled:UInt64} AND generation < {current:UInt64} ORDER BY generation",
        {"settled": generations.settled, "current": generations.current},
    )
    return [int(generation) for generation in found["generation"].to_pylist()]


def _settle_log_generation(store: Store, generation: int) -> None:
    which = {"generation": generation}
    if store.query("SELECT 1 FROM log_events WHERE generation >= {generation:UInt64} LIMIT 1", which).num_rows:
        store.command("ALTER TABLE log_events DELETE WHERE generation >= {generation:UInt64} SETTINGS mutations_sync = 1", which)
    try:
        _copy_logs(store, generation, _JSON)
    except StoreError:
        raise
    except Exception:  # whatever a message does to the shredder, the events themselves must settle
        store.command("ALTER TABLE log_events DELETE WHERE generation >= {generation:UInt64} SETTINGS mutations_sync = 1", which)
        _copy_logs(store, generation, _UNSHREDDED)
    _record(store, store.log_generations, generation)


def _copy_logs(store: Store, generation: int, fields: str) -> None:
    store.command(
        f"INSERT INTO log_events ({_LOG_COLUMNS}, fields) SELECT {_LOG_COLUMNS}, {fields} FROM log_recent "
        "WHERE generation = {generation:UInt64} SETTINGS type_json_skip_duplicated_paths = 1, max_threads = 1, "
        "max_insert_threads = 1, max_partitions_per_insert_block = 0",
        {"generation": generation},
    )


def _record(store: Store, generations: Generations, generation: int) -> None:
    """The generation counts as settled, for every later read and after a restart."""
    last_seq = "max(seq)" if generations.table == "log_recent" else "0"
    store.command(
        f"INSERT INTO settled SELECT {{table:String}}, {{generation:UInt64}}, {last_seq} FROM {generations.table} "
        "WHERE generation = {generation:UInt64}",
        {"table": generations.table, "generation": generation},
    )
    generations.settled = generation
    generations.settled_s[generation] = monotonic_s()


def _drop(store: Store, generations: Generations, through: int) -> None:
    """Settled generations up to `through` are gone, except those that a running query may still be reading."""
    oldest_query_s = monotonic_s() - 2 * limits.QUERY_TIME_S
    found = store.query(
        f"SELECT DISTINCT generation FROM {generations.table} WHERE generation <= {{through:UInt64}}", {"through": through}
    )
    for generation in found["generation"].to_pylist():
        if generations.settled_s.get(generation, 0.0) <= oldest_query_s:
            store.command(f"ALTER TABLE {generations.table} DROP PARTITION {int(generation)}")
            generations.settled_s.pop(generation, None)


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


def rounded(value: str) -> str:
    """SQL that rounds a Float64 expression to eight significant binary digits: at most 0.4 % away."""
    return f"reinterpretAsFloat64(bitAnd(reinterpretAsUInt64({value}) + 17592186044416, 18446708889337462784))"


def merged_weights(exactly: int) -> str:
    """SQL that merges rows' weighted values, exactly up to that many distinct ones and rounded beyond."""
    rounds = f"arrayReduce('sumMap', arrayMap(v -> [{rounded('v')}], exact.1), arrayMap(w -> [w], exact.2))"
    return f"sumMap(seen, times) AS exact, if(length(exact.1) <= {exactly}, exact, {rounds}) AS merged"


def _roll_up(store: Store, tier: Tier, generation: int) -> None:
    days = store.query(
        f"SELECT DISTINCT intDiv(at_s, {DAY_S}) AS day FROM metric_recent WHERE generation = {{generation:UInt64}} ORDER BY day",
        {"generation": generation},
    )
    for day in days["day"].to_pylist():
        if store.tier_generations(tier).get(day, 0) < generation:
            _roll_up_day(store, tier, generation, int(day))


def _roll_up_day(store: Store, tier: Tier, generation: int, day: int) -> None:
    exactly = limits.EXACT_VALUES if tier.period_s <= 60 else 0
    recent = (
        f"SELECT series, unit, intDiv(at_s, {tier.period_s}) * {tier.period_s} AS at_s, count, sum, min, max, opaque, {WEIGHED} "
        f"FROM metric_recent WHERE generation = {{generation:UInt64}} AND intDiv(at_s, {DAY_S}) = {{day:UInt32}}"
    )
    before = "SELECT series, unit, at_s, count, sum, min, max, opaque, values AS seen, weights AS times "
    before += f"FROM {tier.table} WHERE intDiv(at_s, {DAY_S}) = {{day:UInt32}}"
    store.command(f"TRUNCATE TABLE {tier.next_table}")
    store.command(
        f"INSERT INTO {tier.next_table} ({_TIER_COLUMNS}, generation) SELECT series, unit, at_s, total, added, least, most, "
        "merged.1, merged.2, unknown, {generation:UInt64} FROM (SELECT series, unit, at_s, sum(count) AS total, "
        f"sum(sum) AS added, min(min) AS least, max(max) AS most, {merged_weights(exactly)}, max(opaque) AS unknown "
        f"FROM ({recent} UNION ALL {before}) GROUP BY series, unit, at_s) "
        "SETTINGS max_threads = 1, max_bytes_before_external_group_by = 1073741824",
        {"generation": generation, "day": day},
    )
    with store.changing_tiers():
        store.command(f"ALTER TABLE {tier.table} REPLACE PARTITION {day} FROM {tier.next_table}")
        store.tier_generations(tier)[day] = generation
    store.command(f"TRUNCATE TABLE {tier.next_table}")


def expire_metrics(store: Store, now_s: int) -> None:
    """Each tier holds only the days it is meant to keep."""
    with store.settling:
        for tier in TIERS:
            first_day = (now_s - tier.kept_s) // DAY_S
            for day in [day for day in store.tier_generations(tier) if day < first_day]:
                store.command(f"ALTER TABLE {tier.table} DROP PARTITION {int(day)}")
                with store.changing_tiers():
                    del store.tier_generations(tier)[day]
