"""`bayon keys`: who may sign requests. A running bayon sees each change at its next request.

The state is imported by what needs it, since the help of every command loads this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bayon.cli.options import takes_settings
from bayon.clock import Clock
from bayon.errors import BayonError
from bayon.settings import Settings

if TYPE_CHECKING:
    from bayon.state.database import State

SECTION = "Look after"


@click.group()
def command() -> None:
    """Create, list and revoke access keys.

    Once a key exists, every request must be signed with a valid one, and bayon may listen on other addresses than
    loopback. Revoking the last key does not undo that.
    """


@command.command()
@takes_settings("account", "data_dir", "state")
def create(settings: Settings) -> None:
    """Make a key of the account and print its exports: eval "$(bayon keys create)"."""
    from bayon.state import keys

    with _opened(settings) as state:
        made = keys.create(state, settings.account, created_ms=Clock().now_ms())
    click.echo(f"export AWS_ACCESS_KEY_ID={made.id}")
    click.echo(f"export AWS_SECRET_ACCESS_KEY={made.secret}")


@command.command("list")
@takes_settings("data_dir", "state")
def list_keys(settings: Settings) -> None:
    """List every key with its account, without its secret."""
    from bayon.state import keys

    with _opened(settings) as state:
        for key in keys.page(state, limit=None):
            revoked = f"  revoked {_date(key.revoked_ms)}" if key.revoked_ms is not None else ""
            click.echo(f"{key.id}  {key.account}  created {_date(key.created_ms)}{revoked}")


@command.command()
@click.argument("key_id", metavar="ID")
@takes_settings("data_dir", "state")
def revoke(settings: Settings, key_id: str) -> None:
    """Refuse what is signed with the key ID from now on."""
    from bayon.state import keys

    with _opened(settings) as state:
        if not keys.revoke(state, key_id, revoked_ms=Clock().now_ms()):
            raise BayonError(f"expected the id of a valid access key, found {key_id!r}; bayon keys list shows them")
    click.echo(f"revoked {key_id}")


@contextmanager
def _opened(settings: Settings) -> Iterator[State]:
    from bayon.state.database import State

    state = State.open(settings.state_url)
    try:
        yield state
    finally:
        state.close()


def _date(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
