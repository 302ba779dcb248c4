# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elastic IPs, each associated with one private address of one interface, and their pools."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_eip_allocation_id, random_eip_association_id

from .describe import DescribeSpec, chosen, describe
from .errors import invalid, not_found, refuse, required
from .filters import same
from .public_addresses import PUBLIC
from .tags import pairs_of, tag_list, tags_for


@dataclass(frozen=True)
class Pool:
    """A pool of addresses that were brought along ("BYOIP").

    :ivar cidr: its addresses, all of them usable.
    """

    id: str
    cidr: str
    description: str
    tags: Mapping[str, str]

    def addresses(self) -> list[str]:
        """All its addresses, in order."""
        return [str(address) for address in ipaddress.ip_network(self.cidr)]


class LabAddress(ElasticAddress):
    """An Elastic IP.

    :ivar eni: the interface that it is associated with, or None.
    :ivar bound_to: the private address of that interface.
    :ivar ptr_record: its reverse DNS name with the closing dot, or None.
    :ivar fading: the name that was reset, as long as EC2 still shows it; else None.
    :ivar looks: how many more looks at the address show that name.
    :ivar managed_by: the NAT gateway that uses it: only that may let go of it.
    """

    def __init__(self, backend: Any, public_ip: str, pool: str, tags: Mapping[str, str]) -> None:
        self.ec2_backend = backend
        self.public_ip = public_ip
        self.allocation_id = self.id = random_eip_allocation_id()
        self.domain = "vpc"
        self.pool = pool
        self.eni: Any = None
        self.bound_to: str | None = None
        self.association_id: str | None = None
        self.ptr_record: str | None = None
        self.fading: str | None = None
        self.looks = 0
        self.managed_by: str | None = None
        self.add_tags(dict(tags))

    @property
    def instance_id(self) -> str | None:
        return self.eni.instance.id if self.eni is not None and self.eni.instance is not None else None

    @property
    def private_ip_address(self) -> str | None:
        return self.bound_to


class AddressRules(EC2Backend):
    """EC2's rules for allocating, associating and releasing Elastic IPs."""

    def allocate(self, tags: Mapping[str, str], pool_id: str = "amazon", wanted: str | None = None) -> LabAddress:
        """A new Elastic IP: of Amazon's pool or an own one, any or this very one."""
        in_use = {address.public_ip for address in self.addresses}
        if pool_id == "amazon":
            # Addresses of an own pool do not count.
            if sum(address.pool == "amazon" for address in self.addresses) >= self.quotas["elastic_ips"]:
                refuse("AddressLimitExceeded", "The maximum number of addresses has been reached.")
            # An address may be asked back after its release, as long as nobody else has it.
            if wanted is not None and (wanted in in_use or wanted not in self.released):
                refuse("InvalidAddress.NotFound", f"Address '{wanted}' cannot be found or recovered.")
            public_ip = wanted or PUBLIC.elastic()
        else:
            if pool_id not in self.pools:
                refuse("InvalidPublicIpv4PoolID.NotFound", f"The pool ID '{pool_id}' does not exist")
            free = [address for address in self.pools[pool_id].addresses() if address not in in_use]
            if wanted is not None and wanted not in free:
                refuse("InvalidAddress.NotFound", f"Address '{wanted}' is not free in pool {pool_id}.")
            if not free:
                refuse("InsufficientAddressCapacity", f"Pool {pool_id} has no free address.")
            public_ip = wanted or free[0]
        self.released.discard(public_ip)
        address = LabAddress(self, public_ip, pool_id, tags)
        self.addresses.append(address)
        return address

    def associate(self, address: LabAddress, interface: Any, private_ip: str | None, reassociate: bool = True) -> str:
        """Bind an Elastic IP to this private address of the interface, or to its primary one."""
        target = private_ip or interface.private_ip_address
        if target not in interface.ips:
            invalid(f"The private IP address '{target}' is not assigned to interface {interface.id}")
        if self.internet_gateway_of(interface.vpc_id) is None:
            refuse("Gateway.NotAttached", f"Network {interface.vpc_id} is not attached to any internet gateway")
        if address.eni is interface and address.bound_to == target:
            return str(address.association_id)
        there = interface.elastic.get(target)
        for bound in (address if address.eni is not None else None, there):
            if bound is None:
                continue
            if not reassociate:
                refuse(
                    "Resource.AlreadyAssociated",
                    f"resource {bound.allocation_id} is already associated with associate-id {bound.association_id}",
                )
            self.guard(bound)
        for bound in (address, there):
            if bound is not None and bound.eni is not None:
                self.dissociate(bound)
        address.eni, address.bound_to = interface, target
        address.association_id = random_eip_association_id()
        interface.elastic[target] = address
        if target == interface.private_ip_address:
            # Only the primary's automatic address is replaced; it is gone for good.
            interface.release_automatic_address()
        return str(address.association_id)

    def dissociate(self, address: LabAddress) -> None:
        """Unbind it. A primary address without one gets an automatic address again, where EC2 would give it one."""
        interface, target = address.eni, address.bound_to
        address.eni = address.bound_to = address.association_id = None
        if interface is not None:
            interface.elastic.pop(target, None)
            interface.give_automatic_address()

    def guard(self, address: LabAddress) -> None:
        """Refuse to touch what a NAT gateway holds."""
        if address.managed_by is not None:
            refuse("AuthFailure", "You do not have permission to access the specified resource.")

    def release(self, address: LabAddress) -> None:
        """Give it back."""
        if address.eni is not None:
            self.guard(address)
            if not self.get_vpc(address.eni.vpc_id).is_default:
                refuse("InvalidIPAddress.InUse", f"Address {address.public_ip} is in use.")
        if address.ptr_record is not None or address.fading is not None:
            refuse(
                "InvalidAddress.PtrSet",
                f"The address {address.public_ip} has a reverse DNS record, and cannot be released. Remove it first.",
            )
        if address.eni is not None:
            self.dissociate(address)
        self.addresses.remove(address)
        self.released.add(address.public_ip)
        self.forget_tags(address.id)


