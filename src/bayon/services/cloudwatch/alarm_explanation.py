"""How an alarm is evaluated, computed again from what the public API tells: every data point retrieved, which counted,
which were made up, and the rule that decided.

It takes a client of CloudWatch, be it bayon's or AWS's, and the machine that bayon itself uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from bayon.alarms import windows
from bayon.alarms.config import Config, Points, State
from bayon.alarms.evaluate import breaches, evaluate
from bayon.errors import BayonError, LanguageError
from bayon.languages.alarm_rule import tree
from bayon.languages.alarm_rule.parse import parse
from bayon.services.cloudwatch.alarm_watches import judged


@dataclass(frozen=True, slots=True)
class Window:
    """One window of time: its value, if there is data, whether that breaches, and what it counted as."""

    start_s: int
    end_s: int
    value: float | None
    breaches: bool | None
    role: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One series that the alarm watches, and what follows from it."""

    label: str
    windows: Sequence[Window]
    rule: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """An alarm, what it asks for in words, and its series; `rule_text` is that of a composite alarm with its children's
    states."""

    name: str
    state: str
    asks: str
    series: Sequence[Explained]
    rule_text: str = ""


def explain(cloudwatch: Any, name: str, now_ms: int) -> Explanation:
    """The evaluation of the alarm at that time. Raises: BayonError where there is no such alarm."""
    found = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    if found["CompositeAlarms"]:
        return _composite(cloudwatch, found["CompositeAlarms"][0])
    if not found["MetricAlarms"]:
        raise BayonError(f"expected the name of an alarm, found {name!r}")
    alarm = found["MetricAlarms"][0]
    config = judged(alarm)
    edges = _edges(alarm, config, now_ms // 1000)
    series = [
        _explained(alarm, config, edges, label, points, now_ms)
        for label, points in _read(cloudwatch, alarm, config, edges)
    ]
    return Explanation(name, alarm["StateValue"], _asks(alarm, config), series)


def _edges(alarm: Mapping[str, Any], config: Config, now_s: int) -> list[tuple[int, int]]:
    """The windows that are retrieved, oldest first."""
    count = windows.reach(config.periods)
    calendar = alarm.get("EvaluationWindow", {}).get("WallClockWindow")
    if calendar is not None:
        return windows.calendar(ZoneInfo(calendar.get("Timezone", "UTC")), config.period_s, now_s, count)
    often_s = windows.every_s(config.period_s, config.periods)
    end_s = now_s // often_s * often_s
    return [
        (start_s, start_s + config.period_s)
        for start_s in range(end_s - count * config.period_s, end_s, config.period_s)
    ]


def _read(
    cloudwatch: Any, alarm: Mapping[str, Any], config: Config, edges: Sequence[tuple[int, int]]
) -> list[tuple[str, Points]]:
    """The series that the alarm watches, each with its label and, where there is one, its band."""
    queries = list(alarm.get("Metrics") or _plain(alarm, config))
    answers = cloudwatch.get_metric_data(
        MetricDataQueries=queries,
        StartTime=datetime.fromtimestamp(edges[0][0], UTC),
        EndTime=datetime.fromtimestamp(edges[-1][1], UTC),
        ScanBy="TimestampAscending",
    )["MetricDataResults"]
    starts = [start_s for start_s, _ in edges]
    band = [each for each in answers if each["Id"] == alarm.get("ThresholdMetricId")]
    counts = [each for each in answers if each["Id"] == "samples"]
    lower, upper = (_slots(each, starts) for each in band) if len(band) == 2 else ((), ())
    samples = _slots(counts[0], starts) if counts else ()
    watched = [each for each in answers if each not in band and each not in counts]
    return [(each["Label"], Points(starts, _slots(each, starts), samples, lower, upper)) for each in watched]


def _plain(alarm: Mapping[str, Any], config: Config) -> list[dict[str, Any]]:
    """The queries of an alarm on one metric: its statistic, and how many samples that is of."""
    metric = {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions")}
    stat: dict[str, Any] = {"Metric": metric, "Period": config.period_s, "Stat": config.statistic}
    if config.unit:
        stat["Unit"] = config.unit
    return [{"Id": "watched", "MetricStat": stat}, {"Id": "samples", "MetricStat": {**stat, "Stat": "SampleCount"}}]


def _slots(answer: Mapping[str, Any], starts: Sequence[int]) -> list[float | None]:
    times_s = [int(each.timestamp()) for each in answer["Timestamps"]]
    by_start = dict(zip(times_s, answer["Values"], strict=True))
    return [by_start.get(start_s) for start_s in starts]


def _explained(
    alarm: Mapping[str, Any],
    config: Config,
    edges: Sequence[tuple[int, int]],
    label: str,
    points: Points,
    now_ms: int,
) -> Explained:
    decision = evaluate(config, points, cast("State", alarm["StateValue"]), now_ms)
    breaching = breaches(config, points)
    shown = [
        Window(*edge, points.values[place], breaching[place], _role(config, place in decision.used, breaching[place]))
        for place, edge in enumerate(edges)
    ]
    return Explained(label, shown, decision.rule, decision.state, decision.reason)


def _role(config: Config, used: bool, breaching: bool | None) -> str:  # noqa: FBT001 one fact among others
    if not used:
        return "retrieved, not needed"
    if breaching is not None:
        return "breaching" if breaching else "not breaching"
    filled = {"breaching": "filled in as breaching", "notBreaching": "filled in as not breaching"}
    return filled.get(config.missing, "missing")


def _asks(alarm: Mapping[str, Any], config: Config) -> str:
    """What puts the alarm into ALARM, in a sentence."""
    subject = alarm.get("MetricName") or "the expression"
    threshold = "the band" if config.threshold is None else f"{config.threshold:g}"
    return (
        f"in ALARM when {config.needed} of {config.periods} windows of {config.period_s} s breach: "
        f"{config.statistic or 'value'} of {subject} {config.operator} {threshold}; missing data: {config.missing}"
    )


def _composite(cloudwatch: Any, alarm: Mapping[str, Any]) -> Explanation:
    """The rule of a composite alarm, and the state of each child."""
    children = cloudwatch.describe_alarms(ChildrenOfAlarmName=alarm["AlarmName"])
    listed = [*children["MetricAlarms"], *children["CompositeAlarms"]]
    states: dict[str, str] = {each["AlarmName"]: each["StateValue"] for each in listed}
    try:
        rule = parse(alarm["AlarmRule"])
    except LanguageError as err:
        raise BayonError(f"the rule of {alarm['AlarmName']} cannot be read: {err.message}") from err

    def state_of(ref: str) -> str:
        return states.get(ref.rpartition(":alarm:")[2], "INSUFFICIENT_DATA")

    holds = tree.holds(rule, state_of)
    lines = "\n".join(f"  {name}: {state}" for name, state in sorted(states.items()))
    text = f"rule: {tree.render(rule)}\n{lines}\ntherefore {'ALARM' if holds else 'OK'}"
    if alarm.get("ActionsSuppressedBy"):
        text += f"\nactions suppressed by {alarm['ActionsSuppressedBy']}"
    return Explanation(alarm["AlarmName"], alarm["StateValue"], "in ALARM when its rule holds", [], text)
