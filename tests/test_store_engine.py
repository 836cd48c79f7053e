"""The engine's handles: what went wrong in one query is not the next one's."""

from __future__ import annotations

import pytest

from bayon.errors import StoreError
from bayon.store.store import Store


def test_a_query_after_one_that_took_too_long_answers_its_own_question(store: Store) -> None:
    """Its handle still held a part of the other's answer (found 2026-11)."""
    for number in range(3):
        with pytest.raises(StoreError) as raised:
            store.query("SELECT count() FROM numbers(1000000000000) WHERE number % 3 = 1", time_s=0.1)
        assert raised.value.retryable
        assert store.query(f"SELECT toUInt8({number}) AS n")["n"].to_pylist() == [number]


def test_so_does_a_long_query(store: Store) -> None:
    """They have handles of their own."""
    sql = "SELECT count() FROM numbers(1000000000000) WHERE number % 3 = 1"
    for number in range(3):
        with pytest.raises(StoreError) as raised:
            store.select(sql, {}, time_s=0.1, memory_bytes=2**30, tag="late")
        assert raised.value.late
        found = store.select(f"SELECT toUInt8({number}) AS n", {}, time_s=10, memory_bytes=2**30, tag="next")
        assert found["n"].to_pylist() == [number]
