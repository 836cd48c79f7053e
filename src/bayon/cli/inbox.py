"""`bayon inbox`: the e-mails and SMS that a running bayon sent or would have sent, and what it could not deliver."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import click

from bayon.errors import BayonError

if TYPE_CHECKING:
    from rich.console import Console

SECTION = "Use"
KINDS = ("email", "email-json", "sms", "undelivered", "dead-letter")
LINKS = {"confirm": "Confirm", "unsubscribe": "Unsubscribe"}
WAIT_S = 30


@click.command()
@click.argument("letter", metavar="[ID]", required=False, type=click.IntRange(min=1))
@click.option("--to", help="Only what this address or number got.")
@click.option("--kind", type=click.Choice(KINDS), help="Only letters of this kind.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many of the newest.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a letter a line.")
@click.option(
    "--url", envvar="AWS_ENDPOINT_URL", default="http://127.0.0.1:4566", show_default=True, help="Where bayon is."
)
def command(letter: int | None, to: str | None, kind: str | None, limit: int, *, as_json: bool, url: str) -> None:
    """List what bayon sent to people, or show the letter ID with the links in it.

    Where access keys exist, the request is signed with those of the environment.
    """
    query = {name: value for name, value in (("to", to), ("kind", kind), ("limit", limit)) if value is not None}
    path = f"/_bayon/inbox/{letter}" if letter else f"/_bayon/inbox?{urlencode(query)}"
    found = _asked(url.rstrip("/") + path)
    letters = [found] if letter else found["letters"]
    if as_json:
        for each in letters:
            click.echo(json.dumps(each, ensure_ascii=False))
        return
    from rich.console import Console

    console = Console(highlight=False)
    if letter:
        _show(console, found)
    elif letters:
        _list(console, letters)
    else:
        console.print("The inbox is empty.")


def _list(console: Console, letters: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("id", "sent", "kind", "to", "subject"):
        table.add_column(name, overflow="ellipsis", no_wrap=True)
    for each in letters:
        said = each["subject"] or " ".join(each["text"].split())
        table.add_row(str(each["id"]), each["sent"], each["kind"], _plain(each["to"]), _plain(said))
    console.print(table)
    console.print("bayon inbox ID shows a letter with its links.", style="dim")


def _show(console: Console, letter: dict[str, Any]) -> None:
    for name in ("kind", "from", "to", "subject", "sent", "carried", "reason", "topic_arn", "message_id"):
        if letter.get(name):
            console.print(f"[bold]{name:<11}[/bold] {_plain(letter[name])}", soft_wrap=True)
    console.print()
    console.print(_plain(letter["text"]), soft_wrap=True)
    for name, title in LINKS.items():
        if name in letter:
            console.print(f"[bold]{title}[/bold] {_plain(letter[name])}", soft_wrap=True)


def _plain(text: str) -> str:
    """The text as it is: square brackets mean nothing, control characters are not passed on to the terminal."""
    from rich.markup import escape

    return escape("".join(each for each in text if each == "\n" or each.isprintable()))


def _asked(url: str) -> dict[str, Any]:
    """What bayon answers. Raises: BayonError."""
    if not url.startswith(("http://", "https://")):
        raise BayonError(f"expected an address such as http://127.0.0.1:4566, found {url}")
    request = Request(url, headers=_signature(url))  # noqa: S310 - checked above
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=WAIT_S) as response:
            found: dict[str, Any] = json.loads(response.read())
    except HTTPError as err:
        with err:
            raise BayonError(_message(err.read(), err.code)) from err
    except (URLError, OSError, ValueError) as err:
        raise BayonError(f"no bayon answers at {url.partition('/_bayon')[0]}: {getattr(err, 'reason', err)}") from err
    return found


def _signature(url: str) -> dict[str, str]:
    """The headers that sign the request, where the environment has keys."""
    import os

    if not (os.environ.get("AWS_ACCESS_KEY_ID") and os.environ.get("AWS_SECRET_ACCESS_KEY")):
        return {}
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    keys = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    request = AWSRequest("GET", url)
    SigV4Auth(keys, "sns", region).add_auth(request)
    return dict(request.headers.items())


def _message(text: bytes, status: int) -> str:
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return f"bayon answered {status}"
