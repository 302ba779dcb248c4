# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private addresses: which are free, and how secondary ones come, go and move; private to the stand-in."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.instance_types import INSTANCE_TYPES

from .errors import refuse
from .interfaces import LabInterface


def interface_limits(instance_type: str) -> tuple[int, int]:
    """Return an instance type's limits: its network interfaces, and the private IPv4 addresses of each of them."""
    info = INSTANCE_TYPES[instance_type]["NetworkInfo"]
    return int(info["MaximumNetworkInterfaces"]), int(info["Ipv4AddressesPerInterface"])


def is_reserved(subnet: Any, ip: str) -> bool:
    """EC2 keeps the first four addresses of each subnet, and the last."""
    network = ipaddress.ip_network(subnet.cidr_block)
    index = int(ipaddress.ip_address(ip)) - int(network.network_address)
    return index < 4 or index == network.num_addresses - 1


class PrivateAddressRules(EC2Backend):
    """EC2's rules for private IPv4 addresses."""

    def holder_of(self, subnet: Any, ip: str) -> LabInterface | None:
        """The interface that has this address."""
        return next((interface for interface in self.interfaces_in(subnet.id) if ip in interface.ips), None)

    def check_address(self, subnet: Any, ip: str) -> None:
        """Refuse an address that can never be one of this subnet."""
        try:
            parsed = ipaddress.ip_address(ip)
        except ValueError:
            refuse("InvalidParameterValue", f"Invalid IP address: {ip}")
        if parsed not in ipaddress.ip_network(subnet.cidr_block):
            refuse("InvalidParameterValue", f"Address {ip} does not fall within the subnet's address range")
        if is_reserved(subnet, ip):
            refuse("InvalidParameterValue", f"Address {ip} is in subnet's reserved address range")

    def free_address(self, subnet: Any, also: Iterable[str] = ()) -> str:
        """The lowest address that nobody has, outside of the subnet's CIDR reservations.

        :param also: addresses that are as good as taken.
        """
        used = {ip for interface in self.interfaces_in(subnet.id) for ip in interface.ips} | set(also)
        reserved = [one.cidr for one in subnet._cidr_reservations]
        for host in ipaddress.ip_network(subnet.cidr_block):
            ip = str(host)
            if ip not in used and not is_reserved(subnet, ip) and not any(host in block for block in reserved):
                return ip
        return refuse(
            "InsufficientFreeAddressesInSubnet",
            "The specified subnet does not have enough free addresses to satisfy the request.",
        )

    def check_room(self, interface: LabInterface, more: int) -> None:
        """Refuse more addresses than an interface of the instance's type has room for."""
        if interface.instance is not None:
            limit = interface_limits(interface.instance.instance_type)[1]
            if len(interface.ips) + more > limit:
                refuse("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.")

    def check_ipv6_room(self, interface: LabInterface, more: int) -> None:
        """Refuse more IPv6 addresses than an interface of the instance's type has room for: as many as IPv4 ones."""
        if interface.instance is not None:
            limit = interface_limits(interface.instance.instance_type)[1]
            if len(interface.ipv6_addresses) + more > limit:
                refuse("PrivateIpAddressLimitExceeded", "Number of IPv6 addresses will exceed limit.")

    def assign(self, interface: LabInterface, wanted: Sequence[str], count: int, move: bool) -> list[str]:
        """Give an interface these secondary addresses, or as many free ones; what others have moves if allowed.

        Returns the addresses that are new to it, or those asked for if it had them all.
        """
        if bool(wanted) == bool(count):
            refuse("InvalidParameterCombination", "Give either private addresses or a count of them")
        if interface.private_ip_address in wanted:
            refuse("InvalidParameterValue", f"{interface.private_ip_address} is the primary address of {interface.id}")
        new = [ip for ip in dict.fromkeys(wanted) if ip not in interface.ips]
        holders = {}
        for ip in new:
            self.check_address(interface.subnet, ip)
            holder = self.holder_of(interface.subnet, ip)
            if holder is not None and (not move or holder.private_ip_address == ip):
                refuse("InvalidParameterValue", f"[{ip}] is assigned, but move is not allowed.")
            holders[ip] = holder
        self.check_room(interface, len(new) + count)
        for _ in range(count):
            new.append(self.free_address(interface.subnet, also=new))
        for ip in new:
            self._move(ip, holders.get(ip), interface)
        return new or list(wanted)

    @staticmethod
    def _move(ip: str, holder: LabInterface | None, target: LabInterface) -> None:
        target.ips.append(ip)
        if holder is None:
            return
        holder.ips.remove(ip)
        bound = holder.elastic.pop(ip, None)
        if bound is not None:
            # The Elastic IP goes with its private address, and stays associated.
            bound.eni = target
            target.elastic[ip] = bound

    def unassign(self, interface: LabInterface, ips: Sequence[str]) -> None:
        """Take secondary addresses away; their Elastic IPs stay, unbound."""
        wrong = [ip for ip in ips if ip not in interface.ips[1:]]
        if wrong or not ips:
            refuse(
                "InvalidParameterValue",
                f"Some of {list(ips)} are not assigned to interface {interface.id} as secondary addresses",
            )
        for ip in ips:
            if ip in interface.elastic:
                self.dissociate(interface.elastic[ip])
            interface.ips.remove(ip)
