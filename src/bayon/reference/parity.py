"""The page that says how far bayon does what AWS does: every operation of every served model with its state.

A state is counted from the code and its cases; there is no list of states anywhere.
"""

from __future__ import annotations

from collections import Counter

from bayon import limits
from bayon.reference import served
from bayon.reference.markdown import code, page, table
from bayon.wire import model

STATES = {
    "exact": "served, and held to what AWS answers by at least one case",
    "lifted": "the same, but a request rate or an account quota of AWS is lifted; `--parity strict` enforces it",
    "partly": "served and held to cases, but what the note says does not work yet",
    "untested": "served, but no case calls it",
    "refused": "answered with an error that names the operation; nothing is done",
}
INTRO = (
    "Every operation of every service model that bayon knows, and how far it does what AWS does. *Cases* counts the "
    "cases in `tests/cases/api` that call the operation, each through boto3 against a running bayon; a case that calls "
    "several operations counts for each of them."
)


def state(name: served.Name) -> str:
    """One of STATES. Reads: the declared operations, `limits.RATES_PER_S`, the cases."""
    operation = served.operations().get(name)
    if operation is None:
        return "refused"
    if not served.cases()[name]:
        return "untested"
    if operation.lacks:
        return "partly"
    return "lifted" if operation.lifted or _rate(name) else "exact"


def text() -> str:
    """The page."""
    meaning = "\n".join(f"- **{name}**: {what}" for name, what in STATES.items())
    return page("Parity with AWS", INTRO, meaning, "## Totals", _totals(), *map(_section, model.SERVICES))


def _totals() -> str:
    rows, total = [], Counter[str]()
    for service in model.SERVICES:
        counts = _counts(service)
        rows.append((f"[{service}](#{service})", *_numbers(counts)))
        total += counts
    return table(("Service", "Operations", *STATES, "Cases"), [*rows, ("**all**", *_numbers(total))])


def _counts(service: str) -> Counter[str]:
    names = [each.name for each in served.modelled(service)]
    cases = sum(served.cases()[name] for name in names)
    return Counter(state(name) for name in names) + Counter(operations=len(names), cases=cases)


def _numbers(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(str(counts[key]) for key in ("operations", *STATES, "cases"))


def _section(service: str) -> str:
    rows = [
        (each.title, state(each.name), str(served.cases()[each.name] or ""), _note(each.name))
        for each in served.modelled(service)
    ]
    spoken = ", ".join(map(code, model.outline(service).metadata.spoken))
    return f"## {service}\n\nProtocols: {spoken}.\n\n{table(('Operation', 'State', 'Cases', 'Note'), rows)}"


def _note(name: served.Name) -> str:
    operation = served.operations().get(name)
    if operation is None:
        return ""
    lacks = f"without {operation.lacks}" if operation.lacks else ""
    quota = "account quota lifted" if operation.lifted else ""
    rate = f"rate of {_rate(name):g} a second lifted" if _rate(name) else ""
    return "; ".join(filter(None, (lacks, quota, rate)))


def _rate(name: served.Name) -> float:
    service, operation = name
    return limits.RATES_PER_S.get(service, {}).get(operation, 0)
