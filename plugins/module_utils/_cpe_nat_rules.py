# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of a CPE NAT entry, asked by the plan and by both engines.

A plan that knows fewer rules than the engines promises what a run then refuses, in the middle of its changes. So each
rule stands here once. A function returns what is wrong, as the end of a sentence without its full stop; or nothing.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

ENTRY_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:+=@-]{0,199}")
"""The key of a CPE NAT entry, as it may stand in a tag, which AWS lets have 256 characters."""
POOL = re.compile(r"ipv4pool-ec2-[0-9a-f]{8,32}")
HOST_NAME = re.compile(r"(?=.{1,253}\.?\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?")
LARGEST_HOST_PREFIX = 30
"""A /31 or /32 has no host beside the bonder."""


def key_problem(key: str) -> str | None:
    """Return the problem of an entry's name (its key), or None."""
    if ENTRY_KEY.fullmatch(key):
        return None
    return "wanted a key of letters, digits, spaces and . _ : + = @ - (at most 200, the first a letter or digit)"


def address_problem(text: str) -> str | None:
    """Return the problem of an IPv4 address, or None."""
    return None if _ipv4(text) else "wanted an IPv4 address without a prefix length"


def pool_problem(pool: str) -> str | None:
    """Return the problem of the id of a pool of public addresses, or None."""
    return None if POOL.fullmatch(pool) else "wanted the id of a public IPv4 pool of the account (ipv4pool-ec2-...)"


def reverse_dns_problem(name: str) -> str | None:
    """Return the problem of a name for the reverse DNS, or None; an empty one takes the name away."""
    if not name or HOST_NAME.fullmatch(name.lower()):
        return None
    return "wanted a full domain name, for example mail.example.com (labels of letters, digits and -, 253 at most)"


def nat_problems(connected_ip: str, nat_ip: str) -> list[str]:
    """Return the problem of a bonder's connected IP, and of the host behind it that the public address leads to.

    The bonder translates for its connected network only, and the host has to be another one than the bonder.
    """
    bonder, found = _connected(connected_ip)
    host = _ipv4(nat_ip)
    if host is None:
        found.append(f"nat_ip is {nat_ip!r}; wanted an IPv4 address, for example 192.168.17.10")
    if bonder is None or host is None:
        return found
    network = bonder.network
    if host not in network:
        found.append(
            f"nat_ip {host} lies outside of its connected network {network} (connected_ip {connected_ip}): the bonder "
            "translates for that network only"
        )
    elif network.prefixlen <= LARGEST_HOST_PREFIX:
        if host in (network.network_address, network.broadcast_address):
            found.append(f"nat_ip {host} is the network or broadcast address of {network}")
        elif host == bonder.ip:
            found.append(f"nat_ip {host} is the bonder's own address (connected_ip {connected_ip}), not a host's")
    return found


def _connected(text: str) -> tuple[ipaddress.IPv4Interface | None, list[str]]:
    """Return the connected IP if it is an address with a prefix length, and what else is wrong with it."""
    try:
        bonder = ipaddress.IPv4Interface(text)
    except ValueError:
        bonder = None
    if bonder is None or "/" not in text:
        return None, [f"connected_ip is {text!r}; wanted an IPv4 address with its prefix length, as 192.168.17.1/24"]
    network, found = bonder.network, []
    unusable = network.is_loopback or network.is_link_local or network.is_reserved or network.is_unspecified
    if not network.is_private or unusable:
        found.append(f"connected_ip {bonder} is not private; a CPE NAT IP needs a private one")
    if network.prefixlen > LARGEST_HOST_PREFIX:
        found.append(f"connected_ip {bonder} has no room for a host beside the bonder; wanted a /30 or larger")
    elif bonder.ip in (network.network_address, network.broadcast_address):
        found.append(f"connected_ip {bonder} is the network or broadcast address of {network}; wanted a host's")
    return bonder, found


@dataclass(frozen=True)
class Holding:
    """An Elastic IP of the account: `use` is what it serves in its network, `place` what it is associated with."""

    network: str | None = None
    retired: bool = False
    use: str = ""
    place: str | None = None


def adoption_problem(given: str, found: Holding | None, network: str) -> str | None:
    """Return why an entry of `network` cannot adopt the Elastic IP `given` (as messages name it), or None.

    It must be of the account, free, and without another owner.
    """
    if found is None:
        return f"public_ip {given} is not an Elastic IP of this account and region"
    if found.network not in (None, network):
        return f"public_ip {given} belongs to the network '{found.network}'"
    if found.network is not None and not found.retired:
        return f"public_ip {given} is in use in this network, for {found.use}"
    if found.place is not None:
        return f"public_ip {given} is associated, at {found.place}; disassociate it first"
    return None


def _ipv4(text: str) -> ipaddress.IPv4Address | None:
    try:
        return ipaddress.IPv4Address(text)
    except ValueError:
        return None
