"""Objects in S3 buckets: in a local folder whose subfolders are the buckets, or at any S3 endpoint.

At an endpoint the credentials are those of bayon's environment (AWS_ACCESS_KEY_ID and its like); without them requests
go unsigned. A bucket in a folder exists once something has been put into it.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from bayon import limits
from bayon.errors import BayonError

# The rules for general purpose buckets, S3 user guide, "General purpose bucket naming rules".
_BUCKET = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)


class BucketError(BayonError):
    """The object was not written; the message says why."""


class NoBucketError(BucketError):
    """There is no such bucket."""


class NoAccessError(BucketError):
    """The bucket may not be written to with the credentials of bayon's environment."""


def is_endpoint(place: str) -> bool:
    """Whether the place is the address of an S3 endpoint, rather than a folder."""
    return place.startswith(("http://", "https://"))


def check_key(key: str) -> None:
    """Raises: BucketError where no object could have the key: it is too long, or a part is empty, `.` or `..`."""
    if len(key.encode()) > limits.OBJECT_KEY_BYTES:
        raise BucketError(f"expected a key of at most {limits.OBJECT_KEY_BYTES} bytes, found {len(key.encode())}")
    if not {"", ".", ".."}.isdisjoint(key.split("/")) or any(ord(letter) < 32 for letter in key):
        raise BucketError(f"expected a key of parts with names of their own, found {key!r}")


def put(place: str, bucket: str, key: str, body: bytes) -> None:
    """The object is durably in the bucket, whole. Raises: BucketError."""
    import obstore
    from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError

    check_key(key)
    if not _BUCKET.fullmatch(bucket):
        raise NoBucketError(f"expected the name of a bucket, found {bucket!r}")
    try:
        obstore.put(_opened(place, bucket), key, body, use_multipart=False)
    except (FileNotFoundError, NotFoundError) as err:
        raise NoBucketError(f"there is no bucket {bucket} at {place}") from err
    except (PermissionError, PermissionDeniedError, UnauthenticatedError) as err:
        raise NoAccessError(f"bucket {bucket} at {place} may not be written to") from err
    except (BaseError, OSError) as err:
        raise BucketError(f"bucket {bucket} at {place} cannot be written: {_first_line(err)}") from err
    if not is_endpoint(place):
        _sync(Path(place) / bucket / key)


def _opened(place: str, bucket: str) -> Any:
    from obstore.store import LocalStore, S3Store

    if not is_endpoint(place):
        return LocalStore(Path(place) / bucket, mkdir=True)
    return S3Store(
        bucket,
        endpoint=place,
        region=os.environ.get("AWS_REGION", os.environ.get("AWS_DEFAULT_REGION", "us-east-1")),
        virtual_hosted_style_request=False,
        skip_signature="AWS_ACCESS_KEY_ID" not in os.environ,
        client_options={
            "allow_http": True,
            "connect_timeout": timedelta(seconds=limits.BUCKET_CONNECT_S),
            "timeout": timedelta(seconds=limits.BUCKET_REQUEST_S),
        },
        retry_config={"max_retries": limits.BUCKET_RETRIES, "retry_timeout": timedelta(seconds=limits.BUCKET_RETRY_S)},
    )


def _sync(path: Path) -> None:
    """The file and its name are on disk."""
    for each in (path, path.parent):
        opened = os.open(each, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _first_line(err: Exception) -> str:
    return str(err).partition("\n")[0].strip()
