"""Walks over log events, page by page, on a real store: every event once, in order, in both directions, to an end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.ingestion import put_log_events
from bayon.services.logs.log_events import filter_log_events, get_log_events
from bayon.services.logs.log_groups import create_log_group
from bayon.services.logs.log_streams import create_log_stream
from bayon.services.operation import Context
from bayon.settings import Settings
from bayon.state.database import State
from bayon.store.store import Store

NOW_MS = 1_772_445_600_000
Event = tuple[int, str]

# A stream number, and the batch that goes to it; few distinct times make many ties.
batches = st.lists(
    st.tuples(st.integers(0, 2), st.lists(st.integers(0, 5), min_size=1, max_size=6).map(sorted)), max_size=6
)
numbers = count()
fixtures_outlive_examples = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def ctx(store: Store, tmp_path: Path) -> Iterator[Context]:
    """A call at a fixed time."""
    state = State.open(f"sqlite:///{tmp_path}/state.sqlite3", durable=False)
    yield Context(
        account="000000000000",
        region="us-east-1",
        access_key="test",
        request_id="test",
        now_ms=NOW_MS,
        settings=Settings(),
        store=store,
        state=state,
    )
    state.close()


def filled(ctx: Context, batches: Sequence[tuple[int, list[int]]]) -> tuple[str, list[tuple[str, Event]]]:
    """A new group with three streams that hold the batches. Out: its name; stream and event in the order of arrival."""
    group = f"/walk/{next(numbers)}"
    create_log_group(ctx, {"logGroupName": group})
    for stream in "012":
        create_log_stream(ctx, {"logGroupName": group, "logStreamName": stream})
    arrived: list[tuple[str, Event]] = []
    for stream_number, offsets in batches:
        named = {"logGroupName": group, "logStreamName": str(stream_number)}
        events = [(NOW_MS + offset, f"{len(arrived) + place}") for place, offset in enumerate(offsets)]
        put_log_events(ctx, named | {"logEvents": [{"timestamp": at, "message": text} for at, text in events]})
        arrived += [(str(stream_number), event) for event in events]
    return group, arrived


def in_order(events: list[Event]) -> list[Event]:
    """By time; what arrived first stays first among equals."""
    return sorted(events, key=lambda event: event[0])


def walk(ctx: Context, request: dict[str, Any], token: str) -> tuple[list[list[Event]], dict[str, Any]]:
    """The pages up to the one whose `token` is the token it was asked for, and the answer that is that one."""
    pages: list[list[Event]] = []
    while len(pages) < 100:
        answer = get_log_events(ctx, request)
        pages.append([(event["timestamp"], event["message"]) for event in answer["events"]])
        if answer[token] == request.get("nextToken"):
            return pages, answer
        request = request | {"nextToken": answer[token]}
    raise AssertionError("the walk does not end")


@fixtures_outlive_examples
@given(batches=batches, limit=st.integers(1, 7))
def test_stream_walks_end_after_every_event_once(
    ctx: Context, batches: Sequence[tuple[int, list[int]]], limit: int
) -> None:
    """Forward from the head and backward from the tail give the same events; at the end a reader can turn around."""
    group, arrived = filled(ctx, batches)
    expected = in_order([event for stream, event in arrived if stream == "0"])
    request = {"logGroupName": group, "logStreamName": "0", "limit": limit}
    forward, at_end = walk(ctx, request | {"startFromHead": True}, "nextForwardToken")
    backward, at_head = walk(ctx, request, "nextBackwardToken")
    back_again, _ = walk(ctx, request | {"nextToken": at_end["nextBackwardToken"]}, "nextBackwardToken")
    and_forth, _ = walk(ctx, request | {"nextToken": at_head["nextForwardToken"]}, "nextForwardToken")
    assert list(chain(*forward)) == expected
    assert list(chain(*reversed(backward))) == expected
    assert list(chain(*and_forth)) == expected
    assert list(chain(*reversed(back_again))) == expected
    assert all(len(page) == limit for page in forward[: len(expected) // limit])
    assert at_end["nextForwardToken"][1:] == at_end["nextBackwardToken"][1:]


@fixtures_outlive_examples
@given(batches=batches, limit=st.integers(1, 7), names=st.sets(st.sampled_from("012"), min_size=1))
def test_group_walks_end_after_every_event_once(
    ctx: Context, batches: Sequence[tuple[int, list[int]]], limit: int, names: set[str]
) -> None:
    """Oldest first and newest first are reverses, event ids grow with the order, and the last page has no token."""
    group, arrived = filled(ctx, batches)
    expected = in_order([event for stream, event in arrived if stream in names])
    request: dict[str, Any] = {"logGroupName": group, "logStreamNames": sorted(names), "limit": limit}
    oldest_first = list(filter_walk(ctx, request))
    newest_first = list(filter_walk(ctx, request | {"startFromHead": False, "startTime": NOW_MS - 1}))
    assert [(event["timestamp"], event["message"]) for event in oldest_first] == expected
    assert [event["eventId"] for event in newest_first] == [event["eventId"] for event in oldest_first][::-1]
    ids = [event["eventId"] for event in oldest_first]
    assert ids == sorted(set(ids))
    assert all(len(id_) == 56 and id_.isdigit() for id_ in ids)


def filter_walk(ctx: Context, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every event of a FilterLogEvents request; no page is empty while there are more."""
    while True:
        answer = filter_log_events(ctx, request)
        yield from answer["events"]
        if "nextToken" not in answer:
            return
        assert len(answer["events"]) == request["limit"]
        request = request | {"nextToken": answer["nextToken"]}


