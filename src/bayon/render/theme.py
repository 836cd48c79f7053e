"""Colours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of all that is not data."""

    background: str
    text: str
    faint: str
    grid: str


LIGHT = Theme(background="#ffffff", text="#16191f", faint="#545b64", grid="#e9ebed")
DARK = Theme(background="#0f1b2a", text="#e9ebed", faint="#95a5b8", grid="#2a3a4d")

# The colours of lines, in turn.
PALETTE = (
    *("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd"),
    *("#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"),
)
LEVEL = "#d62728"  # of annotations that have none of their own
MOMENT = "#7f7f7f"


def theme(*, dark: bool) -> Theme:
    return DARK if dark else LIGHT
