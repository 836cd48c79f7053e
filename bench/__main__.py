"""`python -m bench [names…] [--quick] [--runs N] [--write]`: measures, then one table."""

from __future__ import annotations

import argparse
import importlib
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import machine, report
from bench.plan import Plan, say
from bench.report import Row, Table

USUAL = (
    "log_ingest",
    "log_followed",
    "metric_ingest",
    "metric_read",
    "metric_search",
    "alarms",
    "metric_peers",
    "trace_ingest",
    "udp",
    "otlp_ingest",
    "small_appends",
    "log_read",
    "notifications",
    "start",
)
ASKED = ("log_search", "traces", "logs_insights", "layout", "sketch")  # long, or about a choice already made
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Everything asked for is measured and printed."""
    asked = _arguments()
    rows: list[Row] = []
    tables: list[Table] = []
    for line in (description := machine.described(Path(tempfile.gettempdir()))):
        say(line)
    for name in asked.names or USUAL:
        measure = importlib.import_module(f"bench.{name}")
        say(f"\n{name}: {(measure.__doc__ or '').splitlines()[0]}")
        began_s = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="bayon-bench-") as folder:
            found: Sequence[Row | Table] = measure.measure(Plan(Path(folder), asked.runs, asked.quick))
        rows += [each for each in found if isinstance(each, Row)]
        tables += [each for each in found if isinstance(each, Table)]
        say(f"  took {time.monotonic() - began_s:.0f} s")
    tables += [report.summary(rows)] if rows else []
    how = f"{asked.runs} runs after one that warms up; medians, and the median of the ratios of runs side by side"
    print("\n".join(["", *description, f"measured  {time.strftime('%Y-%m-%d')}, {how}"]))
    for table in tables:
        print(f"\n{report.text(table)}")
    if asked.write:
        _write([*description, f"measured  {how}"], tables)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure bayon on this machine.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"what to measure: {', '.join(USUAL + ASKED)}")
    parser.add_argument("--quick", action="store_true", help="tiny amounts: shows that it works, not how fast")
    parser.add_argument("--runs", type=int, help="how often; the median counts")
    parser.add_argument("--write", action="store_true", help="write the results to docs/benchmarks.md too")
    asked = parser.parse_args()
    if unknown := set(asked.names) - {*USUAL, *ASKED}:
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    asked.runs = asked.runs or (1 if asked.quick else 5)
    return asked


def _write(lines: Sequence[str], tables: Sequence[Table]) -> None:
    said = "\n".join(f"    {line}" for line in lines)
    intro = "Written by `python -m bench --write` on the machine below; compare ratios rather than rates."
    parts = ["# Benchmarks", intro, said, *(report.markdown(table) for table in tables)]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
