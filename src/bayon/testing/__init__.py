"""A bayon of one's own for a test in Python, on a free port of this machine.

With pytest, `pytest_plugins = ["bayon.testing"]` in conftest.py gives the fixture `bayon`: one process for the run,
emptied and with its clock restored before each test. Without pytest, `with running() as bayon:` does the same by hand.
Tests in other languages start `bayon up --ephemeral` themselves and use the same two addresses under /_bayon.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import msgspec

from bayon.clock import monotonic_s
from bayon.errors import BayonError

pytest_plugins = ["bayon.testing.fixtures"]  # read by pytest only, so that `running` needs no pytest

START_S = 60
STOP_S = 30
READY = "bayon is ready on "
DIRECT = build_opener(ProxyHandler({}))  # a proxy for the world is none for this machine


@dataclass(frozen=True, slots=True)
class Bayon:
    """A running bayon: its address, what AWS clients read from the environment, and its process.

    `env` names no access key where bayon has keys of its own, whose secrets it does not print.
    """

    url: str
    env: dict[str, str] = field(hash=False)
    pid: int

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of the service that talks to this bayon; `options` go to boto3 as they are."""
        import boto3

        settings: dict[str, Any] = {
            "endpoint_url": self.url,
            "aws_access_key_id": self.env.get("AWS_ACCESS_KEY_ID"),
            "aws_secret_access_key": self.env.get("AWS_SECRET_ACCESS_KEY"),
            "region_name": self.env["AWS_REGION"],
        }
        return boto3.session.Session().client(service, **(settings | options))

    def reset(self) -> None:
        """It is empty and its clock follows the machine's. Raises: BayonError unless it is ephemeral."""
        self._call("/_bayon/reset", {})

    def clock(self, **change: Any) -> dict[str, Any]:
        """Its time is changed by one of freeze=True or a time, set=a time, advance_s=seconds, resume=True.

        In: a time is ISO 8601 or milliseconds. Out: `now`, `now_ms`, `frozen`. When it returns after `advance_s`, every
        job due on the way has run. Raises: BayonError unless it is ephemeral.
        """
        return self._call("/_bayon/clock", change or None)

    def inbox(self, **wanted: Any) -> list[dict[str, Any]]:
        """The e-mails and SMS that were sent or would have been, and what could not be delivered, oldest first.

        In: `to`, `kind`, `after` (an id) and `limit`. What was published before the call is in it.
        """
        query = f"?{urlencode(wanted)}" if wanted else ""
        found: list[dict[str, Any]] = self._call(f"/_bayon/inbox{query}", None)["letters"]
        return found

    def _call(self, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        given = None if body is None else msgspec.json.encode(body)
        request = Request(self.url + path, given)  # noqa: S310 - always http, to our own process
        try:
            with DIRECT.open(request) as response:
                return msgspec.json.decode(response.read(), type=dict[str, Any])
        except HTTPError as err:
            with err:
                text = err.read()
            raise BayonError(f"{path} answered {err.code}: {_message(text)}") from err


@contextmanager
def running(**settings: Any) -> Iterator[Bayon]:
    """A bayon serves until the block ends: an ephemeral one, unless `data_dir` says where to keep its data.

    In: the options of `bayon up` by their names; the ports are free ones if not given.
    Raises: BayonError with what it wrote when it does not start.
    """
    if "data_dir" not in settings:
        settings.setdefault("ephemeral", True)
    command = [sys.executable, "-m", "bayon", "up", *_options({"port": 0, "xray_port": 0, "otlp_port": -1} | settings)]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BAYON_")}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=inherited)
        try:
            yield _wait_ready(process, log)
        finally:
            _end(process)


def _options(settings: dict[str, Any]) -> list[str]:
    options = []
    for name, value in settings.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            options.append(flag)
        elif value is not False:
            options += [flag, str(value)]
    return options


def _wait_ready(process: subprocess.Popen[bytes], log: IO[bytes]) -> Bayon:
    """Out: what the ready lines say. Raises: BayonError."""
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    text = ""
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        until_s = monotonic_s() + START_S
        while monotonic_s() < until_s:
            if not ready.select(until_s - monotonic_s()):
                continue
            chunk = os.read(process.stdout.fileno(), 65536)
            text += chunk.decode()
            if text.startswith(READY) and text.endswith("\n\n"):
                return _said(text, process.pid)
            if not chunk:
                break
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1)
    log.seek(0)
    raise BayonError(f"bayon did not start: {log.read().decode().strip() or text or 'it said nothing'}")


def _said(text: str, pid: int) -> Bayon:
    words = [shlex.split(line) for line in text.splitlines()[1:]]
    env = dict(word.split("=", 1) for export, word in filter(None, words))
    return Bayon(env["AWS_ENDPOINT_URL"], env, pid)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process has ended, politely if it does so in time."""
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _message(text: bytes) -> str:
    try:
        return str(msgspec.json.decode(text)["message"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return text.decode(errors="replace")
