"""SVG as text: elements, attributes, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """The element; `_` in names of attributes stands for `-`, one that is None is left out."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_value(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def text(
    x: float, y: float, words: str, *, fill: str, size: float = 11, anchor: str = "start", bold: bool = False
) -> str:
    """A line of text whose baseline begins, ends or has its middle at the point."""
    weight = "700" if bold else None
    anchored = None if anchor == "start" else anchor
    letters = escape(_NOT_XML.sub("\ufffd", words))
    return element("text", letters, x=x, y=y, fill=fill, font_size=size, text_anchor=anchored, font_weight=weight)


def shortened(words: str, width: float, size: float = 11) -> str:
    """The words, or as many of their letters as the width has room for, with an ellipsis."""
    room = int(width / letter_width(size))
    return words if len(words) <= room else words[: max(room - 1, 0)] + "…"


def letter_width(size: float) -> float:
    """How wide a letter is on average: text is placed without measuring it."""
    return size * 0.56


def points(pairs: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in pairs)


def number(value: float) -> str:
    """At most two decimals."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def _value(value: str | float) -> str:
    return _NOT_XML.sub("\ufffd", value) if isinstance(value, str) else number(value)
