# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPCs, subnets, gateways and groups: what they do when a request is accepted."""

from __future__ import annotations

import ipaddress

from .conftest import Lab, refused

TAGS = [{"Key": "a", "Value": "b"}]


def test_there_is_no_default_vpc(lab: Lab) -> None:
    assert [one["VpcId"] for one in lab.ec2.describe_vpcs()["Vpcs"]] == ["vpc-0a000000", "vpc-0b000000", "vpc-0c000000"]
    assert not any(one["IsDefault"] for one in lab.ec2.describe_vpcs()["Vpcs"])


def test_made_and_unmade_in_order(lab: Lab) -> None:
    before = lab.server.state()
    vpc = lab.ec2.create_vpc(CidrBlock="10.9.0.7/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": TAGS}])["Vpc"]
    assert (vpc["CidrBlock"], vpc["Tags"]) == ("10.9.0.0/16", TAGS)
    gateway = lab.ec2.create_internet_gateway(TagSpecifications=[{"ResourceType": "internet-gateway", "Tags": TAGS}])[
        "InternetGateway"
    ]
    assert gateway["Tags"] == TAGS
    both = {"InternetGatewayId": gateway["InternetGatewayId"], "VpcId": vpc["VpcId"]}
    lab.ec2.attach_internet_gateway(**both)
    subnet = lab.ec2.create_subnet(
        VpcId=vpc["VpcId"],
        CidrBlock="10.9.1.0/24",
        AvailabilityZone="eu-central-1b",
        TagSpecifications=[{"ResourceType": "subnet", "Tags": TAGS}],
    )["Subnet"]
    assert (subnet["Tags"], subnet["MapPublicIpOnLaunch"], subnet["DefaultForAz"]) == (TAGS, False, False)
    assert subnet["AvailableIpAddressCount"] == 251
    group = lab.ec2.create_security_group(
        GroupName="g",
        Description="g",
        VpcId=vpc["VpcId"],
        TagSpecifications=[{"ResourceType": "security-group", "Tags": TAGS}],
    )["GroupId"]
    assert lab.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["Tags"] == TAGS
    for undo in (
        lambda: lab.ec2.delete_subnet(SubnetId=subnet["SubnetId"]),
        lambda: lab.ec2.detach_internet_gateway(**both),
        lambda: lab.ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"]),
        lambda: lab.ec2.delete_security_group(GroupId=group),
    ):
        with refused("DependencyViolation"):
            lab.ec2.delete_vpc(VpcId=vpc["VpcId"])
        undo()
    lab.ec2.delete_vpc(VpcId=vpc["VpcId"])
    assert lab.server.state() == before
    # No tag is left either.
    assert TAGS[0]["Key"] not in [one["Key"] for one in lab.ec2.describe_tags()["Tags"]]


def test_ipv6_of_vpc_subnet_and_interface(lab: Lab) -> None:
    vpc = lab.ec2.describe_vpcs(VpcIds=["vpc-0c000000"])["Vpcs"][0]
    held = vpc["Ipv6CidrBlockAssociationSet"][0]
    assert (held["Ipv6CidrBlockState"]["State"], held["Ipv6Pool"]) == ("associated", "Amazon")
    block = ipaddress.IPv6Network(held["Ipv6CidrBlock"])
    assert (block.prefixlen, block.subnet_of(ipaddress.IPv6Network("2001:db8::/32"))) == (56, True)
    networks = [str(network) for network in list(block.subnets(new_prefix=64))[:3]]
    first = lab.ec2.create_subnet(VpcId="vpc-0c000000", CidrBlock="10.2.1.0/24", Ipv6CidrBlock=networks[0])["Subnet"]
    shown = first["Ipv6CidrBlockAssociationSet"][0]
    assert (shown["Ipv6CidrBlock"], shown["Ipv6CidrBlockState"]) == (networks[0], {"State": "associated"})
    second = lab.ec2.create_subnet(VpcId="vpc-0c000000", CidrBlock="10.2.2.0/24")["Subnet"]["SubnetId"]
    with refused("InvalidSubnet.Conflict"):
        lab.ec2.associate_subnet_cidr_block(SubnetId=second, Ipv6CidrBlock=networks[0])
    answer = lab.ec2.associate_subnet_cidr_block(SubnetId=second, Ipv6CidrBlock=networks[1])
    with refused("SubnetLimitExceeded"):
        lab.ec2.associate_subnet_cidr_block(SubnetId=second, Ipv6CidrBlock=networks[2])
    lab.ec2.modify_subnet_attribute(SubnetId=second, AssignIpv6AddressOnCreation={"Value": True})
    made = lab.ec2.create_network_interface(SubnetId=second)["NetworkInterface"]
    assert ipaddress.ip_address(made["Ipv6Addresses"][0]["Ipv6Address"]) in ipaddress.ip_network(networks[1])
    with refused("InvalidParameterValue", "does not fall"):
        lab.ec2.assign_ipv6_addresses(NetworkInterfaceId=made["NetworkInterfaceId"], Ipv6Addresses=["2001:db8:ff::9"])
    association = answer["Ipv6CidrBlockAssociation"]["AssociationId"]
    with refused("InvalidCidrBlock.InUse"):
        lab.ec2.disassociate_subnet_cidr_block(AssociationId=association)
    lab.ec2.unassign_ipv6_addresses(
        NetworkInterfaceId=made["NetworkInterfaceId"], Ipv6Addresses=[made["Ipv6Addresses"][0]["Ipv6Address"]]
    )
    lab.ec2.disassociate_subnet_cidr_block(AssociationId=association)
    (left,) = lab.ec2.describe_subnets(SubnetIds=[second])["Subnets"][0]["Ipv6CidrBlockAssociationSet"]
    assert left["Ipv6CidrBlockState"] == {"State": "disassociated"}


