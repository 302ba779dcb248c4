# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two objects of one key are named with their ids, what uses them and what to type; a teardown takes them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.checks.duplicates import KINDS
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    EgressOnlyGateway,
    ElasticIp,
    Interface,
    InternetGateway,
    NatGateway,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)

from .world import World, acme, small_world

Plant = Callable[[World, str, dict[str, str]], None]


def tags(key: str, **more: str) -> dict[str, str]:
    return {"bonded.internet/network": "prod", "bonded.internet/key": key, **more}


def vpc(world: World, name: str, given: dict[str, str]) -> None:
    world.cloud.vpcs[f"vpc-{name}"] = Vpc(f"vpc-{name}", ("10.101.0.0/16",), given)


def gateway(world: World, name: str, given: dict[str, str]) -> None:
    world.cloud.internet_gateways[f"igw-{name}"] = InternetGateway(f"igw-{name}", None, given)


def egress_only(world: World, name: str, given: dict[str, str]) -> None:
    world.cloud.egress_only_gateways[f"eigw-{name}"] = EgressOnlyGateway(f"eigw-{name}", f"vpc-{name}", given)


def subnet(world: World, name: str, given: dict[str, str]) -> None:
    made = Subnet(f"subnet-{name}", "vpc-z", "10.101.0.0/24", "eu-central-1a", given)
    world.cloud.subnets[made.id] = made


def table(world: World, name: str, given: dict[str, str]) -> None:
    world.cloud.route_tables[f"rtb-{name}"] = RouteTable(f"rtb-{name}", "vpc-z", False, tags=given)


def interface(world: World, name: str, given: dict[str, str]) -> None:
    world.cloud.interfaces[f"eni-{name}"] = Interface(f"eni-{name}", "subnet-a", "vpc-1", "10.1.0.99", given)


def nat(world: World, name: str, given: dict[str, str]) -> None:
    world.cloud.nat_gateways[f"nat-{name}"] = NatGateway(f"nat-{name}", "vpc-z", "subnet-z", given)


def address(world: World, name: str, given: dict[str, str]) -> None:
    world.cloud.addresses.append(ElasticIp(f"eipalloc-{name}", f"203.0.113.{ord(name)}", given))


def group(world: World, name: str, given: dict[str, str]) -> None:
    world.cloud.groups[f"sg-{name}"] = SecurityGroup(f"sg-{name}", "vpc-z", given)


DOUBLED: list[tuple[Plant, str, str, str, str]] = [
    (vpc, "vpc/acme", "VPCs", "vpc", "delete-vpc --vpc-id"),
    (gateway, "igw/acme", "internet gateways", "igw", "delete-internet-gateway --internet-gateway-id"),
    (
        egress_only,
        "eigw/acme",
        "egress-only internet gateways",
        "eigw",
        "delete-egress-only-internet-gateway --egress-only-internet-gateway-id",
    ),
    (subnet, "subnet/acme/eu-central-1a", "subnets", "subnet", "delete-subnet --subnet-id"),
    (table, "rtb/acme", "route tables", "rtb", "delete-route-table --route-table-id"),
    (interface, "gateway/acme/agg1", "network interfaces", "eni", "delete-network-interface --network-interface-id"),
    (nat, "natgw/acme/agg1", "NAT gateways", "nat", "delete-nat-gateway --nat-gateway-id"),
    (address, "cpe-nat/bond-17", "Elastic IPs", "eipalloc", "release-address --allocation-id"),
    (address, "gateway-ip/acme/agg1", "Elastic IPs", "eipalloc", "release-address --allocation-id"),
    (group, "sg/gateway/acme", "security groups", "sg", "delete-security-group --group-id"),
]


@pytest.mark.parametrize(
    ("plant", "key", "kind", "prefix", "command"), DOUBLED, ids=[key for _plant, key, *_more in DOUBLED]
)
def test_two_objects_of_one_key(plant: Plant, key: str, kind: str, prefix: str, command: str) -> None:
    world = small_world()
    plant(world, "y", tags(key))
    plant(world, "x", tags(key))
    plant(world, "z", {**tags(key), "bonded.internet/network": "other"})
    world.plan(spaces=[acme()])
    assert [problem for problem in world.report.problems if problem.startswith(f"{key}: AWS has")] == [
        f"{key}: AWS has 2 {kind} with this key of network prod (got {prefix}-x, not in use; {prefix}-y, not in use; "
        f"expected one). Delete what is not in use: aws ec2 {command} {prefix}-y."
    ]


