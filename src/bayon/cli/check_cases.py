"""`bayon check-cases`: alarm cases of a file, as promtool tests rules: points in, states out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bayon.errors import BayonError

if TYPE_CHECKING:
    from bayon.alarms.cases import Outcome

SECTION = "Use"
FILE_BYTES = 16 * 1024 * 1024


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
def command(files: tuple[Path, ...]) -> None:
    """Check the alarm cases of each FILE, without a running bayon and without waiting.

    \b
    - name: two of three, a gap counts as good
      alarm:  {threshold: ">= 5", m: 2, n: 3, missing: notBreaching}
      points: 6  _  7     6     1     1
      state:  OK OK ALARM ALARM ALARM OK

    The exit code is 1 when a case fails.
    """
    from bayon.alarms import cases

    outcomes = [cases.run(case) for path in files for case in _read(path)]
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        click.echo(_shown(outcome))
    click.echo(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    if failed:
        sys.exit(1)


def _read(path: Path) -> list[Any]:
    import yaml

    try:
        if path.stat().st_size > FILE_BYTES:
            raise BayonError(f"{path}: expected at most {FILE_BYTES} bytes")
        found = yaml.safe_load(path.read_text())
    except OSError as err:
        raise BayonError(f"{path}: {(err.strerror or str(err)).lower()}") from err
    except (yaml.YAMLError, UnicodeError) as err:
        raise BayonError(f"{path}: expected YAML: {err}") from err
    listed = found.get("cases") if isinstance(found, dict) else found
    if not isinstance(listed, list):
        raise BayonError(f"{path}: expected a list of cases")
    return listed


def _shown(outcome: Outcome) -> str:
    """The case's lines one below the other, with a mark below each state that is another."""
    size = max(len(outcome.expected), len(outcome.found), len(outcome.given))
    rows = {"points": outcome.given, "expected": outcome.expected, "found": outcome.found}
    cells = {title: [*row, *[""] * (size - len(row))] for title, row in rows.items() if row}
    wrong = ["^" if one != other else "" for one, other in zip(cells["expected"], cells["found"], strict=True)]
    cells[""] = wrong
    widths = [max(len(row[place]) for row in cells.values()) for place in range(size)]
    lines = [
        f"  {title:<9}{' '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))}".rstrip()
        for title, row in cells.items()
    ]
    return "\n".join([f"failed: {outcome.name}", *lines])
