# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Public addresses, each given out once; private to the stand-in.

They come from ranges that are reserved for documentation (RFC 5737) and for benchmarks (RFC 2544), so that no run can
ever mean somebody's address. As in AWS, a released address does not come back by itself.
"""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterator

ELASTIC = ("203.0.113.0/24", "192.0.2.0/24", "198.18.0.0/16")
AUTOMATIC = ("198.51.100.0/24", "198.19.0.0/16")
IPV6 = "2001:db8::/32"


def _hosts(networks: tuple[str, ...]) -> Iterator[str]:
    return (str(host) for network in networks for host in ipaddress.ip_network(network).hosts())


class PublicAddresses:
    """Public addresses and IPv6 blocks in use in the whole account: no two regions share an address."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.ipv6_blocks = 0

    def reserve(self, address: str) -> None:
        """Never give this address out by itself."""
        self.taken.add(address)

    def _next(self, networks: tuple[str, ...]) -> str:
        address = next(host for host in _hosts(networks) if host not in self.taken)
        self.taken.add(address)
        return address

    def elastic(self) -> str:
        """An address for an Elastic IP."""
        return self._next(ELASTIC)

    def automatic(self) -> str:
        """An address for an instance that has one assigned automatically."""
        return self._next(AUTOMATIC)

    def ipv6_block(self) -> str:
        """A /56, as Amazon provides one for a VPC."""
        blocks = ipaddress.ip_network(IPV6).subnets(new_prefix=56)
        self.ipv6_blocks += 1
        # The second half: moto finds IPv6 blocks by the text '::/', which a block always has.
        return str(next(itertools.islice(blocks, self.ipv6_blocks, None)))


PUBLIC = PublicAddresses()
