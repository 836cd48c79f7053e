"""The documentation is true: the reference is fresh and complete, what the README shows works, links lead somewhere.

In the README a comment before a block says what happens to it: `runs` runs it against a running bayon, `runs alone`
without one and without AWS's variables, `serves` starts it and waits until it is ready, `writes NAME` makes a file of
it. Blocks run in order and in one folder. Lines `# → text` are lines that the block writes to stdout, in that order.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bayon import limits
from bayon.languages.metric_math.functions import FUNCTIONS
from bayon.reference import cli, generate_reference, parity, served
from bayon.reference.served import ROOT
from bayon.settings import Settings
from bayon.testing import Bayon
from bayon.wire import model
from test_cli import free_port
from wire_endpoint import Echo

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
SKIPPED = {".venv", "node_modules", "build", ".pytest_cache"}
PAGES = [path for path in sorted(ROOT.rglob("*.md")) if not SKIPPED & set(path.relative_to(ROOT).parts)]


# ── The reference ──


@pytest.mark.parametrize("name", list(generate_reference.PAGES))
def test_pages_are_fresh(name: str) -> None:
    """A page says what the code says now; `make generate` writes it again."""
    assert reference(name) == generate_reference.PAGES[name][0]()


def test_every_served_operation_is_a_modelled_one() -> None:
    """A misspelt operation would never be called."""
    names = {each.name for service in model.SERVICES for each in served.modelled(service)}
    assert served.operations().keys() <= names


def test_every_served_operation_is_explained() -> None:
    """With what is true after the call, and where that is from."""
    assert [name for name, operation in served.operations().items() if not served.says(operation)] == []
    assert [name for name, operation in served.operations().items() if not served.source(operation)] == []
    for each in (each for service in model.SERVICES for each in served.modelled(service)):
        listed = f"\n| {each.title} | " in section("operations.md", f"(`{each.name[0]}`)")
        assert listed == (each.name in served.operations()), each.title


def test_every_served_operation_has_a_case() -> None:
    """Nothing is called exact that no case holds to anything."""
    assert [name for name in served.operations() if parity.state(name) == "untested"] == []


def test_what_an_operation_refuses_in_part_is_declared() -> None:
    """`raise Unimplemented("FilterLogEvents with …")` stands only in an operation that declares what it lacks."""
    sources = "\n".join(path.read_text() for path in (ROOT / "src" / "bayon" / "services").rglob("*.py"))
    refusing = set(re.findall(r"Unimplemented\(f?\"(\w+) with ", sources))
    assert "GetMetricData" in refusing
    lacking = {name for (_, name), operation in served.operations().items() if operation.lacks}
    assert {model.snake(title) for title in refusing} <= lacking


@pytest.mark.parametrize("service", model.SERVICES)
def test_what_is_refused_answers_with_its_name(service: str) -> None:
    """Status 501, and nothing is called."""
    names = {f"{service}.{name}" for service, name in served.operations()}
    echo = Echo({}, served=names)
    refused = [each for each in served.modelled(service) if parity.state(each.name) == "refused"]
    for each in refused:
        reply = echo.send(**bare_request(service, each.title))
        assert (reply.status, f"{service} {each.title} is not implemented" in reply.body.decode()) == (501, True), each
    assert echo.calls == []


def bare_request(service: str, title: str) -> dict[str, Any]:
    """A request that says which operation it is for, and nothing more."""
    outline = model.outline(service)
    metadata = outline.metadata
    if "json" in metadata.spoken:
        return {"headers": {"x-amz-target": f"{metadata.target_prefix}.{title}"}}
    if "query" in metadata.spoken:
        return {"query": f"Action={title}&Version={metadata.api_version}"}
    http = outline.operations[title].http
    path, _, query = re.sub(r"\{[^}]+\}", "a", http.request_uri).partition("?")
    credential = f"Credential=0/20260302/us-east-1/{metadata.signed_as}/aws4_request"
    signed = {"authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}
    return {"method": http.method, "path": path, "query": query, "headers": signed}


@pytest.mark.parametrize("service", model.SERVICES)
def test_parity_names_every_operation(service: str) -> None:
    """Each once, and the totals are the sums."""
    rows = re.findall(r"\n\| (\w+) \| (\w+) \| ", section("parity.md", service))[1:]
    assert [title for title, _ in rows] == [each.title for each in served.modelled(service)]
    states = [state for _, state in rows]
    totals = re.search(rf"\| \[{service}\].*", reference("parity.md"))
    assert totals is not None
    counted = [len(states), *(states.count(state) for state in parity.STATES)]
    assert [int(number) for number in re.findall(r"\| (\d+)", totals[0])][:-1] == counted


def test_every_command_is_in_the_reference() -> None:
    """With its help, subcommands included."""
    assert {"bayon", "bayon up", "bayon keys create"} <= {path for path, _ in cli.commands()}
    for path, command in cli.commands():
        text = section("cli.md", path)
        assert all(option in text for parameter in command.params for option in parameter.opts if option[:2] == "--")


def test_every_setting_is_in_the_reference() -> None:
    """With its option."""
    for field in fields(Settings):
        assert f"| `{field.name}` | `--{field.name.replace('_', '-')}` |" in reference("settings.md")


def test_every_function_of_metric_math_is_in_the_reference() -> None:
    """As it is called."""
    for function in FUNCTIONS.values():
        assert f"`{function.name}(" in reference("metric-math.md")


def test_every_limit_is_in_the_reference() -> None:
    """And each has a source."""
    names = [name for name in vars(limits) if name.isupper()]
    rows = dict(re.findall(r"\n\| `([A-Z_0-9]+)` \| .* \| (.*) \|", reference("limits.md")))
    assert [name for name in names if name not in rows] == []
    assert [name for name in names if not rows[name] and name != "RATES_PER_S"] == []
    for rates in limits.RATES_PER_S.values():
        assert all(f"| `{operation}` |" in reference("limits.md") for operation in rates)


@functools.cache
def reference(name: str) -> str:
    return (ROOT / "docs" / "reference" / name).read_text()


def section(name: str, heading_end: str) -> str:
    """The page's section whose heading ends so; empty where there is none."""
    found = re.split(r"\n## ", reference(name))
    return next((text for text in found if text.partition("\n")[0].endswith(heading_end)), "")


