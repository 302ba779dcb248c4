# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elastic IPs: bound to one private address of one interface; private to the stand-in."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.utils import random_eip_allocation_id, random_eip_association_id

from .errors import refuse
from .public_addresses import PUBLIC


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
            refuse(
                "InvalidParameterValue",
                f"The private IP address '{target}' is not assigned to interface {interface.id}",
            )
        if not any(gateway.vpc is not None and gateway.vpc.id == interface.vpc_id for gateway in self.all_gateways()):
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
