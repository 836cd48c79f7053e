"""From sums since a start to what was added since the point before.

What was counted last is remembered durably, so that a restart of bayon loses no interval. A total that grew less than
the one before began anew. The first total that is seen counts whole if its counting began lately, since then bayon
cannot have missed anything of note; else it is only where counting starts.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec

from bayon import limits
from bayon.errors import BayonError
from bayon.services.otlp.signals import Point
from bayon.store import metric_totals
from bayon.store.metric_totals import Total
from bayon.store.store import Store

_lock = threading.Lock()


class Ledger:
    """The totals of one export, made by `ledger`."""

    def __init__(self, known: dict[int, Total]) -> None:
        self._known = known
        self._before: dict[int, Total | None] = {}
        self.grown: dict[int, Total] = {}

    def added(self, key: int, start_ns: int, at_ns: int, numbers: tuple[float, ...]) -> tuple[float, ...] | None:
        """What was added since the total before; none where that is not known or nothing newer than it."""
        with _lock:
            before = self._known.get(key)
            if before is not None and at_ns <= before.at_ns:
                return None
            self._before.setdefault(key, before)
            self._known[key] = self.grown[key] = Total(at_ns, numbers)
        if before is None:
            return numbers if start_ns and at_ns - start_ns <= limits.OTLP_FIRST_TOTAL_NS else None
        if len(before.numbers) != len(numbers) or any(
            new < old for new, old in zip(numbers, before.numbers, strict=True)
        ):
            return numbers
        return tuple(new - old for new, old in zip(numbers, before.numbers, strict=True))

    def forget(self) -> None:
        """The totals are as before the export."""
        with _lock:
            for key, before in self._before.items():
                if before is None:
                    self._known.pop(key, None)
                else:
                    self._known[key] = before


@contextmanager
def ledger(store: Store, keys: Iterable[int]) -> Iterator[Ledger]:
    """The totals of those keys; when the block fails they are as before. Keeping `grown` is the block's business."""
    known: dict[int, Total] = store.caches.setdefault("metric totals", {})
    with _lock:
        if len(known) > limits.OTLP_TOTALS_CACHED:
            known.clear()
        missing = [key for key in set(keys) if key not in known]
    found = metric_totals.read(store, missing)
    with _lock:
        for key, total in found.items():
            known.setdefault(key, total)
    entries = Ledger(known)
    try:
        yield entries
    except BayonError:
        entries.forget()
        raise


def total_key(account: str, region: str, point: Point) -> int:
    """The number that a point's totals go by."""
    stream = point.stream
    parts = [
        *(account, region, stream.name, stream.unit, stream.source.scope_name, point.start_ns),
        *(sorted(stream.source.resource.items(), key=_name), sorted(point.attributes.items(), key=_name)),
    ]
    return int.from_bytes(hashlib.blake2b(msgspec.json.encode(parts), digest_size=8).digest(), "little")


def _name(pair: tuple[str, object]) -> str:
    return pair[0]
