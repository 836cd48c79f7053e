"""Pages of matching events: a walk that ends early, and often, still sees each matching event once, in both ways."""

from __future__ import annotations

import pytest

from bayon import limits
from bayon.languages.filter_pattern import parse, sql
from bayon.services.logs.pages import Span, read_matching_page
from bayon.store import logs
from bayon.store.logs import Position
from bayon.store.settle_logs import settle_logs
from bayon.store.store import Store

EVENTS = 60


@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize("pattern", ["{ $.n = 7 }", "needle", "%need%"])
def test_a_search_that_takes_too_long_goes_on_with_the_next_page(
    store: Store, monkeypatch: pytest.MonkeyPatch, pattern: str, newest: bool
) -> None:
    """Few events a page are searched, some of them settled and some recent, several of one millisecond."""
    monkeypatch.setattr(limits, "FILTER_FIRST_ROWS", 5)
    monkeypatch.setattr(limits, "FILTER_PAGE_S", 0)
    monkeypatch.setattr(limits, "FILTER_EMPTY_PAGE_S", 0)
    messages = [f'{{"n": {n % 10}, "text": "{"needle" if n % 10 == 7 else "hay"}"}}' for n in range(EVENTS)]
    times_ms = [1000 + n // 5 for n in range(EVENTS)]
    logs.append(store, 1, 1, times_ms[:30], messages[:30], 0)
    settle_logs(store, now=True)
    logs.append(store, 1, 2, times_ms[30:], messages[30:], 0)
    tree = parse(pattern)
    gap: Position | None = None
    found: list[str] = []
    pages = 0
    while True:
        span = Span(1, None, 0, None)
        condition = sql.condition(tree)
        page = read_matching_page(store, span, gap, 2, condition, newest=newest, step_ms=0)
        found += [event.message for event in page.events]
        pages += 1
        if not page.more:
            break
        gap = page.gap
    expected = [message for message in messages if "needle" in message]
    assert found == (expected[::-1] if newest else expected)
    assert pages >= 3