def test_each_vpc_has_another_ipv6_block(lab: Lab) -> None:
    made = lab.ec2.create_vpc(CidrBlock="10.9.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    blocks = {
        one["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
        for one in [made, lab.ec2.describe_vpcs(VpcIds=["vpc-0c000000"])["Vpcs"][0]]
    }
    assert len(blocks) == 2


def test_a_groups_rules(lab: Lab) -> None:
    shown = lab.ec2.describe_security_groups(GroupIds=["sg-0a000001"])["SecurityGroups"][0]
    rules = {one["FromPort"]: one for one in shown["IpPermissions"]}
    assert rules[4789]["UserIdGroupPairs"][0]["GroupId"] == "sg-0a000001"
    assert rules[179]["IpRanges"] == [{"CidrIp": "10.0.0.0/8"}]
    permission = {"IpProtocol": "tcp", "FromPort": 179, "ToPort": 179, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    with refused("InvalidPermission.Duplicate"):
        lab.ec2.authorize_security_group_ingress(GroupId="sg-0a000001", IpPermissions=[permission])
    lab.ec2.revoke_security_group_ingress(GroupId="sg-0a000001", IpPermissions=[permission])
    found = lab.ec2.describe_security_groups(GroupIds=["sg-0a000001"])["SecurityGroups"][0]
    assert [one["FromPort"] for one in found["IpPermissions"]] == [4789]


def test_a_vpcs_default_group_lets_its_own_members_in(lab: Lab) -> None:
    vpc = lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    (group,) = lab.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    (rule,) = group["IpPermissions"]
    assert (group["GroupName"], rule["IpProtocol"]) == ("default", "-1")
    assert ([pair["GroupId"] for pair in rule["UserIdGroupPairs"]], rule["IpRanges"]) == ([group["GroupId"]], [])
    assert "FromPort" not in rule
    # which keeps nobody from deleting the VPC
    lab.ec2.delete_vpc(VpcId=vpc)


def test_tags_after_the_fact(lab: Lab) -> None:
    lab.ec2.create_tags(Resources=["eni-0a000001", "eipalloc-0a000001"], Tags=TAGS)
    assert lab.interface("eni-0a000001")["TagSet"] == TAGS
    assert {one["Key"] for one in lab.address("eipalloc-0a000001")["Tags"]} == {"Name", "a"}
    lab.ec2.delete_tags(Resources=["eni-0a000001", "eipalloc-0a000001"], Tags=[{"Key": "a"}])
    assert lab.interface("eni-0a000001")["TagSet"] == []
    lab.ec2.delete_tags(Resources=["eipalloc-0a000001"])
    assert lab.address("eipalloc-0a000001")["Tags"] == []


def test_a_default_vpc_on_request(lab: Lab) -> None:
    made = lab.ec2.create_default_vpc()["Vpc"]
    assert (made["IsDefault"], made["CidrBlock"]) == (True, "172.31.0.0/16")
    with refused("DefaultVpcAlreadyExists"):
        lab.ec2.create_default_vpc()
    state = lab.server.state()
    subnets = [one for one in state["subnets"] if one["vpc_id"] == made["VpcId"]]
    assert {(one["zone"], one["map_public"]) for one in subnets} == {(f"eu-central-1{zone}", True) for zone in "abc"}
    launched = lab.ec2.run_instances(ImageId="ami-0d000000000000064", InstanceType="t3.micro", MinCount=1, MaxCount=1)
    interface = launched["Instances"][0]["NetworkInterfaces"][0]["NetworkInterfaceId"]
    lab.ec2.associate_address(AllocationId="eipalloc-0a000001", NetworkInterfaceId=interface)
    # In a default VPC alone, releasing an address unbinds it.
    lab.ec2.release_address(AllocationId="eipalloc-0a000001")
    assert lab.interface(interface)["Association"]["IpOwnerId"] == "amazon"
