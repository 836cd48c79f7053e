"""AWS's request rates, one bucket per account, region and operation: a second's worth of calls, refilled steadily.

The rates are rows of `limits.RATES_PER_S`. Only `--parity strict` asks; who calls this decides that. Nothing here waits
or reads a clock, so a frozen clock refills nothing until it is advanced.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context, Operation

# What a call weighs where the quota does not count calls.
WEIGHTS: dict[tuple[str, str], Callable[[Any], int]] = {
    ("xray", "put_trace_segments"): lambda request: len(request["TraceSegmentDocuments"]),
}
# The code of a throttled call where it is not the common one.
CODES = {"xray": "ThrottledException", "sns": "ThrottledException", "resourcegroupstaggingapi": "ThrottledException"}


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was left at a moment."""

    tokens: float
    at_ms: int


def refilled(bucket: Bucket | None, rate_per_s: float, now_ms: int) -> float:
    """The tokens there are now: at most a second's worth, and that where nothing was taken yet."""
    if bucket is None:
        return rate_per_s
    return min(rate_per_s, bucket.tokens + max(0, now_ms - bucket.at_ms) * rate_per_s / 1000)


@dataclass(slots=True)
class Throttle:
    """The buckets of one running bayon; `admit` may be called from any thread."""

    _buckets: dict[tuple[str, str, str, str], Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, ctx: Context, operation: Operation, request: Any) -> None:
        """The call is counted. Raises: the service's throttling error, and then nothing was counted."""
        rate_per_s = limits.RATES_PER_S.get(operation.service, {}).get(operation.name)
        if rate_per_s is None:
            return
        weigh = WEIGHTS.get((operation.service, operation.name))
        weight = 1 if weigh is None else min(weigh(request), rate_per_s)
        key = (ctx.account, ctx.region, operation.service, operation.name)
        with self._lock:
            tokens = refilled(self._buckets.get(key), rate_per_s, ctx.now_ms)
            if tokens < weight:
                raise AwsError(CODES.get(operation.service, "ThrottlingException"), "Rate exceeded")
            if len(self._buckets) >= limits.RATE_BUCKETS:
                self._buckets.clear()
            self._buckets[key] = Bucket(tokens - weight, ctx.now_ms)

    def clear(self) -> None:
        """Every bucket is full again."""
        with self._lock:
            self._buckets.clear()
