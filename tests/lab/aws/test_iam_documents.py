# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy documents: what of them is refused, and the two of docs/: valid, and as narrow as they say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from lab.aws.iam.conditions import BadPolicy
from lab.aws.iam.policy import parse_policy
from lab.aws.iam.request_resources import ACTIONS
from tests.playbooks.rights import without

from .conftest import Lab
from .judging import DOCUMENTS, OURS, asked_of, denied, document, judged, made_with, statement

MANAGED_POLICY_SIZE = 6144
"""IAM's limit for a managed policy, without white space."""
KEY_TAG = "bonded.internet/key"
DENYING = {"adopt": ["NeverReleaseAdoptedAddresses", "NeverDeleteAdoptedInterfaces"]}
"""The statements that deny, by document."""


def changed(**keys: Any) -> dict[str, Any]:
    """A policy with one statement that has these keys, and without those whose value is None."""
    full = {**statement("ec2:CreateVpc"), **keys}
    return document({key: value for key, value in full.items() if value is not None})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "p: an object is wanted, not []"),
        ({"Version": "2008-10-17", "Statement": []}, "p: Version: '2008-10-17' is not '2012-10-17'"),
        ({"Version": "2012-10-17"}, "p: Statement: a list of statements is wanted, not None"),
        (
            {"Version": "2012-10-17", "Statement": [], "Comment": ""},
            "p: the key 'Comment' is unknown; there are: Version",
        ),
        (changed(NotAction="x"), "p: Statement[0]: the key 'NotAction' is unknown; there are: Sid, Effect"),
        (changed(Principal="*"), "the key 'Principal' is unknown"),
        (changed(Sid="a b"), "Sid: 'a b' may have letters and digits only"),
        (changed(Effect="allow"), "Effect: 'allow' is neither 'Allow' nor 'Deny'"),
        (changed(Action=None), "Action: None is neither a text nor a list of texts"),
        (changed(Action=[]), "Action: [] is neither a text nor a list of texts"),
        (changed(Action="CreateVpc"), "Action: 'CreateVpc' is not of the form service:Action"),
        (changed(Resource="vpc/*"), "Resource: 'vpc/*' is neither '*' nor of the form arn:partition"),
        (changed(Resource="arn:aws:ec2:*:*:vpc/${aws:PrincipalTag/x}"), "has a policy variable"),
        (changed(Condition=[]), "Condition: an object of operators is wanted"),
        (changed(Condition={"StringEquals": "x"}), "StringEquals: an object of condition keys is wanted"),
        (changed(Condition={"stringEquals": {"ec2:Region": "x"}}), "the operator is unknown; there are: StringEquals"),
        (changed(Condition={"ForSome:StringEquals": {"ec2:Region": "x"}}), "the operator is unknown"),
        (changed(Condition={"StringEquals": {"ec2:Vpc": "x"}}), "the condition key is unknown; there are: aws:TagKeys"),
        (changed(Condition={"StringEquals": {"aws:RequestTag/": "x"}}), "the condition key is unknown"),
        (changed(Condition={"StringEquals": {"ec2:Region": 1}}), "1 is neither a text nor a list of texts"),
        (changed(Condition={"StringEquals": {"aws:TagKeys": "x"}}), "aws:TagKeys wants ForAllValues or ForAnyValue"),
        (changed(Condition={"ForAllValues:StringEquals": {"ec2:Region": "x"}}), "no other key does"),
        (changed(Condition={"Null": {"ec2:Region": "yes"}}), 'Null wants "true" or "false"'),
        (changed(Condition={"NullIfExists": {"ec2:Region": "true"}}), 'Null wants "true" or "false"'),
        (document(*[statement("ec2:CreateVpc") | {"Sid": "One"}] * 2), "p: the Sid 'One' is used twice"),
    ],
)
def test_a_wrong_document_is_refused(given: object, words: str) -> None:
    with pytest.raises(BadPolicy) as caught:
        parse_policy("p", given)
    assert words in str(caught.value)


def test_one_statement_needs_no_list() -> None:
    policy = parse_policy("p", {"Version": "2012-10-17", "Id": "x", "Statement": statement("ec2:CreateVpc")})
    assert [one.actions for one in policy.statements] == [("ec2:createvpc",)]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_our_documents_are_valid_and_fit(name: str) -> None:
    policy = parse_policy(name, DOCUMENTS[name])
    assert len("".join(json.dumps(DOCUMENTS[name], separators=(",", ":")).split())) <= MANAGED_POLICY_SIZE
    actions = [action for one in DOCUMENTS[name]["Statement"] for action in names(one)]
    # Each by its name, no pattern, each known; an action twice in one statement would be an oversight.
    assert {action.removeprefix("ec2:") for action in actions} <= ACTIONS.keys()
    assert all(len(set(one.actions)) == len(one.actions) and one.sid for one in policy.statements)
    assert [one.sid for one in policy.statements if not one.allows] == DENYING.get(name, [])


