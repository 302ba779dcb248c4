# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private addresses for new CPE NAT entries: which are free, and how many an interface takes. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from ..._model.addresses import choose_private_address, private_address_problem
from .reader import Found, Interface, Place
from .request import Entry
from .steps import Step


class PlacingError(Exception):
    """No private address can be given; the text says why and fits after the entry's name."""


class AddressBook:
    """The addresses of the subnets that were read, with whoever has them; it gives out the free ones."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self.choosing: set[str] = set()
        """The subnets in which the engine chose an address."""
        self._taken: dict[str, dict[str, str]] = {
            subnet.id: {private_ip: f"interface {owner}" for private_ip, owner in subnet.used.items()}
            for subnet in found.subnets.values()
        }
        # promised to an entry whose run ended before the address was assigned
        self._promised = {
            place.private_ip: address.key or ""
            for address in found.addresses
            if address.place is None
            for place in address.named
        }

    def take(self, entry: Entry, interface: Interface) -> Place:
        """Take a private address: the fixed one, the preferred one if it is free, else one by a hash of the key.

        Raises PlacingError.
        """
        subnet = self._found.subnets.get(interface.subnet_id)
        if subnet is None:
            raise PlacingError(f"subnet {interface.subnet_id} of {interface.id} was not found")
        taken = dict(self._taken[subnet.id])
        for private_ip, key in self._promised.items():
            if key != entry.key:
                taken.setdefault(private_ip, f"entry {key}")
        if entry.private_ip:
            reason = why_unusable(entry.private_ip, subnet.cidr, taken)
            if subnet.used.get(entry.private_ip) == interface.id:
                reason = f"is on {interface.id} already, but no Elastic IP of this network names it; take it off first"
            if reason:
                raise PlacingError(f"private_ip {entry.private_ip} {reason}")
            chosen: str | None = entry.private_ip
        elif entry.preferred_private_ip and not why_unusable(entry.preferred_private_ip, subnet.cidr, taken):
            chosen = entry.preferred_private_ip
        else:
            self.choosing.add(subnet.id)
            chosen = choose_private_address(entry.key, subnet.cidr, taken, subnet.reserved)
        if chosen is None:
            raise PlacingError(f"no address of subnet {subnet.id} ({subnet.cidr}) is free")
        self.keep(entry.key, interface, chosen)
        return Place(interface.id, chosen)

    def keep(self, key: str, interface: Interface, private_ip: str) -> None:
        """Note that the entry gets this address, so that no other does."""
        self._taken.setdefault(interface.subnet_id, {})[private_ip] = f"entry {key}"

    def is_free(self, place: Place, but_for: Collection[Place] = ()) -> bool:
        """Return True if the address can be assigned: it is unused, or its owner is one of the places in `but_for`."""
        subnet = self._found.subnets.get(self._found.interfaces[place.interface_id].subnet_id)
        if subnet is None or why_unusable(place.private_ip, subnet.cidr, {}):
            return False
        owner = subnet.used.get(place.private_ip)
        return owner is None or Place(owner, place.private_ip) in but_for


def why_unusable(private_ip: str, cidr: str, taken: dict[str, str]) -> str:
    """Return the reason why the address cannot be assigned in the subnet, or an empty text."""
    if problem := private_address_problem(private_ip, cidr, "the interface's"):
        return problem
    if private_ip in taken:
        return f"is already used by {taken[private_ip]}"
    return ""


def over_limit(steps: Iterable[Step], found: Found) -> list[str]:
    """Return the problems of interfaces that would get more addresses than their instance's type allows."""
    more = Counter(step.target.interface_id for step in steps if step.target and step.assign)
    problems = []
    for interface_id, count in sorted(more.items()):
        limit, interface = found.limits.get(interface_id), found.interfaces[interface_id]
        if limit and interface.slots + count > limit.addresses:
            problems.append(
                f"interface {interface_id} has {interface.slots} private addresses and shall get {count} more; an"
                f" instance of type {limit.instance_type} can have {limit.addresses} on one interface"
            )
    return problems
