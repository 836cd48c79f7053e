"""Tokens → tree: commands with `|` between them. What a command takes is in its own file.

Source: logs.md §3.4.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from bayon import catalog, limits
from bayon.errors import LanguageError
from bayon.languages.insights import commands
from bayon.languages.insights.expressions import reads_queries
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tree import Command, Keyword, Query


def parse(text: str) -> Query:
    """The tree of a query. Raises: LanguageError."""
    if len(text) > limits.INSIGHTS_TEXT_CHARS:
        raise LanguageError(f"expected at most {limits.INSIGHTS_TEXT_CHARS} characters", (0, len(text)))
    reader = Reader(text)
    found = query(reader)
    if not reader.ends():
        reader.fail("'|' or the end of the query")
    return found


@reads_queries
def query(reader: Reader) -> Query:
    """The commands that come next, up to the end or the bracket around them. Raises: LanguageError."""
    start = reader.next.span[0]
    found = [_command(reader)]
    while token := reader.mark("|"):
        if len(found) == limits.INSIGHTS_COMMANDS:
            raise LanguageError(f"expected at most {limits.INSIGHTS_COMMANDS} commands", token.span)
        found.append(_command(reader))
    return Query(tuple(found), reader.span_from(start))


def render(tree: Query) -> str:
    """Text that parses to the same tree."""
    return " | ".join(command.render() for command in tree.commands)


def keywords() -> Mapping[str, Keyword]:
    """How every command starts, by each of its names in lower case."""
    return _keywords()


@functools.cache
def _keywords() -> dict[str, Keyword]:
    declared = catalog.collect(commands, Keyword, lambda keyword: keyword.names[0])
    return {name.lower(): keyword for keyword in declared.values() for name in keyword.names}


def _command(reader: Reader) -> Command:
    token = reader.next
    keyword = keywords().get(token.word)
    if keyword is None:
        reader.fail("a command, such as fields, filter, parse, stats, sort or limit")
    reader.take()
    command = keyword.parse(reader, token.span)
    if not reader.ends():
        reader.fail(f"'|' or the end of the query after {keyword.names[0]}")
    return command
