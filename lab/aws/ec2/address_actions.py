# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions on Elastic IPs; private to the stand-in."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses import EC2Response

from .describe import Kind, chosen, describe
from .elastic_ips import LabAddress, Pool
from .errors import not_found, refuse
from .tags import tag_list, tags_for

ADDRESSES = Kind(
    action="DescribeAddresses",
    result="Addresses",
    id="AllocationId",
    ids="AllocationIds",
    filters={
        "allocation-id": "AllocationId",
        "association-id": "AssociationId",
        "domain": "Domain",
        "instance-id": "InstanceId",
        "network-border-group": "NetworkBorderGroup",
        "network-interface-id": "NetworkInterfaceId",
        "network-interface-owner-id": "NetworkInterfaceOwnerId",
        "private-ip-address": "PrivateIpAddress",
        "public-ip": "PublicIp",
    },
)
ATTRIBUTES = Kind("DescribeAddressesAttribute", "Addresses", "AllocationId", ids="AllocationIds", tags=None)
POOLS = Kind("DescribePublicIpv4Pools", "PublicIpv4Pools", "PoolId", ids="PoolIds")


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
        wanted = self._get_param("AllocationId")
        if not wanted:
            refuse("MissingParameter", "The request must contain the parameter AllocationId")
        found = next((address for address in self.ec2_backend.addresses if address.id == wanted), None)
        return found or not_found(wanted, "eipalloc")

    def _by_public_ip(self, public_ip: str) -> LabAddress:
        found = next((address for address in self.ec2_backend.addresses if address.public_ip == public_ip), None)
        return found or refuse("InvalidAddress.NotFound", f"Address '{public_ip}' not found.")

    def allocate_address(self) -> ActionResult:
        address = self.ec2_backend.allocate(
            tags_for(self, "elastic-ip"), self._get_param("PublicIpv4Pool") or "amazon", self._get_param("Address")
        )
        shown = present_address(address)
        wanted = ("PublicIp", "AllocationId", "Domain", "PublicIpv4Pool", "NetworkBorderGroup")
        return ActionResult({key: shown[key] for key in wanted})

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
            refuse("InvalidParameterValue", "You must specify an allocation id when releasing a VPC elastic IP address")
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
        address, name = self._allocation(), self._get_param("DomainName")
        if not name:
            refuse("MissingParameter", "The request must contain the parameter DomainName")
        if "." not in name.strip("."):
            refuse("InvalidParameterValue", f"Value ({name}) for parameter domainName is invalid.")
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
            refuse("InvalidParameterValue", "The only attribute of an address is domain-name")

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
            "Tags": [{"Key": key, "Value": value} for key, value in pool.tags.items()],
        }
