"""The data folder as a whole: who holds it, which version of bayon's layout it has, and folders that do not last.

What lies in its files is the business of `store` and `state`; this module opens neither.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bayon.errors import BayonError

LAYOUT = 1  # rises when an older bayon could no longer read what a newer one has written here


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """The folder exists, has this layout, and belongs to this process alone until the block ends.

    Raises: BayonError, with nothing changed, when a newer bayon wrote it, another holds it or it cannot be written.
    """
    refuse_newer(folder)
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(lock, folder)
        refuse_newer(folder)
        with _explained(folder):
            _write_layout(folder)
        yield folder
    finally:
        os.close(lock)


@contextmanager
def temporary() -> Iterator[Path]:
    """A fresh folder that is gone after the block."""
    folder = Path(tempfile.mkdtemp(prefix="bayon-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def layout(folder: Path) -> int | None:
    """The layout that the folder was last written with; none where no bayon has written."""
    try:
        return int((folder / "version").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as err:
        raise BayonError(f"cannot read {folder / 'version'}: {(err.strerror or str(err)).lower()}") from err
    except ValueError as err:
        raise BayonError(f"cannot tell the version of the data folder: {folder / 'version'} holds no number") from err


def refuse_newer(folder: Path) -> None:
    """Nothing happens, unless a newer bayon has written the folder. Raises: BayonError."""
    found = layout(folder)
    if found is not None and found > LAYOUT:
        raise BayonError(
            f"the data folder {folder} was written by a newer bayon (layout {found}, this one knows {LAYOUT}): "
            "install that version again, or choose another folder with --data-dir"
        )


def holder(folder: Path) -> int | None:
    """The process that holds the folder now, 0 where it is not known; none when the folder is free."""
    try:
        lock = os.open(folder / "lock", os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _pid_in(lock)
    finally:
        os.close(lock)
    return None


def _take(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BayonError(
            f"the data folder {folder} is in use by another bayon (process {_pid_in(lock) or 'unknown'}): "
            "stop that one, or choose another folder with --data-dir"
        ) from None
    with _explained(folder):
        os.pwrite(lock, f"{os.getpid()}\n".ljust(16).encode(), 0)


def _pid_in(lock: int) -> int:
    text = os.pread(lock, 16, 0).strip()
    return int(text) if text.isdigit() else 0


def _write_layout(folder: Path) -> None:
    """The version file is whole and durable, or as before; written each time, so that a full disk is known at once."""
    fresh = folder / "version.new"
    with fresh.open("w") as file:
        file.write(f"{LAYOUT}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / "version")


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """What the system refuses becomes a sentence about the folder."""
    try:
        yield
    except OSError as err:
        with contextlib.suppress(OSError):
            (folder / "version.new").unlink()
        if err.errno == errno.ENOSPC:
            raise BayonError(f"no space is left for the data folder {folder}: free some, nothing is lost") from err
        raise BayonError(f"cannot write to the data folder {folder}: {(err.strerror or str(err)).lower()}") from err
