"""Every case of cases/sns_filters: policies against messages, and policies that are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bayon.services.sns.filter_match import let_through
from bayon.services.sns.filter_policy import parse
from bayon.services.sns.values import BadValueError

FOLDER = Path(__file__).parent / "cases/sns_filters"


def cases(name: str) -> list[Any]:
    found = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())["cases"]
    assert all(case["source"] for case in found)
    return [pytest.param(case, id=case["name"]) for case in found]


def attribute(value: Any) -> dict[str, str]:
    if isinstance(value, list):
        return {"DataType": "String.Array", "StringValue": json.dumps(value)}
    kind = "String" if isinstance(value, str) else "Number"
    return {"DataType": kind, "StringValue": str(value)}


@pytest.mark.parametrize("case", cases("matching"))
def test_what_a_policy_lets_through(case: dict[str, Any]) -> None:
    """Each message passes, or stays, as the case says."""
    subscription = {
        "FilterPolicy": json.dumps(case["policy"]),
        "FilterPolicyScope": case.get("scope", "MessageAttributes"),
    }
    for expected, name in ((True, "passes"), (False, "stays")):
        for message in case.get(name, []):
            attributes = {key: attribute(value) for key, value in message.get("attributes", {}).items()}
            assert let_through(subscription, message.get("body", "text"), attributes) is expected, message


@pytest.mark.parametrize("case", cases("refused"))
def test_what_a_policy_may_say(case: dict[str, Any]) -> None:
    """It is refused in AWS's words, or read."""
    scope = case.get("scope", "MessageAttributes")
    if "says" not in case:
        parse(case["text"], scope)
        return
    with pytest.raises(BadValueError) as refused:
        parse(case["text"], scope)
    assert str(refused.value).startswith(case["says"])


def test_binary_attributes_are_not_looked_at() -> None:
    """They are as if they were not there."""
    binary = {"a": {"DataType": "Binary", "BinaryValue": "AP8="}}
    assert let_through({"FilterPolicy": '{"a":[{"exists":false}]}'}, "m", binary)


def test_without_a_policy_everything_passes() -> None:
    """A subscription gets all there is unless it says otherwise."""
    assert let_through({}, "m", {})
