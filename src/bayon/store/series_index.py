"""Finding series by a condition, and aggregating all that are found at once.

Conditions are what `languages.search` and `languages.metrics_insights` compile: SQL over the columns of the listing,
`namespace`, `name`, `dimensions` and `words`, with bound parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bayon.store.metric_buckets import points
from bayon.store.metric_series import Metric
from bayon.store.store import Store

_LISTED = "account = {account:String} AND region = {region:String}"
_ACTIVE = "HAVING max(last_s) >= {since:UInt32}"


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of series, in order of their keys, aggregated to periods: bucket i is of the group `keys[group[i]]`."""

    keys: list[tuple[str, ...]]
    group: npt.NDArray[np.int64]
    start_s: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]


def search(
    store: Store,
    account: str,
    region: str,
    where: str,
    parameters: Mapping[str, Any],
    *,
    active_since_s: int,
    limit: int,
) -> list[Metric]:
    """Metrics with a point at or after `active_since_s` that meet the condition, by namespace, name and dimensions."""
    rows = store.query(
        "SELECT toString(any(namespace)) AS ns, any(name) AS named, any(dimensions) AS dims FROM metric_series "
        f"WHERE {_LISTED} AND ({where}) GROUP BY series {_ACTIVE} ORDER BY ns, named, dims LIMIT {{limit:UInt32}}",
        _listed(account, region, parameters, active_since_s) | {"limit": limit},
    )
    columns = (rows[column].to_pylist() for column in ("ns", "named", "dims"))
    return [
        Metric(namespace, name, tuple((each["name"], each["value"]) for each in dimensions))
        for namespace, name, dimensions in zip(*columns, strict=True)
    ]


def count(
    store: Store, account: str, region: str, where: str, parameters: Mapping[str, Any], *, active_since_s: int
) -> int:
    """How many metrics with a point at or after `active_since_s` meet the condition."""
    rows = store.query(
        f"SELECT count() AS n FROM (SELECT series FROM metric_series WHERE {_LISTED} AND ({where}) "
        f"GROUP BY series {_ACTIVE})",
        _listed(account, region, parameters, active_since_s),
    )
    return int(rows["n"][0].as_py())


def aggregate(
    store: Store,
    account: str,
    region: str,
    where: str,
    parameters: Mapping[str, Any],
    *,
    keys: Sequence[str],
    value: str,
    active_since_s: int,
    limit: int,
    start_s: int,
    end_s: int,
    period_s: int,
    now_s: int,
) -> Groups:
    """The observations of the first `limit` metrics that meet the condition, put together by `keys` and period.

    In: `keys` are SQL over the listing, `value` an aggregation of `count`, `sum`, `min` and `max`.
    """
    chosen = (
        f"SELECT series, [{', '.join(f'any({key})' for key in keys)}]::Array(String) AS keys FROM metric_series "
        f"WHERE {_LISTED} AND ({where}) GROUP BY series {_ACTIVE} ORDER BY series LIMIT {{limit:UInt32}}"
    )
    held, bounds = points(
        store, start_s, end_s, period_s, now_s, weights=False, series=f"(SELECT series FROM ({chosen}))"
    )
    rows = store.query(
        "SELECT keys, groupArray(bucket) AS buckets, groupArray(value) AS values FROM ("
        f"SELECT keys, intDiv(at_s - {{start:UInt32}}, {{period:UInt32}}) AS bucket, toFloat64({value}) AS value "
        f"FROM ({held}) AS held INNER JOIN ({chosen}) AS chosen USING (series) GROUP BY keys, bucket"
        ") GROUP BY keys ORDER BY keys",
        _listed(account, region, parameters, active_since_s) | bounds | {"limit": limit},
    )
    return _groups(rows, start_s, period_s)


def _groups(rows: pa.Table, start_s: int, period_s: int) -> Groups:
    buckets, values = (rows[name].combine_chunks() for name in ("buckets", "values"))
    group = np.repeat(np.arange(rows.num_rows), pc.list_value_length(buckets).to_numpy(zero_copy_only=False))
    places = buckets.flatten().to_numpy().astype(np.int64)
    order = np.lexsort((places, group))
    return Groups(
        keys=[tuple(keys) for keys in rows["keys"].to_pylist()],
        group=group[order],
        start_s=start_s + places[order] * period_s,
        values=values.flatten().to_numpy()[order],
    )


def _listed(account: str, region: str, parameters: Mapping[str, Any], since_s: int) -> dict[str, Any]:
    return {**parameters, "account": account, "region": region, "since": max(0, since_s)}
