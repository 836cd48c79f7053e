"""How to lay out log events in the engine: plain text, text and its JSON as a column, or text with an index of words.

For the decision record: what each costs to insert and to keep, and what it makes fast. The engine alone, in a process
of its own: `python -m bench.layout FOLDER EVENTS RUNS` prints the figures as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from bayon.store.engine import Engine
from bench import data
from bench.plan import Plan
from bench.report import Table, number

JSON = "if(startsWith(message, '{') AND isValidJSON(message), message, '{}')"
TEXT = "message String CODEC(ZSTD(1))"
FIELDS = "fields JSON(max_dynamic_paths = 256)"
WORDS = "INDEX words message TYPE text(tokenizer = splitByNonAlpha)"
SHREDDED = f"message, {JSON}::JSON(max_dynamic_paths = 256)"
EXTRACTED, COLUMN = "JSONExtractString(message, 'route')", "fields.route.:String"
LAYOUTS = {  # name: columns, how a row is filled, how a JSON field is read
    "text": (TEXT, "message", EXTRACTED),
    "text and JSON column": (f"{TEXT}, {FIELDS}", SHREDDED, COLUMN),
    "text and index of words": (f"{TEXT}, {WORDS}", "message", EXTRACTED),
    "text, JSON column and index": (f"{TEXT}, {FIELDS}, {WORDS}", SHREDDED, COLUMN),
}
NAMES = (("at_ms", "timestamp"), ("message", "message"))
COLUMNS = ("layout", "insert events/s", "bytes on disk per byte", "group by a JSON field, ms", "search for a word, ms")


def measure(plan: Plan) -> list[Table]:
    """One table, a layout a line."""
    events = plan.amount(500_000, 20_000)
    command = [sys.executable, "-m", "bench.layout", str(plan.folder), str(events), str(plan.runs)]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = [[name, *map(number, figures)] for name, figures in json.loads(out).items()]
    return [Table(f"Layouts of {events:,} log events", COLUMNS, rows)]


def _figures(client: Client, layout: str, size_bytes: int, runs: int) -> list[float]:
    columns, filled, field = LAYOUTS[layout]
    client.command("DROP TABLE IF EXISTS laid")
    client.command(
        f"CREATE TABLE laid (at_ms Int64, {columns}) ENGINE = MergeTree ORDER BY at_ms SETTINGS fsync_after_insert = 1"
    )
    rows = client.query("SELECT count() FROM arrived").result_rows[0][0]
    insert = f"INSERT INTO laid SELECT at_ms, {filled} FROM arrived SETTINGS max_threads = 1, max_insert_threads = 1"
    rates = []
    for _ in range(max(1, min(runs, 3))):
        client.command("TRUNCATE TABLE laid")
        rates.append(rows / _took_s(lambda: client.command(insert)))
    client.command("OPTIMIZE TABLE laid FINAL")
    disk = client.query("SELECT sum(bytes_on_disk) FROM system.parts WHERE table = 'laid' AND active").result_rows[0][0]
    word = client.query(
        "SELECT extract(message, 'requestId\":\"([0-9a-f]+)') FROM laid WHERE message LIKE '%requestId%' LIMIT 1"
    )
    group = f"SELECT {field} AS route, count() FROM laid GROUP BY route"
    search = f"SELECT count() FROM laid WHERE hasToken(message, '{word.result_rows[0][0]}')"
    assert client.query(search).result_rows[0][0] == 1
    asked = [median(_times_ms(client, sql, 2 * runs + 1)) for sql in (group, search)]
    return [median(rates), disk / size_bytes, *asked]


def _times_ms(client: Client, sql: str, runs: int) -> list[float]:
    uncached = f"{sql} SETTINGS use_query_condition_cache = 0"  # it would remember where the word is
    return [1000 * _took_s(lambda: client.query(uncached)) for _ in range(runs)]


def _took_s(act: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    act()
    return time.perf_counter() - began_s


def _run(folder: Path, events: int, runs: int) -> dict[str, list[float]]:
    arrived = data.log_events(events, seed=1, end_ms=data.now_ms(), span_ms=3_600_000)
    size_bytes = sum(len(event["message"]) for event in arrived)
    with closing(Engine(f"chdb://{folder / 'engine'}")) as engine:
        client = engine.handle()
        client.command("CREATE TABLE arrived (at_ms Int64, message String) ENGINE = MergeTree ORDER BY at_ms")
        client.insert_arrow("arrived", pa.table({name: [event[key] for event in arrived] for name, key in NAMES}))
        return {layout: _figures(client, layout, size_bytes, runs) for layout in LAYOUTS}


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
