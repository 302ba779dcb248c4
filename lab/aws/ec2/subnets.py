# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subnets."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses import EC2Response

from .describe import DescribeSpec, describe
from .errors import invalid, not_found, refuse
from .filters import same
from .tags import tag_list, tags_for
from .vpcs import network_of

SUBNETS = DescribeSpec(
    action="DescribeSubnets",
    result="Subnets",
    id="SubnetId",
    ids="SubnetIds",
    filters={
        **same(
            "availability-zone availabilityZone availability-zone-id available-ip-address-count cidr-block",
            "cidrBlock default-for-az defaultForAz map-public-ip-on-launch owner-id state subnet-arn subnet-id",
            "vpc-id",
        ),
        "cidr": "CidrBlock",
        "ipv6-cidr-block-association.association-id": "Ipv6CidrBlockAssociationSet.AssociationId",
        "ipv6-cidr-block-association.ipv6-cidr-block": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock",
        "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
    },
)


class LabSubnet(Subnet):
    """A subnet; which of its addresses are free, its interfaces say."""

    @property
    def ipv6_blocks(self) -> list[str]:
        """Its IPv6 networks at present."""
        every = self.ipv6_cidr_block_associations.values()
        return [one["ipv6CidrBlock"] for one in every if one["ipv6CidrBlockState"]["State"] == "associated"]

    @property
    def _subnet_ip_generator(self) -> Any:
        # moto's is cached for ever, with all that hangs on it.
        return self.cidr.hosts()

    def get_available_subnet_ip(self, instance: Any) -> str:
        return str(self.ec2_backend.free_address(self))

    def request_ip(self, ip: str, instance: Any) -> None:
        self.ec2_backend.check_free(self, ip)


