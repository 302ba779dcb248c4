# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Routes and route tables."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.route_tables import Route, RouteTable
from moto.ec2.responses import EC2Response

from .describe import DescribeSpec, describe
from .errors import invalid, not_found, prefix_of, refuse
from .filters import same
from .tags import tag_list, tag_pairs

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

TARGETS = ("GatewayId", "NatGatewayId", "NetworkInterfaceId", "InstanceId", "EgressOnlyInternetGatewayId")
"""Parameters of a request that name a target; exactly one of them must be given."""
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")


class LabRoute(Route):
    """A route that is not the VPC's own.

    :ivar interface: the target, if it is an interface; kept after that is gone, as EC2 does, as a black hole.
    """

    @property
    def state(self) -> str:
        backend, vpc_id = self.route_table.ec2_backend, self.route_table.vpc_id
        if self.interface is not None:
            alive = self.interface.id in backend.enis and self.interface.status == "in-use"
        elif self.gateway is not None:
            alive = self.gateway.vpc is not None and self.gateway.vpc.id == vpc_id
        elif self.nat_gateway is not None:
            alive = self.nat_gateway.state == "available"
        else:
            alive = self.egress_only_igw is None or self.egress_only_igw.id in backend.egress_only_internet_gateways
        return "active" if alive else "blackhole"

    @property
    def instance_id(self) -> str | None:
        interface = self.interface
        return interface.instance.id if interface is not None and interface.instance is not None else None


def parse_destination(parameters: Mapping[str, Any]) -> Network:
    """The one destination of a request, its host bits cleared as EC2 does."""
    given = [name for name in DESTINATIONS if parameters.get(name)]
    if len(given) != 1:
        refuse("MissingParameter", "Exactly one of destinationCidrBlock and destinationIpv6CidrBlock must be given")
    name, text = given[0], parameters[given[0]]
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        network = None
    if network is None or network.version != (4 if name == DESTINATIONS[0] else 6) or "/" not in text:
        invalid(f"Value ({text}) for parameter {name[0].lower()}{name[1:]} is invalid.")
    return network


