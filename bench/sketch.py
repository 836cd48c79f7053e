"""How to keep percentiles: values rounded to eight significant bits with their weights, or a sketch of the engine.

For the decision record: how far p50, p90, p99 and p99.9 are off, what a merged hour weighs, how long merging takes. The
engine alone, in a process of its own: `python -m bench.sketch FOLDER VALUES` prints the figures as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
from clickhouse_connect.driver.client import Client

from bayon.store.engine import Engine
from bench.plan import Plan
from bench.report import Table, number

LEVELS = (0.5, 0.9, 0.99, 0.999)
MINUTES = 60
ROUNDED = "reinterpretAsFloat64(bitAnd(reinterpretAsUInt64(value) + 17592186044416, 18446708889337462784))"
SKETCHES = {  # name: aggregate function, its parameters, its arguments
    "8 bits and sumMap": ("sumMap", "", f"[{ROUNDED}], [toFloat64(1)]"),
    "quantileDD(0.01)": ("quantilesDD", "(0.01, 0.5, 0.9, 0.99, 0.999)", "value"),
    "quantileTDigest": ("quantilesTDigest", "(0.5, 0.9, 0.99, 0.999)", "value"),
    "quantileBFloat16": ("quantilesBFloat16", "(0.5, 0.9, 0.99, 0.999)", "value"),
}
COLUMNS = ("data", "sketch", "p50 off", "p90 off", "p99 off", "p99.9 off", "bytes an hour", "merge, ms")


def measure(plan: Plan) -> list[Table]:
    """One table, a sketch of one kind of data a line."""
    values = plan.amount(600_000, 12_000)
    command = [sys.executable, "-m", "bench.sketch", str(plan.folder), str(values)]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = [[kind, sketch, *(f"{100 * off:.3f} %" for off in errors), number(size), number(took_ms)]
            for kind, sketch, errors, size, took_ms in json.loads(out)]  # fmt: skip
    return [Table(f"Sketches of {values:,} values in {MINUTES} minutes, merged to an hour", COLUMNS, rows)]


def _kinds(count: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    fast, slow = rng.normal(12, 1, count), rng.normal(900, 60, count)
    return {
        "log-normal": rng.lognormal(3, 0.8, count),
        "bimodal": np.abs(np.where(rng.random(count) < 0.95, fast, slow)),
        "constant": np.full(count, 42.5),
    }


def _figures(client: Client, kind: str, sketch: str, values: np.ndarray) -> list[object]:
    function, parameters, arguments = SKETCHES[sketch]
    state = f"{function}State{parameters}({arguments})"
    client.command("DROP TABLE IF EXISTS sketched")
    client.command(
        "CREATE TABLE sketched ENGINE = MergeTree ORDER BY minute "
        f"AS SELECT minute, {state} AS state FROM arrived GROUP BY minute"
    )
    began_s = time.perf_counter()
    merged = client.query(f"SELECT {function}Merge{parameters}(state) FROM sketched").result_rows[0][0]
    took_ms = 1000 * (time.perf_counter() - began_s)
    found = _from_weights(*merged) if function == "sumMap" else list(merged)
    size = client.query(f"SELECT length(toString({function}MergeState{parameters}(state))) FROM sketched").result_rows[
        0
    ][0]
    exact = np.quantile(values, LEVELS, method="inverted_cdf")
    return [kind, sketch, [abs(mine / true - 1) for mine, true in zip(found, exact, strict=True)], size, took_ms]


def _from_weights(values: list[float], weights: list[float]) -> list[float]:
    reached = np.cumsum(weights)
    return [values[int(np.searchsorted(reached, level * reached[-1]))] for level in LEVELS]


def _run(folder: Path, count: int) -> list[list[object]]:
    found = []
    minutes = np.arange(count) * MINUTES // count
    with closing(Engine(f"chdb://{folder / 'engine'}")) as engine:
        client = engine.handle()
        client.command("CREATE TABLE arrived (minute Int64, value Float64) ENGINE = MergeTree ORDER BY minute")
        for kind, values in _kinds(count).items():
            client.command("TRUNCATE TABLE arrived")
            client.insert_arrow("arrived", pa.table({"minute": minutes, "value": values}))
            found += [_figures(client, kind, sketch, values) for sketch in SKETCHES]
    return found


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]), int(sys.argv[2]))))
