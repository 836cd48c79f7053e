"""Logs Insights over ten million events: beside hand-written SQL, over an hour of one and of ten million, beside jq.

Each store in a process of its own, since the engine belongs to one: `python -m bench.logs_insights FOLDER EVENTS RUNS`
prints the figures as JSON.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from bayon.languages.insights import patterns
from bayon.languages.insights.fields import Group
from bayon.languages.insights.mining import Mined
from bayon.languages.insights.parser import parse
from bayon.languages.insights.plan import compiled, continued
from bayon.services.logs import results
from bayon.services.logs.log_events import filter_log_events
from bayon.services.logs.query_world import Asked, world
from bayon.services.logs.running import LIVE, Queries
from bayon.services.operation import Context
from bayon.settings import Settings
from bayon.state import log_groups
from bayon.state.database import State
from bayon.store import log_queries
from bayon.store.store import Store
from bench import insights_data
from bench.insights_data import DAY_MS, GROUP, START_MS
from bench.plan import Plan, say
from bench.report import Row, Target

HOUR_MS = 3_600_000
USED = "extract(message, 'Max Memory Used: (.*?) MB')"
MASKED = f"replaceRegexpAll(message, '{patterns.VARIABLE}', '*')"
# A query, and the same by hand, in which words of one letter stand for what comes again.
REPRESENTATIVE = (
    ("a phrase", 'filter @message like "connection reset" | stats count(*) as n',
     "SELECT count() E AND message LIKE '%connection reset%'"),
    ("a regular expression",
     "filter @message like /token (expired|revoked)|reset by (peer|host)/ | stats count(*) as n",
     "SELECT count() E AND match(message, 'token (expired|revoked)|reset by (peer|host)')"),
    ("a JSON number", "filter status >= 500 | stats count(*) as n",
     "SELECT count() E AND fields.status.:Int64 >= 500"),
    ("stats by bin", 'filter level = "ERROR" | stats count(*) as n by bin(5m)',
     "SELECT intDiv(at_ms, 300000) AS t, count() E AND fields.level.:String = 'ERROR' GROUP BY t ORDER BY t DESC"),
    ("stats by two fields", "stats count(*) as n by service, status",
     "SELECT fields.service.:String AS s, fields.status.:Int64 AS t, count() E GROUP BY s, t ORDER BY 3 DESC"),
    ("average and extremes by a field", "stats avg(durationMs), max(durationMs), min(durationMs) by route",
     "SELECT fields.route.:String AS r, avg(D), max(D), min(D) E GROUP BY r ORDER BY r"),
    ("percentiles", "stats pct(durationMs, 50), pct(durationMs, 95), pct(durationMs, 99) by service",
     "SELECT fields.service.:String AS s, quantilesExact(0.5, 0.95, 0.99)(D) E GROUP BY s ORDER BY s"),
    ("distinct values", "stats count_distinct(user.id) as n by service",
     "SELECT fields.service.:String AS s, uniqCombined64(18)(fields.user.id.:String) E GROUP BY s ORDER BY s"),
    ("parse", 'filter @type = "REPORT" | parse @message "Max Memory Used: * MB" as used | stats avg(used), max(used)',
     f"SELECT avg(u), max(u) FROM (SELECT toFloat64OrNull({USED}) AS u E AND startsWith(message, 'REPORT '))"),
    ("sort and limit", "fields @timestamp, @message | sort @timestamp desc | limit 100",
     "SELECT at_ms, message E ORDER BY at_ms DESC, seq DESC LIMIT 100"),
    ("dedup", 'filter level = "ERROR" | fields @timestamp, service, route | dedup service, route',
     "SELECT at_ms, S AS s, R AS r E AND fields.level.:String = 'ERROR' ORDER BY at_ms DESC, seq DESC LIMIT 1 BY s, r"),
    ("pattern", 'filter level = "ERROR" | pattern @message',
     f"SELECT {MASKED} AS m, count() E AND fields.level.:String = 'ERROR' GROUP BY m ORDER BY 2 DESC LIMIT 20000"),
)  # fmt: skip
WORDS = {
    "E": "FROM log_events WHERE group_id = 1 AND at_ms BETWEEN {} AND {}",
    "D": "coalesce(fields.durationMs.:Float64, toFloat64(fields.durationMs.:Int64))",
    "S": "fields.service.:String",
    "R": "fields.route.:String",
}
GUIDE = (
    ("find errors", "fields @timestamp, @message | filter @message like /ERROR/ | sort @timestamp desc | limit 100"),
    ("authentication",
     "fields @timestamp, @message | filter @message like /authentication/ | stats count() by bin(5m)"),
    ("response times",
     'fields @timestamp, @message | filter @type = "REPORT" | stats avg(@duration), max(@duration), min(@duration)'),
    ("errors by hour", "fields @timestamp, @message | filter @message like /ERROR/ | stats count() by bin(1h)"),
)  # fmt: skip
AGGREGATIONS = (
    ("count by a field", "stats count(*) as n by service",
     "reduce (inputs | fromjson? | .service // empty) as $s ({}; .[$s] += 1)"),
    ("average by a field", "stats avg(durationMs) as a by route",
     "reduce (inputs | fromjson? | select(.route)) as $e ({}; .[$e.route] |= [.[0] + $e.durationMs, .[1] + 1])"),
)  # fmt: skip
WORD = "OutOfMemoryError"


def measure(plan: Plan) -> list[Row]:
    """Milliseconds of an answer, and bytes on disk. Raises: AssertionError where an answer is not what it must be."""
    few, many = plan.amount(1_000_000, 6_000), plan.amount(10_000_000, 12_000)
    found = {events: _measured(plan, events) for events in (few, many)}
    held = f"of {many:,} events"
    rows = [
        Row(f"Insights, {name} {held}", "ms", mine, "by hand", other, Target(1.3, at_least=False, of_ratio=True))
        for name, mine, other, _ in found[many]["representative"]
    ]
    slowest = max(median(whole) for _, _, _, whole in found[many]["representative"])
    bound = Target(2000, at_least=False)
    rows.append(Row("Insights, the slowest of those, statistics and all", "ms", [slowest], target=bound))
    # The hour holds as many events in both: the small store's whole range against the same share of the large one's.
    for (name, small), (_, large) in zip(found[few]["guide"], found[many]["guide"], strict=True):
        rows.append(Row(f"the guide's query, {name}, an hour {held}", "ms", large, target=Target(300, at_least=False)))
        share = Target(1.3, at_least=False, of_ratio=True)
        rows.append(Row(f"  beside {few:,} events", "ms", large, "fewer", small, share))
    word = found[many]["word"]
    rows.append(Row(f"FilterLogEvents, a rare word, first page {held}", "ms", word, target=Target(150, at_least=False)))
    for name, mine, other in found[few]["files"]:
        rows.append(
            Row(f"zcat | jq, {name} of {few:,} events", "ms", other, "Insights", mine, Target(20, of_ratio=True))
        )
    rows.append(
        Row("log events on disk for each raw byte", "bytes", [found[many]["disk"]], target=Target(0.15, at_least=False))
    )
    return rows


Beside = tuple[str, list[float], list[float]]


def _measured(plan: Plan, events: int) -> dict[str, Any]:
    folder = plan.folder / str(events)
    command = [sys.executable, "-m", "bench.logs_insights", str(folder), str(events), str(plan.runs)]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    shutil.rmtree(folder)
    return dict(json.loads(out.splitlines()[-1]))


class House:
    """A store with its state and its queries, as the operations have them."""

    def __init__(self, settings: Settings, store: Store, state: State) -> None:
        self.settings, self.store, self.state = settings, store, state
        self.queries = Queries(store, state)
        (self.group,) = log_groups.page(state, settings.account, settings.region, limit=None)

    def rows(self, text: str, start_ms: int, end_ms: int) -> list[Any]:
        """The rows of the query, once it is complete."""
        asked = self._asked(text, start_ms, end_ms)
        query = self.queries.start(asked, text, [GROUP])
        while query.status in LIVE:
            time.sleep(0.001)
        assert query.status == "Complete", query
        return query.rows

    def answer(self, text: str, start_ms: int, end_ms: int) -> list[Any]:
        """The rows of the query, without what the service adds: statistics, and that they are kept."""
        recent = log_queries.has_recent(self.store)
        known = world(self.state, self.store, self._asked(text, start_ms, end_ms), recent=recent)
        plan = compiled(parse(text), known)
        table = log_queries.select(self.store, plan.statement, recent=recent)
        if isinstance(plan, Mined):
            plan = continued(plan, patterns.mine(results.texts(table)))
            table = log_queries.select(self.store, plan.statement, recent=recent)
        return results.rows(table, plan)

    def _asked(self, text: str, start_ms: int, end_ms: int) -> Asked:
        settings = self.settings
        return Asked(
            account=settings.account,
            region=settings.region,
            text=text,
            start_ms=start_ms,
            end_ms=end_ms,
            now_ms=end_ms,
            limit=None,
            groups=(Group(self.group.id, GROUP),),
        )

    def page(self, pattern: str) -> list[Any]:
        """The first page of the events that match."""
        ctx = Context(
            account=self.settings.account, region=self.settings.region, access_key="", request_id="", state=self.state,
            now_ms=START_MS + DAY_MS, settings=self.settings, store=self.store,
        )  # fmt: skip
        return list(filter_log_events(ctx, {"logGroupName": GROUP, "filterPattern": pattern})["events"])


def _run(folder: Path, events: int, runs: int) -> dict[str, Any]:
    settings = Settings(data_dir=folder)
    folder.mkdir(parents=True, exist_ok=True)
    with closing(State.open(settings.state_url)) as state, closing(Store.open(settings.store_url)) as store:
        began_s = time.monotonic()
        insights_data.fill(settings, state, store, events)
        say(f"  {events:,} events laid out in {time.monotonic() - began_s:.0f} s")
        house = House(settings, store, state)
        day = (START_MS, START_MS + DAY_MS - 1)
        # The day of the small store is as full as a tenth of the large one's: the hours compared hold equally much.
        span_ms = HOUR_MS * 10 * events // 10_000_000 if events < 10_000_000 else HOUR_MS
        middle_ms = START_MS + DAY_MS // 2
        hour = (middle_ms, middle_ms + HOUR_MS * 10_000_000 // max(events, 1_000_000) - 1) if span_ms else day
        return {
            "representative": [_beside(house, day, each, runs) for each in REPRESENTATIVE],
            "guide": [(name, _times_ms(lambda text=text: house.rows(text, *hour), runs)) for name, text in GUIDE],
            "word": _times_ms(lambda: _found(house), runs),
            "files": _files(house, folder, day, runs) if events <= 1_000_000 else [],
            "disk": _on_disk(store),
        }


def _found(house: House) -> None:
    assert len(house.page(WORD)) == 1


def _beside(house: House, day: tuple[int, int], each: tuple[str, str, str], runs: int) -> tuple[Any, ...]:
    name, text, by_hand = each
    sql = re.sub(r"\b[EDSR]\b", lambda word: WORDS[word[0]], by_hand).replace("{} AND {}", f"{day[0]} AND {day[1]}")
    assert house.rows(text, *day), f"{name} found nothing"
    mine, whole, other = [], [], []
    for _ in range(runs + 1):  # in turn, so that all have the same neighbours
        mine += _times_ms(lambda: house.answer(text, *day), 0)
        whole += _times_ms(lambda: house.rows(text, *day), 0)
        other += _times_ms(lambda: house.store.query(f"{sql}"), 0)
    mine, whole, other = (took[1:] or took for took in (mine, whole, other))
    say(f"  {name}: {median(mine):.0f} ms, by hand {median(other):.0f} ms, the whole query {median(whole):.0f} ms")
    return name, mine, other, whole


def _files(house: House, folder: Path, day: tuple[int, int], runs: int) -> list[Beside]:
    """The same events as a gzip file, aggregated with jq; nothing where there is no jq."""
    if shutil.which("jq") is None:
        say("  jq is not installed: not measured beside it")
        return []
    path = folder / "events.gz"
    messages = house.store.query("SELECT message FROM log_events ORDER BY at_ms, seq")["message"]
    with gzip.open(path, "wb", compresslevel=6) as file:
        file.write("\n".join(messages.to_pylist()).encode())
    found = []
    for name, text, program in AGGREGATIONS:
        jq = f"zcat {path} | jq -nRc '{program}'"
        other = _times_ms(lambda jq=jq: subprocess.run(["bash", "-c", jq], check=True, stdout=subprocess.DEVNULL), 0)
        mine = _times_ms(lambda text=text: house.rows(text, *day), runs)
        found.append((name, [median(mine)], other))
    return found


def _on_disk(store: Store) -> float:
    held = store.query(
        "SELECT sum(bytes_on_disk) AS disk FROM system.parts WHERE database = currentDatabase() AND active "
        "AND table IN ('log_events', 'log_fields')"
    )
    raw = store.query("SELECT sum(length(message)) AS size FROM log_events")
    return float(held["disk"][0].as_py() / raw["size"][0].as_py())


def _times_ms(act: Callable[[], object], runs: int) -> list[float]:
    """Milliseconds of each run; the first one only warms up, unless it is the only one."""
    took = []
    for _ in range(runs + 1):
        began_s = time.perf_counter()
        act()
        took.append(1000 * (time.perf_counter() - began_s))
    return took[1:] or took


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
