"""The series of an alarm over many, each with a state of its own. Pure.

Source: CloudWatch user guide, alarms on Metrics Insights queries; that a series which was never seen was OK, and the id
of each, are inferred.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from bayon import limits
from bayon.alarms import reasons
from bayon.alarms.config import Config, State
from bayon.alarms.evaluate import Decision, evaluate
from bayon.state.alarms import Contributor

if TYPE_CHECKING:
    from bayon.services.cloudwatch.alarm_queries import Group

GONE = "No data was returned for this contributor"
_RULE = "the alarm is in ALARM while one of its series is"


def id_of(attributes: Mapping[str, str]) -> str:
    """The id of the series with these attributes: sixteen digits, always the same."""
    return hashlib.sha256(json.dumps(sorted(attributes.items())).encode()).hexdigest()[:16]


def evaluated(
    config: Config, before: Mapping[str, Contributor], groups: Sequence[Group], now_ms: int
) -> list[Contributor]:
    """Every series as it is now, and as OK for the last time those in ALARM that are no longer there."""
    found = [_evaluated(config, before, group, now_ms) for group in groups]
    here = {each.id for each in found}
    gone = [each for each in before.values() if each.id not in here and each.state == "ALARM"]
    return found + [Contributor(each.id, each.attributes, "OK", GONE, now_ms) for each in gone]


def _evaluated(config: Config, before: Mapping[str, Contributor], group: Group, now_ms: int) -> Contributor:
    identity = id_of(group.attributes)
    was = before.get(identity)
    state = was.state if was else "OK"
    decision = evaluate(config, group.points, cast("State", state), now_ms, contributor=True)
    if was is not None and decision.state == was.state:
        return was
    return Contributor(identity, group.attributes, decision.state, decision.reason, now_ms)


def decided(config: Config, contributors: Sequence[Contributor], now_ms: int) -> Decision:
    """The state of the alarm: without any series it has insufficient data, however missing data is treated."""
    here = [each for each in contributors if each.reason != GONE]
    if not here:
        return Decision("INSUFFICIENT_DATA", reasons.unknown(config.periods), "", _RULE, (), 0)
    alarming = sum(each.state == "ALARM" for each in here)
    known = any(each.state == "OK" for each in here)
    state: State = "ALARM" if alarming else "OK" if known else "INSUFFICIENT_DATA"
    most = limits.ALARM_CONTRIBUTORS_SHOWN
    amount = f"{most}+" if alarming > most else f"{alarming} out of {len(here)}"
    return Decision(state, f"{amount} time series evaluated to ALARM", "", _RULE, (), 0)


def differ(before: Mapping[str, Contributor], after: Sequence[Contributor]) -> bool:
    """Whether a series came, went or changed."""
    return {each.id: each.state for each in before.values()} != {
        each.id: each.state for each in after if each.reason != GONE
    } or any(each.reason == GONE for each in after)
