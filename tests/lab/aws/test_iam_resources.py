# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources of each request, as IAM sees them: the request needs a right on each kind, and is denied without any one.

The kinds are those of AWS's Service Authorization Reference for EC2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.aws.iam.request_resources import ACTIONS

from .conftest import Lab
from .judging import OURS, arn, denied, document, judged, made_with, statement

Call = Callable[[Any], object]

INTERFACE = {"NetworkInterfaceId": "eni-0a00000f"}
ROUTE = {"RouteTableId": "rtb-0a000000", "DestinationCidrBlock": "172.16.0.0/12"}
IGW_A = {"InternetGatewayId": "igw-0a000000", "VpcId": "vpc-0a000000"}
SUBNET = {"CidrBlock": "10.0.9.0/24", "VpcId": "vpc-0a000000"}
VXLAN = [{"IpProtocol": "udp", "FromPort": 4789, "ToPort": 4789, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]
FREE = {"AllocationId": "eipalloc-0a000001"}

# The call, and the ends of the ARNs that it needs, in the order in which they are judged.
REQUESTS: list[tuple[str, str, Call]] = [
    ("AllocateAddress", "elastic-ip/*", lambda ec2: ec2.allocate_address(Domain="vpc")),
    (
        "AllocateAddress",
        "elastic-ip/* ipv4pool-ec2/ipv4pool-ec2-0a000000",
        lambda ec2: ec2.allocate_address(PublicIpv4Pool="ipv4pool-ec2-0a000000"),
    ),
    (
        "AssociateAddress",
        "elastic-ip/eipalloc-0a000001 network-interface/eni-0a00000f",
        lambda ec2: ec2.associate_address(**FREE, **INTERFACE),
    ),
    (
        "AssociateAddress",
        "elastic-ip/eipalloc-0a000001 instance/i-0a000002",
        lambda ec2: ec2.associate_address(PublicIp="203.0.113.101", InstanceId="i-0a000002"),
    ),
    (
        "DisassociateAddress",
        "elastic-ip/eipalloc-0a000003 network-interface/eni-0a000001",
        lambda ec2: ec2.disassociate_address(PublicIp="203.0.113.103"),
    ),
    ("DisassociateAddress", "elastic-ip/*", lambda ec2: ec2.disassociate_address(AssociationId="eipassoc-0f000000")),
    (
        "CreateNatGateway",
        "natgateway/* subnet/subnet-0a00000a elastic-ip/eipalloc-0a000001",
        lambda ec2: ec2.create_nat_gateway(SubnetId="subnet-0a00000a", **FREE),
    ),
    (
        "DeleteNatGateway",
        "natgateway/nat-0f000000",
        lambda ec2: ec2.delete_nat_gateway(NatGatewayId="nat-0f000000"),
    ),
    ("ReleaseAddress", "elastic-ip/eipalloc-0a000001", lambda ec2: ec2.release_address(**FREE)),
    (
        "ModifyAddressAttribute",
        "elastic-ip/eipalloc-0a000001",
        lambda ec2: ec2.modify_address_attribute(**FREE, DomainName="a.example.com"),
    ),
    (
        "ResetAddressAttribute",
        "elastic-ip/eipalloc-0a000001",
        lambda ec2: ec2.reset_address_attribute(**FREE, Attribute="domain-name"),
    ),
    (
        "AssignIpv6Addresses",
        "network-interface/eni-0a000001",
        lambda ec2: ec2.assign_ipv6_addresses(NetworkInterfaceId="eni-0a000001", Ipv6AddressCount=1),
    ),
    (
        "AssignPrivateIpAddresses",
        "network-interface/eni-0a000001",
        lambda ec2: ec2.assign_private_ip_addresses(
            NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=["10.0.1.22"]
        ),
    ),
    (
        "UnassignPrivateIpAddresses",
        "network-interface/eni-0a000001",
        lambda ec2: ec2.unassign_private_ip_addresses(
            NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=["10.0.1.20"]
        ),
    ),
    (
        "CreateNetworkInterface",
        "network-interface/* subnet/subnet-0a00000a security-group/*",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a"),
    ),
    (
        "CreateNetworkInterface",
        "network-interface/* subnet/subnet-0a00000a security-group/sg-0a000001 security-group/sg-0a000002",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", Groups=["sg-0a000001", "sg-0a000002"]),
    ),
    (
        "ModifyNetworkInterfaceAttribute",
        "network-interface/eni-0a00000f",
        lambda ec2: ec2.modify_network_interface_attribute(**INTERFACE, SourceDestCheck={"Value": False}),
    ),
    (
        "AttachNetworkInterface",
        "network-interface/eni-0a00000f instance/i-0a000001",
        lambda ec2: ec2.attach_network_interface(**INTERFACE, InstanceId="i-0a000001", DeviceIndex=2),
    ),
    ("DeleteNetworkInterface", "network-interface/eni-0a00000f", lambda ec2: ec2.delete_network_interface(**INTERFACE)),
    ("CreateVpc", "vpc/*", lambda ec2: ec2.create_vpc(CidrBlock="10.9.0.0/16")),
    (
        "ModifyVpcAttribute",
        "vpc/vpc-0a000000",
        lambda ec2: ec2.modify_vpc_attribute(VpcId="vpc-0a000000", EnableDnsSupport={"Value": False}),
    ),
    (
        "DescribeVpcAttribute",
        "vpc/vpc-0a000000",
        lambda ec2: ec2.describe_vpc_attribute(VpcId="vpc-0a000000", Attribute="enableDnsSupport"),
    ),
    (
        "GetSubnetCidrReservations",
        "subnet/subnet-0a00000a",
        lambda ec2: ec2.get_subnet_cidr_reservations(SubnetId="subnet-0a00000a"),
    ),
    (
        "AssociateVpcCidrBlock",
        "vpc/vpc-0a000000",
        lambda ec2: ec2.associate_vpc_cidr_block(VpcId="vpc-0a000000", AmazonProvidedIpv6CidrBlock=True),
    ),
    ("DeleteVpc", "vpc/vpc-0a000000", lambda ec2: ec2.delete_vpc(VpcId="vpc-0a000000")),
    ("CreateInternetGateway", "internet-gateway/*", lambda ec2: ec2.create_internet_gateway()),
    (
        "AttachInternetGateway",
        "internet-gateway/igw-0a000000 vpc/vpc-0a000000",
        lambda ec2: ec2.attach_internet_gateway(**IGW_A),
    ),
    (
        "DetachInternetGateway",
        "internet-gateway/igw-0a000000 vpc/vpc-0a000000",
        lambda ec2: ec2.detach_internet_gateway(**IGW_A),
    ),
    (
        "DeleteInternetGateway",
        "internet-gateway/igw-0a000000",
        lambda ec2: ec2.delete_internet_gateway(InternetGatewayId="igw-0a000000"),
    ),
    (
        "CreateEgressOnlyInternetGateway",
        "egress-only-internet-gateway/* vpc/vpc-0a000000",
        lambda ec2: ec2.create_egress_only_internet_gateway(VpcId="vpc-0a000000"),
    ),
    (
        "DeleteEgressOnlyInternetGateway",
        "egress-only-internet-gateway/eigw-0a000000",
        lambda ec2: ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId="eigw-0a000000"),
    ),
    ("CreateSubnet", "subnet/* vpc/vpc-0a000000", lambda ec2: ec2.create_subnet(**SUBNET)),
    (
        "ModifySubnetAttribute",
        "subnet/subnet-0a00000a",
        lambda ec2: ec2.modify_subnet_attribute(SubnetId="subnet-0a00000a", MapPublicIpOnLaunch={"Value": False}),
    ),
    (
        "AssociateSubnetCidrBlock",
        "subnet/subnet-0a00000a",
        lambda ec2: ec2.associate_subnet_cidr_block(SubnetId="subnet-0a00000a", Ipv6CidrBlock="2001:db8:1::/64"),
    ),
    ("DeleteSubnet", "subnet/subnet-0a00000a", lambda ec2: ec2.delete_subnet(SubnetId="subnet-0a00000a")),
    (
        "CreateSecurityGroup",
        "security-group/* vpc/vpc-0a000000",
        lambda ec2: ec2.create_security_group(GroupName="x", Description="x", VpcId="vpc-0a000000"),
    ),
    (
        "AuthorizeSecurityGroupIngress",
        "security-group/sg-0a000002",
        lambda ec2: ec2.authorize_security_group_ingress(GroupId="sg-0a000002", IpPermissions=VXLAN),
    ),
    (
        "RevokeSecurityGroupIngress",
        "security-group/sg-0a000002",
        lambda ec2: ec2.revoke_security_group_ingress(GroupId="sg-0a000002", IpPermissions=VXLAN),
    ),
    (
        "DeleteSecurityGroup",
        "security-group/sg-0a000002",
        lambda ec2: ec2.delete_security_group(GroupId="sg-0a000002"),
    ),
    (
        "ModifyNetworkInterfaceAttribute",
        "network-interface/eni-0a00000f security-group/sg-0a000001 security-group/sg-0a000002",
        lambda ec2: ec2.modify_network_interface_attribute(**INTERFACE, Groups=["sg-0a000001", "sg-0a000002"]),
    ),
    ("CreateRouteTable", "route-table/* vpc/vpc-0a000000", lambda ec2: ec2.create_route_table(VpcId="vpc-0a000000")),
    (
        "AssociateRouteTable",
        "route-table/rtb-0a000001 subnet/subnet-0a00000a",
        lambda ec2: ec2.associate_route_table(RouteTableId="rtb-0a000001", SubnetId="subnet-0a00000a"),
    ),
    ("DeleteRouteTable", "route-table/rtb-0a000001", lambda ec2: ec2.delete_route_table(RouteTableId="rtb-0a000001")),
    ("CreateRoute", "route-table/rtb-0a000000", lambda ec2: ec2.create_route(**ROUTE, **INTERFACE)),
    ("ReplaceRoute", "route-table/rtb-0a000000", lambda ec2: ec2.replace_route(**ROUTE, **INTERFACE)),
    ("DeleteRoute", "route-table/rtb-0a000000", lambda ec2: ec2.delete_route(**ROUTE)),
    (
        "CreateTags",
        "elastic-ip/eipalloc-0a000001 internet-gateway/igw-0a000000",
        lambda ec2: ec2.create_tags(Resources=["eipalloc-0a000001", "igw-0a000000"], Tags=[{"Key": "a", "Value": "b"}]),
    ),
    (
        "DeleteTags",
        "instance/i-0a000001 security-group/sg-0a000001",
        lambda ec2: ec2.delete_tags(Resources=["i-0a000001", "sg-0a000001"], Tags=[{"Key": "a"}]),
    ),
]


