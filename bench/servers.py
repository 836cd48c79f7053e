"""The servers that are measured: bayon with its data on disk, and moto from PyPI for comparison.

Only one of them runs while the other is measured: what it still had to do must not be paid for by its neighbour.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from bayon.testing import running

START_S = 60
QUIET_S = 1.6  # longer than the second between two looks at what waits to be settled
STEP_S = 0.2


@dataclass(frozen=True, slots=True)
class Server:
    """A server's name, address and process."""

    name: str
    host: str
    port: int
    pid: int

    def client(self, service: str) -> Any:
        """A boto3 client of it."""
        import boto3

        return boto3.client(
            service,
            endpoint_url=f"http://{self.host}:{self.port}",
            region_name="us-east-1",
            aws_access_key_id="bench",
            aws_secret_access_key="bench",
        )

    def reset(self) -> None:
        """A moto_server is empty."""
        with urlopen(Request(f"http://{self.host}:{self.port}/moto-api/reset", method="POST")) as answer:
            answer.read()

    def resident_mib(self) -> float:
        """The memory of the process that is in RAM."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"process {self.pid} has no memory")

    def used_s(self) -> float:
        """The processor time that the process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait_idle(self) -> float:
        """The process has had next to nothing to do for a while. Out: the seconds until then."""
        began_s = idle_since_s = time.monotonic()
        used_s = self.used_s()
        while time.monotonic() - idle_since_s < QUIET_S:
            time.sleep(STEP_S)
            before_s, used_s = used_s, self.used_s()
            if used_s - before_s > STEP_S / 5:
                idle_since_s = time.monotonic()
        return idle_since_s - began_s


@contextmanager
def bayon(folder: Path) -> Iterator[Server]:
    """A durable bayon serves with its data in the folder while the block runs."""
    with running(data_dir=folder) as bayon:
        address = urlsplit(bayon.url)
        assert address.hostname
        assert address.port
        yield Server("bayon", address.hostname, address.port, bayon.pid)


@contextmanager
def moto() -> Iterator[Server]:
    """A moto_server serves while the block runs; it keeps everything in memory."""
    port = _free_port()
    command = [sys.executable, "-c", "from moto.server import main; main()", "-p", str(port)]
    with _run("moto", command, port) as server:
        yield server


def installed(*programs: str) -> bool:
    """Whether the programs are on this machine; the bench installs nothing by itself."""
    return all(shutil.which(program) for program in programs)


@contextmanager
def victoria_metrics(folder: Path) -> Iterator[Server]:
    """A VictoriaMetrics serves with its data in the folder while the block runs."""
    port = _free_port()
    command = ["victoria-metrics", f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}"]
    with _run("VictoriaMetrics", [*command, "-retentionPeriod=1", "-search.latencyOffset=0s"], port) as server:
        yield server


@contextmanager
def prometheus(folder: Path) -> Iterator[Server]:
    """A Prometheus that scrapes nothing serves the blocks in the folder while the block runs."""
    port = _free_port()
    config = folder / "prometheus.yml"
    config.write_text("scrape_configs: []\n")
    command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}"]
    with _run("Prometheus", [*command, f"--web.listen-address=127.0.0.1:{port}"], port) as server:
        _wait_ready(f"http://127.0.0.1:{port}/-/ready")
        yield server


@contextmanager
def _run(name: str, command: list[str], port: int) -> Iterator[Server]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_open(port, process)
        yield Server(name, "127.0.0.1", port, process.pid)
    finally:
        process.kill()
        process.wait()


@contextmanager
def stopped(*servers: Server) -> Iterator[None]:
    """The servers' processes stand still while the block runs."""
    for server in servers:
        os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for server in servers:
            os.kill(server.pid, signal.SIGCONT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_open(port: int, process: subprocess.Popen[bytes]) -> None:
    until_s = time.monotonic() + START_S
    while time.monotonic() < until_s and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not start")


def _wait_ready(url: str) -> None:
    until_s = time.monotonic() + START_S
    while time.monotonic() < until_s:
        try:
            with urlopen(url) as answer:
                answer.read()
            return
        except HTTPError:
            time.sleep(0.05)
    raise RuntimeError("the server did not become ready")
