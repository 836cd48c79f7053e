"""Uploads have bounds: of one document, and of what a trace may hold."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from bayon import limits
from bayon.services.operation import Context
from bayon.services.xray import trace_segments, trace_size, traces
from bayon.services.xray.trace_size import SizesSeen
from bayon.services.xray.upload import Refusal, check
from bayon.settings import Settings
from bayon.state.database import State
from bayon.store.store import Store

B = 1_700_000_000
T = "1-6553f100-000000000000000000000001"
HEAD = {"id": "00000000000000a1", "trace_id": T, "name": "web", "start_time": B, "end_time": B + 1}


@pytest.fixture(autouse=True)
def _forgotten_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_size, "_seen", SizesSeen(100))


@pytest.fixture
def ctx(store: Store) -> Context:
    return Context(
        account="000000000000",
        region="us-east-1",
        access_key="",
        request_id="",
        now_ms=B * 1000,
        settings=Settings(),
        store=store,
        state=cast("State", None),
    )


def refusal(text: str) -> str | None:
    checked = check(text, float(B))
    return checked.code if isinstance(checked, Refusal) else None


def padded(size_bytes: int, filler: str = "x") -> str:
    """A document of that many bytes."""
    room = size_bytes - len(json.dumps(HEAD | {"user": ""}))
    return json.dumps(HEAD | {"user": filler * (room // len(filler.encode()))}, ensure_ascii=False)


@pytest.mark.parametrize("filler", ["x", "é"])
def test_a_document_has_64_kilobytes(filler: str) -> None:
    """65,536 bytes pass, more do not, however many characters they are."""
    assert refusal(padded(limits.SEGMENT_BYTES, filler)) is None
    assert refusal(padded(limits.SEGMENT_BYTES + 2, filler)) == "SegmentTooLarge"


@pytest.mark.parametrize(
    ("levels", "code"),
    [(limits.SEGMENT_NESTING, None), (limits.SEGMENT_NESTING + 1, "ParseError"), (30_000, "ParseError")],
)
def test_a_document_is_not_too_deep(levels: int, code: str | None) -> None:
    """Documents are nested as deep as they can be read back, the document itself being the first level."""
    lists = "[" * (levels - 1) + "]" * (levels - 1)
    assert refusal(json.dumps(HEAD)[:-1] + f',"metadata":{lists}}}') == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "7",
        '"text"',
        "[{}]",
        "{} {}",
        '{"user": NaN}',
        '{"user": 1e999}',
        '{"user": "\\ud800"}',
        '{"a": "\ud800"}',
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    """Nothing that could not be read back is stored."""
    assert refusal(text) == "ParseError"


def documents(first: int, number: int, size_bytes: int) -> list[str]:
    return [padded(size_bytes).replace("00000000000000a1", f"{n:016x}") for n in range(first, first + number)]


def put(ctx: Context, uploaded: list[str]) -> list[Any]:
    answer = trace_segments.put_trace_segments(ctx, {"TraceSegmentDocuments": uploaded})
    return list(answer["UnprocessedTraceSegments"])


def read(ctx: Context) -> Any:
    (trace,) = traces.batch_get_traces(ctx, {"TraceIds": [T]})["Traces"]
    return trace


def test_a_full_trace_takes_no_more(ctx: Context) -> None:
    """What comes after 500 kB is refused with its reason, in one upload and in the next, and the trace says so."""
    assert put(ctx, documents(1, 9, 50_000)) == []
    assert not read(ctx)["LimitExceeded"]
    refused = put(ctx, documents(10, 3, 50_000))
    message = "This trace has reached its maximum allocated quota"
    assert refused == [{"Id": f"{n:016x}", "ErrorCode": "InvalidSegment", "Message": message} for n in (11, 12)]
    assert len(put(ctx, documents(13, 1, 500))) == 1
    assert read(ctx)["LimitExceeded"]
    assert len(read(ctx)["Segments"]) == 10


def test_only_the_store_says_that_a_trace_is_full(ctx: Context, store: Store) -> None:
    """A count that is too high, as after the store was emptied, refuses nothing."""
    assert put(ctx, documents(1, 9, 50_000)) == []
    store.reset()
    assert put(ctx, documents(10, 9, 50_000)) == []
    assert len(read(ctx)["Segments"]) == 9


def test_sizes_are_forgotten_from_the_oldest() -> None:
    """Twice as many traces as asked for are remembered at most, those touched last for certain."""
    sizes = SizesSeen(3)
    keys = [("a", "r", str(n)) for n in range(10)]
    for n, key in enumerate(keys, 1):
        sizes.put(key, n)
    assert [sizes.get(key) for key in keys] == [0, 0, 0, 0, 0, 0, 7, 8, 9, 10]
