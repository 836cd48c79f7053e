"""What data identifiers find: every case of cases/data_protection, and what holds for any text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bayon.languages.data_protection import policy
from bayon.languages.data_protection.identifiers import BY_NAME, NOT_FOUND, PREFIX, TABLE, Identifier
from bayon.languages.data_protection.mask import masked

CASES = Path(__file__).parent / "cases" / "data_protection"


def cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text())["cases"]:
            yield pytest.param(case, id=f"{case['identifier']}: {case['text'][:30]!r}")


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: dict[str, Any]) -> None:
    """The text is masked as the case says."""
    assert case.get("source"), "a case without a source proves nothing"
    assert masked([BY_NAME[case["identifier"]]], case["text"]) == case["masked"]


@given(text=st.text(max_size=400))
def test_any_text_keeps_its_length(text: str) -> None:
    """Whatever the text: only letters become asterisks, and once masked it stays so."""
    once = masked(TABLE, text)
    assert len(once) == len(text)
    assert all(one in (other, "*") for one, other in zip(once, text, strict=True))


def test_what_overlaps_is_masked_once() -> None:
    """Two identifiers that find parts of one another make one mask of the right length."""
    assert masked([Identifier("a", "bcd"), Identifier("b", "cde"), Identifier("c", "xy*")], "abcdefx") == "a****f*"


def document(names: list[str], **more: Any) -> str:
    statements = [
        {"DataIdentifier": names, "Operation": {"Audit": {"FindingsDestination": {}}}},
        {"DataIdentifier": names, "Operation": {"Deidentify": {"MaskConfig": {}}}},
    ]
    return msgspec.json.encode({"Version": "2021-06-01", "Statement": statements, **more}).decode()


def test_a_policy_names_managed_and_custom_identifiers() -> None:
    """By ARN and by the name of its own regular expression."""
    custom = {"CustomDataIdentifier": [{"Name": "EmployeeId", "Regex": "E-[0-9]{4}"}]}
    read = policy.read(document([f"{PREFIX}EmailAddress", "EmployeeId"], Configuration=custom))
    assert masked(read.identifiers, "E-1234 a@b.de E-12") == "****** ****** E-12"
    assert policy.read(document([PREFIX + "Name"])).not_found == ["Name"]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"Version": "2021-06-01"}',
        document([f"{PREFIX}NoSuchThing"]),
        document(["Unknown"]),
        document([]),
        document([f"{PREFIX}IpAddress"], Version="2020"),
        document(["a"], Configuration={"CustomDataIdentifier": [{"Name": "a", "Regex": "("}]}),
        document(["a"], Configuration={"CustomDataIdentifier": [{"Name": "a", "Regex": "(?=a)"}]}),
        document(["a"], Configuration={"CustomDataIdentifier": [{"Name": "a"}]}),
        document(["a"], Configuration=[]),
    ],
)
def test_what_is_no_policy_is_told(text: str) -> None:
    """With an error, never with another one."""
    with pytest.raises(policy.PolicyError):
        policy.read(text)


def test_each_identifier_is_in_one_table() -> None:
    """What is found, and what is known and not found."""
    assert BY_NAME.keys().isdisjoint(NOT_FOUND)
    assert len(BY_NAME) == len(TABLE)