def is_denied(ec2: Any, call: Call) -> bool:
    """Return True if the judge refuses the call. An error by EC2's own rules does not count."""
    try:
        call(ec2)
    except ClientError as error:
        return bool(error.response["Error"]["Code"] in ("UnauthorizedOperation", "UnsupportedOperation"))
    return False


@pytest.mark.parametrize(
    ("action", "needed", "call"),
    [pytest.param(*request, id=f"{request[0]}: {request[1]}") for request in REQUESTS],
)
def test_each_resource_is_needed(lab: Lab, action: str, needed: str, call: Call) -> None:
    ends = needed.split()
    for missing in ends:
        others = [arn(*end.split("/")) for end in ends if end != missing]
        ec2 = judged(lab, document(statement(f"ec2:{action}", [*others, arn("image")])))
        with denied(action, missing):
            call(ec2)
    ec2 = judged(lab, document(statement(f"ec2:{action}", [arn(*end.split("/")) for end in ends])))
    assert not is_denied(ec2, call)


def test_both_ends_of_an_attachment(lab: Lab) -> None:
    attachment = lab.interface("eni-0a00000d")["Attachment"]["AttachmentId"]
    ec2 = judged(lab, document(statement("ec2:DetachNetworkInterface", arn("network-interface", "eni-0a00000d"))))
    with denied("DetachNetworkInterface", "instance/i-0a000001"):
        ec2.detach_network_interface(AttachmentId=attachment)
    ec2 = judged(lab, document(statement("ec2:DetachNetworkInterface", [arn("network-interface"), arn("instance")])))
    ec2.detach_network_interface(AttachmentId=attachment)


