"""Regular expressions of filter patterns: a part of RE2's syntax, which always ends in time linear to the text.

Source: logs.md §4.2 for the characters allowed; what a dot and an anchor mean is RE2's, the dot matching every
character.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.filter_pattern.tree import Regex

_ALLOWED = re.compile(r"[A-Za-z0-9:_#=@/;,\- ^$?\[\]{}|*+.]|\\(?:[dDsSwW]|x[0-9A-Fa-f]{2}|[:_#=@/;,\-^$?\[\]{}|\\*+.])")
_OPEN_BOUND = re.compile(r"(\\.)|\{,(\d+)\}")


def check(regex: Regex) -> None:
    """Raises: LanguageError where a pattern may not hold the expression or it is none."""
    at = 0
    start = regex.span[0] + 1
    while at < len(regex.source):
        allowed = _ALLOWED.match(regex.source, at)
        if allowed is None:
            found = regex.source[at : at + 2] if regex.source[at] == "\\" else regex.source[at]
            raise LanguageError(
                f"expected only characters that regular expressions of filter patterns may hold, found '{found}'",
                (start + at, start + at + len(found)),
            )
        at = allowed.end()
    import re2

    try:
        _compiled(regex.source)
    except re2.error as err:
        raise LanguageError(f"expected a regular expression, found one with {_reason(err)}", regex.span) from err


def engine_source(regex: Regex) -> str:
    """The expression as the store's engine and RE2 itself take it."""
    return "(?s)" + _OPEN_BOUND.sub(lambda found: found[1] or f"{{0,{found[2]}}}", regex.source)


def searching(regex: Regex) -> Callable[[str], bool]:
    """Whether a text holds a match."""
    search = _compiled(regex.source).search
    return lambda text: search(text) is not None


@functools.lru_cache(maxsize=limits.FILTER_REGEXES_CACHED)
def _compiled(source: str):  # type: ignore[no-untyped-def]  # re2 publishes no types
    import re2

    options = re2.Options()
    options.max_mem = limits.FILTER_REGEX_BYTES
    options.log_errors = False
    return re2.compile(engine_source(Regex(source)), options)


def _reason(err: Exception) -> str:
    reason = err.args[0] if err.args else "an error"
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
