# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What EC2 refuses: one line for each rule. Nothing may have changed after a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Lab, refused

Call = Callable[[Any], object]


def with_quota(lab: Lab, **quotas: int) -> None:
    lab.server.control("POST", "quotas", quotas)


# The primary and secondary interfaces, tables and addresses are those of seed.yml.
ADDRESSES: list[tuple[str, str, Call]] = [
    (
        "associate: a private address that the interface does not have",
        "InvalidParameterValue",
        lambda ec2: ec2.associate_address(
            AllocationId="eipalloc-0a000001", NetworkInterfaceId="eni-0a000001", PrivateIpAddress="10.0.1.99"
        ),
    ),
    (
        "associate: somebody's address, when that is not allowed",
        "Resource.AlreadyAssociated",
        lambda ec2: ec2.associate_address(
            AllocationId="eipalloc-0a000003", NetworkInterfaceId="eni-0a000002", AllowReassociation=False
        ),
    ),
    (
        "associate: to a private address that has one, when that is not allowed",
        "Resource.AlreadyAssociated",
        lambda ec2: ec2.associate_address(
            AllocationId="eipalloc-0a000001",
            NetworkInterfaceId="eni-0a000001",
            PrivateIpAddress="10.0.1.21",
            AllowReassociation=False,
        ),
    ),
    (
        "associate: by an instance with two interfaces",
        "InvalidInstanceID",
        lambda ec2: ec2.associate_address(AllocationId="eipalloc-0a000001", InstanceId="i-0a000001"),
    ),
    (
        "associate: in a VPC without internet gateway",
        "Gateway.NotAttached",
        lambda ec2: ec2.associate_address(AllocationId="eipalloc-0a000001", NetworkInterfaceId="eni-0b00000f"),
    ),
    (
        "associate: an unknown address",
        "InvalidAllocationID.NotFound",
        lambda ec2: ec2.associate_address(AllocationId="eipalloc-0f000000", NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "associate: an unknown interface",
        "InvalidNetworkInterfaceID.NotFound",
        lambda ec2: ec2.associate_address(AllocationId="eipalloc-0a000001", NetworkInterfaceId="eni-0f000000"),
    ),
    (
        "associate: an unknown instance",
        "InvalidInstanceID.NotFound",
        lambda ec2: ec2.associate_address(AllocationId="eipalloc-0a000001", InstanceId="i-0f000000"),
    ),
    (
        "associate: to nothing",
        "MissingParameter",
        lambda ec2: ec2.associate_address(AllocationId="eipalloc-0a000001"),
    ),
    (
        "disassociate: an unknown association",
        "InvalidAssociationID.NotFound",
        lambda ec2: ec2.disassociate_address(AssociationId="eipassoc-0f000000"),
    ),
    (
        "release: while associated",
        "InvalidIPAddress.InUse",
        lambda ec2: ec2.release_address(AllocationId="eipalloc-0a000003"),
    ),
    (
        "release: by the public address",
        "InvalidParameterValue",
        lambda ec2: ec2.release_address(PublicIp="203.0.113.101"),
    ),
    (
        "allocate: from an unknown pool",
        "InvalidPublicIpv4PoolID.NotFound",
        lambda ec2: ec2.allocate_address(Domain="vpc", PublicIpv4Pool="ipv4pool-ec2-0f000000"),
    ),
    (
        "allocate: an address that was never ours",
        "InvalidAddress.NotFound",
        lambda ec2: ec2.allocate_address(Domain="vpc", Address="203.0.113.250"),
    ),
    (
        "allocate: tags for something else",
        "InvalidParameterValue",
        lambda ec2: ec2.allocate_address(
            Domain="vpc", TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]
        ),
    ),
    (
        "describe: an unknown allocation",
        "InvalidAllocationID.NotFound",
        lambda ec2: ec2.describe_addresses(AllocationIds=["eipalloc-0f000000"]),
    ),
    (
        "describe: an unknown public address",
        "InvalidAddress.NotFound",
        lambda ec2: ec2.describe_addresses(PublicIps=["203.0.113.250"]),
    ),
    (
        "reverse DNS: of an unknown address",
        "InvalidAllocationID.NotFound",
        lambda ec2: ec2.modify_address_attribute(AllocationId="eipalloc-0f000000", DomainName="mail.example.com"),
    ),
    (
        "reverse DNS: no domain name",
        "InvalidParameterValue",
        lambda ec2: ec2.modify_address_attribute(AllocationId="eipalloc-0a000001", DomainName="mail"),
    ),
]

