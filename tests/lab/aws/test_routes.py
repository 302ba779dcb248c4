# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Routes: what they do when a request is accepted, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Lab

LAN = "172.16.0.0/12"


def create(lab: Lab, destination: str = LAN, table: str = "rtb-0a000000", **target: str) -> None:
    name = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    lab.ec2.create_route(**{"RouteTableId": table, name: destination, **target})


def test_to_an_interface(lab: Lab) -> None:
    create(lab, NetworkInterfaceId="eni-0a000001")
    assert lab.route("rtb-0a000000", LAN) == {
        "DestinationCidrBlock": LAN,
        "InstanceId": "i-0a000001",
        "InstanceOwnerId": "123456789012",
        "NetworkInterfaceId": "eni-0a000001",
        "Origin": "CreateRoute",
        "State": "active",
    }


def test_to_an_instance_with_one_interface(lab: Lab) -> None:
    create(lab, InstanceId="i-0a000002")
    shown = lab.route("rtb-0a000000", LAN)
    assert shown is not None
    assert (shown["NetworkInterfaceId"], shown["InstanceId"]) == ("eni-0a000002", "i-0a000002")


def test_host_bits_are_cleared(lab: Lab) -> None:
    create(lab, "172.16.9.9/12", NetworkInterfaceId="eni-0a000001")
    assert lab.route("rtb-0a000000", LAN) is not None


def test_less_specific_than_the_vpcs_network(lab: Lab) -> None:
    create(lab, "10.0.0.0/8", NetworkInterfaceId="eni-0a000001")
    assert lab.route("rtb-0a000000", "10.0.0.0/8") is not None


def test_a_subnets_whole_network_to_an_interface(lab: Lab) -> None:
    create(lab, "10.0.2.0/24", NetworkInterfaceId="eni-0a000001")
    assert lab.route("rtb-0a000000", "10.0.2.0/24") is not None


def test_replaced_and_deleted(lab: Lab) -> None:
    create(lab, NetworkInterfaceId="eni-0a000001")
    lab.ec2.replace_route(RouteTableId="rtb-0a000000", DestinationCidrBlock=LAN, NetworkInterfaceId="eni-0a00000d")
    shown = lab.route("rtb-0a000000", LAN)
    assert shown is not None
    assert shown["NetworkInterfaceId"] == "eni-0a00000d"
    lab.ec2.delete_route(RouteTableId="rtb-0a000000", DestinationCidrBlock=LAN)
    assert lab.route("rtb-0a000000", LAN) is None


def test_ipv6(lab: Lab) -> None:
    create(lab, "::/0", NetworkInterfaceId="eni-0a000001")
    lab.ec2.replace_route(RouteTableId="rtb-0a000000", DestinationIpv6CidrBlock="::/0", GatewayId="igw-0a000000")
    shown = lab.route("rtb-0a000000", "::/0")
    assert shown is not None
    assert (shown.get("GatewayId"), shown.get("NetworkInterfaceId")) == ("igw-0a000000", None)
    lab.ec2.delete_route(RouteTableId="rtb-0a000000", DestinationIpv6CidrBlock="::/0")
    assert lab.route("rtb-0a000000", "::/0") is None


def detach(lab: Lab) -> None:
    lab.ec2.detach_network_interface(AttachmentId=lab.interface("eni-0a00000d")["Attachment"]["AttachmentId"])


def delete(lab: Lab) -> None:
    detach(lab)
    lab.ec2.delete_network_interface(NetworkInterfaceId="eni-0a00000d")


@pytest.mark.parametrize("end", [detach, delete, lambda lab: lab.ec2.terminate_instances(InstanceIds=["i-0a000001"])])
def test_a_route_without_its_interface_is_a_black_hole(lab: Lab, end: Any) -> None:
    create(lab, NetworkInterfaceId="eni-0a00000d")
    end(lab)
    shown = lab.route("rtb-0a000000", LAN)
    assert shown is not None
    assert (shown["State"], shown["NetworkInterfaceId"], "InstanceId" in shown) == ("blackhole", "eni-0a00000d", False)


def test_a_route_without_its_gateway_is_a_black_hole(lab: Lab) -> None:
    vpc = "vpc-0c000000"
    gateway = next(one["id"] for one in lab.server.state()["internet_gateways"] if one["vpc_id"] == vpc)
    create(lab, "0.0.0.0/0", "rtb-0c000000", GatewayId=gateway)
    lab.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    shown = lab.route("rtb-0c000000", "0.0.0.0/0")
    assert shown is not None
    assert shown["State"] == "blackhole"
    lab.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert (lab.route("rtb-0c000000", "0.0.0.0/0") or {})["State"] == "active"


def test_a_table_and_its_subnets(lab: Lab) -> None:
    made = lab.ec2.create_route_table(
        VpcId="vpc-0a000000",
        TagSpecifications=[{"ResourceType": "route-table", "Tags": [{"Key": "a", "Value": "b"}]}],
    )["RouteTable"]
    assert (made["Tags"], made["Routes"][0]["GatewayId"]) == ([{"Key": "a", "Value": "b"}], "local")
    table = made["RouteTableId"]
    association = lab.ec2.associate_route_table(RouteTableId=table, SubnetId="subnet-0a00000a")["AssociationId"]
    again = lab.ec2.associate_route_table(RouteTableId=table, SubnetId="subnet-0a00000a")["AssociationId"]
    assert again == association
    lab.ec2.disassociate_route_table(AssociationId=association)
    lab.ec2.delete_route_table(RouteTableId=table)


def test_a_deleted_subnet_leaves_its_table(lab: Lab) -> None:
    made = lab.ec2.create_subnet(VpcId="vpc-0a000000", CidrBlock="10.0.9.0/24")["Subnet"]["SubnetId"]
    table = lab.ec2.create_route_table(VpcId="vpc-0a000000")["RouteTable"]["RouteTableId"]
    lab.ec2.associate_route_table(RouteTableId=table, SubnetId=made)
    lab.ec2.delete_subnet(SubnetId=made)
    lab.ec2.delete_route_table(RouteTableId=table)


def test_a_nat_gateway_as_target(lab: Lab) -> None:
    made = lab.ec2.create_nat_gateway(
        SubnetId="subnet-0a00000a",
        AllocationId="eipalloc-0a000001",
        TagSpecifications=[{"ResourceType": "natgateway", "Tags": [{"Key": "a", "Value": "b"}]}],
    )["NatGateway"]
    assert (made["State"], made["Tags"]) == ("available", [{"Key": "a", "Value": "b"}])
    used = made["NatGatewayAddresses"][0]
    assert (used["PublicIp"], used["PrivateIp"]) == ("203.0.113.101", "10.0.1.4")
    assert lab.interface(used["NetworkInterfaceId"])["InterfaceType"] == "nat_gateway"
    create(lab, NatGatewayId=made["NatGatewayId"])
    lab.ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
    assert (lab.route("rtb-0a000000", LAN) or {})["State"] == "blackhole"
    assert "AssociationId" not in lab.address("eipalloc-0a000001")
    shown = lab.ec2.describe_nat_gateways(NatGatewayIds=[made["NatGatewayId"]])["NatGateways"][0]
    assert shown["State"] == "deleted"
