"""`bayon logs tail`: follows the events of a log group on the terminal, as they arrive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from bayon.cli.client import aws_client
from bayon.cli.options import takes_settings
from bayon.errors import BayonError
from bayon.settings import Settings

_LEVELS = (
    (re.compile(r"\b(?:FATAL|CRITICAL|ERROR|Exception|Traceback)\b"), "red"),
    (re.compile(r"\bWARN(?:ING)?\b"), "yellow"),
    (re.compile(r"\b(?:DEBUG|TRACE)\b"), "bright_black"),
)
_STREAM_COLOURS = ("cyan", "green", "magenta", "blue", "bright_cyan", "bright_green", "bright_magenta", "bright_blue")


@click.command()
@click.argument("group")
@click.option("--filter", "pattern", default="", metavar="PATTERN", help="Show only events that match the pattern.")
@click.option("--stream", "prefix", default="", metavar="PREFIX", help="Show only streams whose names begin so.")
@takes_settings("host", "port", "account", "region", "data_dir", "state")
def command(settings: Settings, group: str, pattern: str, prefix: str) -> None:
    """Follow the events of the log group GROUP as they arrive, until Ctrl-C."""
    for update in _updates(settings, group, pattern, prefix):
        for event in update["sessionResults"]:
            click.echo(line(event))
        if update["sessionMetadata"]["sampled"]:
            click.secho("more than 500 events a second match: these are a sample", fg="yellow", err=True)


def line(event: dict[str, Any]) -> str:
    """The event as it is shown: when, from which stream, what."""
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).isoformat(timespec="milliseconds")
    stream = event["logStreamName"]
    colour = next((colour for level, colour in _LEVELS if level.search(event["message"])), None)
    return " ".join(
        (
            click.style(at.replace("+00:00", "Z"), dim=True),
            click.style(stream, fg=_STREAM_COLOURS[sum(stream.encode()) % len(_STREAM_COLOURS)]),
            click.style(event["message"].rstrip("\n"), fg=colour),
        )
    )


def _updates(settings: Settings, group: str, pattern: str, prefix: str) -> Iterator[dict[str, Any]]:
    """What the session tells. Raises: BayonError."""
    from botocore.exceptions import BotoCoreError, ClientError

    asked: dict[str, Any] = {"logGroupIdentifiers": [group]}
    if pattern:
        asked["logEventFilterPattern"] = pattern
    if prefix:
        asked["logStreamNamePrefixes"] = [prefix]
    try:
        for event in aws_client(settings, "logs").start_live_tail(**asked)["responseStream"]:
            if "sessionStart" in event:
                click.secho(f"following {group}, Ctrl-C ends", dim=True, err=True)
            else:
                yield event["sessionUpdate"]
    except ClientError as err:
        raise BayonError(str(err.response["Error"].get("Message") or err)) from err
    except BotoCoreError as err:
        raise BayonError(f"bayon at {settings.endpoint} does not answer: {err}") from err
