# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of a VPC subnet: which may be used, and which one an entry gets. Private to the collection."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Collection

AWS_RESERVED_FIRST = 4
"""AWS keeps the first four addresses of each subnet (network, router, DNS, future use) and the last one."""


def is_reserved(address: str, subnet: str) -> bool:
    """Whether AWS keeps the IPv4 `address` of `subnet` for itself (VPC User Guide, "Subnet CIDR blocks")."""
    network = ipaddress.IPv4Network(subnet)
    offset = int(ipaddress.IPv4Address(address)) - int(network.network_address)
    return offset < AWS_RESERVED_FIRST or offset >= network.num_addresses - 1


def router_address(subnet: str) -> str:
    """The VPC router's address: the first host address of each subnet."""
    return str(ipaddress.IPv4Network(subnet)[1])


def choose_private_address(key: str, subnet: str, used: Collection[str]) -> str | None:
    """A free address of `subnet` for the entry named `key`, or None if the subnet is full.

    The search begins at a place given by a hash of the key: so check mode shows the address that the real run
    takes, and two entries chosen at the same time seldom want the same one.
    """
    network = ipaddress.IPv4Network(subnet)
    usable = network.num_addresses - AWS_RESERVED_FIRST - 1
    if usable < 1:
        return None
    taken = set(used)
    start = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % usable
    for step in range(usable):
        address = str(network[AWS_RESERVED_FIRST + (start + step) % usable])
        if address not in taken:
            return address
    return None
