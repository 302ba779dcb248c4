# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPCs and internet gateways; private to the stand-in."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.dhcp_options import DHCPOptionsSet
from moto.moto_api._internal import mock_random

from .errors import not_found, refuse
from .interface_actions import private_domain
from .routes import parse_destination

DEFAULT_DHCP_OPTIONS = "dopt-00000000"
"""The set that every region has, and every VPC that was given no other."""


def network_of(text: str | None, parameter: str) -> str:
    """An IPv4 network with its host bits cleared, as EC2 stores it."""
    if text is None:
        refuse("MissingParameter", f"The request must contain the parameter {parameter}")
    try:
        return str(ipaddress.IPv4Network(text, strict=False))
    except ValueError:
        refuse(
            "InvalidParameterValue",
            f"Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block.",
        )


class VpcRules(EC2Backend):
    """EC2's rules for VPCs and internet gateways."""

    def make_default_dhcp_options(self) -> None:
        """Make the region's own set of DHCP options, with an id that takes none of those to come."""
        state = mock_random.getstate()
        made = DHCPOptionsSet(self, ["AmazonProvidedDNS"], private_domain(self.region_name))
        mock_random.setstate(state)
        made.id = DEFAULT_DHCP_OPTIONS
        self.dhcp_options_sets[made.id] = made

    def all_gateways(self) -> list[Any]:
        return list(self.internet_gateways.values())

    @staticmethod
    def vpc_blocks(vpc: Any, ipv6: bool) -> list[str]:
        """The networks that a VPC has at present."""
        return [
            block["cidr_block"]
            for block in vpc.get_cidr_block_association_set(ipv6=ipv6)
            if block["cidr_block_state"]["state"] == "associated"
        ]

    def get_vpc(self, vpc_id: str) -> Any:
        found = self.vpcs.get(vpc_id)
        return found if found is not None else not_found(vpc_id, "vpc")

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
            or any(gateway.vpc is vpc for gateway in self.all_gateways())
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

    def get_internet_gateway(self, internet_gateway_id: str) -> Any:
        found = self.internet_gateways.get(internet_gateway_id)
        return found if found is not None else not_found(internet_gateway_id, "igw")

    def create_internet_gateway(self, tags: Sequence[dict[str, str]] | None = None) -> Any:
        if len(self.internet_gateways) >= self.quotas["internet_gateways"]:
            refuse("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.")
        return super().create_internet_gateway(tags)

    def attach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> Any:
        gateway, vpc = self.get_internet_gateway(internet_gateway_id), self.get_vpc(vpc_id)
        if gateway.vpc is not None:
            refuse(
                "Resource.AlreadyAssociated",
                f"resource {internet_gateway_id} is already attached to network {gateway.vpc.id}",
            )
        if any(other.vpc is vpc for other in self.all_gateways()):
            refuse("InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached")
        gateway.vpc = vpc

    def detach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> None:
        gateway = self.get_internet_gateway(internet_gateway_id)
        if gateway.vpc is None or gateway.vpc.id != vpc_id:
            refuse("Gateway.NotAttached", f"resource {internet_gateway_id} is not attached to network {vpc_id}")
        if any(one.vpc_id == vpc_id and (one.elastic or one.automatic_ip) for one in self.enis.values()):
            refuse(
                "DependencyViolation",
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before "
                "detaching the gateway.",
            )
        gateway.vpc = None

    def delete_internet_gateway(self, internet_gateway_id: str) -> None:
        if self.get_internet_gateway(internet_gateway_id).vpc is not None:
            refuse(
                "DependencyViolation",
                f"The internetGateway '{internet_gateway_id}' has dependencies and cannot be deleted.",
            )
        del self.internet_gateways[internet_gateway_id]
        self.forget_tags(internet_gateway_id)