def test_a_page_holds_a_megabyte_and_is_full(ctx: Context) -> None:
    """What fits into one batch fits onto one page, and the next event starts the next page."""
    group, _ = filled(ctx, [])
    count_a_batch = 1000
    message = "x" * (limits.LOG_BATCH_BYTES // count_a_batch - limits.LOG_EVENT_OVERHEAD_BYTES)
    events = [{"timestamp": NOW_MS, "message": message}] * count_a_batch
    for _ in range(2):
        put_log_events(ctx, {"logGroupName": group, "logStreamName": "0", "logEvents": events})
    request: dict[str, Any] = {"logGroupName": group}
    first = filter_log_events(ctx, request)
    second = filter_log_events(ctx, request | {"nextToken": first["nextToken"]})
    assert [len(first["events"]), len(second["events"])] == [count_a_batch, count_a_batch]
    assert "nextToken" not in second


def test_the_newest_page_of_a_stream_is_cut_at_its_old_end(ctx: Context) -> None:
    """Where not all fits, a page from the tail ends with the newest event."""
    group, _ = filled(ctx, [])
    for place in range(3):
        events = [{"timestamp": NOW_MS + place, "message": str(place) * 500_000}]
        put_log_events(ctx, {"logGroupName": group, "logStreamName": "0", "logEvents": events})
    answer = get_log_events(ctx, {"logGroupName": group, "logStreamName": "0"})
    assert [event["message"][0] for event in answer["events"]] == ["1", "2"]


@pytest.mark.parametrize(
    "token",
    ["", "f", "f/1", f"x/3{'0' * 55}", f"f/{'0' * 56}", f"f/3{'9' * 55}", f"f/3{'0' * 55}/t", f"f/3{'٣' * 55}"],
)
def test_tokens_that_were_never_issued_are_refused(ctx: Context, token: str) -> None:
    """Source: logs.md §2, the message of a bad page token."""
    group, _ = filled(ctx, [])
    with pytest.raises(AwsError, match=r"The specified nextToken is invalid\.") as caught:
        get_log_events(ctx, {"logGroupName": group, "logStreamName": "0", "nextToken": token})
    assert caught.value.code == "InvalidParameterException"


def test_half_a_surrogate_pair_is_refused(ctx: Context) -> None:
    """JSON can spell what UTF-8 cannot; nothing of the batch is kept."""
    group, _ = filled(ctx, [])
    request = {"logGroupName": group, "logStreamName": "0"}
    with pytest.raises(AwsError, match="UTF-8"):
        put_log_events(ctx, request | {"logEvents": [{"timestamp": NOW_MS, "message": "\ud800"}]})
    assert get_log_events(ctx, request)["events"] == []
