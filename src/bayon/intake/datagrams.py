"""Receives datagrams, many with one call where the system can.

A thread that asks for one datagram at a time must win the interpreter back for each; while others compute, the
socket's buffer overflows meanwhile. `recvmmsg` fetches hundreds with one call, during which nobody waits for anybody.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
import sys
from pathlib import Path

from bayon import limits

WAIT_S = 0.5  # how long a call may wait for the first datagram, and so how late a stop is noticed
_SO_RCVBUFFORCE = 33
_MSG_WAITFORONE = 0x10000
_DROPS = Path("/proc/net/udp")


class _IoVec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Message(ctypes.Structure):  # struct msghdr
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.POINTER(_IoVec)),
        ("vectors_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Received(ctypes.Structure):  # struct mmsghdr
    _fields_ = (("message", _Message), ("length", ctypes.c_uint))


def make_room(receiver: socket.socket) -> int:
    """The socket's buffer is as large as it may be, up to what bayon wants. Out: its bytes."""
    try:  # root may pass the system's own bound
        receiver.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, limits.DATAGRAM_BUFFER_BYTES)
    except OSError:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, limits.DATAGRAM_BUFFER_BYTES)
    return receiver.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def lost(receiver: socket.socket) -> int:
    """How many datagrams the system dropped because the socket's buffer was full; 0 where it does not say."""
    try:
        inode = str(os.fstat(receiver.fileno()).st_ino)
        rows = (line.split() for line in _DROPS.read_text().splitlines()[1:])
        return next((int(row[12]) for row in rows if row[9] == inode), 0)
    except (OSError, IndexError, ValueError):
        return 0


class Datagrams:
    """What arrives at a bound socket. For one thread."""

    def __init__(self, receiver: socket.socket) -> None:
        self._receiver = receiver
        self._many = _Many(receiver) if sys.platform == "linux" and struct.calcsize("P") == 8 else None
        if self._many is None:
            receiver.settimeout(WAIT_S)

    def receive(self) -> list[bytes]:
        """What has arrived, oldest first; nothing when nothing has for a while. Raises: OSError."""
        if self._many is not None:
            return self._many.receive()
        try:
            return [self._receiver.recv(limits.DATAGRAM_BYTES)]
        except TimeoutError:
            return []


class _Many:
    """`recvmmsg` into buffers of its own, of which only the pages that were ever filled take memory."""

    def __init__(self, receiver: socket.socket) -> None:
        count, size = limits.DATAGRAMS_AT_ONCE, limits.DATAGRAM_BYTES
        self._receiver = receiver
        self._buffer = ctypes.create_string_buffer(count * size)
        start = ctypes.addressof(self._buffer)
        self._vectors = (_IoVec * count)(*(_IoVec(start + place * size, size) for place in range(count)))
        self._received = (_Received * count)()
        for received, vector in zip(self._received, self._vectors, strict=True):
            received.message.vectors, received.message.vectors_count = ctypes.pointer(vector), 1
        self._call = ctypes.CDLL(None, use_errno=True).recvmmsg
        self._view = memoryview(self._buffer)
        seconds, part = divmod(WAIT_S, 1)
        receiver.setblocking(True)  # noqa: FBT003 - the socket's own way
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", int(seconds), int(part * 1e6)))

    def receive(self) -> list[bytes]:
        found = self._call(self._receiver.fileno(), self._received, len(self._received), _MSG_WAITFORONE, None)
        if found < 0:
            code = ctypes.get_errno()
            if code in (errno.EAGAIN, errno.EINTR):
                return []
            raise OSError(code, os.strerror(code))
        view, size = self._view, limits.DATAGRAM_BYTES
        ends = [place * size + self._received[place].length for place in range(found)]
        return [bytes(view[place * size : end]) for place, end in enumerate(ends)]
