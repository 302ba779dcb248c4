# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role pwan_vpc on the stand-ins: what AWS has afterwards, and what was written."""

from __future__ import annotations

import ipaddress
import pathlib
from typing import Any

import pytest
import yaml

from tests.playbooks.running import Site

from .running import Role

SPACE: dict[str, Any] = {
    "network": "demo",
    "space": "acme",
    "cidr": "10.101.0.0/16",
    "ipv6": True,
    "subnets": [
        {"zone": "eu-central-1a", "cidr": "10.101.0.0/24"},
        {"zone": "eu-central-1b", "cidr": "10.101.1.0/24"},
    ],
}


@pytest.fixture
def role(empty: Site) -> Role:
    return Role(empty, "pwan_vpc")


def test_makes_the_vpc_and_takes_it_away(empty: Site, role: Role) -> None:
    before = empty.cloud.state()
    role.unchanged("present", SPACE, ["--check"])
    assert role("present", {**SPACE, "subnets": SPACE["subnets"][1:]}).code == 0
    second = empty.ours("subnets")["subnet/acme/eu-central-1b"]["ipv6_cidrs"]

    # A subnet comes before the other one, which keeps its block.
    role.changes("present", SPACE)
    vpc = empty.ours("vpcs")["vpc/acme"]
    assert vpc["cidr"] == "10.101.0.0/16"
    assert len(vpc["ipv6_cidrs"]) == 1
    gateway = empty.ours("internet_gateways")["igw/acme"]
    assert gateway["vpc_id"] == vpc["id"]
    subnets = empty.ours("subnets")
    assert {key: (one["cidr"], one["zone"], one["map_public"], one["assign_ipv6"]) for key, one in subnets.items()} == {
        "subnet/acme/eu-central-1a": ("10.101.0.0/24", "eu-central-1a", False, True),
        "subnet/acme/eu-central-1b": ("10.101.1.0/24", "eu-central-1b", False, True),
    }
    first = subnets["subnet/acme/eu-central-1a"]["ipv6_cidrs"]
    assert subnets["subnet/acme/eu-central-1b"]["ipv6_cidrs"] == second
    assert first != second
    assert all(
        ipaddress.IPv6Network(block[0]).subnet_of(ipaddress.IPv6Network(vpc["ipv6_cidrs"][0]))
        for block in (first, second)
    )
    table = empty.ours("route_tables")["rtb/acme"]
    assert sorted(table["subnet_ids"]) == sorted(one["id"] for one in subnets.values())
    routes = {route["destination"]: route["target"] for route in table["routes"] if route["target"] != "local"}
    assert routes == {"0.0.0.0/0": gateway["id"], "::/0": gateway["id"]}

    # Somebody deletes the internet gateway: another is made, and both routes lead to it, by one call each.
    ec2 = empty.ec2()
    ec2.detach_internet_gateway(InternetGatewayId=gateway["id"], VpcId=vpc["id"])
    ec2.delete_internet_gateway(InternetGatewayId=gateway["id"])
    assert role("present", SPACE).code == 0
    assert empty.writes() == ["CreateInternetGateway", "AttachInternetGateway", "ReplaceRoute", "ReplaceRoute"]
    anew = empty.ours("internet_gateways")["igw/acme"]["id"]
    table = empty.ours("route_tables")["rtb/acme"]
    assert {r["destination"]: (r["target"], r["state"]) for r in table["routes"] if r["target"] != "local"} == {
        "0.0.0.0/0": (anew, "active"),
        "::/0": (anew, "active"),
    }

    assert role("absent", SPACE).code == 0
    after = empty.cloud.state()
    for kind in ("vpcs", "subnets", "route_tables", "internet_gateways"):
        assert after[kind] == before[kind]


def test_a_new_vpc_is_no_vpc_that_the_host_has_found_before(empty: Site) -> None:
    """One host creates the VPCs of several spaces, one after another; nothing of a new one is looked up."""
    tags = [{"Key": "bonded.internet/network", "Value": "demo"}, {"Key": "bonded.internet/key", "Value": "vpc/acme"}]
    empty.ec2().create_vpc(CidrBlock=SPACE["cidr"], TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
    one = {**SPACE, "ipv6": False, "subnets": [], "state": "absent"}
    (play,) = yaml.safe_load((pathlib.Path(__file__).parent / "role.yml").read_text(encoding="utf-8"))
    given = [one, {**one, "state": "present", "space": "initech", "cidr": "10.102.0.0/16", "fresh": True}]
    play["tasks"] = [
        {
            "name": f"The VPC of {options['space']}",
            "ansible.builtin.include_role": {"name": "bonded.internet.pwan_vpc"},
            "vars": {f"pwan_vpc_{name}": value for name, value in options.items()},
        }
        for options in given
    ]
    playbook = empty.scratch / "two.yml"
    playbook.write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
    outcome = empty.run(playbook, extra={})
    assert outcome.code == 0, outcome.output
    assert {key: vpc["cidr"] for key, vpc in empty.ours("vpcs").items()} == {"vpc/initech": "10.102.0.0/16"}


def test_what_others_have_is_not_taken_over(empty: Site, role: Role) -> None:
    """In a VPC of ours, a subnet without our tag and an internet gateway without it."""
    ec2 = empty.ec2()
    tags = [{"Key": "bonded.internet/network", "Value": "demo"}, {"Key": "bonded.internet/key", "Value": "vpc/acme"}]
    vpc = ec2.create_vpc(CidrBlock=SPACE["cidr"], TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])["Vpc"][
        "VpcId"
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.101.0.0/24", AvailabilityZone="eu-central-1b")["Subnet"][
        "SubnetId"
    ]
    refused = role("present", {**SPACE, "ipv6": False})
    assert refused.code != 0
    assert f"{vpc} has {subnet} and {gateway} without the tag" in refused.problems
    assert not [action for action in refused.writes if action.startswith("Create") and action != "CreateTags"]


def test_an_adopted_vpc_is_only_looked_at(empty: Site, role: Role) -> None:
    role.unchanged("present", {**SPACE, "id": "vpc-0d000000000000001"})
    missing = role("present", {**SPACE, "id": "vpc-0d0000000000000ff"})
    assert "the VPC vpc-0d0000000000000ff to adopt does not exist in this region" in missing.problems