class SubnetRules(EC2Backend):
    """EC2's rules for subnets."""

    def get_subnet(self, subnet_id: str) -> Any:
        for zone in self.subnets.values():
            if subnet_id in zone:
                return zone[subnet_id]
        return not_found(subnet_id, "subnet")

    def create_subnet(
        self,
        vpc_id: str,
        cidr_block: str,
        ipv6_cidr_block: str | None = None,
        availability_zone: str | None = None,
        availability_zone_id: str | None = None,
        *,
        tags: Any = None,
    ) -> Any:
        vpc = self.get_vpc(vpc_id)
        zones = self.describe_availability_zones()
        wanted = [one for one in zones if availability_zone in (None, one.name)]
        wanted = [one for one in wanted if availability_zone_id in (None, one.zone_id)]
        if not wanted:
            invalid(
                f"Value ({availability_zone or availability_zone_id}) for parameter availabilityZone is invalid. "
                "Subnets can currently only be created in the following availability zones: "
                f"{', '.join(one.name for one in zones)}."
            )
        network = network_of(cidr_block, "cidrBlock")
        if not 16 <= int(network.rpartition("/")[2]) <= 28:
            refuse("InvalidSubnet.Range", f"The CIDR '{cidr_block}' is invalid.")
        if ipv6_cidr_block:
            self.check_ipv6_block(vpc, ipv6_cidr_block)
        subnet = super().create_subnet(vpc_id, network, ipv6_cidr_block, wanted[0].name, None, False, tags)
        # moto takes the first subnet of any VPC in a zone for the default one.
        others = [one for one in self.describe_subnets() if one is not subnet and one.vpc_id == vpc_id]
        first = all(one.availability_zone != subnet.availability_zone for one in others)
        subnet.default_for_az = subnet.map_public_ip_on_launch = vpc.is_default and first
        return subnet

    def check_ipv6_block(self, vpc: Any, text: str) -> None:
        """Refuse an IPv6 network that a subnet of this VPC cannot have."""
        try:
            network = ipaddress.IPv6Network(text)
        except ValueError:
            invalid(f"Value ({text}) for parameter ipv6CidrBlock is invalid.")
        if not 44 <= network.prefixlen <= 64 or network.prefixlen % 4:
            refuse(
                "InvalidSubnet.Range", f"The IPv6 CIDR '{text}' is invalid: a subnet has a /44 to a /64, in steps of 4"
            )
        if not any(network.subnet_of(ipaddress.IPv6Network(block)) for block in self.vpc_blocks(vpc, True)):
            refuse("InvalidSubnet.Range", f"The IPv6 CIDR '{text}' is not within the VPC's IPv6 CIDR blocks.")
        for subnet in self.describe_subnets():
            if subnet.vpc_id == vpc.id and any(network.overlaps(ipaddress.IPv6Network(b)) for b in subnet.ipv6_blocks):
                refuse("InvalidSubnet.Conflict", f"The IPv6 CIDR '{text}' conflicts with another subnet")

    def associate_subnet_cidr_block(self, subnet_id: str, ipv6_cidr_block: str) -> Any:
        subnet = self.get_subnet(subnet_id)
        if subnet.ipv6_blocks:
            refuse("SubnetLimitExceeded", f"The subnet '{subnet_id}' has an IPv6 CIDR block: {subnet.ipv6_blocks[0]}")
        self.check_ipv6_block(self.get_vpc(subnet.vpc_id), ipv6_cidr_block)
        return subnet.attach_ipv6_cidr_block_associations(ipv6_cidr_block)

    def disassociate_subnet_cidr_block(self, association_id: str) -> Any:
        for subnet in self.describe_subnets():
            held = subnet.ipv6_cidr_block_associations.get(association_id)
            if held is None:
                continue
            block = ipaddress.IPv6Network(held["ipv6CidrBlock"])
            used = [ip for one in self.interfaces_in(subnet.id) for ip in one.ipv6_addresses]
            if any(ipaddress.ip_address(ip) in block for ip in used):
                refuse("InvalidCidrBlock.InUse", f"The IPv6 CIDR block {block} is in use by network interfaces")
        return super().disassociate_subnet_cidr_block(association_id)

    def delete_subnet(self, subnet_id: str) -> Any:
        self.get_subnet(subnet_id)
        if self.interfaces_in(subnet_id):
            refuse("DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
        for table in self.route_tables.values():
            for association, target in list(table._associations.items()):
                if target == subnet_id:
                    del table._associations[association]
        self.forget_tags(subnet_id)
        return super().delete_subnet(subnet_id)


def present_subnet(subnet: Any) -> dict[str, Any]:
    """A subnet as DescribeSubnets shows it."""
    return {
        "SubnetId": subnet.id,
        "SubnetArn": subnet.arn,
        "VpcId": subnet.vpc_id,
        "CidrBlock": subnet.cidr_block,
        "AvailabilityZone": subnet.availability_zone,
        "AvailabilityZoneId": subnet.availability_zone_id,
        "AvailableIpAddressCount": subnet.available_ip_address_count,
        "DefaultForAz": subnet.default_for_az,
        "MapPublicIpOnLaunch": subnet.map_public_ip_on_launch,
        "AssignIpv6AddressOnCreation": subnet.assign_ipv6_address_on_creation,
        "Ipv6CidrBlockAssociationSet": [
            {
                "AssociationId": one["associationId"],
                "Ipv6CidrBlock": one["ipv6CidrBlock"],
                "Ipv6CidrBlockState": {"State": one["ipv6CidrBlockState"]["State"]},
            }
            # One that was taken away is shown as disassociated.
            for one in subnet.ipv6_cidr_block_associations.values()
        ],
        "Ipv6Native": False,
        "MapCustomerOwnedIpOnLaunch": False,
        "EnableDns64": False,
        "PrivateDnsNameOptionsOnLaunch": subnet.private_dns_name_options_on_launch,
        "OwnerId": subnet.owner_id,
        "State": subnet.state,
        "Tags": tag_list(subnet),
    }


class SubnetActions(EC2Response):
    """The actions on subnets."""

    def create_subnet(self) -> ActionResult:
        subnet = self.ec2_backend.create_subnet(
            self._get_param("VpcId"),
            self._get_param("CidrBlock"),
            self._get_param("Ipv6CidrBlock"),
            self._get_param("AvailabilityZone"),
            self._get_param("AvailabilityZoneId"),
            tags={"subnet": tags_for(self, "subnet")},
        )
        return ActionResult({"Subnet": present_subnet(subnet)})

    def describe_subnets(self) -> ActionResult:
        return describe(self, SUBNETS, [present_subnet(subnet) for subnet in self.ec2_backend.describe_subnets()])
