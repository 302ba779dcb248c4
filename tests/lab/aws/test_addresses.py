# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elastic IPs, automatic public addresses and secondary private addresses: what they do when they are accepted."""

from __future__ import annotations

import ipaddress

from .conftest import Lab, refused


def associate(lab: Lab, allocation: str, interface: str, private_ip: str | None = None, **more: object) -> str:
    where = {} if private_ip is None else {"PrivateIpAddress": private_ip}
    answer = lab.ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface, **where, **more)
    return str(answer["AssociationId"])


def test_an_elastic_ip_is_bound_to_exactly_the_private_address(lab: Lab) -> None:
    association = associate(lab, "eipalloc-0a000001", "eni-0a000001", "10.0.1.20")
    assert lab.address("eipalloc-0a000001") == {
        "AllocationId": "eipalloc-0a000001",
        "AssociationId": association,
        "Domain": "vpc",
        "InstanceId": "i-0a000001",
        "NetworkBorderGroup": "eu-central-1",
        "NetworkInterfaceId": "eni-0a000001",
        "NetworkInterfaceOwnerId": "123456789012",
        "PrivateIpAddress": "10.0.1.20",
        "PublicIp": "203.0.113.101",
        "PublicIpv4Pool": "amazon",
        "Tags": [{"Key": "Name", "Value": "first"}],
    }
    public = {"10.0.1.10": "198.51.100.201", "10.0.1.20": "203.0.113.101", "10.0.1.21": "203.0.113.103"}
    assert lab.public("eni-0a000001") == public
    instance = lab.ec2.describe_instances(InstanceIds=["i-0a000001"])["Reservations"][0]["Instances"][0]
    listed = instance["NetworkInterfaces"][0]["PrivateIpAddresses"]
    assert {one["PrivateIpAddress"]: one["Association"]["PublicIp"] for one in listed} == public
    assert instance["PublicIpAddress"] == "198.51.100.201"


def test_without_a_private_address_it_is_the_primary_one(lab: Lab) -> None:
    associate(lab, "eipalloc-0a000001", "eni-0a00000f")
    assert lab.address("eipalloc-0a000001")["PrivateIpAddress"] == "10.0.1.50"


def test_an_elastic_ip_on_a_secondary_address_leaves_the_automatic_one(lab: Lab) -> None:
    before = lab.interface("eni-0a000001")["Association"]
    associate(lab, "eipalloc-0a000001", "eni-0a000001", "10.0.1.20")
    assert lab.interface("eni-0a000001")["Association"] == before
    assert (before["IpOwnerId"], before["PublicIp"]) == ("amazon", "198.51.100.201")


def test_an_elastic_ip_on_the_primary_address_replaces_the_automatic_one_for_good(lab: Lab) -> None:
    associate(lab, "eipalloc-0a000001", "eni-0a000001")
    shown = lab.interface("eni-0a000001")["Association"]
    assert (shown["PublicIp"], shown["IpOwnerId"], shown["AllocationId"]) == (
        "203.0.113.101",
        "123456789012",
        "eipalloc-0a000001",
    )
    lab.ec2.disassociate_address(AssociationId=shown["AssociationId"])
    # Two interfaces: no automatic address any more.
    assert lab.public("eni-0a000001") == {"10.0.1.21": "203.0.113.103"}


def test_an_instance_with_one_interface_gets_a_new_automatic_address_after_its_elastic_ip(lab: Lab) -> None:
    before = lab.public("eni-0a000002")["10.0.1.11"]
    association = associate(lab, "eipalloc-0a000001", "eni-0a000002")
    lab.ec2.disassociate_address(AssociationId=association)
    after = lab.public("eni-0a000002")["10.0.1.11"]
    assert after != before
    assert ipaddress.ip_address(after) in ipaddress.ip_network("198.51.100.0/24")


def test_beside_one_on_a_secondary_address_there_is_no_automatic_address_after_an_elastic_ip(lab: Lab) -> None:
    lab.ec2.assign_private_ip_addresses(NetworkInterfaceId="eni-0a000002", PrivateIpAddresses=["10.0.1.77"])
    associate(lab, "eipalloc-0a000003", "eni-0a000002", "10.0.1.77")
    association = associate(lab, "eipalloc-0a000001", "eni-0a000002")
    lab.ec2.disassociate_address(AssociationId=association)
    assert lab.public("eni-0a000002") == {"10.0.1.77": "203.0.113.103"}


