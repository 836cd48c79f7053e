"""Filter expressions find the traces that tests/cases/xray_filter say, or are refused at the characters that are wrong.

A case file names `traces`, each a list of documents, and `groups` by name; a case has a `filter` and what it `matches`,
or its `error`: where (`at`) and some of what it `says`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bayon.errors import LanguageError
from bayon.languages.xray_filter.groups import expand
from bayon.languages.xray_filter.parse import parse, parse_selector
from bayon.languages.xray_filter.sql import compile_filter
from bayon.languages.xray_filter.tree import Tree, render
from bayon.services.xray.sum_up import sum_up
from bayon.services.xray.upload import take
from bayon.store import summaries
from bayon.store.store import Store
from bayon.store.summaries import Selection
from xray_documents import B, full, trace_id

ACCOUNT, REGION = "000000000000", "us-east-1"
FILES = {
    path.stem: yaml.safe_load(path.read_text())
    for path in (Path(__file__).parent / "cases" / "xray_filter").glob("*.yaml")
}
CASES = [(name, case) for name, file in FILES.items() for case in file["cases"]]


def tree_of(file: dict[str, Any], text: str) -> Tree:
    groups = file.get("groups", {})
    return expand(parse(text), lambda group: groups.get(group.value))


def matching(store: Store, tree: Tree) -> set[str]:
    found = compile_filter(tree)
    selection = Selection(ACCOUNT, REGION, B - 60, B + 60, "TraceId", found.sql, found.parameters)
    return {row.trace_id for row in summaries.page(store, selection, before=None, limit=1000)}


@pytest.mark.parametrize("name", [name for name, file in FILES.items() if "traces" in file])
def test_matches(name: str, store: Store) -> None:
    """Each expression of the file matches just the traces that it should."""
    file = FILES[name]
    ids = {trace: trace_id(number) for number, trace in enumerate(file["traces"], 1)}
    for trace, documents in file["traces"].items():
        texts = [json.dumps(full(document, ids[trace])) for document in documents]
        assert take(store, ACCOUNT, REGION, texts, 1000 * (B + 10)) == []
    assert sum_up(store)
    names = {id_: trace for trace, id_ in ids.items()}
    wrong = []
    for case in file["cases"]:
        assert case["source"]
        found = {names[id_] for id_ in matching(store, tree_of(file, case["filter"]))}
        if found != set(case["matches"]):
            wrong.append(f"{case['name']}: expected {sorted(case['matches'])}, found {sorted(found)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("file", "case"), [pytest.param(FILES[name], case, id=case["name"]) for name, case in CASES if "error" in case]
)
def test_error(file: dict[str, Any], case: dict[str, Any]) -> None:
    """Each wrong expression is refused where it is wrong, in words that say what was expected."""
    assert case["source"]
    with pytest.raises(LanguageError) as refused:
        compile_filter(tree_of(file, case["filter"]))
    assert list(refused.value.span) == case["error"]["at"]
    assert case["error"]["says"] in refused.value.message


@pytest.mark.parametrize("text", [case["filter"] for _, case in CASES if "error" not in case])
def test_a_tree_renders_to_a_text_of_itself(text: str) -> None:
    """Parsing what a tree renders gives the tree again."""
    assert parse(render(parse(text))) == parse(text)


WORDS = [
    *("ok", "!", "(", ")", "{", "}", '"a"', "=", ">", "5", "service", "edge", "id", "name", ":", ",", "annotation.k"),
    *("AND", "OR", "rootcause.fault.entity", "CONTAINS", "user", "#[", "]", "annotation[", "true", "-1e3"),
]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=20))
def test_any_text_is_a_filter_or_an_error(text: str) -> None:
    """Nothing else than a tree or an error at characters of the text comes out, and trees compile."""
    span = (0, 0)
    try:
        compile_filter(expand(parse(text), lambda group: "ok"))
    except LanguageError as error:
        span = error.span
    assert 0 <= span[0] <= span[1] <= len(text)


def test_nesting_is_bounded() -> None:
    """As deep as AWS goes, and no deeper."""
    parse("(" * 63 + "ok" + ")" * 63)
    with pytest.raises(LanguageError, match="levels of nesting"):
        parse("(" * 64 + "ok" + ")" * 64)


@pytest.mark.parametrize("text", ['service("a")', 'edge("a", id(type: "client"))', 'id(name: "a", type: "b")'])
def test_selectors(text: str) -> None:
    """A selector names a service or an edge and nothing else."""
    assert parse_selector(text).filter is None
    for wrong in ("fault", f"{text} fault", "", f"{text} {{ fault }}"):
        with pytest.raises(LanguageError):
            parse_selector(wrong)
