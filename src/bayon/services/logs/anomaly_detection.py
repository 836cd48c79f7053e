"""How anomalies in logs are found: patterns of a group's newest window beside those of the windows before it.

Each window is as long as the detector's period. A pattern that none of the earlier windows had is new; one whose count
is an outlier among its counts has come more, or less, often. Source: what a detector reports, botocore, Anomaly; the
rules are ours.
"""

from __future__ import annotations

import hashlib
import logging
import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bayon import limits
from bayon.clock import DAY_MS
from bayon.errors import BayonError
from bayon.languages.filter_pattern import sql as filter_sql
from bayon.languages.insights import patterns
from bayon.languages.insights.mining import PARTS, Mined
from bayon.languages.insights.parser import parse
from bayon.languages.insights.patterns import Pattern
from bayon.languages.insights.plan import compiled
from bayon.languages.insights.world import World
from bayon.services.logs import results
from bayon.services.logs.filter_patterns import read_pattern
from bayon.services.logs.query_world import held
from bayon.sql import Statement
from bayon.state import log_anomalies, log_groups
from bayon.state.database import State
from bayon.state.log_anomalies import Anomaly, Detector
from bayon.store import log_queries
from bayon.store.store import Store

log = logging.getLogger(__name__)

MINUTES = {"ONE_MIN": 1, "FIVE_MIN": 5, "TEN_MIN": 10, "FIFTEEN_MIN": 15, "THIRTY_MIN": 30, "ONE_HOUR": 60}
OUTLIER = 3.5
FEW = 5  # so many events, or fewer, are no change worth telling


def detect(state: State, store: Store, now_ms: int) -> None:
    """Every detector whose period has passed has looked at it. What fails for one does not keep the others."""
    for detector in log_anomalies.every_enabled(state):
        end_ms = now_ms - now_ms % period_ms(detector)
        if detector.evaluated_ms is not None and detector.evaluated_ms >= end_ms:
            continue
        try:
            evaluate(state, store, detector, end_ms)
        except BayonError as err:
            log.warning("anomaly detector %s: %s", detector.arn, err.message)


def period_ms(detector: Detector) -> int:
    """How long a window of the detector is."""
    return MINUTES[detector.frequency] * 60_000


def evaluate(state: State, store: Store, detector: Detector, end_ms: int) -> None:
    """The window up to the time has been looked at, and what was found is kept."""
    found = _patterns(state, store, detector, end_ms)
    known = {each.pattern_id: each for each in log_anomalies.anomalies(state, [detector.arn])}
    seen = {pattern_id(each.text): (each, why) for each in found if (why := strange(each))}
    kept = [_told(known.get(key), detector, key, *each, end_ms) for key, each in seen.items()]
    kept += [replace(each, active=False) for key, each in known.items() if each.active and key not in seen]
    with state.write():
        if log_anomalies.find_detector(state, detector.account, detector.region, detector.arn) is None:
            return
        log_anomalies.put_anomalies(state, kept)
        log_anomalies.put_detector(state, replace(detector, evaluated_ms=end_ms))
        log_anomalies.expire(state, detector, end_ms - detector.visible_days * DAY_MS)


def strange(found: Pattern) -> str:
    """What is unusual about the pattern's newest window; empty where nothing is."""
    *earlier, newest = found.parts
    if not any(earlier):
        return "New pattern found" if newest > FEW or found.severity == "Error" else ""
    score = patterns.unusual(found.parts, len(found.parts) - 1)
    usual = sorted(earlier)[len(earlier) // 2]
    if score is None or abs(score) < OUTLIER or abs(newest - usual) <= FEW:
        return ""
    more = "more" if score > 0 else "fewer"
    return f"{newest} events of the pattern, {more} than the usual {usual}"


def pattern_id(text: str) -> str:
    """32 characters that are the same for the same pattern."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _patterns(state: State, store: Store, detector: Detector, end_ms: int) -> list[Pattern]:
    """The patterns of the newest window and those before it; none while there is nothing to compare with."""
    name = detector.group_arn.removeprefix(log_groups.arn_of(detector.account, detector.region, ""))
    group = log_groups.find(state, detector.account, detector.region, name)
    if group is None:
        return []
    start_ms = end_ms - PARTS * period_ms(detector)
    world = World(
        account=detector.account,
        region=detector.region,
        start_ms=start_ms,
        end_ms=end_ms - 1,
        now_ms=end_ms,
        groups=[held(group, end_ms)],
    )
    plan = compiled(parse("pattern @message"), world)
    assert isinstance(plan, Mined)
    table = log_queries.select(store, _filtered(plan.statement, detector.pattern), time_s=limits.LOG_DETECTION_TIME_S)
    found = patterns.mine(results.texts(table))
    counts = [sum(each.parts[place] for each in found) for place in range(PARTS)] if found else []
    return found if sum(1 for count in counts[:-1] if count) >= limits.LOG_DETECTION_WINDOWS else []


def _filtered(statement: Statement, pattern: str) -> Statement:
    """The same over the events that match the detector's filter pattern."""
    if not pattern:
        return statement
    condition = filter_sql.condition(read_pattern(pattern))
    events = tuple(replace(each, conditions=(*each.conditions, condition.text)) for each in statement.events)
    return replace(statement, events=events, parameters={**statement.parameters, **condition.parameters})


def _told(known: Anomaly | None, detector: Detector, key: str, found: Pattern, why: str, end_ms: int) -> Anomaly:
    start_ms = end_ms - period_ms(detector)
    told: dict[str, Any] = {
        "patternString": found.text,
        "patternRegex": regex(found),
        "priority": "HIGH" if found.severity == "Error" else "MEDIUM" if found.severity == "Warn" else "LOW",
        "description": why,
        "histogram": _histogram(found.parts, end_ms, period_ms(detector)),
        "logSamples": [{"timestamp": start_ms, "message": sample} for sample in found.samples if sample],
        "patternTokens": [
            {
                "dynamicTokenPosition": token.place,
                "isDynamic": token.place > 0,
                "tokenString": token.text,
                "enumerations": dict(token.values),
            }
            for token in found.tokens
        ],
    }
    if known is not None:
        return replace(known, last_ms=end_ms, active=True, told=told)
    return Anomaly(
        id=str(uuid.uuid4()),
        detector_arn=detector.arn,
        pattern_id=key,
        first_ms=start_ms,
        last_ms=end_ms,
        active=True,
        baseline=False,
        told=told,
        suppressed_ms=None,
        suppressed_until_ms=None,
        whole_pattern=False,
    )


def regex(found: Pattern) -> str:
    """A regular expression that the pattern's texts match."""
    return re.sub(r"<[A-Za-z]+\\-\d+>", ".*", re.escape(found.text))


def _histogram(parts: Sequence[int], end_ms: int, width_ms: int) -> dict[str, int]:
    first_ms = end_ms - len(parts) * width_ms
    return {str(first_ms + place * width_ms): count for place, count in enumerate(parts) if count}