def test_a_second_elastic_ip_takes_the_first_ones_place(lab: Lab) -> None:
    associate(lab, "eipalloc-0a000001", "eni-0a000001", "10.0.1.21")
    assert lab.public("eni-0a000001")["10.0.1.21"] == "203.0.113.101"
    assert "AssociationId" not in lab.address("eipalloc-0a000003")


def test_it_moves_by_default(lab: Lab) -> None:
    associate(lab, "eipalloc-0a000003", "eni-0a000002")
    assert lab.public("eni-0a000001") == {"10.0.1.10": "198.51.100.201"}
    assert lab.public("eni-0a000002") == {"10.0.1.11": "203.0.113.103"}


def test_it_moves_between_two_private_addresses_of_one_interface(lab: Lab) -> None:
    associate(lab, "eipalloc-0a000003", "eni-0a000001", "10.0.1.20", AllowReassociation=True)
    assert lab.public("eni-0a000001") == {"10.0.1.10": "198.51.100.201", "10.0.1.20": "203.0.113.103"}


def test_the_same_association_again_changes_nothing(lab: Lab) -> None:
    before = lab.address("eipalloc-0a000003")
    again = associate(lab, "eipalloc-0a000003", "eni-0a000001", "10.0.1.21", AllowReassociation=False)
    assert again == before["AssociationId"]
    assert lab.address("eipalloc-0a000003") == before


def test_by_an_instance_with_one_interface(lab: Lab) -> None:
    lab.ec2.associate_address(PublicIp="203.0.113.101", InstanceId="i-0a000002")
    assert lab.address("eipalloc-0a000001")["NetworkInterfaceId"] == "eni-0a000002"


def test_allocated_with_tags_from_public_looking_ranges(lab: Lab) -> None:
    tags = [{"Key": "bonded.internet/key", "Value": "cpe-nat/a"}, {"Key": "bonded.internet/network", "Value": "prod"}]
    made = lab.ec2.allocate_address(
        Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": tags[::-1]}]
    )
    assert ipaddress.ip_address(made["PublicIp"]) in ipaddress.ip_network("203.0.113.0/24")
    assert lab.address(made["AllocationId"])["Tags"] == tags
    shown = lab.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [made["AllocationId"]]}])["Tags"]
    assert {one["ResourceType"] for one in shown} == {"elastic-ip"}
    by_type = lab.ec2.describe_tags(Filters=[{"Name": "resource-type", "Values": ["elastic-ip"]}])["Tags"]
    assert {one["ResourceId"] for one in by_type} >= {made["AllocationId"], "eipalloc-0a000001"}


def test_a_released_address_does_not_come_back_unless_it_is_asked_for(lab: Lab) -> None:
    lab.ec2.release_address(AllocationId="eipalloc-0a000001")
    with refused("InvalidAllocationID.NotFound"):
        lab.address("eipalloc-0a000001")
    assert lab.ec2.allocate_address(Domain="vpc")["PublicIp"] != "203.0.113.101"
    again = lab.ec2.allocate_address(Domain="vpc", Address="203.0.113.101")
    assert again["PublicIp"] == "203.0.113.101"
    # A new allocation: the tags are gone.
    assert lab.address(again["AllocationId"])["Tags"] == []


def test_addresses_are_unique_across_regions(lab: Lab) -> None:
    lab.server.control("POST", "quotas?region=eu-west-1", {"elastic_ips": 300})
    ireland = lab.client(region="eu-west-1")
    seen = {ireland.allocate_address(Domain="vpc")["PublicIp"] for _ in range(260)}
    seen |= {lab.ec2.allocate_address(Domain="vpc")["PublicIp"] for _ in range(2)}
    assert len(seen) == 262
    assert not any(one.startswith("127.") for one in seen)


def test_an_own_pool(lab: Lab) -> None:
    pool = "ipv4pool-ec2-0a000000"
    lab.server.control("POST", "quotas", {"elastic_ips": 0})
    taken = [lab.ec2.allocate_address(Domain="vpc", PublicIpv4Pool=pool) for _ in range(2)]
    assert [one["PublicIp"] for one in taken] == ["192.0.2.0", "192.0.2.1"]
    assert taken[0]["PublicIpv4Pool"] == pool
    with refused("InsufficientAddressCapacity"):
        lab.ec2.allocate_address(Domain="vpc", PublicIpv4Pool=pool)
    lab.ec2.release_address(AllocationId=taken[0]["AllocationId"])
    shown = lab.ec2.describe_public_ipv4_pools(PoolIds=[pool])["PublicIpv4Pools"][0]
    assert (shown["TotalAddressCount"], shown["TotalAvailableAddressCount"]) == (2, 1)
    assert lab.ec2.allocate_address(Domain="vpc", PublicIpv4Pool=pool, Address="192.0.2.0")["PublicIp"] == "192.0.2.0"


