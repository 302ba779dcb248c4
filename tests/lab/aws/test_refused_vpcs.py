# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refusals by EC2 about VPCs, subnets, gateways, groups and tags: one line for each rule."""

from __future__ import annotations

from .conftest import Lab
from .refusals import Call, Rule, assert_refused, table

# The ids are those of seed.yml.
VPCS: list[Rule] = [
    ("delete a VPC with subnets", "DependencyViolation", lambda ec2: ec2.delete_vpc(VpcId="vpc-0b000000")),
    ("delete a VPC with a gateway only", "DependencyViolation", lambda ec2: ec2.delete_vpc(VpcId="vpc-0c000000")),
    ("an unknown VPC", "InvalidVpcID.NotFound", lambda ec2: ec2.describe_vpcs(VpcIds=["vpc-0f000000"])),
    (
        "delete a subnet with interfaces",
        "DependencyViolation",
        lambda ec2: ec2.delete_subnet(SubnetId="subnet-0b00000a"),
    ),
    (
        "a subnet in a zone of another region",
        "InvalidParameterValue",
        lambda ec2: ec2.create_subnet(VpcId="vpc-0b000000", CidrBlock="10.1.9.0/24", AvailabilityZone="eu-west-1a"),
    ),
    (
        "a subnet over another one",
        "InvalidSubnet.Conflict",
        lambda ec2: ec2.create_subnet(VpcId="vpc-0b000000", CidrBlock="10.1.1.128/25"),
    ),
    (
        "a subnet outside its VPC",
        "InvalidSubnet.Range",
        lambda ec2: ec2.create_subnet(VpcId="vpc-0b000000", CidrBlock="10.9.9.0/24"),
    ),
    (
        "a subnet that is too small",
        "InvalidSubnet.Range",
        lambda ec2: ec2.create_subnet(VpcId="vpc-0b000000", CidrBlock="10.1.9.0/29"),
    ),
    (
        "an IPv6 network that is not the VPC's",
        "InvalidSubnet.Range",
        lambda ec2: ec2.associate_subnet_cidr_block(SubnetId="subnet-0b00000a", Ipv6CidrBlock="2001:db8:ff:1::/64"),
    ),
    (
        "detach a gateway while public addresses are mapped",
        "DependencyViolation",
        lambda ec2: ec2.detach_internet_gateway(InternetGatewayId="igw-0a000000", VpcId="vpc-0a000000"),
    ),
    (
        "attach a gateway that is attached",
        "Resource.AlreadyAssociated",
        lambda ec2: ec2.attach_internet_gateway(InternetGatewayId="igw-0a000000", VpcId="vpc-0b000000"),
    ),
    (
        "delete a gateway that is attached",
        "DependencyViolation",
        lambda ec2: ec2.delete_internet_gateway(InternetGatewayId="igw-0a000000"),
    ),
    (
        "a group in an unknown VPC",
        "InvalidVpcID.NotFound",
        lambda ec2: ec2.create_security_group(GroupName="g", Description="g", VpcId="vpc-0f000000"),
    ),
    (
        "a group without a VPC, when there is no default one",
        "VPCIdNotSpecified",
        lambda ec2: ec2.create_security_group(GroupName="g", Description="g"),
    ),
    (
        "a second group of the same name",
        "InvalidGroup.Duplicate",
        lambda ec2: ec2.create_security_group(GroupName="one", Description="g", VpcId="vpc-0a000000"),
    ),
    (
        "delete a group that an interface has",
        "DependencyViolation",
        lambda ec2: ec2.delete_security_group(GroupId="sg-0a000001"),
    ),
    (
        "delete the default group",
        "CannotDelete",
        lambda ec2: ec2.delete_security_group(GroupId="sg-0b000000"),
    ),
    (
        "delete an unknown group",
        "InvalidGroup.NotFound",
        lambda ec2: ec2.delete_security_group(GroupId="sg-0f000000"),
    ),
    (
        "tag what does not exist",
        "InvalidNetworkInterfaceID.NotFound",
        lambda ec2: ec2.create_tags(Resources=["eni-0f000000"], Tags=[{"Key": "a", "Value": "b"}]),
    ),
    (
        "tag an address that does not exist",
        "InvalidAllocationID.NotFound",
        lambda ec2: ec2.create_tags(Resources=["eipalloc-0f000000"], Tags=[{"Key": "a", "Value": "b"}]),
    ),
    (
        "a tag of AWS's own",
        "InvalidParameterValue",
        lambda ec2: ec2.create_tags(Resources=["vpc-0a000000"], Tags=[{"Key": "aws:x", "Value": "b"}]),
    ),
    (
        "a private NAT gateway, which is not modelled",
        "UnsupportedOperation",
        lambda ec2: ec2.create_nat_gateway(SubnetId="subnet-0a00000a", ConnectivityType="private"),
    ),
    (
        "a subnet with IPv6 only, which is not modelled",
        "UnsupportedOperation",
        lambda ec2: ec2.create_subnet(VpcId="vpc-0c000000", Ipv6CidrBlock="2001:db8:0:100::/64", Ipv6Native=True),
    ),
    (
        "a VPC of an IPAM pool, which is not modelled",
        "UnsupportedOperation",
        lambda ec2: ec2.create_vpc(CidrBlock="10.9.0.0/16", Ipv4IpamPoolId="ipam-pool-0f000000"),
    ),
    (
        "a dry run",
        "DryRunOperation",
        lambda ec2: ec2.create_vpc(CidrBlock="10.9.0.0/16", DryRun=True),
    ),
]


@table(VPCS)
def test_vpc(lab: Lab, code: str, call: Call) -> None:
    assert_refused(lab, code, call)


def test_a_second_gateway_is_refused(lab: Lab) -> None:
    made = lab.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    assert_refused(
        lab,
        "InvalidParameterValue",
        lambda ec2: ec2.attach_internet_gateway(InternetGatewayId=made, VpcId="vpc-0a000000"),
    )
