# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions on VPCs, subnets and internet gateways; private to the stand-in."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses import EC2Response

from .describe import Kind, describe
from .errors import refuse
from .tags import tag_list, tags_for
from .vpcs import DEFAULT_DHCP_OPTIONS

VPCS = Kind(
    action="DescribeVpcs",
    result="Vpcs",
    id="VpcId",
    ids="VpcIds",
    filters={
        "cidr": "CidrBlock",
        "cidr-block": "CidrBlock",
        "cidr-block-association.association-id": "CidrBlockAssociationSet.AssociationId",
        "cidr-block-association.cidr-block": "CidrBlockAssociationSet.CidrBlock",
        "cidr-block-association.state": "CidrBlockAssociationSet.CidrBlockState.State",
        "dhcp-options-id": "DhcpOptionsId",
        "ipv6-cidr-block-association.association-id": "Ipv6CidrBlockAssociationSet.AssociationId",
        "ipv6-cidr-block-association.ipv6-cidr-block": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock",
        "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
        "is-default": "IsDefault",
        "isDefault": "IsDefault",
        "owner-id": "OwnerId",
        "state": "State",
        "vpc-id": "VpcId",
    },
)
SUBNETS = Kind(
    action="DescribeSubnets",
    result="Subnets",
    id="SubnetId",
    ids="SubnetIds",
    filters={
        "availability-zone": "AvailabilityZone",
        "availabilityZone": "AvailabilityZone",
        "availability-zone-id": "AvailabilityZoneId",
        "available-ip-address-count": "AvailableIpAddressCount",
        "cidr": "CidrBlock",
        "cidr-block": "CidrBlock",
        "cidrBlock": "CidrBlock",
        "default-for-az": "DefaultForAz",
        "defaultForAz": "DefaultForAz",
        "ipv6-cidr-block-association.association-id": "Ipv6CidrBlockAssociationSet.AssociationId",
        "ipv6-cidr-block-association.ipv6-cidr-block": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock",
        "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
        "map-public-ip-on-launch": "MapPublicIpOnLaunch",
        "owner-id": "OwnerId",
        "state": "State",
        "subnet-arn": "SubnetArn",
        "subnet-id": "SubnetId",
        "vpc-id": "VpcId",
    },
)
GATEWAYS = Kind(
    action="DescribeInternetGateways",
    result="InternetGateways",
    id="InternetGatewayId",
    ids="InternetGatewayIds",
    filters={
        "attachment.state": "Attachments.State",
        "attachment.vpc-id": "Attachments.VpcId",
        "internet-gateway-id": "InternetGatewayId",
        "owner-id": "OwnerId",
    },
)
ZONES = Kind(
    action="DescribeAvailabilityZones",
    result="AvailabilityZones",
    id="ZoneName",
    tags=None,
    filters={
        "group-name": "GroupName",
        "opt-in-status": "OptInStatus",
        "region-name": "RegionName",
        "state": "State",
        "zone-id": "ZoneId",
        "zone-name": "ZoneName",
        "zone-type": "ZoneType",
    },
)


def present_vpc(vpc: Any) -> dict[str, Any]:
    """A VPC as DescribeVpcs shows it."""

    def blocks(ipv6: bool, name: str) -> list[dict[str, Any]]:
        return [
            {
                "AssociationId": block["association_id"],
                name: block["cidr_block"],
                f"{name}State": {"State": block["cidr_block_state"]["state"]},
                **({"Ipv6Pool": "Amazon", "NetworkBorderGroup": vpc.region} if ipv6 else {}),
            }
            for block in vpc.get_cidr_block_association_set(ipv6=ipv6)
        ]

    return {
        "VpcId": vpc.id,
        "CidrBlock": vpc.cidr_block,
        "CidrBlockAssociationSet": blocks(False, "CidrBlock"),
        "Ipv6CidrBlockAssociationSet": blocks(True, "Ipv6CidrBlock"),
        "DhcpOptionsId": vpc.dhcp_options.id if vpc.dhcp_options else DEFAULT_DHCP_OPTIONS,
        "InstanceTenancy": vpc.instance_tenancy,
        "IsDefault": vpc.is_default,
        "OwnerId": vpc.owner_id,
        "State": vpc.state,
        "Tags": tag_list(vpc),
    }


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


