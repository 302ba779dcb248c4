# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions on routes and route tables; private to the stand-in."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models.route_tables import RouteTable
from moto.ec2.responses import EC2Response

from .describe import Kind, describe
from .errors import refuse
from .routes import TARGETS, Network, parse_destination
from .tags import tag_list, tags_for

ROUTE_TABLES = Kind(
    action="DescribeRouteTables",
    result="RouteTables",
    id="RouteTableId",
    ids="RouteTableIds",
    filters={
        "association.gateway-id": "Associations.GatewayId",
        "association.main": "Associations.Main",
        "association.route-table-association-id": "Associations.RouteTableAssociationId",
        "association.route-table-id": "Associations.RouteTableId",
        "association.subnet-id": "Associations.SubnetId",
        "owner-id": "OwnerId",
        "route-table-id": "RouteTableId",
        "route.destination-cidr-block": "Routes.DestinationCidrBlock",
        "route.destination-ipv6-cidr-block": "Routes.DestinationIpv6CidrBlock",
        "route.egress-only-internet-gateway-id": "Routes.EgressOnlyInternetGatewayId",
        "route.gateway-id": "Routes.GatewayId",
        "route.instance-id": "Routes.InstanceId",
        "route.nat-gateway-id": "Routes.NatGatewayId",
        "route.origin": "Routes.Origin",
        "route.state": "Routes.State",
        "vpc-id": "VpcId",
    },
)


def present_route(route: Any) -> dict[str, Any]:
    """A route as DescribeRouteTables shows it."""
    shown = {
        "DestinationCidrBlock": route.destination_cidr_block,
        "DestinationIpv6CidrBlock": route.destination_ipv6_cidr_block,
        "GatewayId": route.gateway_id,
        "NatGatewayId": route.nat_gateway_id,
        "NetworkInterfaceId": route.network_interface_id,
        "InstanceId": route.instance_id,
        "InstanceOwnerId": route.route_table.owner_id if route.instance_id else None,
        "EgressOnlyInternetGatewayId": route.egress_only_internet_gateway_id,
        "Origin": route.origin,
        "State": route.state,
    }
    return {key: value for key, value in shown.items() if value is not None}


def present_table(table: RouteTable) -> dict[str, Any]:
    """A route table as DescribeRouteTables shows it."""
    return {
        "RouteTableId": table.id,
        "VpcId": table.vpc_id,
        "OwnerId": table.owner_id,
        "Associations": table.associations,
        "PropagatingVgws": [],
        "Routes": [present_route(route) for route in table.routes],
        "Tags": tag_list(table),
    }


class RouteActions(EC2Response):
    """The actions on routes and route tables."""

    def _table(self) -> Any:
        wanted = self._get_param("RouteTableId")
        if not wanted:
            refuse("MissingParameter", "The request must contain the parameter RouteTableId")
        return self.ec2_backend.get_route_table(wanted)

    def _destination(self) -> Network:
        names = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
        return parse_destination({name: self._get_param(name) for name in names})

    def _targets(self) -> dict[str, Any]:
        return {name: self._get_param(name) for name in (*TARGETS, "LocalTarget")}

    def create_route_table(self) -> ActionResult:
        tags = [{"Key": key, "Value": value} for key, value in tags_for(self, "route-table").items()]
        return ActionResult(
            {"RouteTable": present_table(self.ec2_backend.create_route_table(self._get_param("VpcId"), tags))}
        )

    def delete_route_table(self) -> ActionResult:
        self.ec2_backend.remove_route_table(self._table())
        return EmptyResult()

    def describe_route_tables(self) -> ActionResult:
        return describe(self, ROUTE_TABLES, [present_table(one) for one in self.ec2_backend.route_tables.values()])

    def create_route(self) -> ActionResult:
        self.ec2_backend.add_route(self._table(), self._destination(), self._targets())
        return ActionResult({"Return": True})

    def replace_route(self) -> ActionResult:
        self.ec2_backend.change_route(self._table(), self._destination(), self._targets())
        return EmptyResult()

    def delete_route(self) -> ActionResult:
        self.ec2_backend.remove_route(self._table(), self._destination())
        return EmptyResult()
