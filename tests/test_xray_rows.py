"""Traces are summed up as tests/cases/trace_rows says, and the same in however many steps they arrive."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bayon.services.xray.rows import row_of
from bayon.services.xray.sum_up import sum_up
from bayon.services.xray.trace_summary import summary_of
from bayon.services.xray.upload import take
from bayon.store import cursors, summaries, traces
from bayon.store.store import Store
from bayon.store.summaries import Selection
from bayon.store.trace_rows import TraceRow, block_of
from bayon.store.traces import SegmentDocument
from xray_documents import B, T, full, trace_id

ACCOUNT, REGION = "000000000000", "us-east-1"
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "trace_rows" / "summaries.yaml").read_text())["cases"]


def texts(case: dict[str, Any], trace: str = T) -> list[str]:
    return [json.dumps(full(document, trace)) for document in case["documents"]]


def put(store: Store, documents: list[str], now_ms: int = 1000 * (B + 10)) -> None:
    assert take(store, ACCOUNT, REGION, documents, now_ms) == []


def held(store: Store) -> list[TraceRow]:
    return summaries.page(store, Selection(ACCOUNT, REGION, B - 60, B + 60), before=None, limit=1000)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    """The documents are summed up as the case says."""
    assert case["source"]
    documents = [SegmentDocument(T, text, seq) for seq, text in enumerate(texts(case), 1)]
    summary: dict[str, Any] = dict(summary_of(row_of(ACCOUNT, REGION, documents), revision=1))
    assert {key: summary.get(key) for key in case["summary"]} == case["summary"]
    assert not set(case.get("absent", [])) & set(summary)


def test_the_fifty_first_annotation_is_not_indexed() -> None:
    """E36: fifty keys a trace, in the order they were set."""
    segment = full({"name": "web", "id": "a1", "start_time": 0, "end_time": 1})
    segment["annotations"] = {f"k{n:02}": n for n in range(1, 52)}
    row = row_of(ACCOUNT, REGION, [SegmentDocument(T, json.dumps(segment), 1)])
    assert row.a_key == [f"k{n:02}" for n in range(1, 51)]


def test_rows_are_read_as_they_were_written(store: Store) -> None:
    """What the store gives back of each trace is what was summed up, to the last column."""
    expected = {}
    for number, case in enumerate(CASES, 1):
        id_ = trace_id(number)
        put(store, texts(case, id_))
        documents = traces.read(store, ACCOUNT, REGION, [id_])[id_]
        expected[id_] = row_of(ACCOUNT, REGION, documents)
    assert sum_up(store)
    assert {row.trace_id: row for row in held(store)} == expected


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_it_does_not_matter_when_a_trace_is_summed_up(store: Store, data: st.DataObject) -> None:
    """Summed up after each document, in the background or only when read, settled or not: the same rows are found."""
    store.reset()
    documents = [(text, data.draw(st.booleans()), data.draw(st.booleans()))
                 for number, case in enumerate(CASES, 1) for text in texts(case, trace_id(number % 7 + 1))]  # fmt: skip
    for text, is_summed_up, is_settled in data.draw(st.permutations(documents[:9])):
        put(store, [text])
        if is_summed_up:
            sum_up(store)
        if is_settled:
            traces.settle(store, cursors.position(store, summaries.CURSOR), now=True)
    assert sum_up(store)
    stepwise = held(store)
    assert stepwise == [
        row_of(ACCOUNT, REGION, traces.read(store, ACCOUNT, REGION, [row.trace_id])[row.trace_id]) for row in stepwise
    ]
    assert len({row.trace_id for row in stepwise}) == len(stepwise)


def test_a_late_document_supersedes_and_counts(store: Store) -> None:
    """The old row counts no more, and how often that happened is known."""
    put(store, texts({"documents": [{"name": "web", "id": "a1", "start_time": 0.1, "in_progress": True}]}))
    sum_up(store)
    put(store, texts({"documents": [{"name": "web", "id": "a1", "start_time": 0.1, "end_time": 2.1}]}))
    sum_up(store)
    rows = held(store)
    assert [row.duration_ms for row in rows] == [2000]
    assert summaries.times_superseded(store, rows) == {T: 1}


def test_what_a_crash_left_is_forgotten(store: Store) -> None:
    """Rows beyond the cursor never count, and are gone before the next are written."""
    put(store, texts(CASES[0]))
    documents = traces.read(store, ACCOUNT, REGION, [T])[T]
    row = row_of(ACCOUNT, REGION, documents)
    store.append({"trace_summaries": block_of([replace(row, flags=4)])})
    assert held(store) == []
    assert sum_up(store)
    assert held(store) == [row]


def test_settled_documents_are_read_as_before(store: Store) -> None:
    """Settling moves documents and changes nothing that is read of them."""
    put(store, texts(CASES[0]) + texts(CASES[11], trace_id(2)))
    before = traces.read(store, ACCOUNT, REGION, [T, trace_id(2)])
    traces.settle(store, cursors.position(store, summaries.CURSOR), now=True)
    assert store.segment_generations.settled == 0, "documents that are not summed up yet do not settle"
    sum_up(store)
    traces.settle(store, cursors.position(store, summaries.CURSOR), now=True)
    assert store.query("SELECT count() AS n FROM segment_documents")["n"].to_pylist() == [2]
    assert traces.read(store, ACCOUNT, REGION, [T, trace_id(2)]) == before
    assert [each.document for each in traces.after(store, 0, limit=10)] == [*before[T], *before[trace_id(2)]]
