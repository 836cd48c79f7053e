"""The page of the operations that bayon serves."""

from __future__ import annotations

from bayon.reference import served
from bayon.reference.markdown import code, page, table
from bayon.wire import model

INTRO = (
    "Every AWS operation that bayon serves: what is true after the call, where that is from, and the file that does "
    "it. A source such as `logs.md §1.5` names a section of the notes on AWS's behaviour that bayon was written from. "
    "What is not here is in [parity.md](parity.md) as refused."
)


def text() -> str:
    """The page."""
    return page("Operations", INTRO, *(_section(service) for service in model.SERVICES))


def _section(service: str) -> str:
    rows = [_row(each) for each in served.modelled(service) if each.name in served.operations()]
    if not rows:
        return ""
    metadata = model.outline(service).metadata
    spoken = ", ".join(map(code, metadata.spoken))
    heads = ("Operation", "What is true after it", "Source", "File")
    return f"## {metadata.service_id} ({code(service)})\n\nProtocols: {spoken}.\n\n{table(heads, rows)}"


def _row(each: served.Modelled) -> tuple[str, ...]:
    operation = served.operations()[each.name]
    path = served.module(operation)
    file = f"[{path.rpartition('/')[2]}](../../{path})"
    return each.title, served.says(operation), served.source(operation), file
