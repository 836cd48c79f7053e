"""Every case of cases/insights against the engine, once with the events settled and once with them recent.

A case names groups of its file by their keys, a query, and the `rows` it gives (a set unless `ordered`) or the `error`:
what it `says`, and the characters it is `at`. `-k Q12` runs one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bayon.errors import LanguageError
from bayon.languages.insights.fields import Group
from bayon.languages.insights.mining import Mined
from bayon.languages.insights.parser import parse, render
from bayon.languages.insights.patterns import mine
from bayon.languages.insights.plan import compiled, continued
from bayon.languages.insights.world import LookupTable, World
from bayon.services.logs import results
from bayon.store import log_queries, logs
from bayon.store.settle_logs import settle_logs
from bayon.store.store import Store

FOLDER = Path(__file__).parent / "cases" / "insights"
Case = dict[str, Any]


def cases() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        file = yaml.safe_load(path.read_text())
        for case in file["cases"]:
            yield pytest.param((path.stem, case), id=f"{path.stem}: {case['name']}")


class Data:
    """The groups of a file, in the store under numbers of their own."""

    def __init__(self, store: Store, stem: str, first: int) -> None:
        file = yaml.safe_load((FOLDER / f"{stem}.yaml").read_text())
        self.window = file["window"]
        self.texts: dict[str, str] = {}
        self.groups: dict[str, Group] = {}
        self.streams: dict[int, str] = {}
        for group in file["groups"]:
            held = self.groups[group["key"]] = Group(first + len(self.groups), group["name"])
            for stream, events in group["streams"].items():
                number = len(self.streams) + 1
                self.streams[number] = stream
                self.texts |= {f"{name}": text for name, _, text in events}
                times = [at for _, at, _ in events]
                logs.append(store, held.id, number, times, [text for _, _, text in events], times[-1])
        self.tables: dict[str, list[list[str]]] = dict(file.get("lookup_tables", {}))

    def world(self, case: Case) -> World:
        start, end = self.window
        return World(
            account="000000000000",
            region="us-east-1",
            start_ms=start * 1000,
            end_ms=end * 1000 + 999,
            now_ms=end * 1000,
            groups=[self.groups[key] for key in case["groups"]],
            limit=case.get("limit"),
            streams=self.streams,
            select=self.select,
            table=self.table,
        )

    def select(self, wanted: Any) -> Sequence[Group]:
        prefixes = tuple(wanted.get("namePrefix", ("",)))
        return [
            group
            for group in self.groups.values()
            if group.name in wanted["names"] or (wanted["every"] and group.name.startswith(prefixes))
        ]

    def table(self, name: str) -> LookupTable | None:
        if name not in self.tables:
            return None
        columns, *rows = self.tables[name]
        return LookupTable(columns=tuple(columns), rows=tuple(map(tuple, rows)))


@pytest.fixture(scope="module", params=["settled", "recent"])
def filled(request: Any, _opened_store: Store) -> tuple[Store, dict[str, Data]]:
    """The events of every file."""
    _opened_store.reset()
    stems = [path.stem for path in sorted(FOLDER.glob("*.yaml"))]
    data = {stem: Data(_opened_store, stem, 1 + 100 * place) for place, stem in enumerate(stems)}
    if request.param == "settled":
        settle_logs(_opened_store, now=True)
    return _opened_store, data


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: tuple[str, Case], filled: tuple[Store, dict[str, Data]]) -> None:
    """The query gives the rows, or the error, that the case says."""
    store, files = filled
    stem, said = case
    assert said.get("source"), "a case without a source proves nothing"
    data = files[stem]
    world = data.world(said)
    if "error" in said:
        with pytest.raises(LanguageError) as caught:
            compiled(parse(said["query"]), world)
        assert said["error"]["says"] in caught.value.message
        if "at" in said["error"]:
            assert list(caught.value.span) == said["error"]["at"]
        return
    found = run(store, said["query"], world)
    expected = [{key: filled_in(key, value, data) for key, value in row.items()} for row in said["rows"]]
    shown = [{key: value for key, value in row if key != "@ptr"} for row in found]
    if not said.get("ordered"):
        shown, expected = sorted(shown, key=repr), sorted(expected, key=repr)
        shown.sort(key=lambda row: sorted((key, rough(value)) for key, value in row.items()))
        expected.sort(key=lambda row: sorted((key, rough(value)) for key, value in row.items()))
    assert len(shown) == len(expected), shown
    for one, other in zip(shown, expected, strict=True):
        assert list(one) == list(other), shown
        assert all(same(one[key], other[key]) for key in other), shown


@pytest.mark.parametrize("case", [case for case in cases() if "error" not in case.values[0][1]])
def test_what_is_rendered_parses_to_the_same(case: tuple[str, Case]) -> None:
    """The text of a tree has that tree."""
    tree = parse(case[1]["query"])
    again = parse(render(tree))
    assert again == tree


def run(store: Store, query: str, world: World) -> list[results.Row]:
    """The rows of the query."""
    group_ids = [group.id for group in world.groups]
    recent = log_queries.has_recent(store)
    known = replace(world, types=None if recent else log_queries.types(store, group_ids))
    found = compiled(parse(query), known)
    if isinstance(found, Mined):
        found = continued(found, mine(results.texts(log_queries.select(store, found.statement, recent=recent))))
    return results.rows(log_queries.select(store, found.statement, recent=recent), found)


def filled_in(key: str, value: Any, data: Data) -> str:
    """What a case says for short, in full."""
    text = str(value)
    if text in data.texts:
        return data.texts[text]
    if key == "@requestId":
        return "-".join(text[1] * count for count in (8, 4, 4, 4, 12))
    if len(text) == 12 and text[2] == ":":
        return f"2026-03-02 {text}"
    return text


def same(found: str, expected: str) -> bool:
    try:
        return math.isclose(float(found), float(expected), abs_tol=1e-4)
    except ValueError:
        return found == expected


def rough(value: str) -> str:
    try:
        return f"{float(value):020.3f}"
    except ValueError:
        return value
