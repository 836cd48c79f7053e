"""Request rates under strict parity: a second's worth at once, refilled with the clock, each account by itself."""

from __future__ import annotations

from typing import Any

import bayon.services
from bayon import catalog, limits
from bayon.errors import AwsError
from bayon.services.operation import Context, Operation
from bayon.services.throttle import Throttle

OPERATIONS = catalog.collect(bayon.services, Operation, lambda each: f"{each.service}.{each.name}")


def called(throttle: Throttle, operation: str, *, now_ms: int = 0, account: str = "1", request: Any = None) -> str:
    """The code of the error, empty where the call may go on."""
    ctx: Any = Context.__new__(Context)
    for name, value in {"account": account, "region": "us-east-1", "now_ms": now_ms}.items():
        object.__setattr__(ctx, name, value)
    try:
        throttle.admit(ctx, OPERATIONS[operation], request)
    except AwsError as err:
        return err.code
    return ""


def test_a_second_of_calls_goes_through_and_the_next_is_refused() -> None:
    """Source: logs.md §1.6, CreateLogGroup 10 a second."""
    throttle = Throttle()
    assert [called(throttle, "logs.create_log_group") for _ in range(11)] == [""] * 10 + ["ThrottlingException"]
    assert called(throttle, "logs.create_log_group", now_ms=99) == "ThrottlingException"
    assert called(throttle, "logs.create_log_group", now_ms=100) == ""
    assert called(throttle, "logs.create_log_group", now_ms=100) == "ThrottlingException"


def test_accounts_and_operations_have_rates_of_their_own() -> None:
    """One that is used up leaves the others alone; a clock set back refills nothing."""
    throttle = Throttle()
    for _ in range(10):
        called(throttle, "logs.create_log_group", now_ms=5000)
    assert called(throttle, "logs.create_log_group", now_ms=0) == "ThrottlingException"
    assert called(throttle, "logs.create_log_group", account="2") == ""
    assert called(throttle, "logs.delete_log_group") == ""
    throttle.clear()
    assert called(throttle, "logs.create_log_group") == ""


def test_segments_are_counted_one_by_one_and_refused_in_their_own_words() -> None:
    """Source: traces.md §2.3, 2,600 segments a second."""
    throttle = Throttle()
    request = {"TraceSegmentDocuments": ["{}"] * 1300}
    codes = [called(throttle, "xray.put_trace_segments", request=request) for _ in range(3)]
    assert codes == ["", "", "ThrottledException"]


def test_every_rate_is_of_an_operation_that_exists() -> None:
    """A row for an operation that nobody serves would be forgotten."""
    named = {f"{service}.{name}" for service, rates in limits.RATES_PER_S.items() for name in rates}
    assert named <= OPERATIONS.keys()
