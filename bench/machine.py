"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("bayon", "chdb", "clickhouse-connect", "pyarrow", "msgspec", "uvicorn", "moto", "botocore")


def described(folder: Path) -> list[str]:
    """Lines that say what machine this is and what runs on it; `folder` is where the data lies."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return [
        f"machine   {_processor()}, {len(os.sched_getaffinity(0))} cores, {memory_gib:.0f} GiB, load {load}",
        f"system    {platform.system()} {platform.release()}, data on {_filesystem(folder)}",
        f"python    {platform.python_version()}",
        f"versions  {', '.join(f'{name} {version(name)}' for name in PACKAGES)}",
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _filesystem(folder: Path) -> str:
    """The type of the file system that the folder lies on."""
    mounts = [line.split()[1:3] for line in Path("/proc/self/mounts").read_text().splitlines()]
    real = folder.resolve()
    holding = [(point, kind) for point, kind in mounts if real.is_relative_to(point)]
    return max(holding, key=lambda mount: len(mount[0]))[1]
