"""What is deleted or has expired frees its disk: the size of the data folder, with the real jobs and the real clock."""

from __future__ import annotations

import contextlib
import os
import random
import time
from pathlib import Path
from typing import Any

from bayon.testing import running

DAY_MS = 86_400_000
A_MINUTE_S = 60


def size_bytes(folder: Path) -> int:
    """What the files of the folder take now."""
    total = 0
    for place, _, names in os.walk(folder):  # which minds no folder that goes while it looks
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += (Path(place) / name).stat().st_blocks * 512
    return total


def filled(client: Any, group: str, at_ms: int) -> None:
    """The group has 6 MB of text that cannot be compressed to nothing."""
    rng = random.Random(group)
    client.create_log_group(logGroupName=group)
    client.create_log_stream(logGroupName=group, logStreamName="s")
    for _ in range(6):
        events = [{"timestamp": at_ms, "message": rng.randbytes(450).hex()} for _ in range(1000)]
        client.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)


def settled_size_bytes(folder: Path) -> int:
    """What it takes once nothing moves any more."""
    sizes = [0]
    until_s = time.monotonic() + A_MINUTE_S
    while len(set(sizes[-8:])) > 1 or len(sizes) < 8:
        assert time.monotonic() < until_s, f"the data folder does not come to rest: {sizes}"
        time.sleep(0.5)
        sizes.append(size_bytes(folder))
    return sizes[-1]


def test_deleted_and_expired_events_free_their_disk_within_a_minute(tmp_path: Path) -> None:
    """One group is deleted, another's events expire, a third on the same day stays and is read whole."""
    old_ms = time.time_ns() // 1_000_000 - 10 * DAY_MS
    with running(data_dir=tmp_path) as bayon:
        for group in ("deleted", "expiring", "staying"):
            filled(bayon.client("logs"), group, old_ms)
    with running(data_dir=tmp_path):  # what had arrived is settled at once after a start,
        settled_size_bytes(tmp_path / "store")
    with running(data_dir=tmp_path) as bayon:  # and after another the copy that it was made from is gone
        client = bayon.client("logs")
        before = settled_size_bytes(tmp_path / "store")
        client.delete_log_group(logGroupName="deleted")
        client.put_retention_policy(logGroupName="expiring", retentionInDays=1)
        assert client.filter_log_events(logGroupName="expiring")["events"] == []
        sizes = {group["logGroupName"]: group["storedBytes"] for group in client.describe_log_groups()["logGroups"]}
        assert sizes == {"expiring": 0, "staying": 6 * 1000 * 900}
        until_s = time.monotonic() + A_MINUTE_S
        while size_bytes(tmp_path / "store") > before / 2 and time.monotonic() < until_s:
            time.sleep(0.5)
        after = size_bytes(tmp_path / "store")
        assert after <= before / 2, f"{before} bytes before, {after} after"
        pages = client.get_paginator("filter_log_events").paginate(logGroupName="staying")
        assert sum(len(page["events"]) for page in pages) == 6000
