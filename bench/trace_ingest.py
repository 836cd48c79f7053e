"""Trace ingest over HTTP: PutTraceSegments with 50 documents of about 1 KB, each request acknowledged once on disk."""

from __future__ import annotations

from bench import at_rest, data, load, servers
from bench.plan import Plan, say
from bench.report import Row, Target

SEGMENTS = 50
BODIES = 64


def measure(plan: Plan) -> list[Row]:
    """Segments per second. Raises: AssertionError when what is stored is not what was acknowledged."""
    count = plan.amount(600, 8)
    end_s = data.now_ms() / 1000
    documents = [data.segments(SEGMENTS, seed=seed, end_s=end_s) for seed in range(plan.amount(BODIES, 4))]
    requests = [load.prepared("xray", "PutTraceSegments", {"TraceSegmentDocuments": each}) for each in documents]
    size_bytes = sum(map(len, documents[0])) // SEGMENTS
    acknowledged = 0
    rows: list[Row] = []
    with servers.bayon(plan.folder / "bayon") as bayon:
        for connections in (4, 16):
            rates = []
            for _ in range(plan.runs + 1):  # the first warms up
                took_s = load.drive(bayon, requests, connections=connections, count=count).took_s
                rates.append(count * SEGMENTS / took_s)
                acknowledged += count * SEGMENTS
                say(f"  {connections} connections: {rates[-1]:,.0f}/s")
            what = f"trace ingest, {SEGMENTS} segments of {size_bytes:,} bytes a request, {connections} connections"
            rows.append(Row(what, "segments/s", rates[1:], target=Target(25_000) if connections == 16 else None))
    stored = at_rest.counts(plan.folder / "bayon")["segments"]
    assert stored == acknowledged, f"{acknowledged} segments were acknowledged, {stored} are stored"
    return rows
