# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role pwan_vpc on the stand-ins: what AWS has afterwards, and what was written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playbooks.conftest import Lab, Role

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
def role(lab: Lab) -> Role:
    return Role(lab, "pwan_vpc")


def test_makes_the_vpc_and_takes_it_away(lab: Lab, role: Role) -> None:
    before = lab.aws.state()
    role.unchanged("present", SPACE, ["--check"])
    role.changes("present", SPACE)

    vpc = lab.ours("vpcs")["vpc/acme"]
    assert vpc["cidr"] == "10.101.0.0/16"
    assert len(vpc["ipv6_cidrs"]) == 1
    gateway = lab.ours("internet_gateways")["igw/acme"]
    assert gateway["vpc_id"] == vpc["id"]
    subnets = lab.ours("subnets")
    assert {key: (one["cidr"], one["zone"], one["map_public"], one["assign_ipv6"]) for key, one in subnets.items()} == {
        "subnet/acme/eu-central-1a": ("10.101.0.0/24", "eu-central-1a", False, True),
        "subnet/acme/eu-central-1b": ("10.101.1.0/24", "eu-central-1b", False, True),
    }
    blocks = [block for one in subnets.values() for block in one["ipv6_cidrs"]]
    assert len(set(blocks)) == 2
    assert all(block.endswith("::/64") for block in blocks)
    table = lab.ours("route_tables")["rtb/acme"]
    assert sorted(table["subnet_ids"]) == sorted(one["id"] for one in subnets.values())
    routes = {route["destination"]: route["target"] for route in table["routes"] if route["target"] != "local"}
    assert routes == {"0.0.0.0/0": gateway["id"], "::/0": gateway["id"]}

    # A subnet comes: those that are there keep their blocks, wherever the new one stands in the list.
    more = {**SPACE, "subnets": [{"zone": "eu-central-1c", "cidr": "10.101.2.0/24"}, *SPACE["subnets"]]}
    assert role("present", more).rc == 0
    assert lab.actions().count("CreateSubnet") == 1
    grown = lab.ours("subnets")
    assert {key: grown[key]["ipv6_cidrs"] for key in subnets} == {
        key: one["ipv6_cidrs"] for key, one in subnets.items()
    }
    assert grown["subnet/acme/eu-central-1c"]["id"] in lab.ours("route_tables")["rtb/acme"]["subnet_ids"]

    role.unchanged("absent", SPACE, ["--check"])
    role.changes("absent", SPACE)
    after = lab.aws.state()
    for kind in ("vpcs", "subnets", "route_tables", "internet_gateways"):
        assert after[kind] == before[kind]


def test_what_others_have_is_not_taken_over(lab: Lab, role: Role) -> None:
    """A subnet of the same network without our tag is refused; an adopted VPC is only looked at."""
    plain = {**SPACE, "ipv6": False, "subnets": []}
    assert role("present", plain).rc == 0
    vpc = lab.ours("vpcs")["vpc/acme"]["id"]
    client(lab).create_subnet(VpcId=vpc, CidrBlock="10.101.0.0/24", AvailabilityZone="eu-central-1b")
    refused = role("present", {**SPACE, "ipv6": False})
    assert refused.rc != 0
    assert "without the tag" in refused.failures[0]
    assert lab.writes() == []

    role.unchanged("present", {**SPACE, "id": "vpc-0d000000000000001"})
    role.unchanged("absent", {**SPACE, "id": "vpc-0d000000000000001"})
    missing = role("present", {**SPACE, "id": "vpc-0d0000000000000ff"})
    assert "does not exist in this region" in missing.failures[0]


def client(lab: Lab) -> Any:
    """EC2 as somebody else uses it."""
    import boto3

    return boto3.client(
        "ec2",
        region_name="eu-central-1",
        endpoint_url=lab.aws.url,
        aws_access_key_id="somebody",
        aws_secret_access_key="else",
    )
