"""The models' regular expressions, which are Java's, as Python's.

A pattern must match the whole value. Unicode classes such as `\\p{L}` are written out; a pattern that Python still
cannot express is not enforced.
"""

from __future__ import annotations

import functools
import re
import unicodedata
import warnings

# The same language in words that Python has, or that do not take a time cubic in the text's length.
_REWRITTEN = {
    r"[ -~]*[!-~]+[ -~]*": r"(?= *[!-~])[ -~]+",  # application-signals
    r"^(?![^:\\]*/action/|(?i).*<script>.*</script>.*)[^:\\]+$": (  # budgets
        r"^(?![^:\\]*/action/|(?i:.*<script>.*</script>.*))[^:\\]+$"
    ),
}
_UNICODE_CLASS = re.compile(r"\\p\{([A-Z][a-z]?)\}")
_LAST_ASSIGNED_PLANE = 0x323B0  # beyond are only tags, variation selectors and private use


@functools.cache
def expression(pattern: str) -> str | None:
    """The Python pattern for `re.search` that accepts what the model's pattern accepts, or None where there is none."""
    pattern = _REWRITTEN.get(pattern, pattern)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Python warns where its reading may differ from Java's
        try:
            text = rf"\A(?:{_UNICODE_CLASS.sub(lambda match: _ranges(match[1]), _escaped(pattern))})\Z"
            re.compile(text)
        except (re.error, Warning):
            return None
    return text


def _escaped(pattern: str) -> str:
    # In `[\p{Z}-_]` Java reads a literal hyphen; Python would take it for a range.
    return re.sub(r"(\\p\{[A-Z][a-z]?\}|\\[wds])-(?=[^\]])", r"\1\\-", pattern)


@functools.cache
def _ranges(category: str) -> str:
    """The characters of a Unicode category as the inside of a character class."""
    parts: list[str] = []
    start = None
    for point in range(_LAST_ASSIGNED_PLANE):
        inside = unicodedata.category(chr(point)).startswith(category)
        if inside and start is None:
            start = point
        elif not inside and start is not None:
            parts.append(f"\\U{start:08x}-\\U{point - 1:08x}")
            start = None
    return "".join(parts)
