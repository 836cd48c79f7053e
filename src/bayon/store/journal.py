"""The journal: appends that are acknowledged and not yet in the engine, on disk.

A file holds the records between two flushes of the writer. A record is one group of appends, whole or not at all: its
length and checksum stand before it, so that a half-written one, which nobody was told of, is known. What was flushed
is forgotten by removing its file; what a crash left is read again at the next start.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from bayon import limits
from bayon.store.engine import converted_errors

Blocks = Mapping[str, pa.Table]

_HEAD = struct.Struct("<QI")  # the length of a record's payload, its CRC-32
_NAME = struct.Struct("<HQ")  # the length of a table's name, of its block


class Journal:
    """The files of one folder, used by one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._old = sorted(folder.glob("*.journal"))
        self._number = int(self._old[-1].stem) if self._old else 0
        self._file: int | None = None
        self._end = 0

    def left(self) -> tuple[list[Blocks], list[Path]]:
        """What a crash left behind, in the order it was acknowledged, and the files that hold it."""
        return [blocks for path in self._old for blocks in _records(path.read_bytes())], self._old

    def write(self, blocks: Blocks) -> None:
        """The group is on disk. Raises: StoreError, retryable, when there is no room; then nothing was written."""
        payload = _payload(blocks)
        record = memoryview(_HEAD.pack(len(payload), zlib.crc32(payload)) + payload)
        with converted_errors():
            file = self._file if self._file is not None else self._begin()
            written = 0
            while written < len(record):
                written += os.pwrite(file, record[written:], self._end + written)
            os.fdatasync(file)
        self._end += len(record)

    def roomy(self) -> bool:
        """Whether the disk has room for far more than the journal ever holds."""
        disk = os.statvfs(self._folder)
        return disk.f_bavail * disk.f_frsize > limits.DISK_FREE_BYTES

    def turn(self) -> Path | None:
        """Later records go to another file. Out: the file so far, to be forgotten once it is flushed, if any."""
        if self._file is None:
            return None
        os.close(self._file)
        self._file = None
        return self._path()

    def _path(self) -> Path:
        return self._folder / f"{self._number:012d}.journal"

    def _begin(self) -> int:
        self._number += 1
        self._end = 0
        file = os.open(self._path(), os.O_CREAT | os.O_TRUNC | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(file, 0, limits.JOURNAL_FILE_BYTES)  # syncing is cheaper when the file need not grow
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError:
            os.close(file)
            self._path().unlink()
            raise
        self._file = file
        return file


def _payload(blocks: Blocks) -> bytes:
    pieces: list[bytes] = []
    for table, block in blocks.items():
        name = table.encode()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, block.schema) as stream:
            stream.write_table(block)
        data = sink.getvalue()
        pieces += [_NAME.pack(len(name), data.size), name, data]
    return b"".join(pieces)


def _records(data: bytes) -> Iterator[Blocks]:
    at = 0
    while at + _HEAD.size <= len(data):
        size, checksum = _HEAD.unpack_from(data, at)
        payload = data[at + _HEAD.size : at + _HEAD.size + size]
        if not size or len(payload) < size or zlib.crc32(payload) != checksum:
            return
        yield _blocks(payload)
        at += _HEAD.size + size


def _blocks(payload: bytes) -> Blocks:
    blocks: dict[str, pa.Table] = {}
    at = 0
    while at < len(payload):
        name_size, size = _NAME.unpack_from(payload, at)
        name_end = at + _NAME.size + name_size
        name = payload[at + _NAME.size : name_end].decode()
        blocks[name] = pa.ipc.open_stream(payload[name_end : name_end + size]).read_all()
        at = name_end + size
    return blocks
