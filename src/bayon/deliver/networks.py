"""Which addresses bayon connects to on behalf of those who use it: public ones, and what its owner allows.

Without this, whoever may subscribe a webhook could make bayon talk to whatever only its machine can reach.
"""

from __future__ import annotations

import functools
import ipaddress
from dataclasses import dataclass

from bayon.errors import BayonError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IPV4_MASK = 0xFFFFFFFF
_LOCAL_NAMES = {"localhost", "localhost.localdomain", "ip6-localhost"}


@dataclass(frozen=True, slots=True)
class Networks:
    """What is allowed besides the public internet; `everything` asks nothing."""

    allowed: tuple[Network, ...] = ()
    everything: bool = False

    def admit(self, address: str) -> bool:
        """True where bayon may connect to the numeric address."""
        if self.everything:
            return True
        meant = _meant(ipaddress.ip_address(address.partition("%")[0]))
        public = meant.is_global and not meant.is_multicast
        return public or any(meant in network for network in self.allowed)

    def refuse_name(self, host: str) -> bool:
        """True for the name or number of a host that is known, without asking anybody, not to be admitted."""
        name = host.strip("[]").rstrip(".").lower()
        if name in _LOCAL_NAMES:
            return not (self.admit("127.0.0.1") or self.admit("::1"))
        try:
            return not self.admit(name)
        except ValueError:
            return False


EVERYWHERE = Networks(everything=True)  # for addresses that bayon's owner has named himself


@functools.cache
def parse(text: str) -> Networks:
    """The networks of a setting such as `10.0.0.0/8,127.0.0.1`. Raises: BayonError."""
    try:
        found = [ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]
    except ValueError as err:
        raise BayonError(f"expected networks such as 10.0.0.0/8,127.0.0.1, found {text!r}: {err}") from err
    return Networks(tuple(found))


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & _IPV4_MASK)
    return address.ipv4_mapped or address.sixtofour or address
