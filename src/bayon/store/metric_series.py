"""Which series exist: their identity, their number, and the listing of those that are active.

A series is (account, region, namespace, name, set of dimensions). Its number is a hash, so that points and queries
need no look-up; the listing is written with the first point and again when its last activity has grown stale.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from bayon import limits
from bayon.store.store import Store

Dimensions = tuple[tuple[str, str], ...]

_DIMENSIONS = pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))


@dataclass(frozen=True, slots=True)
class Metric:
    """What identifies a series within an account and region; dimensions sorted by name, each name once."""

    namespace: str
    name: str
    dimensions: Dimensions


def series_number(account: str, region: str, metric: Metric) -> int:
    """The 64-bit number of a series, the same in every process and for ever."""
    parts = [account, region, metric.namespace, metric.name, *(text for pair in metric.dimensions for text in pair)]
    digest = hashlib.blake2b("\x00".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


Known = dict[Metric, tuple[int, int]]


def known_series(store: Store, account: str, region: str) -> Known:
    """Series whose listing is durable, with their number and the latest time that was listed: a bounded cache."""
    known: Known = store.caches.setdefault(f"series {account} {region}", {})
    if len(known) > limits.SERIES_CACHED:
        known.clear()
    return known


def series_numbers(
    store: Store, account: str, region: str, metrics: Sequence[Metric], at_s: Sequence[int]
) -> tuple[list[int], Known]:
    """The number of each point's series, and the series whose listing is missing or out of date."""
    known = known_series(store, account, region)
    numbers: list[int] = []
    seen: Known = {}
    for metric, point_s in zip(metrics, at_s, strict=True):
        entry = known.get(metric)
        if entry is None:
            entry = seen.get(metric) or (series_number(account, region, metric), -1)
        number, last_s = entry
        numbers.append(number)
        if point_s > last_s + limits.SERIES_SEEN_S or last_s < 0:
            seen[metric] = (number, max(point_s, last_s))
    return numbers, seen


def series_block(account: str, region: str, seen: Known) -> pa.Table:
    dimensions = [[{"name": name, "value": value} for name, value in metric.dimensions] for metric in seen]
    return pa.table(
        {
            "account": pa.array([account] * len(seen)),
            "region": pa.array([region] * len(seen)),
            "namespace": pa.array([metric.namespace for metric in seen]),
            "name": pa.array([metric.name for metric in seen]),
            "dimensions": pa.array(dimensions, _DIMENSIONS),
            "series": pa.array([number for number, _ in seen.values()], pa.uint64()),
            "last_s": pa.array([last_s for _, last_s in seen.values()], pa.uint32()),
        }
    )


def list_metrics(
    store: Store,
    account: str,
    region: str,
    *,
    namespace: str | None = None,
    name: str | None = None,
    dimensions: Sequence[tuple[str, str | None]] = (),
    active_since_s: int,
    after: Metric | None = None,
    limit: int,
) -> list[Metric]:
    """Metrics with a point at or after `active_since_s` that have all the named dimensions, in order of (namespace,
    name, dimensions), those behind `after` first."""
    where = ["account = {account:String}", "region = {region:String}"]
    parameters: dict[str, Any] = {"account": account, "region": region, "since": max(0, active_since_s), "limit": limit}
    if namespace is not None:
        where.append("namespace = {namespace:String}")
        parameters["namespace"] = namespace
    if name is not None:
        where.append("name = {name:String}")
        parameters["name"] = name
    for place, (key, value) in enumerate(dimensions):
        same_value = "" if value is None else f" AND d.value = {{value{place}:String}}"
        where.append(f"arrayExists(d -> d.name = {{key{place}:String}}{same_value}, dimensions)")
        parameters[f"key{place}"] = key
        if value is not None:
            parameters[f"value{place}"] = value
    if after is not None:
        where.append(
            "(namespace, name, dimensions) > ({after_namespace:String}, {after_name:String}, "
            "{after_dimensions:Array(Tuple(String, String))})"
        )
        parameters |= {"after_namespace": after.namespace, "after_name": after.name}
        parameters["after_dimensions"] = list(after.dimensions)
    rows = store.query(
        f"SELECT toString(namespace) AS ns, name, dimensions FROM metric_series WHERE {' AND '.join(where)} "
        "GROUP BY namespace, name, dimensions HAVING max(last_s) >= {since:UInt32} "
        "ORDER BY ns, name, dimensions LIMIT {limit:UInt32}",
        parameters,
    )
    columns = (rows[column].to_pylist() for column in ("ns", "name", "dimensions"))
    return [
        Metric(namespace, name, tuple((pair["name"], pair["value"]) for pair in pairs))
        for namespace, name, pairs in zip(*columns, strict=True)
    ]
