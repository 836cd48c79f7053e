"""`bayon explain`: what a Logs Insights query becomes on its way to the engine. Needs no running bayon."""

from __future__ import annotations

import click

from bayon.errors import BayonError, LanguageError

SECTION = "Use"


@click.command()
@click.argument("query")
def command(query: str) -> None:
    """Show the tokens, the tree, the steps and the SQL of a Logs Insights QUERY.

    The exit code is 1 when the query is wrong; then the place is underlined.
    """
    from bayon.languages.insights.explain import explained

    try:
        for stage, lines in explained(query):
            click.secho(stage, bold=True)
            click.echo("\n".join(f"  {line}" for line in lines))
    except LanguageError as err:
        raise BayonError(underlined(query, err)) from err


def underlined(query: str, err: LanguageError) -> str:
    """The message, and the line of the query with the wrong characters marked."""
    start, end = err.span
    begin = query.rfind("\n", 0, start) + 1
    line = query[begin:].partition("\n")[0]
    marks = max(1, min(end, begin + len(line)) - start)
    return f"{err.message}\n  {line}\n  {' ' * (start - begin)}{'^' * marks}"
