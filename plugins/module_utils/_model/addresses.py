# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of a VPC subnet: which may be used, and which one an entry gets."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Collection, Iterable

_Network = ipaddress.IPv4Network

_UNUSABLE = {
    _Network("0.0.0.0/8"): "unspecified",
    _Network("127.0.0.0/8"): "loopback",
    _Network("169.254.0.0/16"): "link-local",
    _Network("224.0.0.0/4"): "multicast",
    _Network("240.0.0.0/4"): "reserved",
}
_PRIVATE = tuple(
    map(
        _Network,
        (
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # RFC 1918
            "100.64.0.0/10",  # RFC 6598
            *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),  # RFC 5737
            "198.18.0.0/15",  # RFC 2544
        ),
    )
)
AWS_RESERVED_FIRST = 4
"""AWS keeps the first four addresses of each subnet (network, router, DNS, future use) and the last one."""


def is_reserved(address: str, subnet: str) -> bool:
    """Return True if AWS reserves the IPv4 `address` of `subnet` (VPC User Guide, "Subnet CIDR blocks")."""
    network = ipaddress.IPv4Network(subnet)
    offset = int(ipaddress.IPv4Address(address)) - int(network.network_address)
    return offset < AWS_RESERVED_FIRST or offset >= network.num_addresses - 1


def private_address_problem(address: str, subnet: str, whose: str) -> str | None:
    """Return why no interface of `whose` subnet can have a private address, as the end of a sentence, or None."""
    if ipaddress.IPv4Address(address) not in ipaddress.IPv4Network(subnet):
        return f"lies outside of {whose} subnet {subnet}"
    if is_reserved(address, subnet):
        return f"is reserved by AWS in {subnet} (the first four addresses and the last)"
    return None


def unusable(network: ipaddress.IPv4Network) -> str | None:
    """Return the kind of address space in which no host can be ("multicast"), or None."""
    return next((kind for block, kind in _UNUSABLE.items() if network.subnet_of(block)), None)


def is_private_space(network: ipaddress.IPv4Network) -> bool:
    """Return True if no host on the Internet has an address of `network`."""
    return any(network.subnet_of(block) for block in _PRIVATE)


def lies_in(text: object, network: ipaddress.IPv4Network) -> bool:
    """Return True if an address that the server shows, with or without a prefix length, lies in `network`."""
    try:
        return ipaddress.IPv4Interface(str(text)).ip in network
    except ValueError:
        return False


def network_of(text: object) -> ipaddress.IPv4Network | None:
    """Return the IPv4 network of an address that the server shows, None of any other text."""
    try:
        return ipaddress.IPv4Interface(str(text)).network
    except ValueError:
        return None


def is_covered(network: ipaddress.IPv4Network, by: Iterable[ipaddress.IPv4Network]) -> bool:
    """Return True if each address of `network` is in one of the others, which may share it between them."""
    return any(network.subnet_of(other) for other in ipaddress.collapse_addresses(by))


def delegated(prefixes: Iterable[str]) -> set[str]:
    """Return the addresses of the prefixes of an interface, which nothing else in its subnet can have."""
    return {str(address) for prefix in prefixes for address in ipaddress.IPv4Network(prefix)}


def router_address(subnet: str) -> str:
    """Return the VPC router's address: the first host address of each subnet."""
    return str(ipaddress.IPv4Network(subnet)[1])


def choose_private_address(key: str, subnet: str, used: Collection[str], reserved: Iterable[str] = ()) -> str | None:
    """Return a free address of `subnet` for the entry named `key`, or None if the subnet is full.

    `reserved`: the CIDR reservations of the subnet, which the account keeps for another use.
    The search begins at a place given by a hash of the key: so check mode shows the address that the real run
    takes, and two entries chosen at the same time seldom want the same one.
    """
    network = ipaddress.IPv4Network(subnet)
    usable = network.num_addresses - AWS_RESERVED_FIRST - 1
    if usable < 1:
        return None
    taken = set(used)
    kept = [ipaddress.IPv4Network(one) for one in reserved]
    start = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % usable
    for step in range(usable):
        address = network[AWS_RESERVED_FIRST + (start + step) % usable]
        if str(address) not in taken and not any(address in one for one in kept):
            return str(address)
    return None
