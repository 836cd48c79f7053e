"""Every case of cases/api through boto3 over a socket, each on an empty bayon. `-k name` chooses cases by file or name.

A case file names its service, the frozen time (`now`), and cases with a `source` and `steps`. A step calls one
operation by botocore's snake-case name and may say what it `answers` (a subset of each object, lists and values
exactly), which keys are `absent`, which `error` it gets, and what to `save` under a name that later steps use as
`$name`. A step with `until` is taken again until its answer holds that. `clock` moves the clock.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.config import Config
from botocore.exceptions import ClientError

from bayon.testing import Bayon

CASES = Path(__file__).parent / "cases" / "api"
ONE_ATTEMPT = Config(
    parameter_validation=False, inject_host_prefix=False, retries={"total_max_attempts": 1, "mode": "standard"}
)
ABOUT_STEPS = {"service", "answers", "absent", "error", "save", "until"}
UNTIL_S = 30
Case = dict[str, Any]


def cases() -> Iterator[Any]:
    for path in sorted(CASES.rglob("*.yaml")):
        file = yaml.safe_load(path.read_text())
        names = [case["name"] for case in file["cases"]]
        assert len(set(names)) == len(names), f"{path}: two cases of one name"
        for case in file["cases"]:
            where = f"{path.relative_to(CASES).with_suffix('')}"
            yield pytest.param(
                {"service": file["service"], "now": file.get("now"), **case}, id=f"{where}: {case['name']}"
            )


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: Case, bayon: Bayon) -> None:
    """The steps get the answers and errors that the case says."""
    assert case.get("source"), "a case without a source proves nothing"
    if case["now"] is not None:
        bayon.clock(freeze=case["now"])
    saved: dict[str, Any] = {}
    for number, step in enumerate(case["steps"], 1):
        problems = run(step, case["service"], bayon, saved)
        if problems:
            shown = yaml.safe_dump(step, sort_keys=False, allow_unicode=True, width=110)
            pytest.fail("\n".join([f"step {number} of {case['source']}:", shown, *problems]), pytrace=False)


def run(step: dict[str, Any], service: str, bayon: Bayon, saved: dict[str, Any]) -> list[str]:
    """The step has been taken. Out: what it did not do as it should."""
    called = [name for name in step if name not in ABOUT_STEPS]
    assert len(called) == 1, f"expected one operation in a step, found {called}"
    request = filled(step[called[0]] or {}, saved)
    if called == ["clock"]:
        bayon.clock(**request)
        return []
    client = client_of(step.get("service", service), bayon)
    try:
        answer = getattr(client, called[0])(**request)
        began_s = time.monotonic()
        while list(differences(step.get("until", {}), answer, "")) and time.monotonic() - began_s < UNTIL_S:
            time.sleep(0.02)
            answer = getattr(client, called[0])(**request)
    except ClientError as err:
        return error_problems(err.response, step)
    if "error" in step:
        return [f"expected {step['error']['code']}, found the answer {plain(answer)}"]
    saved.update({name: at(answer, path) for name, path in step.get("save", {}).items()})
    wrong = list(differences(filled(step.get("answers", {}), saved), answer, ""))
    wrong += [f"expected no {path}, found {at(answer, path)!r}" for path in step.get("absent", []) if has(answer, path)]
    return [*wrong, f"answer: {plain(answer)}"] if wrong else []


@functools.cache
def client_of(service: str, bayon: Bayon) -> Any:
    return bayon.client(service, config=ONE_ATTEMPT)


def error_problems(response: Any, step: dict[str, Any]) -> list[str]:
    error, status = response["Error"], response["ResponseMetadata"]["HTTPStatusCode"]
    found = {"code": error["Code"], "message": error.get("Message", ""), "status": status}
    if "error" not in step:
        return [f"expected an answer, found {found}"]
    expected = step["error"]
    assert expected.keys() <= found.keys(), f"expected code, message and status of an error, found {list(expected)}"
    wrong = [
        f"{key}: expected {value!r}, found {found[key]!r}" for key, value in expected.items() if found[key] != value
    ]
    return [*wrong, *differences(step.get("answers", {}), response, "")]


def differences(expected: Any, found: Any, path: str) -> Iterator[str]:
    """What of `expected` is not so in `found`: objects may hold more, lists and values are exact."""
    match expected, found:
        case dict(), dict():
            for key, value in expected.items():
                yield from (
                    differences(value, found[key], f"{path}.{key}") if key in found else [f"{path}.{key} is missing"]
                )
        case list(), list() if len(expected) == len(found):
            for index, (one, other) in enumerate(zip(expected, found, strict=True)):
                yield from differences(one, other, f"{path}.{index}")
        case list(), list():
            yield f"{path}: expected {len(expected)} elements, found {len(found)}"
        case _ if not same(expected, found):
            yield f"{path}: expected {plain(expected)!r}, found {plain(found)!r}"


def same(expected: Any, found: Any) -> bool:
    match expected, found:
        case (str(), datetime()):
            return datetime.fromisoformat(expected) == found
        case (str(), bytes()):
            return expected.encode() == found
        case (float() | int(), float()) if not isinstance(expected, bool):
            return math.isclose(expected, found, rel_tol=1e-12)
        case _:
            return type(expected) is type(found) and bool(expected == found)


def filled(value: Any, saved: dict[str, Any]) -> Any:
    """The value with each `$name` replaced by what was saved under it."""
    match value:
        case dict():
            return {key: filled(inner, saved) for key, inner in value.items()}
        case list():
            return [filled(inner, saved) for inner in value]
        case str() if value.startswith("$") and value[1:] in saved:
            return saved[value[1:]]
        case _:
            return value


def at(answer: Any, path: str) -> Any:
    """What stands at `logGroups.0.arn`; none where nothing does."""
    for part in path.split("."):
        answer = answer[int(part)] if isinstance(answer, list) else answer.get(part)
    return answer


def has(answer: Any, path: str) -> bool:
    above, _, last = path.rpartition(".")
    return last in (at(answer, above) if above else answer)


def plain(value: Any) -> Any:
    """The value as a case would write it."""
    match value:
        case dict():
            return {key: plain(inner) for key, inner in value.items() if key != "ResponseMetadata"}
        case list():
            return [plain(inner) for inner in value]
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case bytes():
            return value.decode(errors="replace")
        case _:
            return value
