"""`bayon env`: what a shell needs so that every AWS tool in it talks to bayon."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from contextlib import closing

import click

from bayon.cli.options import takes_settings
from bayon.errors import BayonError
from bayon.settings import Settings

SECTION = "Use"
ANY_SECRET = "bayon"  # noqa: S105 - while no access key exists nobody looks at it


@click.command()
@takes_settings("host", "port", "xray_host", "xray_port", "otlp_port", "account", "region", "data_dir", "state")
def command(settings: Settings) -> None:
    """Print the exports that point AWS tools here: eval "$(bayon env)".

    The access key id names the account, unless access keys exist: then the account's newest key is printed.
    """
    key_id, secret = newest_key(settings) or (settings.account, ANY_SECRET)
    for line in exports(variables(settings, key_id, secret)):
        click.echo(line)


def newest_key(settings: Settings) -> tuple[str, str] | None:
    """The id and secret of the account's newest valid access key; none while there are no keys at all.

    Raises: BayonError when only other accounts have one.
    """
    if not settings.state and not (settings.data_dir / "state.sqlite3").exists():
        return None
    from bayon.state import keys
    from bayon.state.database import State

    with closing(State.open(settings.state_url)) as state:
        every = keys.page(state, limit=None)
    valid = [key for key in every if key.account == settings.account and key.revoked_ms is None]
    if every and not valid:
        raise BayonError(
            f"requests must be signed and account {settings.account} has no valid access key: make one with bayon keys "
            "create, or name another account with --account"
        )
    newest = max(valid, key=lambda key: key.created_ms, default=None)
    return (newest.id, newest.secret) if newest else None


def variables(settings: Settings, key_id: str, secret: str) -> dict[str, str]:
    """What clients of AWS, and of OpenTelemetry, read from the environment."""
    words = {
        "AWS_ENDPOINT_URL": settings.endpoint,
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # or a live tail would be asked of stream-127.0.0.1
    }
    if settings.xray_port > 0:
        words["AWS_XRAY_DAEMON_ADDRESS"] = settings.daemon
    if settings.otlp_port > 0:
        words["OTEL_EXPORTER_OTLP_ENDPOINT"] = settings.otlp_endpoint
    return words


def exports(words: Mapping[str, str]) -> list[str]:
    """One `export` line each, quoted for a shell."""
    return [f"export {name}={shlex.quote(value)}" for name, value in words.items()]
