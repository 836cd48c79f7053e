"""The rows of a query as Logs Insights writes them: every value a string, what is missing left out.

Source: logs.md §3.5.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from bayon import limits
from bayon.errors import StoreError
from bayon.languages.insights.patterns import Texts
from bayon.languages.insights.plan import Column, Compiled
from bayon.languages.insights.value import NUMERIC, Kind

Row = list[tuple[str, str]]
Rows = pa.Table
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXACT = 2**53
PLAIN = ("@ptr", "@log", "@logStream")  # names and places, which are no part of any event


def rows(table: pa.Table, compiled: Compiled, mask: Callable[[str], str] | None = None) -> list[Row]:
    """Each row's fields in the order of the columns, then `@ptr` where the row is an event.

    In: `mask` hides in a text what must not be seen; columns that the query unmasks stay as they are.
    """
    columns = [
        (column.name, _column(held.to_pylist(), column, None if column.name in compiled.unmasked else mask))
        for column, held in zip(compiled.columns, table.columns, strict=False)
    ]
    if compiled.points and all(column.name != "@ptr" for column in compiled.columns):
        columns.append(("@ptr", list(_pointers(table))))
    return [
        [(name, value) for name, values in columns if (value := values[place]) is not None]
        for place in range(table.num_rows)
    ]


def _column(values: list[Any], column: Column, mask: Callable[[str], str] | None) -> list[str | None]:
    found = [written(each, column.kind) for each in values]
    if mask is None or column.kind in NUMERIC or column.name in PLAIN:
        return found
    return [None if each is None else mask(each) for each in found]


def texts(table: pa.Table) -> list[Texts]:
    """The texts that patterns are to be found in."""
    columns = [table[name].to_pylist() for name in ("masked", "n", "before", "samples", "parts")]
    return [Texts(*row) for row in zip(*columns, strict=True)]


def check_size(found: list[Row]) -> None:
    """Raises: StoreError where the rows are more than a query may hold."""
    size = sum(len(name) + len(value) for row in found for name, value in row)
    if size > limits.INSIGHTS_RESULT_BYTES:
        raise StoreError(
            f"the rows have {size} characters, more than {limits.INSIGHTS_RESULT_BYTES}: ask for fewer", retryable=False
        )


def written(value: Any, kind: Kind) -> str | None:
    """A value as text; none for nothing, also for what is no number."""
    if value is None:
        return None
    if kind is Kind.TIME:
        return time(int(value))
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return number(value)
    return str(value)


def time(at_ms: int) -> str:
    """`YYYY-MM-DD HH:MM:SS.mmm` in UTC, or the number where no calendar reaches."""
    try:
        return (EPOCH + timedelta(milliseconds=at_ms)).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    except OverflowError:
        return str(at_ms)


def number(value: float) -> str | None:
    """Whole numbers without a fraction, others as short as they can be read back."""
    if not math.isfinite(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)


def pointer(group_id: int, at_ms: int, seq: int) -> str:
    """What GetLogRecord finds the event by."""
    return base64.b64encode(f"{group_id}.{at_ms}.{seq}".encode()).decode()


def pointed(text: str) -> tuple[int, int, int] | None:
    """Group, time and arrival of the event that the pointer is to; none where it is no pointer of bayon's."""
    try:
        group_id, at_ms, seq = (int(part) for part in base64.b64decode(text, validate=True).decode().split("."))
    except (binascii.Error, ValueError):
        return None
    return (group_id, at_ms, seq) if group_id < 2**63 and seq < 2**64 and abs(at_ms) < 2**63 else None


def _pointers(table: pa.Table) -> Iterator[str]:
    columns = (table[name].to_pylist() for name in ("p0", "p1", "p2"))
    return (pointer(*place) for place in zip(*columns, strict=True))
