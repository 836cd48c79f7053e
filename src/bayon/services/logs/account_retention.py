"""Account policies of retention: which of them decides how long a group's events are kept, and what one would change.

A policy takes effect 24 hours after it was put. The decision is kept with each group, so that reading its events costs
nothing more; a job makes it anew. Source: botocore, PutAccountPolicy, "Retention policy".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from bayon import limits
from bayon.clock import DAY_MS
from bayon.services.logs.account_selection import KINDS, selects
from bayon.services.logs.identifiers import invalid
from bayon.services.operation import Context
from bayon.state import log_groups, log_resources
from bayon.state.database import State
from bayon.state.log_groups import LogGroup
from bayon.state.log_resources import LogResource
from bayon.store import logs

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

KIND = KINDS["RETENTION_POLICY"]
NEVER = 0
_MODES = ("NEW_ONLY", "RETROACTIVE")
_TOP_GROUPS = 10


@dataclass(frozen=True, slots=True)
class _Rule:
    """A version of a policy: it decides for groups made since `new_since_ms`, from `effective_ms` on."""

    policy: LogResource
    days: int
    retroactive: bool
    new_since_ms: int
    effective_ms: int


def read(document: str) -> dict[str, Any]:
    """The `days`, 0 for ever, and whether the policy is `retroactive`. Raises: InvalidParameterException."""
    try:
        given = msgspec.json.decode(document, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as err:
        raise invalid(f"policyDocument is not valid JSON: {err}") from err
    days, mode = given.get("retentionInDays"), given.get("enforcementMode")
    if days == "NEVER_EXPIRE":
        days = NEVER
    elif days not in limits.LOG_RETENTION_DAYS or days < limits.ACCOUNT_RETENTION_DAYS_MIN:
        raise invalid(f"retentionInDays must be a valid number of days from 30, or NEVER_EXPIRE, found {days!r}.")
    if mode not in _MODES:
        raise invalid(f"enforcementMode must be one of {', '.join(_MODES)}, found {mode!r}.")
    return {"days": days, "retroactive": mode == "RETROACTIVE"}


def followed(old: LogResource | None, body: dict[str, Any], now_ms: int) -> dict[str, Any]:
    """The body to keep: the version that was put last, and the one before it until that takes effect."""
    version = {**body, "put_ms": now_ms}
    standing = [each for each in old.body["versions"] if each["put_ms"] + DAY_MS <= now_ms] if old else []
    return {**body, "versions": [*standing[-1:], version]}


def apply(state: State, now_ms: int) -> None:
    """Each group keeps its events as long as the policy says that decides for it. Reads, writes: log_groups."""
    policies = log_resources.of_kind(state, KIND)
    with state.write():
        places = {(policy.account, policy.region) for policy in policies}
        for account, region in sorted(places | log_groups.places_with_account_retention(state)):
            here = [policy for policy in policies if (policy.account, policy.region) == (account, region)]
            for group in log_groups.page(state, account, region, limit=None):
                rule = _deciding(here, group, now_ms)
                days, name = (rule.days, rule.policy.name) if rule else (None, None)
                if (group.account_retention_days, group.account_retention_policy) != (days, name):
                    log_groups.set_account_retention(state, group.id, days, name)


def _deciding(policies: list[LogResource], group: LogGroup, now_ms: int) -> _Rule | None:
    """The rule of the longest retention, of equal ones the oldest policy's."""
    rules = [
        rule
        for policy in policies
        if selects(policy, group.name)
        for rule in _rules(policy, now_ms)
        if rule.retroactive or group.created_ms >= rule.new_since_ms
    ]
    return min(rules, key=lambda rule: (-(rule.days or 10**9), rule.policy.created_ms), default=None)


def _rules(policy: LogResource, now_ms: int) -> Iterator[_Rule]:
    """The version of the policy that is in effect."""
    for version in reversed(policy.body["versions"]):
        effective_ms = version["put_ms"] + DAY_MS
        if effective_ms <= now_ms:
            yield _Rule(policy, version["days"], version["retroactive"], policy.created_ms, effective_ms)
            return


def dry_run(ctx: Context, name: str, body: dict[str, Any] | None) -> shapes.DryRunResult:
    """What would change if the policy of that name were `body`, or gone, and in effect."""
    policies = [
        policy for policy in log_resources.page(ctx.state, ctx.account, ctx.region, KIND) if policy.name != name
    ]
    version = None if body is None else {**body, "put_ms": ctx.now_ms - DAY_MS}
    old = log_resources.find(ctx.state, ctx.account, ctx.region, KIND, name)
    if version is not None:
        since_ms = old.created_ms if old else ctx.now_ms
        made = {**version, "versions": [version]}
        policies.append(LogResource(ctx.account, ctx.region, KIND, name, made, since_ms, ctx.now_ms))
    selecting = policies[-1:] if version is not None else [old] if old else []
    groups = [
        group
        for group in log_groups.page(ctx.state, ctx.account, ctx.region, limit=limits.LOG_GROUPS)
        if any(selects(policy, group.name) for policy in selecting)
    ]
    changes = [(group, _days_after(policies, group, ctx.now_ms)) for group in groups]
    longer = [each for each in changes if _longer(each[1], each[0].kept_days)]
    shorter = [each for each in changes if _longer(each[0].kept_days, each[1])]
    return {
        "totalMatchedLogGroups": len(groups),
        "increasedRetentionLogGroupCount": len(longer),
        "decreasedRetentionLogGroupCount": len(shorter),
        "unchangedRetentionLogGroupCount": len(groups) - len(longer) - len(shorter),
        "failedAnalysisCount": 0,
        "topLogGroupsImpacted": _largest(ctx, [*longer, *shorter]),
    }


def _days_after(policies: list[LogResource], group: LogGroup, now_ms: int) -> int | None:
    rule = _deciding(policies, group, now_ms)
    return group.retention_days if rule is None else rule.days or None


def _longer(one: int | None, other: int | None) -> bool:
    return (one or 10**9) > (other or 10**9)


def _largest(ctx: Context, changes: list[tuple[LogGroup, int | None]]) -> list[Any]:
    sizes = logs.stored_bytes(ctx.store, {group.id: 0 for group, _ in changes}) if changes else {}
    ordered = sorted(changes, key=lambda each: (-sizes.get(each[0].id, 0), each[0].name))
    return [
        {
            "logGroupName": group.name,
            "currentRetention": _text(group.kept_days),
            "proposedRetention": _text(days),
            "storedBytes": sizes.get(group.id, 0),
        }
        for group, days in ordered[:_TOP_GROUPS]
    ]


def _text(days: int | None) -> str:
    return "NEVER_EXPIRE" if days is None else str(days)
