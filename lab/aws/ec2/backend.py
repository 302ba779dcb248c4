# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All rules together, in moto's place; private to the stand-in."""

from __future__ import annotations

from typing import Any

from moto.ec2 import utils
from moto.ec2.models import ec2_backends, instances, subnets, vpcs

from .account_attributes import REGIONS, ZONES, AccountActions
from .describe import HiddenObjects
from .elastic_ip_addresses import ADDRESSES, AddressActions, AddressRules, Pool
from .elastic_network_interface_actions import INTERFACES, InterfaceActions
from .elastic_network_interfaces import InterfaceRules
from .errors import invalid, refuse
from .instances import INSTANCES, STATUSES, ImageRules, InstanceActions, InstanceRules, LabInstance
from .internet_gateways import (
    EGRESS_ONLY_GATEWAYS,
    GATEWAYS,
    EgressOnlyGatewayActions,
    EgressOnlyGatewayRules,
    InternetGatewayActions,
    InternetGatewayRules,
)
from .nat_gateways import NAT_GATEWAYS, NatGatewayActions, NatGatewayRules
from .pages import check_listing
from .parameters import check_parameters, keep_sources
from .public_addresses import PUBLIC
from .quotas import Quotas
from .route_tables import ROUTE_TABLES, RouteActions, RouteRules
from .security_groups import GROUPS, RULES, GroupActions, GroupRules
from .subnets import SUBNETS, LabSubnet, SubnetActions, SubnetRules
from .tags import TAGS, TagActions, TagRules
from .vpcs import VPCS, VpcActions, VpcRules

# The Describe actions whose filters are modelled here.
DESCRIBE_SPECS = {
    kind.action: kind
    for kind in (
        *(ADDRESSES, EGRESS_ONLY_GATEWAYS, GATEWAYS, GROUPS, INSTANCES, INTERFACES, NAT_GATEWAYS, REGIONS),
        *(ROUTE_TABLES, RULES, STATUSES, SUBNETS, TAGS, VPCS, ZONES),
    )
}
# Those of moto that refuse the filters that they do not know (tests/lab/aws/test_filters.py); the others ignore them.
FILTERS_CHECKED_BY_MOTO = {
    "DescribeDhcpOptions",
    "DescribeImages",
    "DescribeInstanceTypes",
    "DescribeKeyPairs",
    "DescribeLaunchTemplates",
    "DescribeNetworkAcls",
    "DescribeSnapshots",
    "DescribeVolumes",
    "DescribeVpcEndpoints",
    "DescribeVpnGateways",
}
# Where the server says which region is meant.
REGION = "lab.region"


class Ec2Backend(
    AddressRules,
    InterfaceRules,
    InstanceRules,
    RouteRules,
    VpcRules,
    InternetGatewayRules,
    SubnetRules,
    GroupRules,
    NatGatewayRules,
    EgressOnlyGatewayRules,
    TagRules,
    ImageRules,
):
    """EC2 in one region.

    :ivar quotas: the limits in force.
    :ivar pools: the pools of addresses that were brought along, by id.
    :ivar released: Elastic IPs that were given back; each may be asked for again by its address.
    :ivar hidden: objects that are not visible yet.
    :ivar answers: the answers to requests with a client token: what a repetition gets.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        self.quotas = Quotas()
        self.pools: dict[str, Pool] = {}
        self.released: set[str] = set()
        self.hidden = HiddenObjects()
        self.answers: dict[tuple[str, str], tuple[dict[str, str], str]] = {}
        self.starting = True
        super().__init__(region_name, account_id)
        self.make_default_dhcp_options()
        self.starting = False


class Ec2Response(
    AccountActions,
    AddressActions,
    InterfaceActions,
    InstanceActions,
    RouteActions,
    VpcActions,
    SubnetActions,
    InternetGatewayActions,
    GroupActions,
    NatGatewayActions,
    EgressOnlyGatewayActions,
    TagActions,
):
    """EC2's actions."""

    def get_region_from_url(self, request: Any, full_url: str) -> str:
        return str(request.environ[REGION])

    def call_action(self) -> Any:
        action = self._get_action()
        check_parameters(type(self), action, self.querystring.keys() - {"Action", "Version"})
        if self._get_param("DryRun", False) is True:
            refuse("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
        if action.startswith(("Describe", "Get")):
            check_listing(self)
        filters = self._filters_from_querystring()
        if filters and action not in DESCRIBE_SPECS and action not in FILTERS_CHECKED_BY_MOTO:
            invalid(f"This stand-in has no filters for {action}, but was given: {', '.join(filters)}")
        return super().call_action()


def install() -> None:
    """Make moto use these classes; to be called once, before the first request."""
    keep_sources()
    ec2_backends.backend = Ec2Backend
    instances.Instance = LabInstance
    subnets.Subnet = LabSubnet
    vpcs.random_ipv6_cidr = PUBLIC.ipv6_block
    utils.EC2_PREFIX_TO_RESOURCE["eipalloc"] = "elastic-ip"