ADDRESSES = DescribeSpec(
    action="DescribeAddresses",
    result="Addresses",
    id="AllocationId",
    ids="AllocationIds",
    filters=same(
        "allocation-id association-id domain instance-id network-border-group network-interface-id",
        "network-interface-owner-id private-ip-address public-ip",
    ),
)
ATTRIBUTES = DescribeSpec("DescribeAddressesAttribute", "Addresses", "AllocationId", ids="AllocationIds", tags=None)
POOLS = DescribeSpec("DescribePublicIpv4Pools", "PublicIpv4Pools", "PoolId", ids="PoolIds")


def present_address(address: LabAddress) -> dict[str, Any]:
    """An Elastic IP as DescribeAddresses shows it."""
    bound = {}
    if address.eni is not None:
        bound = {
            "AssociationId": address.association_id,
            "NetworkInterfaceId": address.eni.id,
            "NetworkInterfaceOwnerId": address.eni.owner_id,
            "PrivateIpAddress": address.bound_to,
        }
        if address.instance_id:
            bound["InstanceId"] = address.instance_id
    return {
        "PublicIp": address.public_ip,
        "AllocationId": address.allocation_id,
        "Domain": "vpc",
        "PublicIpv4Pool": address.pool,
        "NetworkBorderGroup": address.ec2_backend.region_name,
        "Tags": tag_list(address),
        **bound,
    }


# How many looks at an address still show a reverse DNS name that was reset.
FADING = 2


def _present_attribute(address: LabAddress) -> dict[str, Any]:
    shown: dict[str, Any] = {"PublicIp": address.public_ip, "AllocationId": address.allocation_id}
    if address.ptr_record is not None:
        return {**shown, "PtrRecord": address.ptr_record}
    if address.fading is not None:
        return {**shown, "PtrRecord": address.fading, "PtrRecordUpdate": {"Status": "PENDING"}}
    return shown


def _look(address: LabAddress) -> dict[str, Any]:
    """Return what one look shows; a name that was reset is a look closer to its end."""
    if address.looks == 0:
        address.fading = None
    address.looks = max(0, address.looks - 1)
    return _present_attribute(address)


