"""Whatever text is asked as a query, there is an answer or an error of the language, and nothing else happens.

The engine runs what compiles, with a short time and over a few odd events, so that SQL which it refuses is found.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bayon.errors import LanguageError, StoreError
from bayon.languages.insights import aggregates, functions
from bayon.languages.insights.fields import Group
from bayon.languages.insights.mining import Mined
from bayon.languages.insights.parser import keywords, parse, render
from bayon.languages.insights.patterns import mine
from bayon.languages.insights.plan import Compiled, compiled, continued
from bayon.languages.insights.world import LookupTable, World
from bayon.services.logs import results
from bayon.services.logs.discovered import discovered
from bayon.store import log_queries, logs
from bayon.store.settle_logs import settle_logs
from bayon.store.store import Store

T0_MS = 1_772_445_600_000
MESSAGES = (
    *(
        '{"a":1,"b":"x","c":{"d":true,"e":[1,{"f":null}]},"g":1.5}',
        '{"a":"x","b":2,"c":3}',
        '{"a":null,"b":"","g":"1e3"}',
    ),
    *(
        "",
        " ",
        "plain a=1 b",
        "\x00\t\n",
        "日本 ✓ {",
        '{"a":',
        "[1,2]",
        "START RequestId: 11111111-1111-1111-1111-111111111111",
    ),
    "REPORT RequestId: 11111111-1111-1111-1111-111111111111\tDuration: 1.5 ms\tBilled Duration: 2 ms",
    "2 123456789010 eni-0a 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
)
FIELDS = (
    "a",
    "b",
    "c",
    "c.d",
    "c.e.0",
    "g",
    "@message",
    "@timestamp",
    "@logStream",
    "@log",
    "@type",
    "@duration",
    "@@x",
)
NAMES = (*FIELDS, "srcAddr", "bytes", "x", "y", "`odd name`", "nope")

name = st.sampled_from(NAMES)
text = st.text(st.characters(codec="utf-8"), max_size=8).map(
    lambda it: '"' + it.replace("\\", "\\\\").replace('"', '\\"') + '"'
)
regex = st.sampled_from(("/a/", "/(?i)X/", r"/\d+/", "/(?<h>[a-z]+)/", "/(a+)+$/", "/[/", r"/\p{L}/", "/a|b*/"))
number = st.sampled_from(("0", "1", "-1", "2.5", "1e3", "1e400", "007", "9007199254740993", "0.1"))
period = st.sampled_from(("1s", "5m", "1h", "2d", "1w", "1mo", "2q", "1y", "300s", "999999h"))
leaf = st.one_of(name, name, name, text, number, st.sampled_from(("true", "false")))


def calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    known = st.sampled_from([*functions.names(), *(each.names[0] for each in aggregates.AGGREGATES), "bin", "nope"])
    argument = st.one_of(inner, inner, period, regex, st.just("*"))
    return st.builds(lambda called, given: f"{called}({', '.join(given)})", known, st.lists(argument, max_size=4))


def operators(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    sign = st.sampled_from(("+", "-", "*", "/", "%", "^", "=", "!=", "<", ">=", "and", "or", "like", "not like", "=~"))
    pair = st.builds(lambda one, op, other: f"({one} {op} {other})", inner, sign, st.one_of(inner, inner, regex))
    among = st.builds(
        lambda it, held: f"{it} in [{', '.join(held)}]", inner, st.lists(st.one_of(text, number), max_size=3)
    )
    return st.one_of(pair, among, inner.map(lambda it: f"not {it}"), inner.map(lambda it: f"-{it}"))


expression = st.recursive(leaf, lambda inner: st.one_of(calls(inner), operators(inner)), max_leaves=6)
item = st.builds(lambda it, alias: f"{it}{alias}", expression, st.sampled_from(("", "", " as x", " as y", " as z")))
items = st.lists(item, min_size=1, max_size=3).map(", ".join)
command = st.one_of(
    items.map(lambda it: f"fields {it}"),
    items.map(lambda it: f"display {it}"),
    expression.map(lambda it: f"filter {it}"),
    st.builds(lambda it, how: f"sort {it} {how}", expression, st.sampled_from(("", "asc", "desc"))),
    st.sampled_from(("limit 1", "limit any 2", "tail 2", "head 1", "limit 0", "estimate", "anomaly", "diff")),
    st.builds(lambda it, by: f"stats {it}{by}", items, st.one_of(st.just(""), items.map(lambda it: f" by {it}"))),
    st.lists(name, min_size=1, max_size=2).map(lambda it: f"dedup {', '.join(it)}"),
    st.builds(lambda it, how: f"parse {it} {how}", name, st.one_of(
        st.sampled_from(('"* *" as x, y', '"a=*" as x', '"*" as z', '"" as x', "logfmt as x", "csv as x, y")),
        regex, regex.map(lambda it: f"{it} as x"), regex.map(lambda it: f"{it} multi"),
    )),
    expression.map(lambda it: f"pattern {it}"),
    name.map(lambda it: f"unnest {it} into y"),
    name.map(lambda it: f"expand {it}"),
    name.map(lambda it: f"lookup t k as {it} OUTPUT v"),
    name.map(lambda it: f"cidrlookup t {it} as k OUTPUTNEW v"),
    name.map(lambda it: f"filter {it} in (SOURCE 'g' | fields {it})"),
    st.builds(lambda a, b: f"join type=left left=l right=r where l.{a} = r.{b} (SOURCE 'g' | fields {b})", name, name),
    name.map(lambda it: f"appendcols (SOURCE 'g' | fields {it} as z)"),
    name.map(lambda it: f"accum {it} as z"), name.map(lambda it: f"autoregress {it} p=1-2"),
    name.map(lambda it: f"filldown {it}"), name.map(lambda it: f"sessionize {it} maxspan 1m"),
    name.map(lambda it: f"countFrequent {it}"), name.map(lambda it: f"outlier {it}"),
    st.sampled_from(("fillmissing", "addtotals", "addtotals col=true", "diff", "logcompare timeshift 1h", "unmask a")),
)  # fmt: skip
query = st.lists(command, min_size=1, max_size=4).map(" | ".join)
soup = st.lists(
    st.one_of(st.sampled_from((*NAMES, *"|()[],/'`#\n=", '"', "as", "by", "5m")),
              st.sampled_from(sorted(keywords())), text, number),
    max_size=12,
).map(" ".join)  # fmt: skip


@pytest.fixture(scope="module", params=["settled", "recent"])
def odd(request: Any, _opened_store: Store) -> tuple[Store, World]:
    """A store with events of every odd kind."""
    _opened_store.reset()
    logs.append(_opened_store, 1, 1, [T0_MS + n for n in range(len(MESSAGES))], MESSAGES, T0_MS)
    if request.param == "settled":
        settle_logs(_opened_store, now=True)
    recent = log_queries.has_recent(_opened_store)
    groups = [Group(1, "g")]
    return _opened_store, World(
        account="000000000000",
        region="us-east-1",
        start_ms=T0_MS - 1000,
        end_ms=T0_MS + 1000,
        now_ms=T0_MS,
        groups=groups,
        types=None if recent else log_queries.types(_opened_store, [1]),
        streams={1: "s"},
        select=lambda _: groups,
        table=lambda _: LookupTable(columns=("k", "v"), rows=(("x", "1"), ("10.0.0.0/8", "2"))),
    )


@given(query)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_any_query_has_an_answer_or_an_error(odd: tuple[Store, World], asked: str) -> None:
    """The engine carries out whatever compiles, and what compiles reads back the same."""
    store, world = odd
    plan = tried(asked, world)
    if plan is None:
        return
    tree = parse(asked)
    assert parse(render(tree)) == tree
    recent = world.types is None
    try:
        if isinstance(plan, Mined):
            plan = continued(
                plan, mine(results.texts(log_queries.select(store, plan.statement, recent=recent, time_s=5)))
            )
        rows = results.rows(log_queries.select(store, plan.statement, recent=recent, time_s=5), plan)
    except StoreError as err:
        if not err.late:
            raise
        return
    assert all(isinstance(value, str) for row in rows for _, value in row)


@given(st.one_of(st.text(max_size=40), soup))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_any_text_is_a_query_or_an_error(asked: str) -> None:
    """With a place inside the text."""
    tried(asked, BARE)


LONG = (
    *("fields " + "(" * 5000, "fields " + "-" * 9000 + "1", "filter " + "not " * 2000 + "a"),
    *("fields " + "1^" * 4000 + "1", "filter a" + " or a" * 1900, "fields a |" * 900),
)


@pytest.mark.parametrize("asked", LONG)
def test_deep_and_long_queries_end(asked: str) -> None:
    """In a tree, or in an error that says how much is too much."""
    tried(asked, BARE)


BARE = World(account="1", region="r", start_ms=0, end_ms=1000, now_ms=0, groups=[Group(1, "g")])


def tried(asked: str, world: World) -> Compiled | Mined | None:
    """The plan of the query; none where it is wrong, and then the error names a place in it."""
    try:
        return compiled(parse(asked), world)
    except LanguageError as err:
        found = err
    assert found.message
    assert 0 <= found.span[0] <= found.span[1] <= len(asked)
    return None


def test_fields_of_one_event_are_those_that_queries_read(odd: tuple[Store, World]) -> None:
    """What GetLogRecord shows of an event is what `fields` gives for it."""
    store, world = odd
    events = logs.read(store, 1, limit=100)
    for event in events:
        shown = discovered(event.message)
        names = sorted(shown)
        if not names:
            continue
        listed = ", ".join("`" + "`.`".join(part.split(".")) + "`" if "@" not in part else part for part in names)
        plan = compiled(parse(f"filter @timestamp = {event.at_ms} | display {listed}"), world)
        assert not isinstance(plan, Mined)
        rows = results.rows(log_queries.select(store, plan.statement, recent=world.types is None), plan)
        assert {key: value for key, value in rows[0] if key != "@ptr"} == shown, event.message
