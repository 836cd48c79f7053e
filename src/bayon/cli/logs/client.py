"""The client that these commands call the public API with, as any AWS tool does, and with the keys of `bayon env`."""

from __future__ import annotations

from typing import Any

from bayon.cli.env import ANY_SECRET, newest_key
from bayon.settings import Settings


def client(settings: Settings, service: str) -> Any:
    """A botocore client of the bayon at the settings' address. Raises: BayonError when the account has no valid key."""
    from botocore.config import Config
    from botocore.session import Session

    key_id, secret = newest_key(settings) or (settings.account, ANY_SECRET)
    return Session().create_client(
        service,
        endpoint_url=settings.endpoint,
        region_name=settings.region,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 3, "mode": "standard"}, inject_host_prefix=False),
    )
