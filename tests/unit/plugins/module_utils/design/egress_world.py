# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small network with a space's VPC and its gateway: one that translates nothing, and one with a NAT gateway."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Cloud,
    ElasticIp,
    Interface,
    InternetGateway,
    NatGateway,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)

from .world import World, acme, small_world

LANS = "172.16.0.0/12"
ANYWHERE = "0.0.0.0/0"
ZONE = "eu-central-1a"
PUBLIC_SUBNET, PUBLIC_TABLE = f"natgw-subnet/acme/{ZONE}", f"natgw-rtb/acme/{ZONE}"


def gateway(**more: Any) -> dict[str, Any]:
    given = {"aggregator": "agg1", "networks": [LANS], "egress": "nat_gateway", "interface": "ens6"}
    return {**given, **more}


def space(*gateways: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{**acme(), "vpc": {"cidr": "10.101.0.0/16"}, "gateways": list(gateways) or [gateway()], **more}]


def tags(key: str) -> dict[str, str]:
    return {"bonded.internet/network": "prod", "bonded.internet/key": key}


def retired(key: str) -> dict[str, str]:
    return {**tags(key), "bonded.internet/retired": "true"}


def short(items: list[PlannedChange]) -> set[tuple[str, ...]]:
    return {(item.phase, item.verb, item.kind, item.parent, item.key) for item in items if item.system == "aws"}


def routes(cloud: Cloud, table: str, *added: Route) -> None:
    """Replace the table's routes."""
    cloud.route_tables[table] = replace(cloud.route_tables[table], routes=added)


def plain_world() -> World:
    """The space's VPC with a gateway on agg1 that translates nothing, on both sides."""
    world = small_world()
    cloud = world.cloud
    interface = Interface("eni-gw", "subnet-gw", "vpc-9", "10.101.0.4", tags("gateway/acme/agg1"), "i-agg1", False)
    cloud.vpcs["vpc-9"] = Vpc("vpc-9", ("10.101.0.0/16",), tags("vpc/acme"))
    cloud.subnets["subnet-gw"] = Subnet("subnet-gw", "vpc-9", "10.101.0.0/24", ZONE, tags(f"subnet/acme/{ZONE}"))
    cloud.internet_gateways["igw-9"] = InternetGateway("igw-9", "vpc-9", tags("igw/acme"))
    cloud.route_tables["rtb-main"] = RouteTable("rtb-main", "vpc-9", True, (Route(LANS, "eni-gw"),))
    cloud.route_tables["rtb-gw"] = RouteTable("rtb-gw", "vpc-9", False, (), ("subnet-gw",), tags("rtb/acme"))
    routes(cloud, "rtb-gw", Route(ANYWHERE, "igw-9"), Route(LANS, "eni-gw"))
    cloud.interfaces["eni-gw"] = interface
    cloud.addresses.append(
        ElasticIp("eipalloc-gw", "198.51.100.4", tags("gateway-ip/acme/agg1"), "eni-gw", "10.101.0.4")
    )
    cloud.instances["i-agg1"] = replace(cloud.instances["i-agg1"], devices=(0, 1))
    world.apply(spaces=space(gateway(egress="none")))
    return world


def nat_world() -> World:
    """The same, with a NAT gateway."""
    plain = plain_world()
    cloud = plain.cloud
    cloud.subnets["subnet-nat"] = Subnet("subnet-nat", "vpc-9", "10.101.255.240/28", ZONE, tags(PUBLIC_SUBNET))
    out = (Route(ANYWHERE, "igw-9"), Route(LANS, "eni-gw"))
    cloud.route_tables["rtb-nat"] = RouteTable("rtb-nat", "vpc-9", False, out, ("subnet-nat",), tags(PUBLIC_TABLE))
    routes(cloud, "rtb-gw", Route(ANYWHERE, "nat-9"), Route(LANS, "eni-gw"))
    cloud.nat_gateways["nat-9"] = NatGateway("nat-9", "vpc-9", "subnet-nat", tags("natgw/acme/agg1"), "eipalloc-nat")
    cloud.addresses[:] = [
        ElasticIp("eipalloc-nat", "198.51.100.5", tags("natgw-ip/acme/agg1"), "eni-of-nat", "10.101.255.244")
    ]
    return plain
