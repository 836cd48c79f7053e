"""Opens the store of a bayon that is not running: counts what it holds, or settles it now instead of later.

`python -m bench.at_rest {count,settle} FOLDER`, always a process of its own, since the engine belongs to one process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from bayon.settings import Settings
from bayon.store import logs
from bayon.store.roll_up import settle_metrics
from bayon.store.settle_logs import settle_logs
from bayon.store.store import Store


def counts(folder: Path) -> dict[str, int]:
    """How many log events, data points not yet rolled up, and segments are stored and can be read."""
    found: dict[str, int] = json.loads(_ask("count", folder))
    return found


def settled(folder: Path) -> float:
    """All that was recent is settled. Out: the seconds it took."""
    return float(_ask("settle", folder))


def _ask(action: str, folder: Path) -> str:
    command = [sys.executable, "-m", "bench.at_rest", action, str(folder)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _count(store: Store) -> str:
    groups = store.query(
        "SELECT DISTINCT group_id FROM (SELECT group_id FROM log_recent UNION ALL SELECT group_id FROM log_events)"
    )
    events = [
        stats.events for group in groups["group_id"].to_pylist() for stats in logs.stream_stats(store, group).values()
    ]
    points, documents = (
        store.query(f"SELECT count() AS rows FROM {table}")["rows"][0].as_py()
        for table in ("metric_recent", "(SELECT 1 FROM segment_recent UNION ALL SELECT 1 FROM segment_documents)")
    )
    return json.dumps({"log_events": sum(events), "data_points": points, "segments": documents})


def _settle(store: Store) -> str:
    began_s = time.perf_counter()
    settle_logs(store, now=True)
    settle_metrics(store, int(time.time()), now=True)
    return str(time.perf_counter() - began_s)


if __name__ == "__main__":
    with closing(Store.open(Settings(data_dir=Path(sys.argv[2])).store_url)) as opened:
        print({"count": _count, "settle": _settle}[sys.argv[1]](opened))
