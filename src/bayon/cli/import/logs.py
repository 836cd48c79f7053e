"""`bayon import logs`: files of log events into a log group.

What is heavy is imported by what needs it, since the help of every command loads this module.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bayon import limits
from bayon.clock import Clock
from bayon.settings import Settings

if TYPE_CHECKING:
    from bayon.imports.journal import Journal
    from bayon.imports.log_files import LogFile
    from bayon.imports.sending import Stream, Tally

_OBJECT = re.compile(r"\d{6}\.gz")
_NOT_IN_NAMES = re.compile(r"[:*]")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--group", "-g", required=True, help="Log group; made if it does not exist.")
@click.option("--stream", "-s", help="Log stream; if not given, one a file, named after it.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["ndjson", "text", "export"]),
    help="Form of the files; found out if not given.",
)
@click.option("--endpoint-url", envvar="AWS_ENDPOINT_URL", help="Where to; a bayon on this machine if not given.")
@click.option("--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], default="us-east-1", show_default=True)
@click.option(
    "--journal",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="BAYON_IMPORT_JOURNAL",
    help="Folder that remembers what was sent; ~/.local/state/bayon/imports if not given.",
)
def command(
    files: tuple[Path, ...],
    group: str,
    stream: str | None,
    form: Any,
    endpoint_url: str | None,
    region: str,
    journal: Path | None,
) -> None:
    """Import FILES of log events: JSON lines, text with times, or .gz files that CloudWatch Logs exported.

    An interrupted import goes on when the command is run again, and a file that was imported is not imported twice; of
    one that has grown only what is new. Lines without a time belong to the event before them.
    """
    from bayon.imports.sending import Stream

    client = _client(endpoint_url or Settings().endpoint, region)
    folder = journal or _state_folder() / "imports"
    failed = False
    for path in files:
        name = stream or _stream_name(path)
        identity = (client.meta.endpoint_url, client.meta.region_name, group, name)
        tally = _imported(path, form, Stream(client, group, name), folder, identity)
        failed = failed or bool(tally.too_old or tally.too_new or tally.expired)
    if failed:
        sys.exit(1)


def _imported(path: Path, form: Any, stream: Stream, folder: Path, identity: tuple[str, ...]) -> Tally:
    """The file has been sent. Out: what became of its events, which has been said."""
    from bayon.imports.journal import Journal
    from bayon.imports.log_files import opened
    from bayon.imports.sending import send

    with closing(opened(path, form)) as file, closing(Journal(folder, str(path.resolve()), *identity)) as journal:
        _begun(file, stream, journal)
        assert journal.mark is not None
        file.undated_ms = journal.mark.undated_ms
        before = journal.mark.sent
        with _bar(path, stream) as progress:
            tally = send(file, stream, journal, pause=_pause, progress=progress)
    _say(path, stream, tally, before)
    return tally


def _begun(file: LogFile, stream: Stream, journal: Journal) -> None:
    """The stream exists and the journal is of this file, begun now or before."""
    from bayon.imports.journal import is_of

    is_new = stream.make()
    if journal.mark is not None and is_of(journal.mark, file.path):
        return
    since_ms = 0 if is_new else stream.fence_ms(_pause)
    journal.begin(file.path, since_ms=since_ms, now_ms=Clock().now_ms(), undated_ms=file.undated_ms)


def _say(path: Path, stream: Stream, tally: Tally, before: int) -> None:
    already = f", {before} before" if before else ""
    click.echo(f"{path}: {tally.sent} events sent{already} to {stream.group} {stream.name}")
    for count, why in (
        (tally.too_old, "are older than the endpoint takes"),
        (tally.too_new, "are of the future"),
        (tally.expired, "are older than the group keeps events"),
    ):
        if count:
            click.echo(f"{path}: {count} events were refused, they {why}", err=True)


def _stream_name(path: Path) -> str:
    """Of an exported object the folder it lies in, which is the stream it came from; else the file's own name."""
    name = path.resolve().parent.name if _OBJECT.fullmatch(path.name) else path.name
    return _NOT_IN_NAMES.sub("-", name)[: limits.LOG_NAME_CHARS]


def _client(endpoint_url: str, region: str) -> Any:
    """A client that tries nothing again by itself: whether a batch has arrived is for us to find out."""
    from botocore.config import Config
    from botocore.session import Session

    session = Session()
    keys = {}
    if session.get_credentials() is None:
        keys = {"aws_access_key_id": Settings().account, "aws_secret_access_key": "any"}
    once = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        read_timeout=limits.IMPORT_REQUEST_S,
        user_agent_extra="bayon-import",
    )
    client = session.create_client("logs", endpoint_url=endpoint_url, region_name=region, config=once, **keys)
    client.meta.events.register("before-sign.logs.PutLogEvents", _ask_for_any_age)
    return client


def _ask_for_any_age(request: Any, **_: Any) -> None:
    """bayon takes events of any age from who says so; AWS does not know the header."""
    request.headers["x-bayon-any-age"] = "true"


@contextmanager
def _bar(path: Path, stream: Stream) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, by the bytes of the file that have been read."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(f"{path.name} → {stream.group}", total=path.stat().st_size)
        yield lambda done: shown.update(task, completed=done)


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def _state_folder() -> Path:
    """Where programs remember what they did. Source: XDG base directory specification."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "bayon"
