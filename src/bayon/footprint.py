"""Gives back memory that only starting needed. Linux only; elsewhere nothing happens.

Loading the engine touches most of its half a gigabyte of code once, and all of that then counts as resident. The pages
are unchanged copies of a file, so they can be dropped: what is needed again comes back from the page cache.
Measured 2026-11: of 355 MB resident after the start 195 MB stay, 235 MB half a minute later; it takes 20 ms.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path

SMAPS = Path("/proc/self/smaps")
MADV_DONTNEED = 4
DROPPED_BYTES_MIN = 1024 * 1024
_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r-(.)p \S+ \S+ [1-9]\d* .*/.*\.so")


def drop_loaded_code() -> None:
    """Unchanged pages of shared libraries are no longer resident until they are used again."""
    if not SMAPS.exists():
        return
    madvise = ctypes.CDLL(None, use_errno=True).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for start, size in _unchanged(SMAPS.read_text()):
        madvise(start, size, MADV_DONTNEED)


def _unchanged(smaps: str) -> Iterator[tuple[int, int]]:
    """Start and size of each large read-only mapping of a library of which this process changed no page."""
    for block in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", smaps):
        if (mapping := _MAPPING.match(block)) and re.search(r"\nAnonymous: +0 kB", block):
            start, end = int(mapping[1], 16), int(mapping[2], 16)
            if end - start >= DROPPED_BYTES_MIN:
                yield start, end - start