# ── Pages written by hand ──


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file or folder that is there, and a heading that is in it."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            file = (page.parent / path) if path else page
            assert file.exists(), target
            assert not anchor or anchor in anchors(file), target


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_four_sections(page: Path) -> None:
    """Context, choice, alternatives measured, consequences, on one page; numbered by its file name."""
    text = page.read_text()
    number = re.fullmatch(r"(\d{4})-[a-z0-9-]+", page.stem)
    assert number is not None
    assert text.startswith(f"# {number[1]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Context",
        "Choice",
        "Alternatives measured",
        "Consequences",
    ]
    assert text.count("\n") <= 80


def test_decisions_are_numbered_in_order() -> None:
    """From 0001, without gaps."""
    assert [int(page.stem[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_named_files_exist(name: str) -> None:
    """What these pages call a file is one: `wire/model.py` is below `src/bayon`, others below the root."""
    for path in re.findall(r"`([\w./-]+(?:\.py|\.md|\.yaml|\.toml|/))`", (ROOT / name).read_text()):
        assert any((folder / path).exists() for folder in (ROOT, ROOT / "src" / "bayon")), path


# ── What the README shows ──


class Block(NamedTuple):
    """A marked block of the README; `marked` is what the comment before it says."""

    line: int
    marked: str
    text: str


def blocks() -> Iterator[Block]:
    text = (ROOT / "README.md").read_text()
    for match in re.finditer(
        r"^<!-- (runs|runs alone|serves|writes \S+) -->\n```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    ):
        yield Block(text.count("\n", 0, match.start()) + 1, match[1], match[2])


def test_every_command_of_the_readme_is_run() -> None:
    """A block of shell or Python is marked, except the two commands that set everything up."""
    text = (ROOT / "README.md").read_text()
    shown = re.findall(r"^```(?:sh|python)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    marked = [block.text for block in blocks()]
    assert [block for block in shown if block not in marked and not block.startswith("make up ")] == []


def test_the_readme_works(bayon: Bayon, tmp_path: Path) -> None:
    """Block after block, as a reader would type them, beside an empty bayon."""
    port = bayon.url.rpartition(":")[2]
    for block in blocks():
        where = f"README.md, line {block.line}"
        match block.marked.split():
            case ["runs"]:
                shell(block.text, tmp_path, where, port, keep=True)
            case ["runs", "alone"]:
                shell(block.text, tmp_path, where, free_port(), keep=False)
            case ["serves"]:
                serve(block.text, tmp_path, where)
            case ["writes", name]:
                (tmp_path / name).write_text(block.text)


def shell(text: str, folder: Path, where: str, port: str, *, keep: bool) -> None:
    """The block has run and written what it says; with `keep` its variables are there for the next one."""
    before, after = (". ./kept.sh\n", "\nexport -p > kept.sh") if keep else ("", "")
    (folder / "kept.sh").touch()
    script = f"set -euo pipefail\n{before}{text}{after}"
    ended = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=plain(port), capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, f"{where}:\n{ended.stdout}{ended.stderr}"
    expected = re.findall(r"^# → (.*)$", text, re.MULTILINE)
    written = iter(ended.stdout.splitlines())
    assert all(line in written for line in expected), f"{where}:\n{ended.stdout}{ended.stderr}"


def serve(text: str, folder: Path, where: str) -> None:
    """The command serves until it is stopped."""
    command = ["bash", "-c", f"exec {text}"]
    process = subprocess.Popen(command, cwd=folder, env=plain("0"), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline().startswith("bayon is ready on"), where
        process.terminate()
        assert process.wait(30) == 0, where


def plain(port: str) -> dict[str, str]:
    """An environment that says nothing of bayon or AWS but the port."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BAYON_", "AWS_", "PYTEST_"))}
    return kept | {"BAYON_PORT": port, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
