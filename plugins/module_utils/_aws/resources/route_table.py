# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Route tables of the spaces' VPCs.

Role `pwan_vpc` creates one by `owned_object` (present.yml), associates it with subnets by
amazon.aws.ec2_vpc_route_table, and deletes it by the same module (absent.yml).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..._model.state import Cloud, Route, RouteTable
from ..client import Ec2Client, describe_by, tags_of
from ..kind import Call, Calls, Objects, kind, parent_of
from .subnet import SUBNET
from .vpc import VPC


def _used(_client: Ec2Client, objects: Objects) -> set[str]:
    """Return the route tables with an association, or with a route beside the local ones."""
    return {
        str(one["RouteTableId"])
        for one in objects
        if one.get("Associations") or any(route.get("GatewayId") != "local" for route in one.get("Routes", []))
    }


ROUTE_TABLE = kind("route_table", "rtb", lambda cloud: cloud.route_tables, used=_used)
_ASSOCIATE = Call("associate_route_table", (ROUTE_TABLE.ours, SUBNET.ours))
CALLS: Calls = {
    ("route_table", "create"): (
        ROUTE_TABLE.creation(VPC.ours).dry_run(VpcId=VPC.id_by(parent_of)),
        _ASSOCIATE,
    ),
    ("route_table", "update"): (_ASSOCIATE,),
    ("route_table", "delete"): (ROUTE_TABLE.deletion(),),
}

TARGETS = (
    "NetworkInterfaceId",
    "NatGatewayId",
    "GatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "InstanceId",
)


def read_route_tables(client: Ec2Client, vpc_ids: Collection[str], cloud: Cloud) -> None:
    """Read the route tables of these VPCs, and their routes but for the local ones."""
    for item in describe_by(client, ROUTE_TABLE.listing, "vpc-id", vpc_ids):
        cloud.route_tables[item["RouteTableId"]] = route_table_of(item)


def route_table_of(item: Mapping[str, Any]) -> RouteTable:
    """Return a route table out of an answer to DescribeRouteTables, without its local routes."""
    routes = []
    for route in item.get("Routes", []):
        destination = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
        if destination is None or route.get("GatewayId") == "local":
            continue
        target = next((route[name] for name in TARGETS if route.get(name)), None)
        routes.append(Route(destination, target, route.get("State", "active")))
    associations = item.get("Associations", [])
    return RouteTable(
        id=item["RouteTableId"],
        vpc_id=item["VpcId"],
        main=any(association.get("Main") for association in associations),
        routes=tuple(routes),
        subnet_ids=tuple(a["SubnetId"] for a in associations if a.get("SubnetId")),
        tags=tags_of(item),
    )
