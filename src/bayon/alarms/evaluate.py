"""One evaluation of one alarm over one series: its points in, its state and the reason out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bayon.alarms import comparison, reasons
from bayon.alarms.config import Config, Points, State
from bayon.alarms.missing import decide

LOW_SAMPLES = "a percentile of too few samples changes nothing"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an evaluation found. `used` are the places of the windows it counted, ascending, `filled` how many missing
    points it made up, and `rule` says what decided."""

    state: State
    reason: str
    reason_data: str
    rule: str
    used: Sequence[int]
    filled: int


def evaluate(config: Config, points: Points, previous: State, now_ms: int, *, contributor: bool = False) -> Decision:
    """The decision of the points for an alarm that is in `previous`.

    In: with `contributor` the series is one of several, and its reason is worded so.
    """
    breaching = breaches(config, points)
    used = _used(breaching, config.periods)
    if _too_few_samples(config, points, used):
        data = reasons.data(config, points, used, now_ms)
        return Decision(previous, "", data, LOW_SAMPLES, used, 0)
    verdict = decide(breaching, periods=config.periods, needed=config.needed, missing=config.missing, current=previous)
    known = [place for place in used if breaching[place] is not None]
    if verdict.state == "INSUFFICIENT_DATA":
        reason = reasons.unknown(config.periods)
    else:
        wanted = verdict.state == "ALARM"
        chosen = [place for place in known if breaching[place] is wanted]
        if contributor and known:
            reason = reasons.contributed(config, points, chosen, verdict.state)
        else:
            reason = reasons.crossed(config, points, chosen, len(known), verdict.filled, verdict.state)
    data = reasons.data(config, points, used, now_ms)
    return Decision(verdict.state, reason, data, verdict.rule, used, verdict.filled)


def breaches(config: Config, points: Points) -> list[bool | None]:
    """Whether each point breaches, None where there is no point, or no band to hold it to."""
    if config.threshold is not None:
        breach = comparison.STATIC[config.operator].breaches
        return [None if value is None else breach(value, config.threshold) for value in points.values]
    return [
        None
        if value is None or lower is None or upper is None
        else comparison.outside(config.operator, value, lower, upper)
        for value, lower, upper in zip(points.values, points.lower, points.upper, strict=True)
    ]


def _used(breaching: Sequence[bool | None], periods: int) -> list[int]:
    """The places that count: the newest points that exist where they are enough, else all of them beside the
    newest gaps."""
    real = [place for place, each in enumerate(breaching) if each is not None]
    if len(real) >= periods:
        return real[-periods:]
    gaps = [place for place, each in enumerate(breaching) if each is None]
    return sorted([*real, *gaps[len(real) - periods :]])


def _too_few_samples(config: Config, points: Points, used: Sequence[int]) -> bool:
    if not config.low_samples:
        return False
    samples = sum(points.counts[place] or 0.0 for place in used)
    return 0 < samples < config.low_samples


def low_samples(percentile: float) -> float:
    """How many samples a percentile, given in percent, needs to be evaluated where too few are to be ignored.

    Source: CloudWatch user guide, Percentile-based alarms and low data samples.
    """
    if 50 <= percentile < 100:
        return round(1000 / (100 - percentile), 6)
    return round(1000 / percentile, 6) if 0 < percentile < 50 else 0.0
