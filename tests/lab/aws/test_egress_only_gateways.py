# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Egress-only internet gateways: created with tags, listed by tag, routed to, and deleted under their routes."""

from __future__ import annotations

from typing import Any

from .conftest import Lab, refused

KIND = "egress-only-internet-gateway"
TAGS = [{"Key": "a", "Value": "b"}]
VPC = "vpc-0c000000"


def made(lab: Lab, vpc: str = VPC) -> str:
    """Create one with a tag; its id."""
    answer = lab.ec2.create_egress_only_internet_gateway(
        VpcId=vpc, TagSpecifications=[{"ResourceType": KIND, "Tags": TAGS}]
    )
    number: str = answer["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    return number


def listed(lab: Lab, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = lab.ec2.describe_egress_only_internet_gateways(**params)["EgressOnlyInternetGateways"]
    return found


def by(name: str, value: str) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": [value]}]


def test_created_with_its_tags_and_listed_by_them(lab: Lab) -> None:
    number = made(lab)
    shown = {
        "EgressOnlyInternetGatewayId": number,
        "Attachments": [{"State": "attached", "VpcId": VPC}],
        "Tags": TAGS,
    }
    assert number.startswith("eigw-")
    assert listed(lab, Filters=by("tag:a", "b")) == listed(lab, EgressOnlyInternetGatewayIds=[number]) == [shown]
    assert listed(lab, Filters=by("tag:a", "c")) == []
    assert lab.server.state()["egress_only_internet_gateways"] == [{"id": number, "vpc_id": VPC, "tags": {"a": "b"}}]
    (tag,) = lab.ec2.describe_tags(Filters=by("resource-id", number))["Tags"]
    assert tag["ResourceType"] == KIND


def test_the_listing_knows_no_vpc(lab: Lab) -> None:
    """EC2's documentation has the filters tag and tag-key alone."""
    with refused("InvalidParameterValue"):
        listed(lab, Filters=by("attachment.vpc-id", VPC))


def test_one_for_a_vpc(lab: Lab) -> None:
    made(lab)
    with refused("InvalidParameterValue", "already has"):
        made(lab)
    assert made(lab, "vpc-0a000000") != made(lab, "vpc-0b000000")
    with refused("InvalidVpcID.NotFound"):
        made(lab, "vpc-0f000000")


def test_a_wrong_kind_of_tags_is_refused(lab: Lab) -> None:
    specification = [{"ResourceType": "internet-gateway", "Tags": TAGS}]
    with refused("InvalidParameterValue", KIND):
        lab.ec2.create_egress_only_internet_gateway(VpcId=VPC, TagSpecifications=specification)


def test_routed_to_and_deleted_under_its_route(lab: Lab) -> None:
    number = made(lab)
    table = lab.ec2.create_route_table(VpcId=VPC)["RouteTable"]["RouteTableId"]
    other = lab.ec2.create_route_table(VpcId="vpc-0a000000")["RouteTable"]["RouteTableId"]
    route = {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": number}
    with refused("InvalidParameterValue", "different networks"):
        lab.ec2.create_route(RouteTableId=other, **route)
    lab.ec2.create_route(RouteTableId=table, **route)
    found = lab.route(table, "::/0")
    assert found
    assert (found["EgressOnlyInternetGatewayId"], found["State"]) == (number, "active")
    lab.ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=number)
    left = lab.route(table, "::/0")
    assert left
    assert (left["EgressOnlyInternetGatewayId"], left["State"]) == (number, "blackhole")
    assert lab.server.state()["egress_only_internet_gateways"] == []
    assert lab.ec2.describe_tags(Filters=by("resource-id", number))["Tags"] == []
    for gone in (
        lambda: lab.ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=number),
        lambda: listed(lab, EgressOnlyInternetGatewayIds=[number]),
        lambda: lab.ec2.create_tags(Resources=[number], Tags=TAGS),
    ):
        with refused("InvalidGatewayID.NotFound"):
            gone()


def test_its_vpc_stays_as_long(lab: Lab) -> None:
    vpc = lab.ec2.create_vpc(CidrBlock="10.9.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    number = made(lab, vpc)
    with refused("DependencyViolation"):
        lab.ec2.delete_vpc(VpcId=vpc)
    lab.ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=number)
    lab.ec2.delete_vpc(VpcId=vpc)
    assert vpc not in [one["id"] for one in lab.server.state()["vpcs"]]
