"""One HTTP request to one address, bounded in time and size, over connections that are kept open.

No redirect is followed, no proxy is used and nothing is tried again here. The address that a name resolves to is
checked when the connection to that very address is made, so that a name which changes its address gets nowhere.
"""

from __future__ import annotations

import functools
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, LocationValueError, NewConnectionError

from bayon import limits
from bayon.clock import monotonic_s
from bayon.deliver.networks import Networks
from bayon.errors import BayonError

_OPTIONS = (*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1))


class UndeliveredError(BayonError):
    """There is no answer: the address could not be reached, may not be, or took too long.

    `permanent` is true where another attempt would end the same way.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Answer:
    """What the endpoint answered; of a long body the beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def accepted(self) -> bool:
        """True for a status of success."""
        return 200 <= self.status < 300


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    networks: Networks,
    timeout_s: float = limits.ENDPOINT_ANSWER_S,
    answer_bytes: int = limits.ENDPOINT_ANSWER_BYTES,
) -> Answer:
    """The endpoint's answer to a POST, whatever its status.

    In: an http or https URL; a user and a password in it become basic authentication. Raises: UndeliveredError.
    """
    try:
        parsed = urllib3.util.parse_url(url)
    except LocationValueError as err:
        raise UndeliveredError(f"expected an address such as https://host/path, found {url}", permanent=True) from err
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise UndeliveredError(f"expected an address such as https://host/path, found {url}", permanent=True)
    given = urllib3.HTTPHeaderDict(dict(headers))
    if parsed.auth:
        given.update(urllib3.make_headers(basic_auth=unquote(parsed.auth)))
    plain = parsed._replace(auth=None, fragment=None).url
    until_s = monotonic_s() + timeout_s
    try:
        response = _pools(networks).request(
            "POST",
            plain,
            body=body,
            headers=given,
            timeout=urllib3.Timeout(connect=limits.ENDPOINT_CONNECT_S, read=timeout_s),
            redirect=False,
            retries=False,
            preload_content=False,
        )
    except RefusedAddressError as err:
        raise UndeliveredError(str(err), permanent=True) from err
    except (HTTPError, OSError, ValueError) as err:
        raise UndeliveredError(_why(parsed.host, err)) from err
    try:
        found = _read(response, answer_bytes, until_s)
    except (HTTPError, OSError) as err:
        raise UndeliveredError(_why(parsed.host, err)) from err
    return Answer(response.status, dict(response.headers), found)


def _read(response: Any, most_bytes: int, until_s: float) -> bytes:
    """The body's beginning. The connection is given back where the body was read whole, else closed."""
    pieces: list[bytes] = []
    size = 0
    while piece := response.read1(65_536, decode_content=False):
        pieces.append(piece)
        size += len(piece)
        if size > most_bytes:
            break
        if monotonic_s() > until_s:
            response.close()
            raise TimeoutError("the answer took too long")
    else:
        response.release_conn()
        return b"".join(pieces)
    response.close()
    return b"".join(pieces)[:most_bytes]


def _why(host: str, err: Exception) -> str:
    reason = getattr(err, "reason", None) or err
    return f"{host}: {reason}"


# ── Connections to checked addresses ──


class RefusedAddressError(Exception):
    """The name leads to an address that bayon may not connect to."""


class _Checked:
    """Makes the connection to an address that is admitted, and to no other."""

    networks: Networks

    def _new_conn(self) -> socket.socket:
        this: Any = self
        host, port = this._dns_host.strip("[]"), this.port  # noqa: SLF001 - what the method replaced here reads
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as err:
            raise NewConnectionError(this, f"no address is known for {host}") from err
        admitted = [each for each in found if self.networks.admit(str(each[4][0]))]
        if not admitted:
            raise RefusedAddressError(
                f"{host} is {found[0][4][0]}, a private address: bayon delivers there only where its setting "
                "allow-networks names it"
            )
        return _connected(this, admitted)


def _connected(this: Any, addresses: list[Any]) -> socket.socket:
    failure: OSError | None = None
    for family, kind, protocol, _, address in addresses[: limits.ENDPOINT_ADDRESSES]:
        made = socket.socket(family, kind, protocol)
        try:
            for option in _OPTIONS:
                made.setsockopt(*option)
            made.settimeout(limits.ENDPOINT_CONNECT_S)
            made.connect(address)
        except OSError as err:
            made.close()
            failure = err
        else:
            return made
    raise NewConnectionError(this, f"cannot connect: {failure}") from failure


@functools.cache
def _pools(networks: Networks) -> urllib3.PoolManager:
    """Connections that are kept open, for one choice of networks."""
    plain = type("_Plain", (_Checked, HTTPConnection), {"networks": networks})
    encrypted = type("_Encrypted", (_Checked, HTTPSConnection), {"networks": networks})
    manager = urllib3.PoolManager(
        num_pools=limits.ENDPOINTS_CONNECTED, maxsize=limits.DELIVERIES_AN_ENDPOINT, block=False
    )
    manager.pool_classes_by_scheme = {
        "http": type("_PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("_EncryptedPool", (HTTPSConnectionPool,), {"ConnectionCls": encrypted}),
    }
    return manager
