# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world before the collection comes: aggregators on both sides, spaces, bonds, and things of others on AWS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Bond,
    ElasticIp,
    Interface,
    RouteTable,
    Subnet,
    Vpc,
)
from tests.unit.plugins.module_utils.design.world import instance, small_world

from .cloud_side import CloudSide
from .network import Network

ZONE_A, ZONE_B = "eu-central-1a", "eu-central-1b"
PEER = "agg4"
"""An aggregator in another VPC, of no inventory unless a row names it; agg5 is one more beside the first ones."""


def surroundings() -> Network:
    """Return both sides: five aggregators, spaces acme and initech, four bonds, a VPC and addresses of others."""
    world = small_world()
    world.add_aggregator(PEER, 21, "10.2.0.14", "a")
    world.add_aggregator("agg5", 22, "10.1.1.15", "b")
    third = world.server.aggregators[1007]
    world.server.aggregators[1007] = replace(third, ip="203.0.113.13")  # small_world gives it the first one's
    cloud = world.cloud
    cloud.instances[f"i-{PEER}"] = instance(PEER, "10.2.0.14", "a", vpc_id="vpc-peer", subnet_id="subnet-peer")
    cloud.subnets["subnet-peer"] = Subnet("subnet-peer", "vpc-peer", "10.2.0.0/24", ZONE_A)
    cloud.vpcs["vpc-own"] = Vpc("vpc-own", ("10.77.0.0/16",))
    cloud.vpcs["vpc-own2"] = Vpc("vpc-own2", ("10.78.0.0/16",))
    for number, vpc, zone, cidr in (
        ("subnet-own", "vpc-own", ZONE_A, "10.77.0.0/24"),
        ("subnet-own2", "vpc-own", ZONE_A, "10.77.1.0/24"),
        ("subnet-own-b", "vpc-own", ZONE_B, "10.77.2.0/24"),
    ):
        cloud.subnets[number] = Subnet(number, vpc, cidr, zone)
    cloud.route_tables["rtb-own"] = RouteTable("rtb-own", "vpc-own", True)
    cloud.route_tables["rtb-own2"] = RouteTable("rtb-own2", "vpc-own", False, subnet_ids=("subnet-own2",))
    for name, found in cloud.instances.items():
        said = next(one.ip for one in world.server.aggregators.values() if f"i-{one.name}" == name)
        cloud.instances[name] = replace(found, public_ip=said, publics={found.private_ip: said})
    cloud.instances["i-agg5"] = replace(cloud.instances["i-agg5"], automatic_ip=cloud.instances["i-agg5"].public_ip)
    for bond in (
        Bond(18, "acme-bonn", "acme", 1007, 12, 1007),
        Bond(21, "initech-paris", "initech", 12, None, 12),
        Bond(22, "initech-lyon", "initech", 12, None, 12),
    ):
        world.server.bonds[bond.id] = bond
        world.server.bond_interfaces[bond.id] = ["eth0", "eth1"]
    for place in (17, 18):
        lan: dict[str, Any] = {"interface": "eth0", "ip": f"172.20.{place}.1/24", "include_private_wan": True}
        world.add_thing("connected_ip", f"bonds/{place}", lan)
    others = [ElasticIp(f"eipalloc-own{n}", f"203.0.113.20{n}", region=None) for n in range(3)]
    clicked = Interface("eni-own", "subnet-own", "vpc-own", "10.77.0.9", {}, "i-agg1", False)
    alone = Interface("eni-own2", "subnet-own", "vpc-own", "10.77.0.10")
    return Network(world, CloudSide(cloud, others, {one.id: one for one in (clicked, alone)}))
