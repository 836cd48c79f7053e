"""Write `docs/reference`: `python -m bayon.reference.generate_reference`; with `--check` only say what is not fresh."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bayon.reference import cli, limits, metric_math, operations, parity, settings
from bayon.reference.markdown import page
from bayon.reference.served import ROOT

FOLDER = ROOT / "docs" / "reference"
PAGES: dict[str, tuple[Callable[[], str], str]] = {
    "parity.md": (parity.text, "how far each operation does what AWS does"),
    "operations.md": (operations.text, "what is true after each operation that is served"),
    "cli.md": (cli.text, "the help of every command"),
    "settings.md": (settings.text, "what the person who starts bayon can choose"),
    "metric-math.md": (metric_math.text, "the functions of metric math"),
    "limits.md": (limits.text, "every cap, with its source"),
}


def main(arguments: list[str]) -> int:
    """Out: the exit code, 1 when a checked page is not fresh."""
    texts = generate()
    stale = [name for name, text in texts.items() if _written(name) != text]
    strangers = [path.name for path in FOLDER.glob("*") if path.name not in texts]
    if "--check" in arguments:
        for name in [*stale, *strangers]:
            print(f"docs/reference/{name} is not fresh; run make generate")
        return 1 if stale or strangers else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(texts[name])
    for name in strangers:
        (FOLDER / name).unlink()
    return 0


def generate() -> dict[str, str]:
    """The text of every page, by its file name."""
    listed = "\n".join(f"- [{name}]({name}): {what}" for name, (_, what) in PAGES.items())
    index = page("Reference", "Written from the code, so that it is true.", listed)
    return {"README.md": index} | {name: text() for name, (text, _) in PAGES.items()}


def _written(name: str) -> str:
    path = FOLDER / name
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
