"""Filter patterns as requests give them: read once, refused in AWS's terms."""

from __future__ import annotations

from functools import lru_cache

from bayon import limits
from bayon.errors import AwsError, LanguageError
from bayon.languages.filter_pattern import Pattern, has_regex, parse
from bayon.services.logs.identifiers import invalid
from bayon.services.operation import Context
from bayon.state import metric_filters, subscription_filters
from bayon.state.log_groups import LogGroup


def read_pattern(text: str) -> Pattern:
    """The pattern. Raises: InvalidParameterException, which says what is wrong and where. Source: logs.md §4.1."""
    try:
        return _parsed(text)
    except LanguageError as err:
        place = "at the end" if err.span[0] >= len(text) else f"at character {err.span[0] + 1}"
        raise invalid(f"Invalid filter pattern: {err.message}, {place}") from err


def check_regexes(ctx: Context, group: LogGroup, pattern: Pattern, name: str) -> None:
    """Raises: LimitExceededException where the group has as many filters with regular expressions as it may have,
    besides the one of that name. Source: logs.md §1.6."""
    if not has_regex(pattern):
        return
    others = [
        *(each.pattern for each in metric_filters.of_groups(ctx.state, [group.id]) if each.name != name),
        *(each.pattern for each in subscription_filters.of_groups(ctx.state, [group.id]) if each.name != name),
    ]
    regexes = sum(has_regex(read_pattern(each)) for each in others)
    if regexes >= limits.LOG_GROUP_REGEX_FILTERS:
        raise AwsError("LimitExceededException", "Resource limit exceeded.")


_parsed = lru_cache(maxsize=limits.FILTER_PATTERNS_CACHED)(parse)
