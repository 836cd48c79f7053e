"""How the listing of series keeps names for searches: the column `words`, computed by the engine when a series is
listed, so that a search reads one text a series.

A name stands on two lines, `\\n<what>\\t …` with its pieces between blanks and then all of it in one: of the namespace
`N`, the metric name `M`, a dimension's name `K`, its value `D<name>`. Where pieces end is `languages.search.words`.
"""

from __future__ import annotations

_APART = r"replaceRegexpAll({0}, '([A-Z])([A-Z][a-z])', '\\1 \\2')"
_PIECES = f"arrayStringConcat(extractAll({_APART}, '[A-Z]?[a-z]+|[A-Z]+|[0-9]+'), ' ')"
_WHOLE = "replaceRegexpAll({0}, '[^A-Za-z0-9]', '')"


def _lines(what: str, name: str) -> str:
    """SQL of the two lines of a name; `what` and `name` are SQL too."""
    return rf"concat('\n', {what}, '\t ', {_PIECES.format(name)}, ' \n', {what}, '\t ', {_WHOLE.format(name)}, ' ')"


_DIMENSION = (
    f"concat({_lines(chr(39) + 'K' + chr(39), 'd.1')}, {_lines('concat(' + chr(39) + 'D' + chr(39) + ', d.1)', 'd.2')})"
)
WORDS = (
    f"concat({_lines(chr(39) + 'N' + chr(39), 'toString(namespace)')}, {_lines(chr(39) + 'M' + chr(39), 'name')}, "
    rf"arrayStringConcat(arrayMap(d -> {_DIMENSION}, dimensions)), '\n')"
)


def words_listed() -> tuple[str, ...]:
    """The step from a version whose listing had no words."""
    return (
        f"ALTER TABLE metric_series ADD COLUMN IF NOT EXISTS words String MATERIALIZED {WORDS} CODEC(ZSTD(1))",
        "ALTER TABLE metric_series MATERIALIZE COLUMN words SETTINGS mutations_sync = 1",
    )
