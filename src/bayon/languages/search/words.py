"""How names and terms fall into words: at capitals, between letters and digits, and at anything else.

The listing of series keeps each of its names so, see `store.series_words`.
"""

from __future__ import annotations

import re

_RUN = re.compile(r"[A-Za-z0-9]+")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def runs(text: str) -> list[list[str]]:
    """The unbroken runs of letters and digits, each as its pieces: `SDBFailure-2` is [[SDB, Failure], [2]]."""
    return [_PIECE.findall(run) for run in _RUN.findall(text)]


def tokens(name: str) -> list[str]:
    """What a name is found by: the whole of it without anything between, and its pieces, in lower case.

    Source: CloudWatch user guide, search expression syntax.
    """
    whole = "".join(_RUN.findall(name)).lower()
    pieces = [piece.lower() for run in runs(name) for piece in run]
    return list(dict.fromkeys([whole, *pieces]))
