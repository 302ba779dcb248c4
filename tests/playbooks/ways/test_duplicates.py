# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copied tags of the network's objects: the plan names each copy, and a teardown deletes all."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import PlanError
from tests.playbooks.comparing import comparable
from tests.playbooks.planning import plan
from tests.playbooks.running import Json, Site

from .test_lost_answers import HOSTS, SECURED, variables

ALL = SECURED | {
    "bonding_confirm_teardown": "demo",
    "bonding_release_elastic_ips": True,
    "bonding_teardown_private_wan": True,
}


def double(site: Site) -> dict[str, str]:
    """Another object for each key but the subnets', which their networks keep apart; returns the ids by key."""
    ec2, made = site.ec2(), {}

    def tagged(kind: str, key: str) -> list[Json]:
        tags = {"bonded.internet/network": "demo", "bonded.internet/key": key}
        return [{"ResourceType": kind, "Tags": [{"Key": name, "Value": value} for name, value in tags.items()]}]

    def one(kind: str, key: str, method: str, within: str, number: str, **params: object) -> None:
        answer = getattr(ec2, method)(TagSpecifications=tagged(kind, key), **params)
        made[key] = (answer[within] if within else answer)[number]

    one("vpc", "vpc/acme", "create_vpc", "Vpc", "VpcId", CidrBlock="10.101.0.0/16")
    one("internet-gateway", "igw/acme", "create_internet_gateway", "InternetGateway", "InternetGatewayId")
    vpc, subnets = made["vpc/acme"], site.ours("subnets")
    one("route-table", "rtb/acme", "create_route_table", "RouteTable", "RouteTableId", VpcId=vpc)
    inside = {"SubnetId": subnets["subnet/acme/eu-central-1a"]["id"]}
    number = "NetworkInterfaceId"
    one("network-interface", "gateway/acme/agg1", "create_network_interface", "NetworkInterface", number, **inside)
    for key in ("natgw-ip/acme/agg1", "cpe-nat/bond-17"):
        one("elastic-ip", key, "allocate_address", "", "AllocationId", Domain="vpc")
    public = subnets["natgw-subnet/acme/eu-central-1a"]["id"]
    place = {"SubnetId": public, "AllocationId": made["natgw-ip/acme/agg1"]}
    one("natgateway", "natgw/acme/agg1", "create_nat_gateway", "NatGateway", "NatGatewayId", **place)
    group = {"GroupName": "copied", "Description": "copied", "VpcId": vpc}
    one("security-group", "sg/gateway/acme", "create_security_group", "", "GroupId", **group)
    return made


def test_named_by_the_plan_and_taken_down(empty: Site) -> None:
    seed = comparable(empty.cloud.state())
    site = empty.write_inventory("copied", HOSTS, variables(0, ipv6=False))
    assert site.run("site", extra=SECURED).code == 0
    made = double(site)
    tags = {"bonded.internet/network": "demo", "bonded.internet/key": "cpe-nat/bücher"}
    given = [{"ResourceType": "elastic-ip", "Tags": [{"Key": name, "Value": value} for name, value in tags.items()]}]
    odd = site.ec2().allocate_address(Domain="vpc", TagSpecifications=given)

    with pytest.raises(PlanError) as refused:
        plan(site, variables(0, ipv6=False), HOSTS, security_groups=True)
    named = {problem.split(": ")[0]: problem for problem in refused.value.problems if "expected one" in problem}
    assert named.keys() == made.keys()
    assert all(made[key] in problem for key, problem in named.items())
    assert f"{made['rtb/acme']}, not in use" in named["rtb/acme"]

    gone = site.run("teardown", extra=ALL)
    assert gone.code == 0, gone.output
    assert f"{odd['PublicIp']} ({odd['AllocationId']}): carries the tag bonded.internet/network" in gone.said
    site.ec2().release_address(AllocationId=odd["AllocationId"])
    assert comparable(site.cloud.state()) == seed