def within(inner: Network, outer: Network) -> bool:
    """Return True if ``inner`` equals ``outer`` or is a subnet of it. False for two families."""
    if isinstance(inner, ipaddress.IPv4Network) and isinstance(outer, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, ipaddress.IPv6Network) and isinstance(outer, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False


def find(table: RouteTable, destination: Network) -> Any:
    """The table's route to exactly this destination, or None."""
    wanted = str(destination)
    routes = table._routes.values()
    return next(
        (one for one in routes if wanted in (one.destination_cidr_block, one.destination_ipv6_cidr_block)), None
    )


class RouteRules(EC2Backend):
    """EC2's rules for routes and for associations of route tables."""

    def _inside(self, table: RouteTable, destination: Network, target: Mapping[str, Any]) -> None:
        """Inside the VPC's network only a subnet's whole network can be routed, to an interface or a NAT gateway."""
        vpc = self.get_vpc(table.vpc_id)
        own = [ipaddress.ip_network(text) for text in (*self.vpc_blocks(vpc, False), *self.vpc_blocks(vpc, True))]
        if not any(within(destination, block) for block in own):
            return
        subnets = [subnet for subnet in self.describe_subnets() if subnet.vpc_id == vpc.id]
        whole = {text for subnet in subnets for text in (subnet.cidr_block, *subnet.ipv6_blocks)}
        if str(destination) not in whole:
            invalid(
                f"The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR "
                f"blocks, and is not the CIDR block of one of its subnets ({', '.join(sorted(whole)) or 'none'})."
            )
        if not set(target) & {"interface", "nat_gateway"}:
            invalid(
                f"The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR "
                "blocks. This route can target only an interface, an instance or a NAT gateway."
            )

    def resolve_target(self, table: RouteTable, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The target that a request names, as the one argument of moto's Route that it is."""
        given = [name for name in TARGETS if parameters.get(name)]
        if len(given) != 1:
            refuse(
                "MissingParameter" if not given else "InvalidParameterCombination",
                f"The request must contain exactly one target of a route; it contains {', '.join(given) or 'none'}",
            )
        name, target_id = given[0], parameters[given[0]]
        if name == "InstanceId":
            return {"interface": self._same_vpc(table, self.sole_interface(target_id), "interface")}
        if name == "NetworkInterfaceId":
            return {"interface": self._same_vpc(table, self.get_network_interface(target_id), "interface")}
        if name == "GatewayId":
            return {"gateway": self._internet_gateway(table, target_id)}
        if name == "NatGatewayId":
            found = self.nat_gateways.get(target_id)
            if found is None or found.state != "available":
                refuse("InvalidNatGatewayID.NotFound", f"The natGateway ID '{target_id}' does not exist")
            return {"nat_gateway": self._same_vpc(table, found, "natGateway")}
        return {"egress_only_igw": self._same_vpc(table, self.get_egress_only_igw(target_id), "network gateway")}

    def _internet_gateway(self, table: RouteTable, gateway_id: str) -> Any:
        if prefix_of(gateway_id) == "vgw":
            refuse("UnsupportedOperation", "Routes to virtual private gateways are not modelled by this stand-in")
        gateway = self.internet_gateways.get(gateway_id)
        if gateway is None:
            refuse("InvalidGatewayID.NotFound", f"The gateway ID '{gateway_id}' does not exist")
        if gateway.vpc is None or gateway.vpc.id != table.vpc_id:
            invalid(f"route table {table.id} and network gateway {gateway_id} belong to different networks")
        return gateway

    @staticmethod
    def _same_vpc(table: RouteTable, target: Any, what: str) -> Any:
        if target.vpc_id != table.vpc_id:
            invalid(f"route table {table.id} and {what} {target.id} belong to different networks")
        return target

    def add_route(self, table: RouteTable, destination: Network, parameters: Mapping[str, Any]) -> None:
        """A new route; refused if there is one to the same destination."""
        if find(table, destination) is not None:
            refuse("RouteAlreadyExists", f"The route identified by {destination} already exists.")
        target = self.resolve_target(table, parameters)
        self._inside(table, destination, target)
        # IPv4 and IPv6 are counted separately, the VPC's own routes not at all.
        own = [
            one
            for one in table.routes
            if not one.local and bool(one.destination_cidr_block) == (destination.version == 4)
        ]
        if len(own) >= self.quotas["routes_per_table"]:
            refuse("RouteLimitExceeded", "The maximum number of routes per route table has been reached.")
        self._store(table, destination, target)

    def change_route(self, table: RouteTable, destination: Network, parameters: Mapping[str, Any]) -> None:
        """Another target for a route that is there."""
        present = find(table, destination)
        if present is None:
            invalid(f"There is no route defined for '{destination}' in the route table. Use CreateRoute instead.")
        if present.local:
            refuse("UnsupportedOperation", "Replacing a VPC's own (local) route is not modelled by this stand-in")
        target = self.resolve_target(table, parameters)
        self._inside(table, destination, target)
        self._store(table, destination, target)

    @staticmethod
    def _store(table: RouteTable, destination: Network, target: Mapping[str, Any]) -> None:
        ipv4, ipv6 = (str(destination), None) if destination.version == 4 else (None, str(destination))
        route = LabRoute(table, ipv4, ipv6, **target)
        table._routes[route.id] = route

    def remove_route(self, table: RouteTable, destination: Network) -> None:
        """Take a route away."""
        present = find(table, destination)
        if present is None:
            refuse(
                "InvalidRoute.NotFound", f"no route with destination-cidr-block {destination} in route table {table.id}"
            )
        if present.local:
            invalid(f"cannot remove local route {destination} in route table {table.id}")
        del table._routes[present.id]

    def get_route_table(self, route_table_id: str) -> Any:
        return self.route_tables.get(route_table_id) or not_found(route_table_id, "rtb")

    def main_table(self, vpc_id: str) -> Any:
        """The VPC's main route table."""
        tables = self.route_tables.values()
        return next(table for table in tables if table.vpc_id == vpc_id and table.main_association_id is not None)

    def associate_route_table(
        self, route_table_id: str, gateway_id: str | None = None, subnet_id: str | None = None
    ) -> str:
        table = self.get_route_table(route_table_id)
        if gateway_id or not subnet_id:
            refuse("UnsupportedOperation", "Only subnets are associated with route tables in this stand-in")
        subnet = self.get_subnet(subnet_id)
        if subnet.vpc_id != table.vpc_id:
            invalid(f"route table {table.id} and subnet {subnet.id} belong to different networks")
        for other in self.route_tables.values():
            if other is not table and subnet_id in other._associations.values():
                refuse(
                    "Resource.AlreadyAssociated",
                    f"the specified association for route table {table.id} conflicts with an existing association",
                )
        association: str = super().associate_route_table(route_table_id, gateway_id, subnet_id)
        return association

    def disassociate_route_table(self, association_id: str) -> Any:
        if any(table.main_association_id == association_id for table in self.route_tables.values()):
            invalid(f"cannot disassociate the main route table association {association_id}")
        return super().disassociate_route_table(association_id)

    def remove_route_table(self, table: RouteTable) -> None:
        """Delete a table; the main one and one with subnets cannot be."""
        if table._associations or table.main_association_id is not None:
            refuse("DependencyViolation", f"The routeTable '{table.id}' has dependencies and cannot be deleted.")
        del self.route_tables[table.id]
        self.forget_tags(table.id)


ROUTE_TABLES = DescribeSpec(
    action="DescribeRouteTables",
    result="RouteTables",
    id="RouteTableId",
    ids="RouteTableIds",
    filters={
        **same("owner-id route-table-id vpc-id"),
        "association.gateway-id": "Associations.GatewayId",
        "association.main": "Associations.Main",
        "association.route-table-association-id": "Associations.RouteTableAssociationId",
        "association.route-table-id": "Associations.RouteTableId",
        "association.subnet-id": "Associations.SubnetId",
        "route.destination-cidr-block": "Routes.DestinationCidrBlock",
        "route.destination-ipv6-cidr-block": "Routes.DestinationIpv6CidrBlock",
        "route.egress-only-internet-gateway-id": "Routes.EgressOnlyInternetGatewayId",
        "route.gateway-id": "Routes.GatewayId",
        "route.instance-id": "Routes.InstanceId",
        "route.nat-gateway-id": "Routes.NatGatewayId",
        "route.origin": "Routes.Origin",
        "route.state": "Routes.State",
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
        return self.ec2_backend.get_route_table(self._get_param("RouteTableId"))

    def _destination(self) -> Network:
        return parse_destination({name: self._get_param(name) for name in DESTINATIONS})

    def _targets(self) -> dict[str, Any]:
        return {name: self._get_param(name) for name in TARGETS}

    def create_route_table(self) -> ActionResult:
        made = self.ec2_backend.create_route_table(self._get_param("VpcId"), tag_pairs(self, "route-table"))
        return ActionResult({"RouteTable": present_table(made)})

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
