"""Seeded traces of a shop: five services, five segments of about 1 KB, ten calls, of which six go to AWS or a database.

`python -m bench.trace_data FOLDER TRACES COPIES HOURS END_S` fills the store of a bayon that is not running, through
the same functions that a running one uses, and settles it: a process of its own, since the engine belongs to one.
Copies of what it made, earlier and under other ids, are the store's own work and so ten times as fast.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bayon import limits
from bayon.services.xray.sum_up import sum_up
from bayon.settings import Settings
from bayon.store import cursors, summaries, trace_rows, traces
from bayon.store.store import Store
from bayon.store.traces import SegmentDocument

ACCOUNT, REGION = "000000000000", "us-east-1"
BATCH = 20_000
USERS = 100_000
OPERATIONS = ("contentGeneration", "search", "checkout", "profile", "report")
ROUTES = ("/api/orders", "/api/cart", "/api/search", "/api/users/me", "/api/prices")
# Caller, callee, and what else the caller asks.
SERVICES = (
    ("gateway", "orders", '"name":"DynamoDB","namespace":"aws","aws":{"table_name":"sessions","operation":"GetItem"}'),
    ("orders", "pricing", '"name":"shop@db.internal","namespace":"remote","sql":{"database_type":"PostgreSQL"}'),
    ("pricing", "stock", '"name":"S3","namespace":"aws","aws":{"bucket_name":"price-lists","operation":"GetObject"}'),
    ("stock", "ledger", '"name":"SQS","namespace":"aws","aws":{"queue_url":"https://sqs/000000000000/jobs"}'),
    ("ledger", "", '"name":"DynamoDB","namespace":"aws","aws":{"table_name":"ledger","operation":"PutItem"}'),
)


def trace(rng: random.Random, start_s: float) -> tuple[str, list[str]]:
    """The id of a trace and its documents."""
    id_ = f"1-{int(start_s):08x}-{rng.getrandbits(96):024x}"
    took_s = rng.lognormvariate(-2.2, 1.0)
    user = f"u-{rng.randrange(USERS):05d}"
    failed = ',"fault":true' if rng.random() < 0.01 else ""
    parent = ""
    documents = []
    for depth, (name, callee, other) in enumerate(SERVICES):
        begin_s = start_s + took_s * 0.04 * depth
        length_s = took_s * (1 - 0.16 * depth)
        call = f"{rng.getrandbits(64):016x}"
        documents.append(
            f'{{"trace_id":"{id_}","id":"{rng.getrandbits(64):016x}","name":"{name}",'
            f'"start_time":{begin_s:.6f},"end_time":{begin_s + length_s:.6f},"origin":"AWS::ECS::Container"{failed}'
            + (f',"parent_id":"{parent}"' if parent else f',"user":"{user}"')
            + f',"http":{{"request":{{"method":"GET","url":"https://{name}.shop.example.com{rng.choice(ROUTES)}/'
            f'{rng.randrange(10**6)}","user_agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",'
            f'"client_ip":"10.0.{rng.randrange(256)}.{rng.randrange(256)}"}},"response":{{"status":'
            f'{500 if failed else 200},"content_length":{rng.randrange(9999)}}}}},"aws":{{"ecs":{{"container":"{name}-'
            f'{rng.randrange(9)}"}},"xray":{{"sdk":"X-Ray for Node.js","sdk_version":"3.10.0","package":'
            f'"aws-xray-sdk"}}}},"annotations":{{"userId":"{user}","operationType":"{rng.choice(OPERATIONS)}",'
            f'"stage":"prod"}},"subsegments":[{{"id":"{rng.getrandbits(64):016x}",{other},'
            f'"start_time":{begin_s + length_s * 0.02:.6f},"end_time":{begin_s + length_s * 0.06:.6f},'
            f'"http":{{"response":{{"status":200}}}}}},{{"id":"{call}",'
            + (
                f'"name":"{callee}","namespace":"remote","http":{{"request":{{"method":"GET","url":'
                f'"https://{callee}.shop.example.com/","traced":true}},"response":{{"status":200}}}}'
                if callee
                else '"name":"geo.example.com","namespace":"remote"'
            )
            + f',"start_time":{begin_s + length_s * 0.07:.6f},"end_time":{begin_s + length_s * 0.95:.6f}{failed}}}]}}'
        )
        parent = call
    return id_, documents


def seeded(count: int, *, seed: int, hours: float, end_s: float) -> Iterator[tuple[str, list[str]]]:
    """So many traces, evenly over the hours before the end."""
    rng = random.Random(seed)
    step_s = hours * 3600 / count
    for place in range(count):
        yield trace(rng, end_s - hours * 3600 + place * step_s)


def fill(store: Store, count: int, *, seed: int, hours: float, end_s: float) -> dict[str, float]:
    """The traces are stored, summed up and settled. Out: bytes of documents, seconds of each step."""
    found = dict.fromkeys(("document bytes", "storing s", "summing up s", "settling s"), 0.0)
    batch: list[SegmentDocument] = []
    for number, (id_, documents) in enumerate(seeded(count, seed=seed, hours=hours, end_s=end_s), 1):
        batch += [SegmentDocument(id_, text) for text in documents]
        found["document bytes"] += sum(map(len, documents))
        if len(batch) >= BATCH or number == count:
            began_s = time.perf_counter()
            traces.append(store, ACCOUNT, REGION, batch, int(end_s * 1000))
            stored_s = time.perf_counter()
            while not sum_up(store):
                pass
            summed_up_s = time.perf_counter()
            if number == count or store.segment_generations.rows >= limits.SETTLE_SEGMENT_ROWS:
                traces.settle(store, cursors.position(store, summaries.CURSOR), now=True)
            found["storing s"] += stored_s - began_s
            found["summing up s"] += summed_up_s - stored_s
            found["settling s"] += time.perf_counter() - summed_up_s
            batch = []
    return found


def copy(store: Store, number: int, shift_s: int) -> None:
    """The first traces are there once more, `number` times `shift_s` earlier and under other ids.

    Only ids differ inside the documents: nothing that is measured reads their times.
    """
    by_s = number * shift_s
    id_ = (
        f"concat('1-', lower(hex(toUInt32(reinterpretAsUInt32(reverse(unhex(substring(trace_id, 3, 8)))) - {by_s}))), "
        "'-', reverse(substring(trace_id, 12)))"
    )
    first = "seq <= {last:UInt64}"
    last_seq = store.query("SELECT max(seq) AS seq FROM trace_summaries")["seq"][0].as_py()
    known = store.caches.setdefault("copied", last_seq)
    kept = {
        "trace_id": id_,
        "seq": f"seq + {number * known}",
        "at_s": f"at_s - {by_s}",
        "start_s": f"start_s - {by_s}",
        "end_s": f"end_s - {by_s}",
        "s_start_us": f"arrayMap(x -> x - {by_s * 1_000_000}, s_start_us)",
        "c_start_us": f"arrayMap(x -> x - {by_s * 1_000_000}, c_start_us)",
    }
    names, columns = ", ".join(trace_rows.NAMES), ", ".join(kept.get(name, name) for name in trace_rows.NAMES)
    store.command(
        f"INSERT INTO trace_summaries ({names}) SELECT {columns} FROM trace_summaries WHERE {first}", {"last": known}
    )
    store.command(
        "INSERT INTO segment_documents (account, region, trace_id, received_ms, seq, generation, document) "
        f"SELECT account, region, {id_} AS id, received_ms, seq + {number * known}, generation, "
        f"replaceAll(document, trace_id, id) FROM segment_documents WHERE {first}",
        {"last": known},
    )


def stored_bytes(store: Store) -> int:
    """What the traces take on disk, documents and rows, but for what is recent and about to go."""
    found = store.query(
        "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase() "
        "AND table IN ('segment_documents', 'trace_summaries', 'trace_superseded')"
    )
    return int(found["bytes"][0].as_py())


def main() -> None:
    """In: the folder, how many traces, how often they are copied, the hours they all spread over, and their end."""
    folder, count, copies, hours, end_s = sys.argv[1:]
    shift_s = float(hours) * 3600 / (int(copies) + 1)
    with closing(Store.open(Settings(data_dir=Path(folder)).store_url)) as store:
        found = fill(store, int(count), seed=1, hours=shift_s / 3600, end_s=float(end_s))
        for number in range(1, int(copies) + 1):
            copy(store, number, int(shift_s))
        if int(copies):
            last = store.query("SELECT max(seq) AS seq FROM segment_documents")["seq"][0].as_py()
            cursors.append(store, {}, summaries.CURSOR, last)
        found["document bytes"] *= int(copies) + 1
        print(json.dumps(found | {"stored bytes": stored_bytes(store)}))


if __name__ == "__main__":
    main()
