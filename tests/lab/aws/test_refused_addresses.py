# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refusals by EC2 about Elastic IPs and private addresses: one line for each rule."""

from __future__ import annotations

from .conftest import Lab
from .refusals import Call, Rule, assert_refused, table

# The ids are those of seed.yml.
ADDRESSES: list[Rule] = [
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

PRIVATE: list[Rule] = [
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


@table(ADDRESSES)
def test_elastic_ip(lab: Lab, code: str, call: Call) -> None:
    assert_refused(lab, code, call)


@table(PRIVATE)
def test_private_address(lab: Lab, code: str, call: Call) -> None:
    assert_refused(lab, code, call)
