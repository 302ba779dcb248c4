# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network interfaces: how they come, go and are attached, and their private addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.utils import random_eni_id, random_mac_address

from .elastic_ip_addresses import LabAddress
from .errors import invalid, not_found, refuse
from .public_addresses import PUBLIC

OTHER_NETWORK = ("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
"""EC2's error for a security group of another VPC, where an interface is given other groups."""


def interface_limits(instance_type: str) -> tuple[int, int]:
    """Return an instance type's limits: its network interfaces, and the private IPv4 addresses of each of them."""
    info = INSTANCE_TYPES[instance_type]["NetworkInfo"]
    return int(info["MaximumNetworkInterfaces"]), int(info["Ipv4AddressesPerInterface"])


def is_reserved(subnet: Any, ip: str) -> bool:
    """EC2 keeps the first four addresses of each subnet, and the last."""
    network = ipaddress.ip_network(subnet.cidr_block)
    index = int(ipaddress.ip_address(ip)) - int(network.network_address)
    return index < 4 or index == network.num_addresses - 1


class LabInterface(NetworkInterface):
    """A network interface.

    :ivar ips: its private addresses, the primary one first.
    :ivar elastic: the Elastic IPs by the private address that they are bound to.
    :ivar automatic_ip: the public address that EC2 gave the primary address by itself, or None.
    :ivar wants_automatic: whether it has one again after the instance's next start.
    """

    def __init__(self, backend: Any, subnet: Any, ips: Sequence[str], groups: Iterable[Any]) -> None:
        self.ec2_backend = backend
        self.id = random_eni_id()
        self.subnet = subnet
        self.ips = list(ips)
        self.ipv6_addresses: list[str] = []
        self.elastic: dict[str, LabAddress] = {}
        self.automatic_ip: str | None = None
        self.wants_automatic = False
        self._group_set = list(groups)
        self.instance: Any = None
        self.attachment_id: str | None = None
        self.attach_time: Any = None
        self.device_index: int | None = None
        self.delete_on_termination = False
        self.description = ""
        self.source_dest_check = True
        self.requester_managed = False
        self.interface_type = "interface"
        self.status = "available"
        self.mac_address = random_mac_address()

    @property
    def private_ip_address(self) -> str:
        return self.ips[0]

    @property
    def private_ip_addresses(self) -> list[dict[str, Any]]:
        return [{"Primary": index == 0, "PrivateIpAddress": ip} for index, ip in enumerate(self.ips)]

    @property
    def public_ip(self) -> str | None:
        bound = self.elastic.get(self.private_ip_address)
        return bound.public_ip if bound is not None else self.automatic_ip

    @property
    def group_set(self) -> list[Any]:
        return self._group_set

    @group_set.setter
    def group_set(self, groups: Iterable[Any]) -> None:
        self._group_set = list(groups)

    @property
    def has_secondary_elastic(self) -> bool:
        """Return True if an Elastic IP is bound to a secondary private address."""
        return any(ip != self.private_ip_address for ip in self.elastic)

    def give_automatic_address(self) -> None:
        """Give the primary address a public one, if EC2 would at this moment."""
        instance = self.instance
        if (
            self.wants_automatic
            and self.public_ip is None
            and instance is not None
            and instance.state == "running"
            and self.device_index == 0
            # With a second interface attached there is no automatic address any more.
            and len(instance.nics) == 1
            and not self.has_secondary_elastic
        ):
            self.automatic_ip = PUBLIC.automatic()

    def release_automatic_address(self) -> None:
        """Take the automatic address away; beside an Elastic IP of a secondary address it never comes back."""
        if self.automatic_ip is not None and self.has_secondary_elastic:
            self.wants_automatic = False
        self.automatic_ip = None

    def start(self) -> None:
        self.give_automatic_address()

    def stop(self) -> None:
        self.release_automatic_address()


class InterfaceRules(EC2Backend):
    """EC2's rules for network interfaces, their private addresses and attachments.

    An interface may be attached to an instance of another VPC of the account, but not of another zone.
    """

    def interfaces_in(self, subnet_id: str) -> list[LabInterface]:
        return [interface for interface in self.enis.values() if interface.subnet.id == subnet_id]

    def get_network_interface(self, eni_id: str) -> LabInterface:
        return self.enis.get(eni_id) or not_found(eni_id, "eni")

    def groups_for(self, group_ids: Sequence[str], vpc_id: str, other: tuple[str, str]) -> list[Any]:
        """The security groups of an interface; all of them must be of its VPC.

        :param other: the error's code and text when one is of another VPC.
        """
        groups = []
        for group_id in dict.fromkeys(group_ids):
            group = self.get_security_group_from_id(group_id)
            if group is None:
                not_found(group_id, "sg")
            if group.vpc_id != vpc_id:
                refuse(other[0], other[1].format(group=group_id))
            groups.append(group)
        if len(groups) > self.quotas["security_groups_per_interface"]:
            refuse(
                "SecurityGroupsPerInterfaceLimitExceeded",
                "The maximum number of security groups per interface has been reached.",
            )
        return groups

    def create_network_interface(
        self,
        subnet: Any,
        private_ip_address: str | None,
        private_ip_addresses: Sequence[dict[str, Any]] | None = None,
        group_ids: Sequence[str] | None = None,
        description: str | None = None,
        tags: dict[str, str] | None = None,
        delete_on_termination: bool | None = False,
        *,
        secondary_count: int = 0,
        ipv6_addresses: Sequence[str] = (),
        ipv6_address_count: int | None = None,
        public_ip_auto_assign: bool = False,
        device_index: int | None = None,
    ) -> LabInterface:
        """A new interface; moto's own callers (RunInstances) come here too."""
        subnet = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
        belongs = ("InvalidParameter", f"Security group {{group}} and subnet {subnet.id} belong to different networks.")
        groups = self.groups_for(group_ids or [], subnet.vpc_id, belongs)
        ips = self._initial_addresses(subnet, private_ip_address, private_ip_addresses or [])
        if secondary_count and len(ips) > 1:
            refuse("InvalidParameterCombination", "Give a count of secondary private addresses or a list, not both")
        for _ in range(secondary_count):
            ips.append(self.free_address(subnet, also=ips))
        interface = LabInterface(self, subnet, ips, groups or [self.get_default_security_group(subnet.vpc_id)])
        if not ipv6_addresses and not ipv6_address_count and subnet.assign_ipv6_address_on_creation:
            ipv6_address_count = 1
        interface.ipv6_addresses = self.ipv6_for(subnet, ipv6_addresses, ipv6_address_count or 0)
        # EC2 names the primary interface of an instance in no way, moto does.
        is_primary = device_index == 0 and description == "Primary network interface"
        interface.description = "" if is_primary else description or ""
        interface.delete_on_termination = bool(delete_on_termination) or is_primary
        interface.wants_automatic = str(public_ip_auto_assign).lower() == "true"
        interface.add_tags(tags or {})
        self.enis[interface.id] = interface
        return interface

    def _initial_addresses(self, subnet: Any, single: str | None, several: Sequence[dict[str, Any]]) -> list[str]:
        primaries = [item["PrivateIpAddress"] for item in several if item.get("Primary")]
        if single:
            primaries.append(single)
        if len(set(primaries)) > 1:
            invalid("Only one private IP address can be the primary one")
        wanted = list(dict.fromkeys([*primaries, *(item["PrivateIpAddress"] for item in several)]))
        for ip in wanted:
            self.check_free(subnet, ip)
        if not primaries:
            wanted.insert(0, self.free_address(subnet, also=wanted))
        return wanted

    def ipv6_for(self, subnet: Any, wanted: Sequence[str], count: int) -> list[str]:
        """Return the wanted IPv6 addresses of the subnet, or `count` free ones."""
        if not wanted and not count:
            return []
        blocks = [ipaddress.ip_network(block) for block in subnet.ipv6_blocks]
        if not blocks:
            invalid(f"The subnet '{subnet.id}' does not have an IPv6 CIDR block")
        used = {ip for interface in self.interfaces_in(subnet.id) for ip in interface.ipv6_addresses}
        chosen = []
        for text in wanted:
            try:
                ip = ipaddress.ip_address(text)
            except ValueError:
                invalid(f"Invalid IPv6 address: {text}")
            if not any(ip in block for block in blocks):
                invalid(f"{text} does not fall within the subnet's IPv6 address range")
            if str(ip) in used:
                invalid(f"{text} is already assigned")
            chosen.append(str(ip))
        number = int(blocks[0].network_address) + 4
        while len(chosen) < (count or len(wanted)):
            text = str(ipaddress.ip_address(number))
            number += 1
            if text not in used and text not in chosen:
                chosen.append(text)
        return chosen

    def delete_network_interface(self, eni_id: str) -> None:
        interface = self.get_network_interface(eni_id)
        if interface.requester_managed:
            refuse("OperationNotPermitted", f"You are not allowed to manage '{eni_id}': a NAT gateway does.")
        if interface.instance is not None:
            invalid(f"Network interface '{eni_id}' is currently in use.")
        self.drop_interface(interface)

    def drop_interface(self, interface: LabInterface) -> None:
        """Delete the interface; its Elastic IPs stay, without an association."""
        for address in list(interface.elastic.values()):
            self.dissociate(address)
        del self.enis[interface.id]
        self.forget_tags(interface.id)

    def holder_of(self, subnet: Any, ip: str) -> LabInterface | None:
        """The interface that has this address."""
        return next((interface for interface in self.interfaces_in(subnet.id) if ip in interface.ips), None)

    def check_address(self, subnet: Any, ip: str) -> None:
        """Refuse an address that can never be one of this subnet."""
        try:
            parsed = ipaddress.ip_address(ip)
        except ValueError:
            invalid(f"Invalid IP address: {ip}")
        if parsed not in ipaddress.ip_network(subnet.cidr_block):
            invalid(f"Address {ip} does not fall within the subnet's address range")
        if is_reserved(subnet, ip):
            invalid(f"Address {ip} is in subnet's reserved address range")

    def check_free(self, subnet: Any, ip: str) -> None:
        """Refuse an address that cannot be one of this subnet, or that another interface has."""
        self.check_address(subnet, ip)
        if self.holder_of(subnet, ip) is not None:
            refuse("InvalidIPAddress.InUse", f"Address {ip} is in use.")

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

    def check_room(self, interface: LabInterface, more: int = 0, more_ipv6: int = 0, instance: Any = None) -> None:
        """Refuse more addresses than an interface of the instance's type has room for; IPv6 ones as many as IPv4."""
        instance = instance or interface.instance
        if instance is None:
            return
        limit = interface_limits(instance.instance_type)[1]
        counts = {"private": len(interface.ips) + more, "IPv6": len(interface.ipv6_addresses) + more_ipv6}
        for kind, count in counts.items():
            if count > limit:
                refuse("PrivateIpAddressLimitExceeded", f"Number of {kind} addresses will exceed limit.")

    def assign(self, interface: LabInterface, wanted: Sequence[str], count: int, move: bool) -> list[str]:
        """Give an interface these secondary addresses, or as many free ones; what others have moves if allowed.

        Returns the addresses that are new to it, or those asked for if it had them all.
        """
        if bool(wanted) == bool(count):
            refuse("InvalidParameterCombination", "Give either private addresses or a count of them")
        if interface.private_ip_address in wanted:
            invalid(f"{interface.private_ip_address} is the primary address of {interface.id}")
        new = [ip for ip in dict.fromkeys(wanted) if ip not in interface.ips]
        holders = {}
        for ip in new:
            self.check_address(interface.subnet, ip)
            holder = self.holder_of(interface.subnet, ip)
            if holder is not None and (not move or holder.private_ip_address == ip):
                invalid(f"[{ip}] is assigned, but move is not allowed.")
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
            invalid(f"Some of {list(ips)} are not assigned to interface {interface.id} as secondary addresses")
        for ip in ips:
            if ip in interface.elastic:
                self.dissociate(interface.elastic[ip])
            interface.ips.remove(ip)

    def sole_interface(self, instance_id: str) -> LabInterface:
        """The interface that is meant by an instance's id alone."""
        nics = list(self.get_instance(instance_id).nics.values())
        if not nics:
            refuse(
                "IncorrectInstanceState", f"The instance '{instance_id}' has no network interface (is it terminated?)"
            )
        if len(nics) > 1:
            refuse(
                "InvalidInstanceID",
                f"There are multiple interfaces attached to instance '{instance_id}'. "
                "Please specify an interface ID for the operation instead.",
            )
        found: LabInterface = nics[0]
        return found

    def attach_network_interface(self, eni_id: str, instance_id: str, device_index: int) -> Any:
        interface, instance = self.get_network_interface(eni_id), self.get_instance(instance_id)
        if interface.instance is not None or interface.requester_managed:
            refuse("InvalidNetworkInterface.InUse", f"Interface: [{eni_id}] in use.")
        if instance.state not in ("running", "stopped"):
            refuse(
                "IncorrectInstanceState", f"The instance '{instance_id}' is not in the 'running' or 'stopped' state."
            )
        index = int(device_index)
        if index in instance.nics:
            invalid(f"Instance '{instance_id}' already has an interface attached at device index '{index}'.")
        if interface.availability_zone != instance.availability_zone:
            refuse(
                "InvalidParameterCombination",
                "You may not attach a network interface to an instance if they are not in the same availability zone",
            )
        most = interface_limits(instance.instance_type)[0]
        if len(instance.nics) >= most:
            refuse(
                "AttachmentLimitExceeded",
                f"Interface count {len(instance.nics) + 1} exceeds the limit for {instance.instance_type}",
            )
        self.check_room(interface, instance=instance)
        instance.attach_eni(interface, index)
        return interface.attachment

    def detach_network_interface(self, attachment_id: str) -> None:
        held = (interface for interface in self.enis.values() if interface.attachment_id == attachment_id)
        interface = next(held, None) or not_found(attachment_id, "eni-attach")
        if interface.requester_managed:
            refuse("OperationNotPermitted", f"You are not allowed to manage '{attachment_id}': a NAT gateway does.")
        if interface.device_index == 0:
            refuse("OperationNotPermitted", "The network interface at device index 0 cannot be detached.")
        interface.instance.detach_eni(interface)
