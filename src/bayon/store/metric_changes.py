"""Which minutes of which series have got points since a place in the order of arrival: what metric streams send.

Looks at recent points only: what has been rolled up and dropped since has been seen by everybody who kept up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bayon.store.metric_series import Metric
from bayon.store.store import Store


@dataclass(frozen=True, slots=True)
class Changes:
    """The metrics of an account and region that have new points, by the start of the minute; and up to where in the
    order of arrival that is."""

    by_minute: dict[int, list[Metric]]
    upto: int


def since(
    store: Store, account: str, region: str, namespaces: Sequence[str] | None, *, after: int, upto: int, limit: int
) -> Changes:
    """The first `limit` changes behind `after`, in the order of arrival, at least those of one append.

    In: only metrics of the `namespaces`, where given.
    """
    among = "" if namespaces is None else " AND namespace IN {namespaces:Array(String)}"
    series = (
        "SELECT series, any(toString(namespace)) AS ns, any(name) AS metric, any(dimensions) AS pairs "
        f"FROM metric_series WHERE account = {{account:String}} AND region = {{region:String}}{among} GROUP BY series"
    )
    changed = (
        "SELECT series, intDiv(at_s, 60) * 60 AS minute, min(seq) AS first FROM metric_recent "
        "WHERE seq > {after:UInt64} AND seq <= {upto:UInt64} GROUP BY series, minute"
    )
    rows = store.query(
        f"SELECT ns, metric, pairs, minute, first FROM ({changed}) AS changed INNER JOIN ({series}) AS listed "
        "USING (series) ORDER BY first LIMIT {limit:UInt32} WITH TIES",
        {"account": account, "region": region, "namespaces": list(namespaces or ()), "limit": limit}
        | {"after": after, "upto": upto},
    )
    columns = (rows[name].to_pylist() for name in ("ns", "metric", "pairs", "minute"))
    by_minute: dict[int, list[Metric]] = {}
    for namespace, name, pairs, minute in zip(*columns, strict=True):
        metric = Metric(namespace, name, tuple((pair["name"], pair["value"]) for pair in pairs))
        by_minute.setdefault(minute, []).append(metric)
    return Changes(by_minute, rows["first"][-1].as_py() if rows.num_rows >= limit else upto)