def test_each_kind_of_the_cloud_is_looked_at() -> None:
    assert {kind for _plant, _key, kind, *_rest in DOUBLED} == {kind.name for kind in KINDS}


def use(world: World, *names: str) -> None:
    """Let VPCs and an address be used."""
    for name in names:
        world.cloud.subnets[f"subnet-{name}1"] = Subnet(f"subnet-{name}1", f"vpc-{name}", "10.101.0.0/24", "z", {})


def test_the_one_in_use_stays() -> None:
    world = small_world()
    for name in "abc":
        vpc(world, name, tags("vpc/acme"))
    use(world, "c")
    world.plan()
    assert world.report.problems == [
        "vpc/acme: AWS has 3 VPCs with this key of network prod (got vpc-c, in use by subnet-c1; vpc-a, not in use; "
        "vpc-b, not in use; expected one). Delete what is not in use: aws ec2 delete-vpc --vpc-id vpc-a; "
        "aws ec2 delete-vpc --vpc-id vpc-b."
    ]


def test_of_two_in_use_the_operator_chooses() -> None:
    world = small_world()
    for name in "ab":
        vpc(world, name, tags("vpc/acme"))
    use(world, "a", "b")
    world.plan()
    (said,) = world.report.problems
    assert "Of those in use keep one (vpc-a, say), and take the tags off the others: aws ec2 delete-tags" in said
    assert "--resources vpc-b --tags Key=bonded.internet/key Key=bonded.internet/network" in said


def test_what_uses_each_kind() -> None:
    world = small_world()
    cloud = world.cloud
    cloud.internet_gateways["igw-a"] = InternetGateway("igw-a", "vpc-z", {})
    cloud.egress_only_gateways["eigw-a"] = EgressOnlyGateway("eigw-a", "vpc-z", {})
    routes = (Route("0.0.0.0/0", "nat-a"), Route("::/0", "eigw-a"))
    cloud.route_tables["rtb-a"] = RouteTable("rtb-a", "vpc-z", False, routes, ("subnet-s",))
    cloud.interfaces["eni-a"] = Interface("eni-a", "subnet-a", "vpc-1", "10.1.0.9", {}, "i-agg1", groups=("sg-a",))
    cloud.nat_gateways["nat-a"] = NatGateway("nat-a", "vpc-z", "subnet-z", {}, "eipalloc-a")
    cloud.addresses.append(ElasticIp("eipalloc-a", "203.0.113.9", {}))
    cloud.groups["sg-a"] = SecurityGroup("sg-a", "vpc-z", {})
    found = {
        kind.name: [sorted(filter(None, kind.used_by(one, cloud))) for one in kind.objects(cloud)] for kind in KINDS
    }
    assert {name: uses for name, uses in found.items() if name not in ("VPCs", "subnets")} == {
        "internet gateways": [["vpc-z"]],
        "egress-only internet gateways": [["rtb-a"]],
        "route tables": [["its route to 0.0.0.0/0", "its route to ::/0", "subnet-s"]],
        "network interfaces": [["i-agg1"]],
        "NAT gateways": [["rtb-a"]],
        "Elastic IPs": [["nat-a"]],
        "security groups": [["eni-a"]],
    }


def test_a_kept_address_beside_an_adopted_one_is_no_double() -> None:
    world = small_world()
    address(world, "a", tags("cpe-nat/bond-17"))
    address(world, "b", tags("cpe-nat/bond-17", **{"bonded.internet/retired": "true"}))
    world.plan()
    assert world.report.problems == []


def test_a_teardown_takes_all_of_them() -> None:
    world = small_world()
    for name in "ab":
        vpc(world, name, tags("vpc/acme"))
        gateway(world, name, tags("igw/acme"))
        interface(world, name, tags("gateway/acme/agg1"))
        address(world, name, tags("gateway-ip/acme/agg1"))
        address(world, name.upper(), tags("cpe-nat/bond-17"))
    items: list[Any] = [i for i in world.plan(state="absent", release_addresses=True) if i.verb == "delete"]
    assert world.report.problems == []
    counted = {kind: sum(item.kind == kind for item in items) for kind in {item.kind for item in items}}
    assert counted == {"vpc": 2, "internet_gateway": 2, "network_interface": 2, "elastic_ip": 4}
    assert len(world.design.vpcs["remove"]) == len(world.design.gateways["remove"]) == 1
