"""When a delivery that failed is tried again. Pure. Source: metrics.md §8.4; the shapes of back-off are inferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bayon import limits


@dataclass(frozen=True, slots=True)
class Retries:
    """The phases of a policy: at once, after the least delay, growing, after the greatest delay."""

    at_once: int
    least: int
    growing: int
    greatest: int
    min_s: float
    max_s: float
    shape: str = "linear"

    def delay_s(self, attempts: int) -> float | None:
        """How long after so many failed attempts the next one is made, none where there is none."""
        place = attempts - self.at_once
        if place <= 0:
            return 0.0
        if place <= self.least:
            return self.min_s
        place -= self.least
        if place <= self.growing:
            return self.min_s + (self.max_s - self.min_s) * self._share(place)
        return self.max_s if place - self.growing <= self.greatest else None

    def _share(self, place: int) -> float:
        """How far from the least to the greatest delay the growing one is, from 0 to 1."""
        if self.growing == 1 or self.max_s == self.min_s:
            return 0.0
        part = (place - 1) / (self.growing - 1)
        if self.shape == "arithmetic":
            return part * (place + 1) / (self.growing + 1)
        if self.shape == "exponential":
            return float((2 ** (place - 1) - 1) / (2 ** (self.growing - 1) - 1))
        if self.shape == "geometric":
            least, most = max(self.min_s, 1.0), max(self.max_s, 1.0)
            return (least * (most / least) ** part - least) / (most - least) if most > least else part
        return part


TO_PEOPLE = Retries(at_once=0, least=2, growing=10, greatest=38, min_s=10, max_s=600, shape="exponential")
TO_AWS = Retries(at_once=3, least=2, growing=10, greatest=100_000, min_s=1, max_s=20, shape="exponential")

# From one second to two minutes, for two hours in all; Firehose adds chance to its delays, metrics.md §7.3.
TO_FIREHOSE = Retries(at_once=0, least=1, growing=7, greatest=58, min_s=1, max_s=120, shape="exponential")


def of_http(effective: Mapping[str, Any]) -> Retries:
    """The phases of an effective delivery policy of an http or https subscription."""
    policy = effective["healthyRetryPolicy"]
    at_once, least, greatest = (
        int(policy.get(name) or 0) for name in ("numNoDelayRetries", "numMinDelayRetries", "numMaxDelayRetries")
    )
    return Retries(
        at_once=at_once,
        least=least,
        growing=max(0, int(policy["numRetries"]) - at_once - least - greatest),
        greatest=greatest,
        min_s=float(policy["minDelayTarget"]),
        max_s=float(policy["maxDelayTarget"]),
        shape=str(policy.get("backoffFunction") or "linear"),
    )


def next_ms(retries: Retries, attempts: int, now_ms: int, first_ms: int, *, bounded: bool) -> int | None:
    """When the next attempt is made, none where there is none. In: `bounded` holds it to an hour after the first."""
    delay_s = retries.delay_s(attempts)
    if delay_s is None:
        return None
    due_ms = now_ms + round(delay_s * 1000)
    return None if bounded and due_ms - first_ms > limits.HTTP_RETRY_MS else due_ms