def names(one: dict[str, Any]) -> list[str]:
    found: list[str] = [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
    return found


def test_reading_is_only_reading_and_all_else_has_a_condition() -> None:
    reads = {action for one in DOCUMENTS["read"]["Statement"] for action in names(one)}
    assert all(action.startswith(("ec2:Describe", "ec2:Get")) for action in reads)
    unconditioned = [
        action for one in DOCUMENTS["change"]["Statement"] if "Condition" not in one for action in names(one)
    ]
    assert all(action.startswith("ec2:Describe") for action in unconditioned)
    assert not reads & {action for one in DOCUMENTS["change"]["Statement"] for action in names(one)}


Call = Callable[[Any], object]
RETIRED = {"Key": "bonded.internet/retired", "Value": "true"}
CHECKED = {"Key": "bonded.internet/source_dest_check", "Value": "demo:true"}
NOBODYS, CHECK_OFF = {"NetworkInterfaceId": "eni-0a000001"}, {"SourceDestCheck": {"Value": False}}
VXLAN = [{"IpProtocol": "udp", "FromPort": 4789, "ToPort": 4789, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]
OUR_GROUP = {"GroupId": "sg-0a000003"}
TO_FREE = {"AllocationId": "eipalloc-0a000001", "PrivateIpAddress": "10.0.1.20"}
ROUTE = {"DestinationCidrBlock": "172.16.0.0/12", "NetworkInterfaceId": "eni-0a00000f"}

ALLOWED: list[tuple[str, Call]] = [
    ("a made address", lambda ec2: ec2.allocate_address(TagSpecifications=made_with("elastic-ip", OURS))),
    ("a made VPC", lambda ec2: ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=made_with("vpc", OURS))),
    (
        "a made subnet",
        lambda ec2: ec2.create_subnet(
            VpcId="vpc-0a000000", CidrBlock="10.0.9.0/24", TagSpecifications=made_with("subnet", {**OURS, "Name": "x"})
        ),
    ),
    (
        "an interface in a subnet of nobody, with its default group",
        lambda ec2: ec2.create_network_interface(
            SubnetId="subnet-0b00000a", TagSpecifications=made_with("network-interface", OURS)
        ),
    ),
    (
        "an address of nobody's interface",
        lambda ec2: ec2.associate_address(NetworkInterfaceId="eni-0a000001", **TO_FREE),
    ),
    (
        "our interface on nobody's instance",
        lambda ec2: ec2.attach_network_interface(
            NetworkInterfaceId="eni-0a00000f", InstanceId="i-0a000001", DeviceIndex=2
        ),
    ),
    (
        "a route in the main table, which nobody tags",
        lambda ec2: ec2.create_route(RouteTableId="rtb-0a000000", **ROUTE),
    ),
    (
        "a NAT gateway with our address in our subnet",
        lambda ec2: ec2.create_nat_gateway(
            SubnetId="subnet-0a00000a",
            AllocationId="eipalloc-0a000001",
            TagSpecifications=made_with("natgateway", OURS),
        ),
    ),
    (
        "a group of ours in nobody's VPC",
        lambda ec2: ec2.create_security_group(
            GroupName="x", Description="x", VpcId="vpc-0b000000", TagSpecifications=made_with("security-group", OURS)
        ),
    ),
    (
        "our group beside nobody's on nobody's interface",
        lambda ec2: ec2.modify_network_interface_attribute(
            NetworkInterfaceId="eni-0a000001", Groups=["sg-0a000001", "sg-0a000003"]
        ),
    ),
    ("the check of nobody's interface", lambda ec2: ec2.modify_network_interface_attribute(**NOBODYS, **CHECK_OFF)),
    ("which was on", lambda ec2: ec2.create_tags(Resources=["eni-0a000001"], Tags=[CHECKED])),
    ("and is again", lambda ec2: ec2.delete_tags(Resources=["eni-0a000001"], Tags=[CHECKED])),
    ("a retired address", lambda ec2: ec2.create_tags(Resources=["eipalloc-0a000001"], Tags=[RETIRED])),
    ("one back in use", lambda ec2: ec2.delete_tags(Resources=["eipalloc-0a000001"], Tags=[RETIRED])),
    ("a released address", lambda ec2: ec2.release_address(AllocationId="eipalloc-0a000001")),
    (
        "another private address",
        lambda ec2: ec2.assign_private_ip_addresses(NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=["10.0.1.9"]),
    ),
]


SUBNET, VPC, ADDRESS = {"SubnetId": "subnet-0a00000a"}, {"VpcId": "vpc-0a000000"}, {"AllocationId": "eipalloc-0a000001"}
# What no run of the demonstration asks for: the action, and a request that the rules of EC2 may refuse.
SELDOM: list[tuple[str, Call]] = [
    (
        "AuthorizeSecurityGroupIngress",
        lambda ec2: ec2.authorize_security_group_ingress(**OUR_GROUP, IpPermissions=VXLAN),
    ),
    (
        "CreateSecurityGroup",
        lambda ec2: ec2.create_security_group(
            GroupName="x", Description="x", VpcId="vpc-0a000000", TagSpecifications=made_with("security-group", OURS)
        ),
    ),
    ("DeleteSecurityGroup", lambda ec2: ec2.delete_security_group(**OUR_GROUP)),
    ("RevokeSecurityGroupIngress", lambda ec2: ec2.revoke_security_group_ingress(**OUR_GROUP, IpPermissions=VXLAN)),
    (
        "AssignIpv6Addresses",
        lambda ec2: ec2.assign_ipv6_addresses(NetworkInterfaceId="eni-0a00000f", Ipv6AddressCount=1),
    ),
    ("AssociateSubnetCidrBlock", lambda ec2: ec2.associate_subnet_cidr_block(**SUBNET, Ipv6CidrBlock="2001:db8::/64")),
    ("AssociateVpcCidrBlock", lambda ec2: ec2.associate_vpc_cidr_block(**VPC, AmazonProvidedIpv6CidrBlock=True)),
    ("DescribeAddressesAttribute", lambda ec2: ec2.describe_addresses_attribute(Attribute="domain-name")),
    ("ModifyAddressAttribute", lambda ec2: ec2.modify_address_attribute(**ADDRESS, DomainName="a.example.com")),
    ("ModifySubnetAttribute", lambda ec2: ec2.modify_subnet_attribute(**SUBNET, MapPublicIpOnLaunch={"Value": False})),
    ("ResetAddressAttribute", lambda ec2: ec2.reset_address_attribute(**ADDRESS, Attribute="domain-name")),
]


@pytest.mark.parametrize(("action", "call"), [pytest.param(*row, id=row[0]) for row in SELDOM])
def test_what_is_seldom_asked_for_is_allowed_and_needs_its_right(marked: Lab, action: str, call: Call) -> None:
    policies = [DOCUMENTS["read"], DOCUMENTS["change"]]
    assert asked_of(judged(marked, *policies), call) != "UnauthorizedOperation"
    assert asked_of(judged(marked, *without(policies, action)), call) == "UnauthorizedOperation"


@pytest.mark.parametrize("call", [pytest.param(call, id=name) for name, call in ALLOWED])
def test_what_our_documents_allow(marked: Lab, call: Call) -> None:
    call(judged(marked, DOCUMENTS["read"], DOCUMENTS["change"]))


OTHERS = {"bonded.internet/network": "other"}
DENIED: list[tuple[str, str, str, Call]] = [
    ("an address without a tag", "AllocateAddress", "elastic-ip/*", lambda ec2: ec2.allocate_address()),
    (
        "one with another network's",
        "AllocateAddress",
        "elastic-ip/*",
        lambda ec2: ec2.allocate_address(TagSpecifications=made_with("elastic-ip", OTHERS)),
    ),
    (
        "a subnet in a VPC of nobody",
        "CreateSubnet",
        "vpc/vpc-0b000000",
        lambda ec2: ec2.create_subnet(
            VpcId="vpc-0b000000", CidrBlock="10.1.9.0/24", TagSpecifications=made_with("subnet", OURS)
        ),
    ),
    ("nobody's VPC", "DeleteVpc", "vpc/vpc-0b000000", lambda ec2: ec2.delete_vpc(VpcId="vpc-0b000000")),
    ("another network's VPC", "DeleteVpc", "vpc/vpc-0c000000", lambda ec2: ec2.delete_vpc(VpcId="vpc-0c000000")),
    (
        "nobody's address",
        "ReleaseAddress",
        "elastic-ip/eipalloc-0a000002",
        lambda ec2: ec2.release_address(AllocationId="eipalloc-0a000002"),
    ),
    (
        "another network's address",
        "DisassociateAddress",
        "elastic-ip/eipalloc-0a000003",
        lambda ec2: ec2.disassociate_address(PublicIp="203.0.113.103"),
    ),
    (
        "an address of another network's interface",
        "AssociateAddress",
        "network-interface/eni-0a00000e",
        lambda ec2: ec2.associate_address(NetworkInterfaceId="eni-0a00000e", AllocationId="eipalloc-0a000001"),
    ),
    (
        "a NAT gateway with nobody's address",
        "CreateNatGateway",
        "elastic-ip/eipalloc-0a000002",
        lambda ec2: ec2.create_nat_gateway(
            SubnetId="subnet-0a00000a",
            AllocationId="eipalloc-0a000002",
            TagSpecifications=made_with("natgateway", OURS),
        ),
    ),
    (
        "nobody's interface",
        "AttachNetworkInterface",
        "network-interface/eni-0b00000f",
        lambda ec2: ec2.attach_network_interface(
            NetworkInterfaceId="eni-0b00000f", InstanceId="i-0a000001", DeviceIndex=2
        ),
    ),
    (
        "another network's instance",
        "AttachNetworkInterface",
        "instance/i-0a000003",
        lambda ec2: ec2.attach_network_interface(
            NetworkInterfaceId="eni-0a00000f", InstanceId="i-0a000003", DeviceIndex=2
        ),
    ),
    (
        "another network's routes",
        "CreateRoute",
        "route-table/rtb-0c000000",
        lambda ec2: ec2.create_route(RouteTableId="rtb-0c000000", **ROUTE),
    ),
    (
        "a group without a tag",
        "CreateSecurityGroup",
        "security-group/*",
        lambda ec2: ec2.create_security_group(GroupName="x", Description="x", VpcId="vpc-0b000000"),
    ),
    (
        "a rule of nobody's group",
        "AuthorizeSecurityGroupIngress",
        "security-group/sg-0a000001",
        lambda ec2: ec2.authorize_security_group_ingress(GroupId="sg-0a000001", IpPermissions=VXLAN),
    ),
    (
        "another network's group",
        "DeleteSecurityGroup",
        "security-group/sg-0a000004",
        lambda ec2: ec2.delete_security_group(GroupId="sg-0a000004"),
    ),
    (
        "the check of another network's interface",
        "ModifyNetworkInterfaceAttribute",
        "network-interface/eni-0a00000e",
        lambda ec2: ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a00000e", **CHECK_OFF),
    ),
    (
        "an IPv6 address for nobody's interface",
        "AssignIpv6Addresses",
        "network-interface/eni-0a000001",
        lambda ec2: ec2.assign_ipv6_addresses(**NOBODYS, Ipv6AddressCount=1),
    ),
    (
        "another tag on nobody's interface",
        "CreateTags",
        "network-interface/eni-0a000001",
        lambda ec2: ec2.create_tags(Resources=["eni-0a000001"], Tags=[CHECKED, {"Key": "owner", "Value": "x"}]),
    ),
    (
        "our name on what is nobody's",
        "CreateTags",
        "vpc/vpc-0b000000",
        lambda ec2: ec2.create_tags(
            Resources=["vpc-0b000000"], Tags=[{"Key": "bonded.internet/network", "Value": "demo"}]
        ),
    ),
    (
        "another name on what is ours",
        "CreateTags",
        "vpc/vpc-0a000000",
        lambda ec2: ec2.create_tags(
            Resources=["vpc-0a000000"], Tags=[{"Key": "bonded.internet/network", "Value": "x"}]
        ),
    ),
    (
        "a tag that is not ours",
        "CreateTags",
        "vpc/vpc-0a000000",
        lambda ec2: ec2.create_tags(Resources=["vpc-0a000000"], Tags=[{"Key": "owner", "Value": "x"}]),
    ),
    (
        "the end of our tag",
        "DeleteTags",
        "elastic-ip/eipalloc-0a000001",
        lambda ec2: ec2.delete_tags(Resources=["eipalloc-0a000001"], Tags=[{"Key": KEY_TAG}]),
    ),
    (
        "the end of all tags",
        "DeleteTags",
        "elastic-ip/eipalloc-0a000001",
        lambda ec2: ec2.delete_tags(Resources=["eipalloc-0a000001"]),
    ),
]


@pytest.mark.parametrize(("action", "resource", "call"), [pytest.param(*rest, id=name) for name, *rest in DENIED])
def test_what_our_documents_deny(marked: Lab, action: str, resource: str, call: Call) -> None:
    before = marked.server.state()
    with denied(action, resource):
        call(judged(marked, DOCUMENTS["read"], DOCUMENTS["change"]))
    assert marked.server.state() == before