def present_gateway(gateway: Any) -> dict[str, Any]:
    """An internet gateway as DescribeInternetGateways shows it."""
    return {
        "InternetGatewayId": gateway.id,
        "Attachments": gateway.attachments,
        "OwnerId": gateway.owner_id,
        "Tags": tag_list(gateway),
    }


def present_zone(zone: Any) -> dict[str, Any]:
    """A zone as DescribeAvailabilityZones shows it."""
    return {
        "ZoneName": zone.name,
        "ZoneId": zone.zone_id,
        "ZoneType": zone.zone_type,
        "RegionName": zone.region_name,
        "GroupName": f"{zone.region_name}-zg-1",
        "NetworkBorderGroup": zone.region_name,
        "OptInStatus": "opt-in-not-required",
        "State": zone.state,
        "Messages": [],
    }


class VpcActions(EC2Response):
    """The actions on VPCs, subnets and internet gateways, as far as moto does them in another way than EC2."""

    def _tag_pairs(self, resource_type: str) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in tags_for(self, resource_type).items()]

    def create_vpc(self) -> ActionResult:
        for name in ("Ipv4IpamPoolId", "Ipv6IpamPoolId", "Ipv6Pool", "Ipv6CidrBlock"):
            if self._get_param(name):
                refuse("UnsupportedOperation", f"{name} is not modelled by this stand-in")
        vpc = self.ec2_backend.create_vpc(
            self._get_param("CidrBlock"),
            self._get_param("InstanceTenancy") or "default",
            amazon_provided_ipv6_cidr_block=self._get_param("AmazonProvidedIpv6CidrBlock", False),
            ipv6_cidr_block_network_border_group=self.region,
            tags=self._tag_pairs("vpc"),
        )
        return ActionResult({"Vpc": present_vpc(vpc)})

    def create_default_vpc(self) -> ActionResult:
        return ActionResult({"Vpc": present_vpc(self.ec2_backend.create_default_vpc())})

    def describe_vpcs(self) -> ActionResult:
        return describe(self, VPCS, [present_vpc(vpc) for vpc in self.ec2_backend.vpcs.values()])

    def create_subnet(self) -> ActionResult:
        subnet = self.ec2_backend.create_subnet(
            self._get_param("VpcId"),
            self._get_param("CidrBlock"),
            self._get_param("Ipv6CidrBlock"),
            self._get_param("AvailabilityZone"),
            self._get_param("AvailabilityZoneId"),
            bool(self._get_param("Ipv6Native", False)),
            {"subnet": tags_for(self, "subnet")},
        )
        return ActionResult({"Subnet": present_subnet(subnet)})

    def describe_subnets(self) -> ActionResult:
        return describe(self, SUBNETS, [present_subnet(subnet) for subnet in self.ec2_backend.describe_subnets()])

    def create_internet_gateway(self) -> ActionResult:
        gateway = self.ec2_backend.create_internet_gateway(self._tag_pairs("internet-gateway"))
        return ActionResult({"InternetGateway": present_gateway(gateway)})

    def describe_internet_gateways(self) -> ActionResult:
        return describe(self, GATEWAYS, [present_gateway(one) for one in self.ec2_backend.all_gateways()])

    def attach_internet_gateway(self) -> ActionResult:
        self.ec2_backend.attach_internet_gateway(self._get_param("InternetGatewayId"), self._get_param("VpcId"))
        return EmptyResult()

    def create_vpc_endpoint(self) -> ActionResult:
        kind = self._get_param("VpcEndpointType") or "Gateway"
        if kind != "Gateway":
            refuse("UnsupportedOperation", f"VPC endpoints of the type {kind} are not modelled by this stand-in")
        return super().create_vpc_endpoint()

    def describe_availability_zones(self) -> ActionResult:
        names, ids = self._get_param("ZoneNames", []), self._get_param("ZoneIds", [])
        zones = self.ec2_backend.describe_availability_zones()
        for name in names:
            if name not in [zone.name for zone in zones]:
                refuse("InvalidParameterValue", f"Invalid availability zone: [{name}]")
        zones = [zone for zone in zones if (not names or zone.name in names) and (not ids or zone.zone_id in ids)]
        return describe(self, ZONES, [present_zone(zone) for zone in zones])