def test_reverse_dns(lab: Lab) -> None:
    lab.ec2.modify_address_attribute(AllocationId="eipalloc-0a000001", DomainName="mail.example.com")
    wanted = {"AllocationIds": ["eipalloc-0a000001", "eipalloc-0a000002"], "Attribute": "domain-name"}
    shown = {one["AllocationId"]: one for one in lab.ec2.describe_addresses_attribute(**wanted)["Addresses"]}
    assert shown["eipalloc-0a000001"]["PtrRecord"] == "mail.example.com."
    assert "PtrRecord" not in shown["eipalloc-0a000002"]
    lab.ec2.reset_address_attribute(AllocationId="eipalloc-0a000001", Attribute="domain-name")
    for _ in range(2):  # a name that was reset takes its time
        assert "PtrRecord" in lab.ec2.describe_addresses_attribute(**wanted)["Addresses"][0]
    assert all("PtrRecord" not in one for one in lab.ec2.describe_addresses_attribute(**wanted)["Addresses"])


def test_the_quota_is_told(lab: Lab) -> None:
    lab.server.control("POST", "quotas", {"elastic_ips": 7})
    answer = lab.ec2.describe_account_attributes(AttributeNames=["vpc-max-elastic-ips"])["AccountAttributes"]
    assert answer == [{"AttributeName": "vpc-max-elastic-ips", "AttributeValues": [{"AttributeValue": "7"}]}]
    every = {one["AttributeName"] for one in lab.ec2.describe_account_attributes()["AccountAttributes"]}
    assert every >= {"vpc-max-elastic-ips", "default-vpc"}


def test_assigned_addresses_are_answered_alone(lab: Lab) -> None:
    answer = lab.ec2.assign_private_ip_addresses(
        NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=["10.0.1.30", "10.0.1.31"]
    )
    assert [one["PrivateIpAddress"] for one in answer["AssignedPrivateIpAddresses"]] == ["10.0.1.30", "10.0.1.31"]
    assert lab.private("eni-0a000001") == ["10.0.1.10", "10.0.1.20", "10.0.1.21", "10.0.1.30", "10.0.1.31"]


def test_assigning_what_is_assigned_changes_nothing(lab: Lab) -> None:
    lab.ec2.assign_private_ip_addresses(NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=["10.0.1.20"])
    assert lab.private("eni-0a000001") == ["10.0.1.10", "10.0.1.20", "10.0.1.21"]


def test_addresses_by_count_are_free_ones(lab: Lab) -> None:
    used = {
        ip for one in lab.server.state()["network_interfaces"] for ip in [a["private_ip"] for a in one["addresses"]]
    }
    answer = lab.ec2.assign_private_ip_addresses(NetworkInterfaceId="eni-0a000001", SecondaryPrivateIpAddressCount=3)
    new = [one["PrivateIpAddress"] for one in answer["AssignedPrivateIpAddresses"]]
    assert len(set(new)) == 3
    assert not set(new) & used
    assert not set(new) & {"10.0.1.0", "10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.255"}
    assert lab.private("eni-0a000001")[-3:] == new


def test_a_secondary_address_moves_with_its_elastic_ip(lab: Lab) -> None:
    before = lab.address("eipalloc-0a000003")
    lab.ec2.assign_private_ip_addresses(
        NetworkInterfaceId="eni-0a000002", PrivateIpAddresses=["10.0.1.21"], AllowReassignment=True
    )
    assert lab.private("eni-0a000001") == ["10.0.1.10", "10.0.1.20"]
    assert lab.private("eni-0a000002") == ["10.0.1.11", "10.0.1.21"]
    after = lab.address("eipalloc-0a000003")
    assert after == {**before, "NetworkInterfaceId": "eni-0a000002", "InstanceId": "i-0a000002"}
    assert lab.public("eni-0a000002")["10.0.1.21"] == "203.0.113.103"


def test_unassigning_an_address_unbinds_its_elastic_ip(lab: Lab) -> None:
    lab.ec2.unassign_private_ip_addresses(NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=["10.0.1.21"])
    assert lab.private("eni-0a000001") == ["10.0.1.10", "10.0.1.20"]
    assert "PrivateIpAddress" not in lab.address("eipalloc-0a000003")
