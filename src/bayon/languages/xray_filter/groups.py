"""Tree → tree: each `group.name` and `group.arn` replaced by what that group's expression says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.xray_filter.parse import parse
from bayon.languages.xray_filter.tree import All, Any, Group, Not, Tree

Lookup = Callable[[Group], str | None]


def expand(tree: Tree, lookup: Lookup) -> Tree:
    """The tree without groups. In: `lookup` gives a group's expression, none where there is no such group.

    Raises: LanguageError for a group that does not exist, or stands for itself.
    """
    return _expand(tree, lookup, ())


def _expand(tree: Tree, lookup: Lookup, inside: tuple[str, ...]) -> Tree:
    match tree:
        case All() | Any():
            return replace(tree, terms=tuple(_expand(term, lookup, inside) for term in tree.terms))
        case Not():
            return replace(tree, term=_expand(tree.term, lookup, inside))
        case Group():
            expression = lookup(tree)
            if expression is None:
                raise LanguageError(f"expected a group that exists, found {tree.value!r}", tree.span)
            if tree.value in inside or len(inside) >= limits.FILTER_GROUPS_NESTED:
                raise LanguageError(
                    f"expected groups that do not stand for themselves, found {tree.value!r}", tree.span
                )
            try:
                inner = _expand(parse(expression), lookup, (*inside, tree.value))
            except LanguageError as error:  # its characters are those of another text
                raise LanguageError(error.message, tree.span) from error
            return inner if tree.operator == "=" else Not(inner, tree.span)
        case _:
            return tree
