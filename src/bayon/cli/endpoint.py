"""AWS clients for commands that speak to a running bayon, or to any other AWS endpoint, through the public API."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from bayon.errors import BayonError

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL = "http://127.0.0.1:4566"
_ANY = "000000000000"  # what bayon takes while it has no keys: the account


def takes_endpoint(call: Callable[..., None]) -> Callable[..., None]:
    """The command has options for an endpoint and a region, and is called with `clients`, a client by service."""

    @click.option("--url", envvar="AWS_ENDPOINT_URL", default=LOCAL, show_default=True, help="Endpoint to speak to.")
    @click.option("--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], default="us-east-1", show_default=True)
    @functools.wraps(call)
    def called(url: str, region: str, **given: Any) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            call(clients=_clients(url, region), **given)
        except ClientError as err:
            raise BayonError(_said(err.response)) from err
        except BotoCoreError as err:
            raise BayonError(f"{url}: {err}") from err

    return called


def _clients(url: str, region: str) -> Callable[[str], Any]:
    from botocore.session import Session

    session = Session()
    session.set_config_variable("region", region)
    keys = session.get_credentials()

    @functools.cache
    def client(service: str) -> Any:
        unsigned = {} if keys else {"aws_access_key_id": _ANY, "aws_secret_access_key": _ANY}
        return session.create_client(service, region_name=region, endpoint_url=url, **unsigned)

    return client


def _said(response: Mapping[str, Any]) -> str:
    error = response["Error"]
    return f"{error['Code']}: {error['Message']}" if error.get("Message") else str(error["Code"])
