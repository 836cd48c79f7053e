"""What a measure says, and how that is printed: as aligned text, or as Markdown to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Target:
    """What must be reached: `at_least` or at most `bound`, of the ratio where `of_ratio`, else of the median."""

    bound: float
    at_least: bool = True
    of_ratio: bool = False

    def met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `runs` has the figure of each run; `beside` the same of what it is compared with."""

    what: str
    unit: str
    runs: Sequence[float]
    beside: str = ""
    beside_runs: Sequence[float] = ()
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        """The median of the ratios of each run, which were measured side by side."""
        if not self.beside_runs:
            return None
        return median(mine / other for mine, other in zip(self.runs, self.beside_runs, strict=True))

    def cells(self) -> list[str]:
        spread = f"{number(min(self.runs))} … {number(max(self.runs))}" if len(self.runs) > 1 else ""
        other = f"{self.beside} {number(median(self.beside_runs))}" if self.beside_runs else ""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} times"
        return [self.what, number(median(self.runs)), self.unit, spread, other, ratio, *self._verdict()]

    def _verdict(self) -> tuple[str, str]:
        if self.target is None:
            return "", ""
        value = self.ratio if self.target.of_ratio else median(self.runs)
        assert value is not None, "a target of the ratio needs something to compare with"
        sign = "≥" if self.target.at_least else "≤"
        bound = f"{sign} {number(self.target.bound)}{' times' if self.target.of_ratio else ''}"
        return bound, "yes" if self.target.met(value) else "NO"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and cells, the first column to the left and the others to the right."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = field(default_factory=list)


COLUMNS = ("what", "median", "unit", "runs", "beside", "ratio", "must reach", "met")


def summary(rows: Sequence[Row]) -> Table:
    """The one table of all that was measured."""
    return Table("Results", COLUMNS, [row.cells() for row in rows])


def number(value: float) -> str:
    """Three or four digits that matter, thousands apart."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def text(table: Table) -> str:
    """The table for a terminal."""
    lines = [list(table.columns), *(list(row) for row in table.rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.columns))]
    out = [table.title, ""]
    for place, line in enumerate(lines):
        out.append(
            "  ".join(
                _padded(cell, width, column) for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
        )
        if place == 0:
            out.append("  ".join("─" * width for width in widths))
    return "\n".join([*out, *(f"\n{note}" for note in table.notes)])


def _padded(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column in _NUMERIC or column >= len(COLUMNS) else cell.ljust(width)


_NUMERIC = (1, 3, 5, 6)


def markdown(table: Table) -> str:
    """The table for a page."""
    lines = [table.columns, ["---"] * len(table.columns), *table.rows]
    body = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    return "\n\n".join([f"## {table.title}", body, *table.notes])
