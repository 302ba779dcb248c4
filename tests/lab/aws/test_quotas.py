# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quotas, and the limits of instance types and subnets."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Lab, refused
from .refusals import Call


def with_quota(lab: Lab, **quotas: int) -> None:
    lab.server.control("POST", "quotas", quotas)


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


def test_ec2_itself_tells_two_of_them(lab: Lab) -> None:
    def told(**params: object) -> dict[str, str]:
        found = lab.ec2.describe_account_attributes(**params)["AccountAttributes"]
        return {one["AttributeName"]: one["AttributeValues"][0]["AttributeValue"] for one in found}

    with_quota(lab, elastic_ips=17, vpcs=18, security_groups_per_interface=16)
    everything = {"max-elastic-ips": "17", "vpc-max-elastic-ips": "17", "vpc-max-security-groups-per-interface": "16"}
    assert {name: value for name, value in told().items() if "max" in name} == {**everything, "max-instances": "20"}
    assert told(AttributeNames=["default-vpc"]) == {"default-vpc": "none"}


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


def test_an_address_with_reverse_dns_is_not_released_before_its_name_has_gone(lab: Lab) -> None:
    address = {"AllocationId": "eipalloc-0a000001"}
    lab.ec2.modify_address_attribute(**address, DomainName="mail.example.com")
    with refused("InvalidAddress.PtrSet"):
        lab.ec2.release_address(**address)
    lab.ec2.reset_address_attribute(**address, Attribute="domain-name")

    def look() -> dict[str, Any]:
        asked = {"AllocationIds": ["eipalloc-0a000001"], "Attribute": "domain-name"}
        found: dict[str, Any] = lab.ec2.describe_addresses_attribute(**asked)["Addresses"][0]
        return found

    # The wish is no more, and the name is there for a while.
    assert lab.server.state()["addresses"][0]["reverse_dns"] is None
    for _ in range(2):
        shown = look()
        assert (shown["PtrRecord"], shown["PtrRecordUpdate"]) == ("mail.example.com.", {"Status": "PENDING"})
        with refused("InvalidAddress.PtrSet"):
            lab.ec2.release_address(**address)
    assert "PtrRecord" not in look()
    lab.ec2.release_address(**address)
