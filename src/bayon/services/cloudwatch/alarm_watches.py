"""Alarms made ready to be evaluated again and again: what to read, and how to judge it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bayon.alarms import windows
from bayon.alarms.config import Config, Treatment
from bayon.alarms.evaluate import low_samples
from bayon.services.cloudwatch import statistics
from bayon.services.cloudwatch.metrics import dimensions_of
from bayon.services.cloudwatch.statistics import Statistic
from bayon.state.alarms import Alarm
from bayon.store.metric_series import Metric, series_number

_MANY = re.compile(r"\s*SELECT\b.*\bGROUP\s+BY\b.*\bORDER\s+BY\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One alarm on metrics. `metric` and `statistic` are None where it watches `queries`; `band` is the id of the band
    among them, `many` says that they come to several series. Until `warm_ms` it may not be evaluated, or with `eager`
    not before it has enough data points.
    """

    id: int
    revision: int
    account: str
    region: str
    name: str
    config: Config
    reach: int
    since_ms: int
    warm_ms: int
    eager: bool
    metric: Metric | None
    series: int
    statistic: Statistic | None
    unit: str | None
    calendar: ZoneInfo | None
    queries: tuple[Mapping[str, Any], ...]
    band: str | None
    many: bool

    @property
    def plain(self) -> bool:
        """Whether it is judged together with the many others on single metrics."""
        return self.metric is not None and self.calendar is None and not self.config.low_samples

    @property
    def every_s(self) -> int:
        return windows.every_s(self.config.period_s, self.config.periods)

    def due(self, tick_s: int) -> bool:
        """Whether the tick evaluates it, by the timetable."""
        return self.since_ms <= tick_s * 1000 and windows.due(self.every_s, tick_s)


def watch(alarm: Alarm) -> Watch:
    """The alarm, made ready."""
    config = alarm.config
    judge = judged(config)
    metric = None
    if "Metrics" not in config:
        metric = Metric(config["Namespace"], config["MetricName"], dimensions_of(config.get("Dimensions", [])))
    window = config.get("EvaluationWindow", {}).get("WallClockWindow")
    warm = config.get("WarmUpConfiguration", {})
    return Watch(
        id=alarm.id,
        revision=alarm.revision,
        account=alarm.account,
        region=alarm.region,
        name=alarm.name,
        config=judge,
        reach=windows.reach(judge.periods),
        since_ms=alarm.updated_ms,
        warm_ms=alarm.updated_ms + 60_000 * warm.get("WarmUpPeriodDurationInMinutes", 0),
        eager=not warm.get("OnlyStartEvaluatingAfterWarmUpPeriodEnds", False),
        metric=metric,
        series=series_number(alarm.account, alarm.region, metric) if metric else 0,
        statistic=statistics.parse(judge.statistic) if metric else None,
        unit=config.get("Unit"),
        calendar=None if window is None else ZoneInfo(window.get("Timezone", "UTC")),
        queries=tuple(config.get("Metrics", ())),
        band=config.get("ThresholdMetricId"),
        many=watches_many(config),
    )


def judged(config: Mapping[str, Any]) -> Config:
    """How the data points of an alarm are judged, given the members that PutMetricAlarm takes."""
    statistic = config.get("Statistic", config.get("ExtendedStatistic", ""))
    return Config(
        operator=config["ComparisonOperator"],
        threshold=config.get("Threshold"),
        periods=config["EvaluationPeriods"],
        needed=config.get("DatapointsToAlarm", config["EvaluationPeriods"]),
        needed_stated="DatapointsToAlarm" in config,
        missing=treatment(config),
        period_s=config.get("Period") or _period_s(config),
        statistic=statistic,
        unit=config.get("Unit", ""),
        low_samples=_low_samples(config, statistic),
    )


def treatment(config: Mapping[str, Any]) -> Treatment:
    """How missing data counts: DynamoDB's metrics ignore it unless told otherwise (user guide, missing data)."""
    default: Treatment = "ignore" if config.get("Namespace") == "AWS/DynamoDB" else "missing"
    stated: Treatment = config.get("TreatMissingData", default)
    return stated


def watches_many(config: Mapping[str, Any]) -> bool:
    """Whether the alarm watches a series a group: a query of Metrics Insights that groups and orders."""
    watched = [query for query in config.get("Metrics", ()) if query.get("ReturnData", True)]
    return any(_MANY.match(query.get("Expression", "")) for query in watched)


def _low_samples(config: Mapping[str, Any], statistic: str) -> float:
    found = statistics.parse(statistic)
    if config.get("EvaluateLowSampleCountPercentile") != "ignore" or found is None or found.kind != "P":
        return 0.0
    return low_samples(found.high)


def _period_s(config: Mapping[str, Any]) -> int:
    """The period of an alarm on queries: that of the one it watches, or else of the metrics they read."""
    queries = config.get("Metrics", [])
    watched = [q for q in queries if q.get("ReturnData", True) and q["Id"] != config.get("ThresholdMetricId")]
    for query in [*watched, *queries]:
        if "MetricStat" in query:
            return int(query["MetricStat"]["Period"])
        if "Period" in query:
            return int(query["Period"])
    return 300
