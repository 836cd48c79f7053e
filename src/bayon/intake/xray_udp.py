"""The X-Ray daemon's UDP port: datagrams of the X-Ray SDKs become calls of PutTraceSegments.

Nobody is told what became of a datagram, so it is stored at once and what is not stored is counted and named in the
log. One thread only receives; another stores, as much with one append as has gathered meanwhile. While the store cannot
take segments they are kept and tried again, within a bound; beyond it the newest are dropped.

Source: the X-Ray daemon's own reader, traces.md §1.5.
"""

from __future__ import annotations

import binascii
import logging
import socket
import threading
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bayon import limits
from bayon.clock import monotonic_s
from bayon.errors import BayonError, StoreError
from bayon.intake.datagrams import Datagrams, lost, make_room

log = logging.getLogger(__name__)

COMPLAIN_S = 10  # how often the log speaks of what was not stored
RETRY_S = 0.5
_USUAL_HEADERS = (b'{"format":"json","version":1}\n', b'{"format": "json", "version": 1}\n')
_SAMPLED_SPANS = b"T1S"  # what OpenTelemetry for Lambda sends: base64 of an OTLP export
_IGNORED = (b"T1U", b"M1")  # its spans that were not sampled, and its metrics

StoreSegments = Callable[[Sequence[str]], Counter[str]]
StoreSpans = Callable[[bytes], None]


@dataclass(slots=True)
class Counts:
    """What became of the datagrams since the start.

    `rejected` were no documents, `refused` no segments, `dropped` found no room in bayon and `lost` none in the system.
    """

    received: int = 0
    stored: int = 0
    rejected: int = 0
    refused: int = 0
    dropped: int = 0
    lost: int = 0


class Daemon:
    """Listens on a bound socket until it is closed.

    In: `store_segments` makes documents durable and counts, by code, those it refuses; `store_spans` makes the spans of
    an OTLP protobuf durable.
    """

    def __init__(self, receiver: socket.socket, store_segments: StoreSegments, store_spans: StoreSpans) -> None:
        self._receiver = receiver
        self._store_segments = store_segments
        self._store_spans = store_spans
        self._counts = Counts()
        self._unsaid: Counter[str] = Counter()
        self._said_s = monotonic_s() - COMPLAIN_S
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        make_room(receiver)
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for work, name in ((self._receive, "xray-receive"), (self._store, "xray-store"))
        ]

    def start(self) -> None:
        """Datagrams are received from now on."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """What had been received is stored, if the store takes it; nothing is received any more."""
        self._stopping.set()
        with self._changed:
            self._changed.notify()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(limits.STOP_S)

    def counts(self) -> dict[str, int]:
        """What became of the datagrams, by the names of `Counts`, and how many are `waiting` to be stored."""
        self._counts.lost = lost(self._receiver)
        return asdict(self._counts) | {"waiting": len(self._waiting)}

    # ── The thread that receives ──

    def _receive(self) -> None:
        datagrams = Datagrams(self._receiver)
        while not self._stopping.is_set():
            try:
                self._offer(datagrams.receive())
            except OSError as err:
                log.warning("the X-Ray port cannot be read: %s", err)
                self._stopping.wait(RETRY_S)

    def _offer(self, batch: list[bytes]) -> None:
        """The datagrams wait to be stored, or are counted as dropped where too much waits."""
        if not batch:
            return
        size_bytes = sum(map(len, batch))
        with self._changed:
            self._counts.received += len(batch)
            if self._waiting_bytes + size_bytes > limits.DATAGRAM_BYTES_WAITING:
                self._counts.dropped += len(batch)
                return
            self._waiting += batch
            self._waiting_bytes += size_bytes
            self._changed.notify()

    # ── The thread that stores ──

    def _store(self) -> None:
        while batch := self._take():
            documents = [text for datagram in batch if (text := self._document(datagram)) is not None]
            if documents:
                self._keep(documents)
            self._complain()

    def _take(self) -> list[bytes]:
        """The oldest of what waits, as much as one append takes; nothing when the daemon stops and nothing waits."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping.is_set())
            batch = self._waiting[: limits.DATAGRAMS_STORED]
            del self._waiting[: limits.DATAGRAMS_STORED]
            self._waiting_bytes -= sum(map(len, batch))
            return batch

    def _document(self, datagram: bytes) -> str | None:
        """The document of the datagram; none where it is counted already."""
        body = body_of(datagram)
        if body.startswith(_SAMPLED_SPANS):
            self._spans(body)
            return None
        if body.startswith(_IGNORED):
            return None
        try:
            if text := body.decode():
                return text
        except UnicodeDecodeError:
            pass
        self._counts.rejected += 1
        self._unsaid["no header line and document"] += 1
        return None

    def _spans(self, body: bytes) -> None:
        try:
            self._store_spans(b64decode(body[len(_SAMPLED_SPANS) :], validate=True))
            self._counts.stored += 1
        except (binascii.Error, BayonError) as err:
            self._counts.rejected += 1
            self._unsaid[str(err)] += 1

    def _keep(self, documents: list[str]) -> None:
        """The documents are durable, but for those refused; a store that cannot take them is asked again."""
        while True:
            try:
                refused = self._store_segments(documents)
            except BayonError as err:
                self._unsaid[err.message] += 1
                self._complain()
                if isinstance(err, StoreError) and err.retryable and not self._stopping.wait(RETRY_S):
                    continue
                self._counts.dropped += len(documents)
                return
            except Exception:
                log.exception("%d segments could not be stored", len(documents))
                self._counts.dropped += len(documents)
                return
            self._unsaid += refused
            self._counts.refused += refused.total()
            self._counts.stored += len(documents) - refused.total()
            return

    def _complain(self) -> None:
        """What was not stored is in the log, though not more often than every few seconds."""
        now_s = monotonic_s()
        if self._unsaid and now_s - self._said_s >= COMPLAIN_S:
            reasons = ", ".join(f"{reason} ({count})" for reason, count in self._unsaid.most_common(5))
            log.warning("not all that came over UDP is stored: %s", reasons)
            self._unsaid.clear()
            self._said_s = now_s


def routes(daemon: Daemon) -> list[BaseRoute]:
    """Where bayon says what became of the datagrams."""

    def counts(_: Request) -> Response:
        return JSONResponse(daemon.counts())

    return [Route("/_bayon/xray", counts, methods=["GET"])]


def body_of(datagram: bytes) -> bytes:
    """What follows the header line; nothing where the datagram has no header that says JSON, version 1."""
    for header in _USUAL_HEADERS:
        if datagram.startswith(header):
            return datagram[len(header) :].strip()
    line, _, body = datagram.partition(b"\n")
    try:
        header_fields = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return b""
    right = (
        isinstance(header_fields, dict)
        and str(header_fields.get("format")).lower() == "json"
        and header_fields.get("version") == 1
        and header_fields["version"] is not True
    )
    return body.strip() if right else b""