CREATING: list[tuple[str, str, Callable[[Any, Any], object]]] = [
    ("AllocateAddress", "elastic-ip", lambda ec2, tags: ec2.allocate_address(TagSpecifications=tags)),
    ("CreateVpc", "vpc", lambda ec2, tags: ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=tags)),
    (
        "CreateInternetGateway",
        "internet-gateway",
        lambda ec2, tags: ec2.create_internet_gateway(TagSpecifications=tags),
    ),
    (
        "CreateSecurityGroup",
        "security-group",
        lambda ec2, tags: ec2.create_security_group(
            GroupName="x", Description="x", VpcId="vpc-0a000000", TagSpecifications=tags
        ),
    ),
    ("CreateSubnet", "subnet", lambda ec2, tags: ec2.create_subnet(**SUBNET, TagSpecifications=tags)),
    (
        "CreateRouteTable",
        "route-table",
        lambda ec2, tags: ec2.create_route_table(VpcId="vpc-0a000000", TagSpecifications=tags),
    ),
    (
        "CreateNetworkInterface",
        "network-interface",
        lambda ec2, tags: ec2.create_network_interface(SubnetId="subnet-0a00000a", TagSpecifications=tags),
    ),
]


@pytest.mark.parametrize(("action", "kind", "create"), [pytest.param(*row, id=row[0]) for row in CREATING])
def test_tags_on_creation_name_the_creating_action(
    lab: Lab, action: str, kind: str, create: Callable[[Any, Any], object]
) -> None:
    tags = made_with(kind, OURS)
    for named, allowed in (("RunInstances", False), (action, True)):
        tagging = statement("ec2:CreateTags", arn(kind), StringEquals={"ec2:CreateAction": named})
        ec2 = judged(lab, document(statement(f"ec2:{action}"), tagging))
        if allowed:
            create(ec2, tags)
        else:
            with denied("CreateTags", f"{kind}/*"):
                create(ec2, tags)


def test_every_action_of_the_table_is_here() -> None:
    there = {action for action, finders in ACTIONS.items() if finders}
    assert there == {action for action, _needed, _call in REQUESTS} | {"DetachNetworkInterface"}
    assert all(action.startswith("Describe") for action in ACTIONS.keys() - there)