PRIVATE: list[tuple[str, str, Call]] = [
    (
        "assign: an address of another interface",
        "InvalidParameterValue",
        lambda ec2: ec2.assign_private_ip_addresses(
            NetworkInterfaceId="eni-0a000002", PrivateIpAddresses=["10.0.1.20"]
        ),
    ),
    (
        "assign: another interface's primary address, even with AllowReassignment",
        "InvalidParameterValue",
        lambda ec2: ec2.assign_private_ip_addresses(
            NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=["10.0.1.11"], AllowReassignment=True
        ),
    ),
    (
        "assign: the own primary address",
        "InvalidParameterValue",
        lambda ec2: ec2.assign_private_ip_addresses(
            NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=["10.0.1.10"]
        ),
    ),
    *(
        (
            f"assign: {what}",
            "InvalidParameterValue",
            lambda ec2, ip=ip: ec2.assign_private_ip_addresses(
                NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=[ip]
            ),
        )
        for what, ip in {
            "outside the subnet": "10.0.2.77",
            "the network's address": "10.0.1.0",
            "the VPC router's address": "10.0.1.1",
            "the DNS server's address": "10.0.1.2",
            "the reserved address": "10.0.1.3",
            "the broadcast address": "10.0.1.255",
            "no address": "10.0.1.256",
        }.items()
    ),
    (
        "assign: more than the instance type's addresses",
        "PrivateIpAddressLimitExceeded",
        lambda ec2: ec2.assign_private_ip_addresses(
            NetworkInterfaceId="eni-0a000002", PrivateIpAddresses=["10.0.1.70", "10.0.1.71"]
        ),
    ),
    (
        "assign: by count, more than the instance type's addresses",
        "PrivateIpAddressLimitExceeded",
        lambda ec2: ec2.assign_private_ip_addresses(
            NetworkInterfaceId="eni-0a000001", SecondaryPrivateIpAddressCount=4
        ),
    ),
    (
        "assign: neither addresses nor a count",
        "InvalidParameterCombination",
        lambda ec2: ec2.assign_private_ip_addresses(NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "unassign: the primary address",
        "InvalidParameterValue",
        lambda ec2: ec2.unassign_private_ip_addresses(
            NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=["10.0.1.10"]
        ),
    ),
    (
        "unassign: an address that it does not have",
        "InvalidParameterValue",
        lambda ec2: ec2.unassign_private_ip_addresses(
            NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=["10.0.1.20", "10.0.1.99"]
        ),
    ),
    (
        "IPv6: in a subnet without a block",
        "InvalidParameterValue",
        lambda ec2: ec2.assign_ipv6_addresses(NetworkInterfaceId="eni-0a000001", Ipv6AddressCount=1),
    ),
]

INTERFACES: list[tuple[str, str, Call]] = [
    (
        "create: an address in use",
        "InvalidIPAddress.InUse",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", PrivateIpAddress="10.0.1.10"),
    ),
    (
        "create: a secondary address in use",
        "InvalidIPAddress.InUse",
        lambda ec2: ec2.create_network_interface(
            SubnetId="subnet-0a00000a",
            PrivateIpAddresses=[
                {"PrivateIpAddress": "10.0.1.90", "Primary": True},
                {"PrivateIpAddress": "10.0.1.20", "Primary": False},
            ],
        ),
    ),
    (
        "create: an address outside the subnet",
        "InvalidParameterValue",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", PrivateIpAddress="10.9.9.9"),
    ),
    (
        "create: a reserved address",
        "InvalidParameterValue",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", PrivateIpAddress="10.0.1.2"),
    ),
    (
        "create: in an unknown subnet",
        "InvalidSubnetID.NotFound",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0f000000"),
    ),
    (
        "create: with an unknown group",
        "InvalidGroup.NotFound",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", Groups=["sg-0f000000"]),
    ),
    (
        "create: with a group of another VPC",
        "InvalidParameter",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", Groups=["sg-0b000000"]),
    ),
    (
        "modify: to a group of another VPC",
        "InvalidGroup.NotFound",
        lambda ec2: ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a000001", Groups=["sg-0b000000"]),
    ),
    (
        "modify: to an unknown group",
        "InvalidGroup.NotFound",
        lambda ec2: ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a000001", Groups=["sg-0f000000"]),
    ),
    (
        "modify: nothing",
        "InvalidParameterCombination",
        lambda ec2: ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "attach: at a device index in use",
        "InvalidParameterValue",
        lambda ec2: ec2.attach_network_interface(
            NetworkInterfaceId="eni-0a00000f", InstanceId="i-0a000001", DeviceIndex=1
        ),
    ),
    (
        "attach: an interface in use",
        "InvalidNetworkInterface.InUse",
        lambda ec2: ec2.attach_network_interface(
            NetworkInterfaceId="eni-0a00000d", InstanceId="i-0a000002", DeviceIndex=1
        ),
    ),
    (
        "attach: in another zone",
        "InvalidParameterCombination",
        lambda ec2: ec2.attach_network_interface(
            NetworkInterfaceId="eni-0a00000e", InstanceId="i-0a000001", DeviceIndex=2
        ),
    ),
    (
        "attach: to an unknown instance",
        "InvalidInstanceID.NotFound",
        lambda ec2: ec2.attach_network_interface(
            NetworkInterfaceId="eni-0a00000f", InstanceId="i-0f000000", DeviceIndex=1
        ),
    ),
    (
        "detach: the primary interface",
        "OperationNotPermitted",
        lambda ec2: ec2.detach_network_interface(
            AttachmentId=ec2.describe_network_interfaces(NetworkInterfaceIds=["eni-0a000001"])["NetworkInterfaces"][0][
                "Attachment"
            ]["AttachmentId"]
        ),
    ),
    (
        "detach: an unknown attachment",
        "InvalidAttachmentID.NotFound",
        lambda ec2: ec2.detach_network_interface(AttachmentId="eni-attach-0f000000"),
    ),
    (
        "delete: while attached",
        "InvalidParameterValue",
        lambda ec2: ec2.delete_network_interface(NetworkInterfaceId="eni-0a00000d"),
    ),
    (
        "delete: an unknown interface",
        "InvalidNetworkInterfaceID.NotFound",
        lambda ec2: ec2.delete_network_interface(NetworkInterfaceId="eni-0f000000"),
    ),
    (
        "instance: source/destination check with two interfaces",
        "InvalidInstanceID",
        lambda ec2: ec2.modify_instance_attribute(InstanceId="i-0a000001", SourceDestCheck={"Value": False}),
    ),
    (
        "instance: of an unknown type",
        "InvalidParameterValue",
        lambda ec2: ec2.run_instances(
            ImageId="ami-0d000000000000064", InstanceType="t3.huge", SubnetId="subnet-0a00000a", MinCount=1, MaxCount=1
        ),
    ),
    (
        "instance: at an address in use",
        "InvalidIPAddress.InUse",
        lambda ec2: ec2.run_instances(
            ImageId="ami-0d000000000000064",
            InstanceType="t3.micro",
            SubnetId="subnet-0a00000a",
            PrivateIpAddress="10.0.1.20",
            MinCount=1,
            MaxCount=1,
        ),
    ),
    (
        "instance: without a subnet and without a default VPC",
        "VPCIdNotSpecified",
        lambda ec2: ec2.run_instances(ImageId="ami-0d000000000000064", InstanceType="t3.micro", MinCount=1, MaxCount=1),
    ),
    (
        "instance: with an interface in use",
        "InvalidNetworkInterface.InUse",
        lambda ec2: ec2.run_instances(
            ImageId="ami-0d000000000000064",
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": "eni-0a00000d"}],
        ),
    ),
    (
        "instance: with a group of another VPC",
        "InvalidParameter",
        lambda ec2: ec2.run_instances(
            ImageId="ami-0d000000000000064",
            InstanceType="t3.micro",
            SubnetId="subnet-0a00000a",
            SecurityGroupIds=["sg-0b000000"],
            MinCount=1,
            MaxCount=1,
        ),
    ),
]


def create_route(**target: str) -> Call:
    destination = {} if "DestinationIpv6CidrBlock" in target else {"DestinationCidrBlock": "172.16.0.0/12"}
    return lambda ec2: ec2.create_route(**{"RouteTableId": "rtb-0a000000", **destination, **target})


ROUTES: list[tuple[str, str, Call]] = [
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

VPCS: list[tuple[str, str, Call]] = [
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
        "attach a second gateway",
        "InvalidParameterValue",
        lambda ec2: ec2.attach_internet_gateway(
            InternetGatewayId=ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"],
            VpcId="vpc-0a000000",
        ),
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
        "a NAT gateway in a VPC without internet gateway",
        "Gateway.NotAttached",
        lambda ec2: ec2.create_nat_gateway(SubnetId="subnet-0b00000a", AllocationId="eipalloc-0a000001"),
    ),
    (
        "a NAT gateway with an address in use",
        "Resource.AlreadyAssociated",
        lambda ec2: ec2.create_nat_gateway(SubnetId="subnet-0a00000a", AllocationId="eipalloc-0a000003"),
    ),
    (
        "a dry run",
        "DryRunOperation",
        lambda ec2: ec2.create_vpc(CidrBlock="10.9.0.0/16", DryRun=True),
    ),
]
EVERY = {"address": ADDRESSES, "private": PRIVATE, "interface": INTERFACES, "route": ROUTES, "vpc": VPCS}
TABLE = [pytest.param(code, call, id=f"{kind}: {name}") for kind, rows in EVERY.items() for name, code, call in rows]


@pytest.mark.parametrize(("code", "call"), TABLE)
def test_is_refused(lab: Lab, code: str, call: Call) -> None:
    before = lab.server.state()
    with refused(code):
        call(lab.ec2)
    after = lab.server.state()
    # One row must make a gateway before it can be refused.
    before.pop("internet_gateways"), after.pop("internet_gateways")
    assert after == before


QUOTAS: list[tuple[str, dict[str, int], str, Call]] = [
    (
        "Elastic IPs",
        {"elastic_ips": 3},
        "AddressLimitExceeded",
        lambda ec2: ec2.allocate_address(Domain="vpc"),
    ),
    ("VPCs", {"vpcs": 3}, "VpcLimitExceeded", lambda ec2: ec2.create_vpc(CidrBlock="10.9.0.0/16")),
    (
        "internet gateways",
        {"internet_gateways": 2},
        "InternetGatewayLimitExceeded",
        lambda ec2: ec2.create_internet_gateway(),
    ),
    (
        "groups of a new interface",
        {"security_groups_per_interface": 1},
        "SecurityGroupsPerInterfaceLimitExceeded",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", Groups=["sg-0a000001", "sg-0a000002"]),
    ),
    (
        "groups of an interface",
        {"security_groups_per_interface": 1},
        "SecurityGroupsPerInterfaceLimitExceeded",
        lambda ec2: ec2.modify_network_interface_attribute(
            NetworkInterfaceId="eni-0a000001", Groups=["sg-0a000001", "sg-0a000002"]
        ),
    ),
    (
        "routes",
        {"routes_per_table": 1},
        "RouteLimitExceeded",
        lambda ec2: ec2.create_route(
            RouteTableId="rtb-0a000000", DestinationCidrBlock="172.16.0.0/12", NetworkInterfaceId="eni-0a000001"
        ),
    ),
    (
        "NAT gateways",
        {"nat_gateways_per_zone": 0},
        "NatGatewayLimitExceeded",
        lambda ec2: ec2.create_nat_gateway(SubnetId="subnet-0a00000a", AllocationId="eipalloc-0a000001"),
    ),
]


@pytest.mark.parametrize(
    ("quota", "code", "call"), [pytest.param(quota, code, call, id=name) for name, quota, code, call in QUOTAS]
)
def test_quota(lab: Lab, quota: dict[str, int], code: str, call: Call) -> None:
    with_quota(lab, **quota)
    with refused(code):
        call(lab.ec2)
    with_quota(lab, **{name: value + 1 for name, value in quota.items()})
    call(lab.ec2)


def test_the_default_quotas_are_those_of_a_new_account(lab: Lab) -> None:
    for _ in range(2):
        lab.ec2.allocate_address(Domain="vpc")
        lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")
    for _ in range(3):
        lab.ec2.create_internet_gateway()
    with refused("AddressLimitExceeded"):
        lab.ec2.allocate_address(Domain="vpc")
    with refused("VpcLimitExceeded"):
        lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")
    with refused("InternetGatewayLimitExceeded"):
        lab.ec2.create_internet_gateway()
    for number in range(49):
        lab.ec2.create_route(
            RouteTableId="rtb-0a000000", DestinationCidrBlock=f"172.16.{number}.0/24", NetworkInterfaceId="eni-0a000001"
        )
    with refused("RouteLimitExceeded"):
        lab.ec2.create_route(
            RouteTableId="rtb-0a000000", DestinationCidrBlock="172.17.0.0/16", NetworkInterfaceId="eni-0a000001"
        )
    groups = [f"sg-0a00000{number}" for number in range(6)]
    with refused("SecurityGroupsPerInterfaceLimitExceeded"):
        lab.ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a000001", Groups=groups)
    lab.ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a000001", Groups=groups[:5])


def test_the_instance_type_limits_its_interfaces(lab: Lab) -> None:
    # A t3.micro has two.
    lab.ec2.attach_network_interface(NetworkInterfaceId="eni-0a00000f", InstanceId="i-0a000002", DeviceIndex=1)
    other = lab.ec2.create_network_interface(SubnetId="subnet-0a00000a")["NetworkInterface"]["NetworkInterfaceId"]
    with refused("AttachmentLimitExceeded", "t3.micro"):
        lab.ec2.attach_network_interface(NetworkInterfaceId=other, InstanceId="i-0a000002", DeviceIndex=2)


def test_the_instance_type_limits_the_addresses_of_an_attached_interface(lab: Lab) -> None:
    lab.ec2.assign_private_ip_addresses(NetworkInterfaceId="eni-0a00000f", SecondaryPrivateIpAddressCount=1)
    with refused("PrivateIpAddressLimitExceeded"):
        lab.ec2.attach_network_interface(NetworkInterfaceId="eni-0a00000f", InstanceId="i-0a000002", DeviceIndex=1)


def test_a_subnet_runs_out_of_addresses(lab: Lab) -> None:
    # A /28 has 16 addresses, of which 5 are reserved.
    made = [lab.ec2.create_network_interface(SubnetId="subnet-0a00000c")["NetworkInterface"] for _ in range(11)]
    assert sorted(one["PrivateIpAddress"] for one in made) == sorted(f"10.0.3.{number}" for number in range(4, 15))
    subnet = lab.ec2.describe_subnets(SubnetIds=["subnet-0a00000c"])["Subnets"][0]
    assert subnet["AvailableIpAddressCount"] == 0
    with refused("InsufficientFreeAddressesInSubnet"):
        lab.ec2.create_network_interface(SubnetId="subnet-0a00000c")


def test_a_group_that_another_one_names_stays(lab: Lab) -> None:
    lab.ec2.authorize_security_group_ingress(
        GroupId="sg-0a000002",
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": "sg-0a000003"}]}
        ],
    )
    with refused("DependencyViolation"):
        lab.ec2.delete_security_group(GroupId="sg-0a000003")
    lab.ec2.delete_security_group(GroupId="sg-0a000002")
    lab.ec2.delete_security_group(GroupId="sg-0a000003")


def test_an_address_with_reverse_dns_is_locked(lab: Lab) -> None:
    lab.ec2.modify_address_attribute(AllocationId="eipalloc-0a000001", DomainName="mail.example.com")
    with refused("InvalidAddress.Locked"):
        lab.ec2.release_address(AllocationId="eipalloc-0a000001")
    lab.ec2.reset_address_attribute(AllocationId="eipalloc-0a000001", Attribute="domain-name")
    lab.ec2.release_address(AllocationId="eipalloc-0a000001")
