"""`relevantfields`, which bayon does not do: it says so. Source: logs.md §3.6."""

from __future__ import annotations

from bayon.errors import LanguageError
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Command, Keyword


def parse(reader: Reader, span: Span) -> Command:
    """Raises: LanguageError."""
    raise LanguageError("relevantfields is not implemented", span)


KEYWORD = Keyword(("relevantfields",), parse)
