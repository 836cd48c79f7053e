"""The limits of a batch of log events, exact to the byte and the millisecond. Source: logs.md §1.5."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.ingestion import accepted, check_size

NOW_MS = 1_772_445_600_000
OVERHEAD = limits.LOG_EVENT_OVERHEAD_BYTES


def refusal(messages: list[str]) -> str:
    """What is said of the batch."""
    with pytest.raises(AwsError) as caught:
        check_size(messages)
    assert caught.value.code == "InvalidParameterException"
    return caught.value.message


@pytest.mark.parametrize("letter", ["x", "é", "語", "😀"])
def test_a_batch_may_have_a_megabyte_of_utf8_and_its_overhead(letter: str) -> None:
    """The last byte that fits is accepted and one more is not, whatever the letters weigh."""
    weight = len(letter.encode())
    room = limits.LOG_BATCH_BYTES - 2 * OVERHEAD
    half = letter * (room // 2 // weight)
    rest = "x" * (room - len((half + half).encode()))
    check_size([half, half + rest])
    said = refusal([half, half + rest + "x"])
    assert said == f"Upload too large: {limits.LOG_BATCH_BYTES + 1} bytes exceeds limit of {limits.LOG_BATCH_BYTES}"


def test_an_event_too_large_by_itself_is_named_as_such() -> None:
    """Source: logs.md §1.5, the recorded text with today's limit."""
    said = refusal(["x" * (limits.LOG_EVENT_BYTES - OVERHEAD + 1), "y"])
    assert said == f"Log event too large: {limits.LOG_EVENT_BYTES + 1} bytes exceeds limit of {limits.LOG_EVENT_BYTES}"


@given(
    offsets_ms=st.lists(st.integers(-20 * 86_400_000, 3 * 3_600_000), min_size=1).map(sorted),
    kept_days=st.sampled_from([None, 1, 14, 30]),
)
def test_every_event_is_kept_or_counted_among_the_rejected(offsets_ms: list[int], kept_days: int | None) -> None:
    """The kept events are exactly those that no limit refuses, and the indexes point at its ends."""
    times_ms = [NOW_MS + offset for offset in offsets_ms]
    since_ms = 0 if kept_days is None else NOW_MS - kept_days * 86_400_000
    first, end, rejected = accepted(times_ms, since_ms, NOW_MS, NOW_MS - limits.LOG_EVENT_AGE_MS)
    oldest_ms = max(since_ms, NOW_MS - limits.LOG_EVENT_AGE_MS)
    newest_ms = NOW_MS + limits.LOG_EVENT_AHEAD_MS
    assert times_ms[first:end] == [at for at in times_ms if oldest_ms <= at <= newest_ms]
    too_new = rejected.get("tooNewLogEventStartIndex", len(times_ms))
    assert all(at > newest_ms for at in times_ms[too_new:])
    assert max(rejected.get("tooOldLogEventEndIndex", 0), rejected.get("expiredLogEventEndIndex", 0)) == first
    assert 0 not in (rejected.get("tooOldLogEventEndIndex"), rejected.get("expiredLogEventEndIndex"))