class AddressActions(EC2Response):
    """The actions on Elastic IPs and their pools."""

    def _allocation(self) -> LabAddress:
        wanted = required(self, "AllocationId")
        found = next((address for address in self.ec2_backend.addresses if address.id == wanted), None)
        return found or not_found(wanted, "eipalloc")

    def _by_public_ip(self, public_ip: str) -> LabAddress:
        found = next((address for address in self.ec2_backend.addresses if address.public_ip == public_ip), None)
        return found or refuse("InvalidAddress.NotFound", f"Address '{public_ip}' not found.")

    def allocate_address(self) -> ActionResult:
        if self._get_param("Domain", "vpc") != "vpc":
            invalid(f"Value ({self._get_param('Domain')}) for parameter domain is invalid. Addresses are of a VPC.")
        address = self.ec2_backend.allocate(
            tags_for(self, "elastic-ip"), self._get_param("PublicIpv4Pool") or "amazon", self._get_param("Address")
        )
        return ActionResult({key: value for key, value in present_address(address).items() if key != "Tags"})

    def associate_address(self) -> ActionResult:
        allocation, public_ip = self._get_param("AllocationId"), self._get_param("PublicIp")
        if bool(allocation) == bool(public_ip):
            refuse("MissingParameter", "Either public IP or allocation ID must be specified, and not both")
        address = self._allocation() if allocation else self._by_public_ip(public_ip)
        interface_id, instance_id = self._get_param("NetworkInterfaceId"), self._get_param("InstanceId")
        if interface_id:
            interface = self.ec2_backend.get_network_interface(interface_id)
        elif instance_id:
            interface = self.ec2_backend.sole_interface(instance_id)
        else:
            refuse("MissingParameter", "Either instance ID or network interface ID must be specified")
        reassociate = self._get_param("AllowReassociation", True) is not False
        association = self.ec2_backend.associate(address, interface, self._get_param("PrivateIpAddress"), reassociate)
        return ActionResult({"AssociationId": association})

    def disassociate_address(self) -> ActionResult:
        association, public_ip = self._get_param("AssociationId"), self._get_param("PublicIp")
        if association:
            held = (address for address in self.ec2_backend.addresses if address.association_id == association)
            address = next(held, None) or not_found(association, "eipassoc")
        elif public_ip:
            address = self._by_public_ip(public_ip)
        else:
            refuse("MissingParameter", "Either association ID or public IP must be specified")
        self.ec2_backend.guard(address)
        self.ec2_backend.dissociate(address)
        return EmptyResult()

    def release_address(self) -> ActionResult:
        if self._get_param("PublicIp") and not self._get_param("AllocationId"):
            invalid("You must specify an allocation id when releasing a VPC elastic IP address")
        self.ec2_backend.release(self._allocation())
        return EmptyResult()

    def describe_addresses(self) -> ActionResult:
        found = chosen(self, ADDRESSES, [present_address(address) for address in self.ec2_backend.addresses])
        public_ips = self._get_param("PublicIps", [])
        for public_ip in public_ips:
            self._by_public_ip(public_ip)
        if public_ips:
            found = [address for address in found if address["PublicIp"] in public_ips]
        return ActionResult({"Addresses": found})

    def modify_address_attribute(self) -> ActionResult:
        address, name = self._allocation(), required(self, "DomainName")
        if "." not in name.strip("."):
            invalid(f"Value ({name}) for parameter domainName is invalid.")
        address.ptr_record, address.fading = name.rstrip(".") + ".", None
        return ActionResult({"Address": _present_attribute(address)})

    def reset_address_attribute(self) -> ActionResult:
        self._domain_name_only()
        address = self._allocation()
        if address.ptr_record is not None:
            address.fading, address.looks = address.ptr_record, FADING
        address.ptr_record = None
        return ActionResult({"Address": _present_attribute(address)})

    def describe_addresses_attribute(self) -> ActionResult:
        self._domain_name_only()
        wanted = self._get_param("AllocationIds", [])
        looked_at = [one for one in self.ec2_backend.addresses if not wanted or one.id in wanted]
        return describe(self, ATTRIBUTES, [_look(address) for address in looked_at])

    def _domain_name_only(self) -> None:
        if self._get_param("Attribute", "domain-name") != "domain-name":
            invalid("The only attribute of an address is domain-name")

    def describe_public_ipv4_pools(self) -> ActionResult:
        return describe(self, POOLS, [self._present_pool(pool) for pool in self.ec2_backend.pools.values()])

    def _present_pool(self, pool: Pool) -> dict[str, Any]:
        every = pool.addresses()
        used = sum(address.pool == pool.id for address in self.ec2_backend.addresses)
        extent = {"FirstAddress": every[0], "LastAddress": every[-1], "AddressCount": len(every)}
        return {
            "PoolId": pool.id,
            "Description": pool.description,
            "NetworkBorderGroup": self.region,
            "PoolAddressRanges": [{**extent, "AvailableAddressCount": len(every) - used}],
            "TotalAddressCount": len(every),
            "TotalAvailableAddressCount": len(every) - used,
            "Tags": pairs_of(pool.tags),
        }
