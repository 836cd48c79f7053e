"""Whether the actions of a composite alarm wait for its suppressor. Pure; times are milliseconds.

Source: CloudWatch user guide, Create a composite alarm, action suppression; its six traces are cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

By = Literal["WaitPeriod", "Alarm", "ExtensionPeriod"]


@dataclass(frozen=True, slots=True)
class Suppression:
    """What holds the actions back, None where nothing does, and until when where that is known."""

    by: By | None = None
    until_ms: int | None = None

    @property
    def reason(self) -> str:
        return f"Actions suppressed by {self.by}" if self.by else ""


NONE = Suppression()


@dataclass(frozen=True, slots=True)
class Suppressor:
    """How long actions wait for the suppressor to go to ALARM, and are held back after it left it."""

    in_alarm: bool
    wait_ms: int
    extension_ms: int


def on_transition(suppressor: Suppressor, now_ms: int) -> Suppression:
    """What holds after the composite alarm changed its state; nothing does means that its actions run now."""
    if suppressor.in_alarm:
        return Suppression("Alarm")
    if suppressor.wait_ms > 0:
        return Suppression("WaitPeriod", now_ms + suppressor.wait_ms)
    return NONE


def on_suppressor(before: Suppression, suppressor: Suppressor, now_ms: int) -> Suppression:
    """What holds after the suppressor changed its state; nothing after something means that the actions run now."""
    if before.by is None:
        return before
    if suppressor.in_alarm:
        return Suppression("Alarm")
    if before.by != "Alarm":
        return before
    if suppressor.extension_ms > 0:
        return Suppression("ExtensionPeriod", now_ms + suppressor.extension_ms)
    return NONE


def on_time(before: Suppression, now_ms: int) -> Suppression:
    """What holds now; nothing after something means that the actions run now."""
    return NONE if before.until_ms is not None and before.until_ms <= now_ms else before
