# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refusals by EC2 about routes and route tables: one line for each rule."""

from __future__ import annotations

from .conftest import Lab
from .refusals import Call, Rule, assert_refused, table


def create_route(**target: str) -> Call:
    destination = {} if "DestinationIpv6CidrBlock" in target else {"DestinationCidrBlock": "172.16.0.0/12"}
    return lambda ec2: ec2.create_route(**{"RouteTableId": "rtb-0a000000", **destination, **target})


ROUTES: list[Rule] = [
    (
        "create: the destination exists, whatever the target",
        "RouteAlreadyExists",
        create_route(DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "create: the VPC's own network",
        "RouteAlreadyExists",
        create_route(DestinationCidrBlock="10.0.0.0/16", NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "create: an interface as a gateway",
        "InvalidGatewayID.NotFound",
        create_route(GatewayId="eni-0a000001"),
    ),
    ("create: to an unknown gateway", "InvalidGatewayID.NotFound", create_route(GatewayId="igw-0f000000")),
    (
        "create: to an unknown interface",
        "InvalidNetworkInterfaceID.NotFound",
        create_route(NetworkInterfaceId="eni-0f000000"),
    ),
    ("create: to an unknown NAT gateway", "InvalidNatGatewayID.NotFound", create_route(NatGatewayId="nat-0f000000")),
    (
        "create: to an interface of another VPC",
        "InvalidParameterValue",
        create_route(NetworkInterfaceId="eni-0b00000f"),
    ),
    (
        "create: to the gateway of another VPC",
        "InvalidParameterValue",
        create_route(RouteTableId="rtb-0b000000", GatewayId="igw-0a000000"),
    ),
    (
        "create: to an instance with two interfaces",
        "InvalidInstanceID",
        create_route(InstanceId="i-0a000001"),
    ),
    (
        "create: a /32 inside the VPC's network",
        "InvalidParameterValue",
        create_route(DestinationCidrBlock="10.0.1.20/32", NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "create: half a subnet",
        "InvalidParameterValue",
        create_route(DestinationCidrBlock="10.0.1.0/25", NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "create: more than a subnet inside the VPC's network",
        "InvalidParameterValue",
        create_route(DestinationCidrBlock="10.0.0.0/20", NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "create: a subnet's whole network, to the internet gateway",
        "InvalidParameterValue",
        create_route(DestinationCidrBlock="10.0.1.0/24", GatewayId="igw-0a000000"),
    ),
    ("create: without a target", "MissingParameter", create_route()),
    (
        "create: to a peering, which is not modelled",
        "UnsupportedOperation",
        create_route(VpcPeeringConnectionId="pcx-0f000000"),
    ),
    (
        "create: for a prefix list, which is not modelled",
        "UnsupportedOperation",
        create_route(DestinationPrefixListId="pl-0f000000", NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "replace: the local route, which is not modelled",
        "UnsupportedOperation",
        lambda ec2: ec2.replace_route(
            RouteTableId="rtb-0a000000", DestinationCidrBlock="10.0.0.0/16", NetworkInterfaceId="eni-0a000001"
        ),
    ),
    (
        "create: with two targets",
        "InvalidParameterCombination",
        create_route(GatewayId="igw-0a000000", NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "create: to nonsense",
        "InvalidParameterValue",
        create_route(DestinationCidrBlock="172.16.0.0/33", NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "create: in an unknown table",
        "InvalidRouteTableID.NotFound",
        create_route(RouteTableId="rtb-0f000000", NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "replace: a route that is not there",
        "InvalidParameterValue",
        lambda ec2: ec2.replace_route(
            RouteTableId="rtb-0a000000", DestinationCidrBlock="172.16.0.0/12", NetworkInterfaceId="eni-0a000001"
        ),
    ),
    (
        "replace: by an interface of another VPC",
        "InvalidParameterValue",
        lambda ec2: ec2.replace_route(
            RouteTableId="rtb-0a000000", DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId="eni-0b00000f"
        ),
    ),
    (
        "delete: the local route",
        "InvalidParameterValue",
        lambda ec2: ec2.delete_route(RouteTableId="rtb-0a000000", DestinationCidrBlock="10.0.0.0/16"),
    ),
    (
        "delete: a route that is not there",
        "InvalidRoute.NotFound",
        lambda ec2: ec2.delete_route(RouteTableId="rtb-0a000000", DestinationCidrBlock="172.16.0.0/12"),
    ),
    (
        "table: delete the main one",
        "DependencyViolation",
        lambda ec2: ec2.delete_route_table(RouteTableId="rtb-0a000000"),
    ),
    (
        "table: delete one with subnets",
        "DependencyViolation",
        lambda ec2: ec2.delete_route_table(RouteTableId="rtb-0a000001"),
    ),
    (
        "table: a subnet of another VPC",
        "InvalidParameterValue",
        lambda ec2: ec2.associate_route_table(RouteTableId="rtb-0a000001", SubnetId="subnet-0b00000a"),
    ),
    (
        "table: a subnet that has another table",
        "Resource.AlreadyAssociated",
        lambda ec2: ec2.associate_route_table(RouteTableId="rtb-0a000000", SubnetId="subnet-0a00000b"),
    ),
]


@table(ROUTES)
def test_route(lab: Lab, code: str, call: Call) -> None:
    assert_refused(lab, code, call)
