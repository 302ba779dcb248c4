# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role pwan_gateway by itself in a VPC of the operator, behind the operator's own NAT gateway."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playbooks.comparing import comparable
from tests.playbooks.rights import policy
from tests.playbooks.running import Json, Site

from .running import Role
from .test_egress import GATEWAY

ZONE, LANS = "eu-central-1a", "172.16.0.0/12"


@pytest.fixture
def theirs(empty: Site) -> Json:
    """A VPC of the operator with an inner and an outer subnet, whose table each leads to the internet gateway."""
    ec2 = empty.ec2()
    vpc = ec2.create_vpc(CidrBlock="10.66.0.0/16")["Vpc"]["VpcId"]
    outer = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=outer, VpcId=vpc)
    ids = {"vpc": vpc, "igw": outer}
    for name, cidr in (("inner", "10.66.1.0/24"), ("outer", "10.66.2.0/28")):
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=ZONE)["Subnet"]["SubnetId"]
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=outer)
        ids |= {f"{name}_subnet": subnet, f"{name}_table": table}
    return ids


def behind(ids: Json, **options: Any) -> Json:
    """Return the role's options for a gateway in the inner subnet."""
    tables = [ids["inner_table"], ids["outer_table"]]
    given = {**GATEWAY["gateway"], "subnet_id": ids["inner_subnet"], "route_tables": tables, **options}
    return {**GATEWAY, "gateway": given}


def make_nat_gateway(site: Site, ids: Json) -> str:
    """Create the operator's NAT gateway, and route the inner subnet to it."""
    ec2 = site.ec2()
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=ids["outer_subnet"], AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.replace_route(RouteTableId=ids["inner_table"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=made)
    return str(made)


def routes(site: Site, number: str) -> dict[str, str]:
    (table,) = [one for one in site.cloud.state()["route_tables"] if one["id"] == number]
    return {route["destination"]: route["target"] for route in table["routes"] if route["target"] != "local"}


def test_a_gateway_leaves_by_the_operators_nat_gateway_which_stays_as_it_was(empty: Site, theirs: Json) -> None:
    role, nat = Role(empty, "pwan_gateway"), make_nat_gateway(empty, theirs)
    before, server = comparable(empty.cloud.state()), empty.aggregator("agg1")
    empty.grant([policy("read"), policy("change")])
    role.unchanged("present", behind(theirs), ["--check"])
    made = role("present", behind(theirs))
    assert made.code == 0, made.output
    assert {action for action in empty.writes() if " " not in action} == {
        "CreateNetworkInterface",
        "ModifyNetworkInterfaceAttribute",
        "AttachNetworkInterface",
        "CreateRoute",
    }
    interface = empty.ours("network_interfaces")["gateway/acme/agg1"]
    assert (interface["subnet_id"], interface["source_dest_check"]) == (theirs["inner_subnet"], False)
    assert routes(empty, theirs["inner_table"]) == {"0.0.0.0/0": nat, LANS: interface["id"]}
    assert routes(empty, theirs["outer_table"]) == {"0.0.0.0/0": theirs["igw"], LANS: interface["id"]}
    assert (empty.ours("addresses"), empty.ours("nat_gateways")) == ({}, {})
    role.unchanged("present", behind(theirs))

    # An Elastic IP of its own in place of the NAT gateway, and back: the operator's routes are not touched.
    assert role("present", behind(theirs, egress="none")).code == 0
    assert empty.writes() == ["AllocateAddress", "AssociateAddress"]
    assert role("present", {**behind(theirs), "release": True}).code == 0
    assert empty.writes() == ["DisassociateAddress", "ReleaseAddress"]

    role.unchanged("absent", behind(theirs), ["--check"])
    assert role("absent", behind(theirs)).code == 0
    role.unchanged("absent", behind(theirs))
    assert comparable(empty.cloud.state()) == before
    assert empty.aggregator("agg1") == server


def test_a_subnet_that_leads_to_no_nat_gateway_is_refused_before_a_route_is_changed(empty: Site, theirs: Json) -> None:
    role, ends = Role(empty, "pwan_gateway"), f"leads 0.0.0.0/0 to no NAT gateway (got {theirs['igw']}"
    assert ends in role("present", behind(theirs)).problems
    assert "CreateRoute" not in empty.writes()
    nat = make_nat_gateway(empty, theirs)
    alone = role("present", behind(theirs, route_tables=[theirs["inner_table"]])).problems
    assert f"answers come back to the NAT gateway {nat} in {theirs['outer_subnet']}" in alone
    assert f"expected {theirs['outer_table']} too" in alone
    role.changes("present", behind(theirs))


def test_the_nat_gateway_keeps_its_address(empty: Site, theirs: Json) -> None:
    refused = Role(empty, "pwan_gateway")("present", behind(theirs, public_ip="198.51.100.9"))
    assert "the NAT gateway there is your own, and keeps its address. Leave public_ip out" in refused.problems
    assert refused.writes == []
