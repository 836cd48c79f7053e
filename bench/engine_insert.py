"""The bound of log ingest: the engine alone inserting the same rows, as Arrow blocks made durable one by one.

`python -m bench.engine_insert FOLDER ROWS BLOCK_ROWS RUNS` prints rows per second, a run a line.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa

from bayon.store.engine import Engine
from bayon.store.schema import TABLES
from bench import data


def rates(folder: Path, rows: int, block_rows: int, runs: int) -> list[float]:
    """Rows per second of each run, measured in a process of its own."""
    command = [sys.executable, "-m", "bench.engine_insert", str(folder), str(rows), str(block_rows), str(runs)]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [float(line) for line in out.split()]


def _block(rows: int, seed: int) -> pa.Table:
    events = data.log_events(rows, seed=seed, end_ms=data.now_ms())
    constants = {name: pa.array(np.full(rows, 1, np.uint64)) for name in ("group_id", "stream_id", "generation")}
    at_ms = pa.array([event["timestamp"] for event in events], pa.int64())
    messages = pa.array([event["message"] for event in events])
    seq = pa.array(np.arange(rows, dtype=np.uint64))
    return pa.table(constants | {"at_ms": at_ms, "ingested_at_ms": at_ms, "seq": seq, "message": messages})


def _run(folder: Path, rows: int, block_rows: int, runs: int) -> None:
    table = next(table for table in TABLES if table.name == "log_recent")
    blocks = [_block(block_rows, seed) for seed in range(4)]
    with closing(Engine(f"chdb://{folder}")) as engine:
        client = engine.handle()
        client.command(table.create(durable=True))
        for run in range(runs + 1):  # the first warms up
            began_s = time.perf_counter()
            for place in range(rows // block_rows):
                client.insert_arrow(table.name, blocks[place % len(blocks)])
            took_s = time.perf_counter() - began_s
            if run:
                print(rows // block_rows * block_rows / took_s)


if __name__ == "__main__":
    _run(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
