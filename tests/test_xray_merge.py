"""Documents of a trace are merged into the segments that tests/cases/traces tell, whatever their order."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bayon import limits
from bayon.services.xray.compiled import document
from bayon.services.xray.inferred import inferred_segments
from bayon.services.xray.merge import duration_s, merge
from bayon.services.xray.upload import Refusal, check
from bayon.store.traces import SegmentDocument
from xray_documents import B, T, full

FILES = sorted((Path(__file__).parent / "cases" / "traces").glob("*.yaml"))
CASES = [case for file in FILES for case in yaml.safe_load(file.read_text())["cases"]]


def uploaded(fields: dict[str, Any]) -> SegmentDocument:
    checked = check(json.dumps(fields), float(B))
    assert not isinstance(checked, Refusal), checked
    return checked


def read_back(documents: list[SegmentDocument]) -> tuple[list[dict[str, Any]], float | None]:
    trace = merge(documents[0].trace_id, documents)
    segments = sorted(trace.roots + inferred_segments(trace), key=lambda entity: (entity.start_s or 0, entity.id))
    return [json.loads(document(trace.id, entity)) for entity in segments], duration_s(trace.entities())


@pytest.mark.parametrize("case", [case for case in CASES if "documents" in case], ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    """The documents of each case read back as its segments, and last as long as it says."""
    assert case["source"]
    segments, took_s = read_back([uploaded(full(fields)) for fields in case["documents"]])
    assert segments == [full(fields) for fields in case["segments"]]
    assert took_s == case.get("duration")


CALLS = [call for case in CASES if case["source"] for call in case.get("calls", [])]


@pytest.mark.parametrize(("call", "callee"), CALLS, ids=str)
def test_callee(call: dict[str, Any], callee: dict[str, Any]) -> None:
    """Each call infers its callee."""
    times = {"start_time": 0.2, "end_time": 0.3}
    segment = full(
        {"name": "web", "id": "a1", "start_time": 0, "end_time": 1, "subsegments": [{"id": "b1"} | times | call]}
    )
    segments, _ = read_back([uploaded(segment)])
    assert segments[1] == full({"id": "I(b1)", "parent_id": "b1", "inferred": True} | times | callee)


def test_a_chain_too_deep_to_nest_is_cut() -> None:
    """Ten thousand subsegments, each the parent of the next, all come back, at most a hundred deep."""
    ids = [f"{n:016x}" for n in range(1, 10_001)]
    chain = [
        uploaded(
            {"id": id_, "name": "n", "start_time": B, "end_time": B + 1, "trace_id": T}
            | {"type": "subsegment", "parent_id": parent}
        )
        for id_, parent in zip(ids, ["0" * 16, *ids], strict=False)
    ]
    segments, _ = read_back(chain)
    assert len(segments) == len(ids) / limits.SUBSEGMENT_DEPTH
    assert sum(json.dumps(segment).count('"id"') for segment in segments) == len(ids)


@st.composite
def sent_traces(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A trace as an SDK may send it: each subsegment embedded or by itself, fragments and retries among them."""
    size = draw(st.integers(1, 9))
    entities: list[dict[str, Any]] = []
    parents: list[int | None] = []
    for n in range(size):
        parent = draw(st.none() | st.integers(0, n - 1)) if n else None
        times = {"start_time": B + draw(st.integers(0, 3)), "end_time": B + draw(st.integers(3, 6))}
        entity = {"id": f"{n + 1:016x}", "name": f"n{n}", "trace_id": T} | times
        if parent is not None and draw(st.booleans()):  # a segment called by its parent
            entity["parent_id"] = entities[parent]["id"]
            parent = None
        if draw(st.booleans()):
            entity["namespace"] = draw(st.sampled_from(["remote", "aws"]))
        entities.append(entity)
        parents.append(parent)
    return _documents(draw, entities, parents)


def _documents(draw: st.DrawFn, entities: list[dict[str, Any]], parents: list[int | None]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    embedded: dict[int, list[dict[str, Any]]] = {}
    for n in reversed(range(len(entities))):
        whole, parent = dict(entities[n]), parents[n]
        if n in embedded:
            whole["subsegments"] = embedded[n]
        if parent is not None:
            alone = whole | {"type": "subsegment", "parent_id": entities[parent]["id"]}
            inside = draw(st.booleans())
            if inside:
                embedded.setdefault(parent, []).append(whole)
            sent += draw(
                st.sampled_from([[], [alone], [_fragment(alone)]] if inside else [[alone], [_fragment(alone), alone]])
            )
        else:
            sent += draw(st.sampled_from([[whole], [whole, _fragment(whole)], [whole, whole]]))
    return sent


def _fragment(entity: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entity.items() if key not in ("end_time", "subsegments")} | {
        "in_progress": True
    }


@given(sent_traces(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(sent: list[dict[str, Any]], shuffle: random.Random) -> None:
    """A trace reads the same however its documents are ordered."""
    documents = [uploaded(fields) for fields in sent]
    before = read_back(documents)
    shuffle.shuffle(documents)
    assert read_back(documents) == before


@given(sent_traces())
def test_nothing_sent_is_lost_and_nothing_is_twice(sent: list[dict[str, Any]]) -> None:
    """Every entity that was sent stands in the answer once, complete, below its parent."""
    segments, _ = read_back([uploaded(fields) for fields in sent])
    found: list[str] = []
    level = [segment for segment in segments if not segment.get("inferred")]
    while level:
        assert not [entity for entity in level if "in_progress" in entity]
        found += [entity["id"] for entity in level]
        level = [child for entity in level for child in entity.get("subsegments", [])]
    assert sorted(found) == sorted(set(re.findall(r'"id": "(\w+)"', json.dumps(sent))))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["id", "name", "subsegments", "start_time", "namespace", "aws", "http", "x"]), inner
            )
        ),
    )
)
def test_no_accepted_document_fails_to_be_read(anything: Any) -> None:
    """Whatever stands in the fields that are not checked, reading the trace back works."""
    head = {"id": "00000000000000a1", "trace_id": T, "name": "web", "start_time": B, "end_time": B + 1}
    for key in ("subsegments", "aws", "namespace", "origin", "parent_id"):
        checked = check(json.dumps(head | {key: anything}), float(B))
        if isinstance(checked, SegmentDocument):
            segments, _ = read_back([checked])
            assert segments[0]["id"] == head["id"]
