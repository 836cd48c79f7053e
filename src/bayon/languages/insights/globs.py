"""How `parse` takes a text apart: by a glob of literals and holes, or by the groups of a regular expression.

A glob is compiled to searches for its literals, which is several times faster than the same as a regular expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon.errors import LanguageError
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.value import Kind, Value, text

if TYPE_CHECKING:
    from bayon.languages.insights.plan import Plan


def groups(regex: str) -> tuple[int, dict[str, int]]:
    """How many groups a regular expression has, and the places of those with names."""
    import re2

    compiled = re2.compile(regex)
    return compiled.groups, dict(compiled.groupindex)


def parse_glob(plan: Plan, source: Value, glob: str, aliases: tuple[str, ...], span: Span) -> None:
    """Each alias stands for the text in its hole, as little as possible, and up to the end where no literal follows.

    Of a text in which a literal is missing nothing is taken.
    """
    check_new(plan, aliases, span)
    whole = f"ifNull({source.text}, '')" if source.nullable else source.text
    literals = [plan.values.bind(part, "String") if part else "" for part in glob.split("*")]
    sizes = [len(part.encode()) for part in glob.split("*")]
    searched = plan.column(f"toValidUTF8({whole})") if not whole.isidentifier() else whole
    # `ends[n]` is where literal n ends, counted from one; 0 once a literal is missing.
    end = (
        f"if(position({searched}, {literals[0]}) = 0, 0, position({searched}, {literals[0]}) + {sizes[0]})"
        if literals[0]
        else "1"
    )
    ends = [plan.column(f"toUInt64({end})")]
    starts = [""]
    for place, (literal, size) in enumerate(zip(literals[1:], sizes[1:], strict=True), 2):
        before = ends[-1]
        found = (
            f"position({searched}, {literal}, {before})"
            if literal
            # An empty literal stands behind the whole text when it is the last, else at once.
            else (f"length({searched}) + 1" if place == len(literals) else before)
        )
        at = plan.column(f"toUInt64(if({before} = 0, 0, {found}))")
        starts.append(at)
        ends.append(plan.column(f"if({at} = 0, 0, {at} + {size})"))
    matched = f"{ends[-1]} > 0"
    for place, alias in enumerate(aliases):
        held = f"substring({searched}, {ends[place]}, {starts[place + 1]} - {ends[place]})"
        plan.define(alias, text(f"if({matched}, toNullable({held}), NULL)"))


def parse_regex(plan: Plan, source: Value, regex: str, aliases: tuple[str, ...], span: Span, *, multi: bool) -> None:
    """Each group's name, or alias in their order, stands for what it matched first; with `multi` a row a match."""
    count, named = groups(regex)
    places = dict(zip(aliases, range(1, count + 1), strict=True)) if aliases else named
    check_new(plan, tuple(places), span)
    pattern, whole = plan.values.bind(regex, "String"), f"ifNull({source.text}, '')"
    if multi:
        found = plan.column(f"extractAllGroupsVertical({whole}, {pattern})")
        plan.reach()
        plan.finish_rows()
        groups_ = plan.unnest(found, keep=True)
    elif count == 1:
        # One group needs no list of groups; the text around it tells an empty match from none.
        matched = plan.column(f"if(match({whole}, {pattern}), toNullable(extract({whole}, {pattern})), NULL)")
        plan.define(next(iter(places)), text(matched))
        return
    else:
        groups_ = plan.column(f"extractGroups({whole}, {pattern})")
    for alias, place in places.items():
        held = f"{groups_}[{place}]"
        plan.define(alias, Value(Kind.TEXT, f"if(empty({groups_}), NULL, toNullable({held}))"))


def check_new(plan: Plan, aliases: tuple[str, ...], span: Span) -> None:
    """Raises: LanguageError where an alias is in use, or given twice."""
    if len(set(aliases)) < len(aliases) or any(alias in plan.names for alias in aliases):
        raise LanguageError("Ephemeral field is already defined", span)
