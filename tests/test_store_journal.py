"""The journal gives back every record that was written whole, in order, and nothing of one that was not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayon.store.journal import Blocks, Journal

_BLOCKS = st.dictionaries(st.sampled_from(["a", "b", "ü"]), st.lists(st.text(max_size=5), max_size=5), min_size=1)


def _blocks(rows: dict[str, list[str]]) -> dict[str, pa.Table]:
    return {table: pa.table({"text": pa.array(texts, pa.string())}) for table, texts in rows.items()}


def _rows(records: list[Blocks]) -> list[dict[str, Any]]:
    return [{table: block["text"].to_pylist() for table, block in blocks.items()} for blocks in records]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(_BLOCKS, st.booleans()), max_size=8))
def test_what_was_written_is_left(tmp_path_factory: pytest.TempPathFactory, records: list[Any]) -> None:
    """Over any number of files."""
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder)
    for rows, turn in records:
        journal.write(_blocks(rows))
        if turn:
            journal.turn()
    left, files = Journal(folder).left()
    assert _rows(left) == [rows for rows, _ in records]
    assert sorted(folder.iterdir()) == files


@pytest.mark.parametrize("cut", [1, 11, 12, 40, -5])
def test_a_torn_record_was_never_written(tmp_path: Path, cut: int) -> None:
    """A crash in the middle of a write leaves the records before it."""
    journal = Journal(tmp_path)
    journal.write(_blocks({"a": ["first"]}))
    whole = journal._end
    journal.write(_blocks({"a": ["second"]}))
    torn = cut + (whole if cut > 0 else journal._end)
    (file,) = tmp_path.iterdir()
    data = file.read_bytes()
    file.write_bytes(data[:torn] + bytes(len(data) - torn))
    left, _ = Journal(tmp_path).left()
    assert _rows(left) == [{"a": ["first"]}]


def test_new_files_come_after_those_that_were_left(tmp_path: Path) -> None:
    """A file that was left is not written to again."""
    first = Journal(tmp_path)
    first.write(_blocks({"a": ["first"]}))
    second = Journal(tmp_path)
    second.write(_blocks({"a": ["second"]}))
    left, _ = Journal(tmp_path).left()
    assert _rows(left) == [{"a": ["first"]}, {"a": ["second"]}]
