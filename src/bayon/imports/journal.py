"""What of a file has been sent, durably: a line before a batch is sent and one after it was acknowledged.

A batch with a line before and none after it is in doubt; whoever resumes has to find out. One process at a time.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import msgspec

from bayon.errors import BayonError

HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading goes on: behind so many batches of the window of events that begins at `start`."""

    start: int
    batches: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """What a journal says: `sent` events up to `place`, the next batch `in_doubt` or not.

    `since_ms` is a time of the destination's: what arrived before it is not of this import. `now_ms` and `undated_ms`
    are when the import began and the time of what has none, so that the file always reads the same.
    """

    place: Place
    sent: int
    in_doubt: bool
    since_ms: int
    now_ms: int
    undated_ms: int
    head: str
    head_bytes: int


class Journal:
    """The journal of one file and destination."""

    def __init__(self, folder: Path, *identity: str) -> None:
        """Raises: BayonError where another process has it."""
        name = hashlib.sha256("\0".join(identity).encode()).hexdigest()[:32]
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{name}.jsonl"
        self._file: IO[bytes] = self.path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise BayonError(f"{identity[0]} is being imported by another process") from None
        self.mark = self._read()

    def _read(self) -> Mark | None:
        """What the lines add up to; a last one that is not whole was never acted on."""
        self._file.seek(0)
        mark: Mark | None = None
        whole = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            mark = _after(mark, msgspec.json.decode(line))
            whole += len(line)
        self._file.truncate(whole)
        return mark

    def begin(self, path: Path, *, since_ms: int, now_ms: int, undated_ms: int) -> Mark:
        """Nothing of the file has been sent."""
        line = {"begin": [since_ms, now_ms, undated_ms, *head_of(path)]}
        self._file.truncate(0)
        self._write(line)
        mark = _after(None, line)
        assert mark is not None
        self.mark = mark
        return mark

    def sending(self) -> None:
        """The batch at the mark is about to be sent."""
        assert self.mark is not None
        self._write({"sending": True})
        self.mark = replace(self.mark, in_doubt=True)

    def not_sent(self) -> None:
        """The batch at the mark has not arrived."""
        assert self.mark is not None
        self._write({"sending": False})
        self.mark = replace(self.mark, in_doubt=False)

    def sent(self, events: int, place: Place) -> None:
        """The batch of so many events has arrived; the next one is at `place`."""
        assert self.mark is not None
        self._write({"sent": [events, place.start, place.batches]}, durable=False)
        self.mark = replace(self.mark, in_doubt=False, sent=self.mark.sent + events, place=place)

    def close(self) -> None:
        """All of it is durable and the journal is free."""
        os.fsync(self._file.fileno())
        self._file.close()

    def _write(self, line: dict[str, Any], *, durable: bool = True) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")
        self._file.flush()
        if durable:
            os.fsync(self._file.fileno())


def is_of(mark: Mark, path: Path) -> bool:
    """Whether the file still begins as it did when the mark's import began; it may have grown."""
    with path.open("rb") as file:
        return hashlib.sha256(file.read(mark.head_bytes)).hexdigest() == mark.head


def head_of(path: Path) -> tuple[str, int]:
    """A hash of the file's first bytes, and how many they are."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return hashlib.sha256(head).hexdigest(), len(head)


def _after(mark: Mark | None, line: dict[str, Any]) -> Mark | None:
    match line:
        case {"begin": [since_ms, now_ms, undated_ms, head, size]}:
            return Mark(
                Place(0),
                0,
                in_doubt=False,
                since_ms=since_ms,
                now_ms=now_ms,
                undated_ms=undated_ms,
                head=head,
                head_bytes=size,
            )
        case {"sending": bool(in_doubt)} if mark is not None:
            return replace(mark, in_doubt=in_doubt)
        case {"sent": [events, start, batches]} if mark is not None:
            return replace(mark, in_doubt=False, sent=mark.sent + events, place=Place(start, batches))
        case _:
            return mark
