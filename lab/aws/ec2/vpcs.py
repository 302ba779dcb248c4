# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPCs."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.dhcp_options import DHCPOptionsSet
from moto.ec2.responses import EC2Response
from moto.moto_api._internal import mock_random

from .describe import DescribeSpec, describe
from .elastic_network_interface_actions import private_domain
from .errors import invalid, not_found, refuse
from .filters import same
from .route_tables import parse_destination
from .tags import tag_list, tag_pairs

VPCS = DescribeSpec(
    action="DescribeVpcs",
    result="Vpcs",
    id="VpcId",
    ids="VpcIds",
    filters={
        **same("cidr-block dhcp-options-id is-default isDefault owner-id state vpc-id"),
        "cidr": "CidrBlock",
        "cidr-block-association.association-id": "CidrBlockAssociationSet.AssociationId",
        "cidr-block-association.cidr-block": "CidrBlockAssociationSet.CidrBlock",
        "cidr-block-association.state": "CidrBlockAssociationSet.CidrBlockState.State",
        "ipv6-cidr-block-association.association-id": "Ipv6CidrBlockAssociationSet.AssociationId",
        "ipv6-cidr-block-association.ipv6-cidr-block": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock",
        "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
    },
)
DEFAULT_DHCP_OPTIONS = "dopt-00000000"
"""The set that every region has, and every VPC that was given no other."""


def network_of(text: str | None, parameter: str) -> str:
    """An IPv4 network with its host bits cleared, as EC2 stores it."""
    if text is None:
        refuse("MissingParameter", f"The request must contain the parameter {parameter}")
    try:
        return str(ipaddress.IPv4Network(text, strict=False))
    except ValueError:
        invalid(f"Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block.")


class VpcRules(EC2Backend):
    """EC2's rules for VPCs."""

    def make_default_dhcp_options(self) -> None:
        """Make the region's own set of DHCP options, with an id that takes none of those to come."""
        state = mock_random.getstate()
        made = DHCPOptionsSet(self, ["AmazonProvidedDNS"], private_domain(self.region_name))
        mock_random.setstate(state)
        made.id = DEFAULT_DHCP_OPTIONS
        self.dhcp_options_sets[made.id] = made

    @staticmethod
    def vpc_blocks(vpc: Any, ipv6: bool) -> list[str]:
        """The networks that a VPC has at present."""
        return [
            block["cidr_block"]
            for block in vpc.get_cidr_block_association_set(ipv6=ipv6)
            if block["cidr_block_state"]["state"] == "associated"
        ]

    def get_vpc(self, vpc_id: str) -> Any:
        return self.vpcs.get(vpc_id) or not_found(vpc_id, "vpc")

    def create_default_vpc(self) -> Any:
        # moto makes one for each new region; here a region starts empty.
        if self.starting:
            return None
        self.default_vpc = super().create_default_vpc()
        gateway = self.create_internet_gateway()
        self.attach_internet_gateway(gateway.id, self.default_vpc.id)
        everywhere = parse_destination({"DestinationCidrBlock": "0.0.0.0/0"})
        self.add_route(self.main_table(self.default_vpc.id), everywhere, {"GatewayId": gateway.id})
        return self.default_vpc

    def create_vpc(self, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
        if len(self.vpcs) >= self.quotas["vpcs"]:
            refuse("VpcLimitExceeded", "The maximum number of VPCs has been reached.")
        return super().create_vpc(network_of(cidr_block, "cidrBlock"), *args, **kwargs)

    def delete_vpc(self, vpc_id: str) -> Any:
        vpc = self.get_vpc(vpc_id)
        groups = self.groups[vpc_id].values()
        if (
            any(subnet.vpc_id == vpc_id for subnet in self.describe_subnets())
            or self.internet_gateway_of(vpc_id) is not None
            or any(one.vpc_id == vpc_id for one in self.egress_only_internet_gateways.values())
            or any(not group.is_default for group in groups)
            or any(table.vpc_id == vpc_id and table.main_association_id is None for table in self.route_tables.values())
        ):
            refuse("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
        for group in list(groups):
            self.forget_tags(group.id)
        del self.groups[vpc_id]
        for table in [table for table in self.route_tables.values() if table.vpc_id == vpc_id]:
            del self.route_tables[table.id]
            self.forget_tags(table.id)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
            del self.network_acls[acl.id]
        self.forget_tags(vpc_id)
        if self.default_vpc is vpc:
            self.default_vpc = None
        return self.vpcs.pop(vpc_id)


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


class VpcActions(EC2Response):
    """The actions on VPCs and their endpoints."""

    def create_vpc(self) -> ActionResult:
        vpc = self.ec2_backend.create_vpc(
            self._get_param("CidrBlock"),
            self._get_param("InstanceTenancy") or "default",
            amazon_provided_ipv6_cidr_block=self._get_param("AmazonProvidedIpv6CidrBlock", False),
            ipv6_cidr_block_network_border_group=self.region,
            tags=tag_pairs(self, "vpc"),
        )
        return ActionResult({"Vpc": present_vpc(vpc)})

    def create_default_vpc(self) -> ActionResult:
        return ActionResult({"Vpc": present_vpc(self.ec2_backend.create_default_vpc())})

    def describe_vpcs(self) -> ActionResult:
        return describe(self, VPCS, [present_vpc(vpc) for vpc in self.ec2_backend.vpcs.values()])

    def create_vpc_endpoint(self) -> ActionResult:
        kind = self._get_param("VpcEndpointType") or "Gateway"
        if kind != "Gateway":
            refuse("UnsupportedOperation", f"VPC endpoints of the type {kind} are not modelled by this stand-in")
        return super().create_vpc_endpoint()
