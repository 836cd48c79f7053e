"""A tick of many alarms, in a process of its own: each on a series of its own, with a point a minute in each.

`python -m bench.alarm_tick FOLDER ALARMS STATISTIC RUNS` prints, a run a line, the processor time of the tick in
seconds and the seconds it took, and last how many MiB of memory the alarms need.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from bayon.services.cloudwatch import alarm_evaluation
from bayon.state import alarms
from bayon.state.database import State
from bayon.store import metrics
from bayon.store.metric_series import Metric
from bayon.store.metrics import Points
from bayon.store.store import Store
from bench import data

ACCOUNT, REGION = "000000000000", "us-east-1"
MINUTES = 8


def ticks(folder: Path, count: int, statistic: str, runs: int) -> tuple[list[float], list[float], float]:
    """Processor seconds and seconds of each run after one that warms up, and the memory that the alarms need."""
    command = [sys.executable, "-m", "bench.alarm_tick", str(folder), str(count), statistic, str(runs)]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    pairs = [[float(number) for number in line.split()] for line in out[:-1]]
    return [used_s for used_s, _ in pairs], [took_s for _, took_s in pairs], float(out[-1])


def _metric(number: int) -> Metric:
    return Metric("Bench", "Latency", (("Host", f"host-{number:05}"),))


def _fill(store: Store, count: int, end_s: int, runs: int) -> None:
    """A point a minute of every series, some minutes before the end and as many behind it as there are runs."""
    for minute in range(MINUTES, -runs - 2, -1):
        points = Points()
        for number in range(count):
            points.metric.append(_metric(number))
            points.unit.append("None")
            points.at_s.append(end_s - 60 * minute)
            points.resolution_s.append(60)
            points.count.append(1.0)
            points.sum.append(1.0)
            points.min.append(1.0)
            points.max.append(1.0)
            points.values.append([])
            points.weights.append([])
            points.opaque.append(False)
        metrics.append(store, ACCOUNT, REGION, points, end_s * 1000)


def _put(state: State, count: int, statistic: str, now_ms: int) -> None:
    with state.write():
        for number in range(count):
            dimensions = [{"Name": "Host", "Value": f"host-{number:05}"}]
            name = "Statistic" if statistic[0].isupper() else "ExtendedStatistic"
            config = {
                "Namespace": "Bench",
                "MetricName": "Latency",
                "Dimensions": dimensions,
                name: statistic,
                "Period": 60,
                "EvaluationPeriods": 3,
                "Threshold": 5.0,
                "ComparisonOperator": "GreaterThanThreshold",
            }
            alarms.put(
                state,
                ACCOUNT,
                REGION,
                f"alarm-{number:05}",
                kind=alarms.METRIC,
                config=config,
                actions={},
                actions_enabled=True,
                metric=("Bench", "Latency"),
                reason="new",
                now_ms=now_ms,
            )


def _resident_mib() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this process has no memory")


def _used_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _run(folder: Path, count: int, statistic: str, runs: int) -> None:
    end_s = data.now_ms() // 60_000 * 60
    with (
        closing(Store.open(f"chdb://{folder / 'store'}")) as store,
        closing(State.open(f"sqlite:///{folder / 'state.sqlite3'}")) as state,
    ):
        _fill(store, count, end_s, runs)
        _put(state, count, statistic, (end_s - 600) * 1000)
        store.query("SELECT sum(value) FROM (SELECT count AS value FROM metric_recent)")
        before_mib = _resident_mib()
        alarm_evaluation.run(store, state, (end_s - 60) * 1000 + 10_000)  # every alarm goes to OK
        for run in range(runs + 1):  # the first warms up
            began_s, used_s = time.perf_counter(), _used_s()
            alarm_evaluation.run(store, state, (end_s + 60 * run) * 1000 + 10_000)
            if run:
                print(_used_s() - used_s, time.perf_counter() - began_s)
        states = {glance.state for glance in alarms.glance(state)}
        assert states == {"OK"}, states
        print(max(0.0, _resident_mib() - before_mib))


if __name__ == "__main__":
    _run(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
