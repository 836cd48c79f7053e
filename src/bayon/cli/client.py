"""The AWS client by which commands talk to a running bayon, over the same API as everybody else."""

from __future__ import annotations

import os
from typing import Any

from bayon.cli.env import ANY_SECRET, newest_key
from bayon.settings import Settings


def aws_client(settings: Settings, service: str) -> Any:
    """A client of the service: of the bayon that AWS_ENDPOINT_URL names, else of the one the settings describe."""
    import botocore.session
    from botocore.config import Config

    key_id, secret = newest_key(settings) or (settings.account, ANY_SECRET)
    named = os.environ.get("AWS_ENDPOINT_URL")
    given = bool(named and os.environ.get("AWS_ACCESS_KEY_ID"))
    return botocore.session.get_session().create_client(
        service,
        endpoint_url=named or settings.endpoint,
        region_name=settings.region,
        aws_access_key_id=None if given else key_id,
        aws_secret_access_key=None if given else secret,
        config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}, read_timeout=120),
    )
