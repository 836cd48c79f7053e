"""Clients of a running bayon for the commands that ask it something: the public API, as any other client uses it.

Not a command. What AWS's own tools read from the environment comes first, else the settings say where bayon is.
"""

from __future__ import annotations

import os
from typing import Any

from bayon.cli.env import ANY_SECRET, newest_key, variables
from bayon.errors import BayonError
from bayon.settings import Settings

ATTEMPTS = 2
CONNECT_S = 5


def client(service: str, settings: Settings) -> Any:
    """A client of the service. Raises: BayonError when there are only keys of other accounts."""
    from botocore.config import Config
    from botocore.session import get_session

    words = {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"}
    here = dict(os.environ)
    if not words <= here.keys():
        key_id, secret = newest_key(settings) or (settings.account, ANY_SECRET)
        here = variables(settings, key_id, secret) | {name: here[name] for name in words if name in here}
    return get_session().create_client(
        service,
        endpoint_url=here["AWS_ENDPOINT_URL"],
        region_name=here["AWS_REGION"],
        aws_access_key_id=here["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=here["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": ATTEMPTS}, connect_timeout=CONNECT_S),
    )


def asked(call: Any, **request: Any) -> dict[str, Any]:
    """The answer. Raises: BayonError with what bayon says, or that it does not answer."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer: dict[str, Any] = call(**request)
    except ClientError as err:
        raise BayonError(str(err.response["Error"].get("Message") or err)) from err
    except BotoCoreError as err:
        raise BayonError(f"no bayon answers: {err}") from err
    return answer
