"""Which account policies apply to a log group: their kinds, and the criteria that select groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bayon import limits
from bayon.errors import BayonError
from bayon.state import log_resources
from bayon.state.database import State
from bayon.state.log_groups import LogGroup
from bayon.state.log_resources import LogResource

# The kind of resource under which policies of a type are kept.
KINDS = {
    "DATA_PROTECTION_POLICY": "account_data_protection",
    "SUBSCRIPTION_FILTER_POLICY": "account_subscription_filter",
    "FIELD_INDEX_POLICY": "account_field_index",
    "TRANSFORMER_POLICY": "account_transformer",
    "METRIC_EXTRACTION_POLICY": "account_metric_extraction",
    "RETENTION_POLICY": "account_retention",
}
_CRITERIA = re.compile(r"\s*(LogGroupName|LogGroupNamePrefix)\s+(NOT\s+)?IN\s+(\[.*\])\s*", re.DOTALL)


class CriteriaError(BayonError):
    """The text selects nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Groups of one of the names, or whose names begin with one; `negated`: all others."""

    prefixes: bool
    negated: bool
    values: Sequence[str]

    def selects(self, name: str) -> bool:
        """Whether the group of that name is among them."""
        held = any(name.startswith(value) if self.prefixes else name == value for value in self.values)
        return held != self.negated

    def overlaps(self, other: Criteria) -> bool:
        """Whether a group could be selected by both: one of the values begins with one of the other."""
        return any(
            one.startswith(another) or another.startswith(one) for one in self.values for another in other.values
        )


def read_criteria(text: str) -> Criteria:
    """Raises: CriteriaError.   Source: botocore, PutAccountPolicyRequest.selectionCriteria."""
    if len(text.encode()) > limits.SELECTION_CRITERIA_BYTES:
        raise CriteriaError(f"expected at most {limits.SELECTION_CRITERIA_BYTES} bytes")
    match = _CRITERIA.fullmatch(text)
    if match is None:
        raise CriteriaError(f'expected LogGroupNamePrefix IN ["…"], found {text!r}')
    try:
        values = msgspec.json.decode(match[3], type=list[str])
    except msgspec.DecodeError as err:
        raise CriteriaError(f"expected a list of names after IN: {err}") from err
    return Criteria(match[1] == "LogGroupNamePrefix", bool(match[2]), values)


def applying(state: State, group: LogGroup, policy_type: str) -> list[LogResource]:
    """The account's policies of the type that apply to the group, by name. Reads: log_resources."""
    return [
        policy
        for policy in log_resources.page(state, group.account, group.region, KINDS[policy_type])
        if selects(policy, group.name)
    ]


def selects(policy: LogResource, group_name: str) -> bool:
    """Whether the policy applies to groups of that name."""
    criteria = policy.body.get("criteria")
    return criteria is None or read_criteria(criteria).selects(group_name)
