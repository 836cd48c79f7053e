"""Opens, follows and closes insights: one a group while something is out of the ordinary."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bayon import limits
from bayon.services.xray import insight_detection
from bayon.services.xray.groups import Group, every, group_condition
from bayon.services.xray.insight_detection import Anomaly
from bayon.services.xray.sum_up import sum_up
from bayon.state import xray_resources
from bayon.state.database import State
from bayon.state.xray_resources import Resource
from bayon.store import service_graph as counted
from bayon.store.store import Store
from bayon.store.summaries import Selection
from bayon.store.trace_rows import node_parts

_HOUR_S = 3600
_MINUTE_S = 60


def watch(store: Store, state: State, now_ms: int) -> None:
    """Every group with insights has been looked at.

    Reads: groups, summaries.   Reads, writes: insights.   Writes: summaries.
    """
    places = {(group.account, group.region) for group in xray_resources.every(state, "group")}
    watched = [group for place in sorted(places) for group in every(state, *place) if group.insights]
    if watched and sum_up(store):
        for group in watched:
            _look(store, state, group, now_ms)


def _look(store: Store, state: State, group: Group, now_ms: int) -> None:
    now_s = now_ms // 1000
    found = group_condition(state, group)
    hour = Selection(group.account, group.region, now_s - _HOUR_S, now_s, "Active", found.sql, found.parameters)
    anomaly = insight_detection.find(counted.ended(store, hour, _MINUTE_S), now_s)
    active = _active(state, group)
    if anomaly is not None:
        fields = _followed(active.fields if active else _opened(group, now_ms), anomaly, now_ms)
        _put(state, group, active.name if active else str(uuid.uuid4()), fields, now_ms)
    elif active and now_ms - active.fields["seen_ms"] >= limits.INSIGHT_QUIET_MS:
        closed = {**active.fields, "state": "CLOSED", "end_ms": active.fields["seen_ms"]}
        _put(state, group, active.name, closed, now_ms)


def _active(state: State, group: Group) -> Resource | None:
    known = xray_resources.every(state, "insight", account=group.account, region=group.region)
    return next(
        (each for each in known if each.fields["group_arn"] == group.arn and each.fields["state"] == "ACTIVE"), None
    )


def _opened(group: Group, now_ms: int) -> dict[str, Any]:
    start_ms = now_ms - limits.INSIGHT_WINDOW_S * 1000
    return {"group": group.name, "group_arn": group.arn, "state": "ACTIVE", "start_ms": start_ms, "events": []}


def _followed(before: Mapping[str, Any], anomaly: Anomaly, now_ms: int) -> dict[str, Any]:
    """The insight as of now, with an event if anything of it changed."""
    now = {
        "root": anomaly.root,
        "services": list(anomaly.services[: limits.INSIGHT_SERVICES]),
        "clients": asdict(anomaly.clients),
        "of_root": asdict(anomaly.of_root),
        "summary": _summary(anomaly),
    }
    events = list(before["events"])
    if any(before.get(key) != value for key, value in now.items()):
        events = [*events, now | {"at_ms": now_ms}][-limits.INSIGHT_EVENTS :]
    return {**before, **now, "events": events, "seen_ms": now_ms}


def _summary(anomaly: Anomaly) -> str:
    name = node_parts(anomaly.root)[0]
    share = 100 * anomaly.of_root.faults / max(anomaly.of_root.total, 1)
    clients = anomaly.clients
    return (
        f"{share:.0f}% of the requests to {name} failed with faults. "
        f"{clients.faults} of {clients.total} client requests were affected."
    )


def _put(state: State, group: Group, name: str, fields: Mapping[str, Any], now_ms: int) -> None:
    xray_resources.put(state, group.account, group.region, "insight", name, fields, now_ms=now_ms)
