# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The private addresses of CPE NAT entries: those in use in the aggregators' subnets, and those that a plan takes."""

from __future__ import annotations

import ipaddress

from ..._cpe_nat_rules import address_problem
from ..._model.addresses import choose_private_address, private_address_problem
from ..._model.desired_network import Report
from ..._model.names import TAG_INTERFACE
from ..._model.state import Cloud, ElasticIp, Instance
from ..aggregators.fleet import Fleet
from .entries import current_address

_ANOTHER = "Give another one, or none."


class Addresses:
    """Private addresses of the fleet's primary interfaces: what is used, and what this plan takes."""

    def __init__(self, fleet: Fleet, cloud: Cloud, report: Report) -> None:
        self._cloud, self._report = cloud, report
        self.choosing: set[str] = set()
        """The subnets in which an address was chosen."""
        self._used: dict[str, set[str]] = {}
        for member in (*fleet.members, *fleet.decommissioned):
            if member.instance:
                place = member.instance.subnet_id
                self._used.setdefault(place, set()).update(member.instance.addresses, (member.instance.private_ip,))
        for subnet in cloud.subnets.values():
            self._used.setdefault(subnet.id, set()).update(subnet.used or ())

    def keep(self, address: ElasticIp, fleet: Fleet) -> None:
        """Reserve what an entry has already, so that no entry before it in the list takes it."""
        owner, current = fleet.by_interface(address.interface_id or address.tags.get(TAG_INTERFACE)), None
        if owner and owner.instance and (current := current_address(address)):
            self.reserve(owner.instance, current)

    def reserve(self, instance: Instance, address: str) -> None:
        """Take an address that an entry has already, assigned or only named in its tags."""
        self._used.setdefault(instance.subnet_id, set()).add(address)

    def lies_with(self, instance: Instance, address: str | None) -> bool:
        """Return True if an address lies in the instance's subnet, so that it can come along from another interface."""
        subnet = self._cloud.subnets.get(instance.subnet_id)
        if subnet is None or address is None:
            return False
        return ipaddress.IPv4Address(address) in ipaddress.IPv4Network(subnet.cidr)

    def fixed(self, host: str, instance: Instance, address: str, what: str) -> str:
        """Check an address that the operator gives to an aggregator."""
        subnet = self._cloud.subnets[instance.subnet_id].cidr
        if address_problem(address):
            return address  # which has been said
        if problem := private_address_problem(address, subnet, f"{host}'s"):
            self._report.problem(f"{what}: private_ip {address} {problem}. {_ANOTHER}")
        elif address == instance.private_ip:
            self._report.problem(f"{what}: private_ip {address} is the primary address of {host}. {_ANOTHER}")
        elif address in self._used.get(instance.subnet_id, ()):
            text = f"{what}: private_ip {address} is already used in {host}'s subnet {subnet}."
            self._report.problem(f"{text} {_ANOTHER}")
        self.reserve(instance, address)
        return address

    def choose(self, host: str, instance: Instance, key: str, what: str) -> str | None:
        """Return a free address for an entry; None with a problem if the subnet is full."""
        subnet = self._cloud.subnets[instance.subnet_id]
        reserved = subnet.reserved or ()
        address = choose_private_address(key, subnet.cidr, self._used.get(subnet.id, set()), reserved)
        self.choosing.add(subnet.id)
        if address is None:
            but = f" outside of its CIDR reservations ({', '.join(reserved)})" if reserved else ""
            text = f"{what}: {host}'s subnet {subnet.cidr} has no free address left{but}."
            self._report.problem(f"{text} Free one, or give the entry another aggregator.")
        else:
            self.reserve(instance, address)
        return address
