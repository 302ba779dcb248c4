# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The judge of IAM policies: what a statement allows and denies, and what is judged at all."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.process import LabError

from .conftest import Lab, refused
from .judging import KEY, OURS, arn, denied, document, judged, made_with, statement

NETWORK = "bonded.internet/network"


def tag(lab: Lab, *ids: str, network: str = "demo") -> None:
    """Tag objects as a network's, with a key that may do everything."""
    lab.ec2.create_tags(Resources=list(ids), Tags=[{"Key": NETWORK, "Value": network}])


def test_keys_without_policies_may_do_everything(lab: Lab) -> None:
    nobody = judged(lab)
    with denied("CreateVpc", "vpc/*"):
        nobody.create_vpc(CidrBlock="10.9.0.0/16")
    with denied("DescribeVpcs", None):
        nobody.describe_vpcs()
    assert len(lab.ec2.describe_vpcs()["Vpcs"]) == 3
    lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")
    lab.server.control("DELETE", "policies")
    assert len(nobody.describe_vpcs()["Vpcs"]) == 4


def test_policies_are_told_replaced_and_forgotten(lab: Lab) -> None:
    first, second = document(statement("ec2:DescribeVpcs")), document(statement("ec2:DescribeSubnets"))
    ec2 = judged(lab, first)
    lab.server.control("POST", "policies", {"AKIAOTHER": []})
    assert lab.server.control("GET", "policies") == {KEY: [first], "AKIAOTHER": []}
    ec2.describe_vpcs()
    lab.server.control("POST", "policies", {KEY: [second]})
    ec2.describe_subnets()
    with denied("DescribeVpcs", None):
        ec2.describe_vpcs()
    lab.server.reset()
    assert lab.server.control("GET", "policies") == {}
    ec2.describe_vpcs()


def test_a_refusal_does_nothing_and_is_logged(lab: Lab) -> None:
    ec2, before = judged(lab), lab.server.state()
    lab.server.clear_log()
    with denied("AllocateAddress", "elastic-ip/*"):
        ec2.allocate_address(Domain="vpc")
    with denied("AllocateAddress", "elastic-ip/*"):
        ec2.allocate_address(Domain="vpc", DryRun=True)
    assert lab.server.state() == before
    logged = lab.server.log()
    assert [(one["action"], one["status"], one["error"]) for one in logged] == [
        ("AllocateAddress", 403, "UnauthorizedOperation")
    ] * 2
    assert "perform: ec2:AllocateAddress on resource" in logged[0]["message"]


def test_the_action_by_name_or_pattern(lab: Lab) -> None:
    ec2 = judged(lab, document(statement(["ec2:describe*s", "EC2:AllocateAddres?"])))
    ec2.describe_vpcs()
    ec2.allocate_address(Domain="vpc")
    with denied("DescribeVpcAttribute", "vpc/vpc-0a000000"):
        ec2.describe_vpc_attribute(VpcId="vpc-0a000000", Attribute="enableDnsSupport")


def test_the_resource_by_its_kind(lab: Lab) -> None:
    ec2 = judged(lab, document(statement("ec2:*", [arn("vpc"), "arn:aws:ec2:us-*:*:elastic-ip/*"])))
    ec2.create_vpc(CidrBlock="10.9.0.0/16")
    with denied("CreateInternetGateway", "internet-gateway/*"):
        ec2.create_internet_gateway()
    with denied("AllocateAddress", "elastic-ip/*"):
        ec2.allocate_address(Domain="vpc")
    # What has no resource is allowed by "*" alone.
    with denied("DescribeVpcs", None):
        ec2.describe_vpcs()


def test_each_resource_of_a_request_must_be_allowed(lab: Lab) -> None:
    attach = {"NetworkInterfaceId": "eni-0a00000f", "InstanceId": "i-0a000001", "DeviceIndex": 2}
    one = statement("ec2:AttachNetworkInterface", arn("network-interface"))
    ec2 = judged(lab, document(one))
    with denied("AttachNetworkInterface", "instance/i-0a000001"):
        ec2.attach_network_interface(**attach)
    # Two statements in two documents count like one.
    ec2 = judged(lab, document(one), document(statement("ec2:AttachNetworkInterface", arn("instance"))))
    ec2.attach_network_interface(**attach)


def test_a_request_tag(lab: Lab) -> None:
    wanted = {f"aws:RequestTag/{NETWORK}": "demo"}
    ec2 = judged(
        lab,
        document(
            statement("ec2:AllocateAddress", arn("elastic-ip"), StringEquals=wanted),
            statement("ec2:CreateTags", arn("elastic-ip")),
        ),
    )
    ec2.allocate_address(Domain="vpc", TagSpecifications=made_with("elastic-ip", OURS))
    for tags in ({NETWORK: "other"}, {NETWORK: "Demo"}, {"Name": "demo"}):
        with denied("AllocateAddress", "elastic-ip/*"):
            ec2.allocate_address(Domain="vpc", TagSpecifications=made_with("elastic-ip", tags))
    with denied("AllocateAddress", "elastic-ip/*"):
        ec2.allocate_address(Domain="vpc")


def test_tags_on_creation_are_a_right_of_their_own(lab: Lab) -> None:
    create = statement("ec2:CreateInternetGateway")
    ec2 = judged(lab, document(create))
    ec2.create_internet_gateway()
    tagged = made_with("internet-gateway", OURS)
    with denied("CreateTags", "internet-gateway/*"):
        ec2.create_internet_gateway(TagSpecifications=tagged)
    other = statement("ec2:CreateTags", StringEquals={"ec2:CreateAction": ["CreateVpc", "CreateSubnet"]})
    ec2 = judged(lab, document(create, other))
    with denied("CreateTags", "internet-gateway/*"):
        ec2.create_internet_gateway(TagSpecifications=tagged)
    same = statement("ec2:CreateTags", StringEquals={"ec2:CreateAction": "CreateInternetGateway"})
    ec2 = judged(lab, document(create, same))
    gateway = ec2.create_internet_gateway(TagSpecifications=tagged)["InternetGateway"]["InternetGatewayId"]
    # The same right is none to tag what is there already.
    with denied("CreateTags", f"internet-gateway/{gateway}"):
        ec2.create_tags(Resources=[gateway], Tags=[{"Key": "Name", "Value": "x"}])


@pytest.mark.parametrize("key", ["aws:ResourceTag", "ec2:ResourceTag", "AWS:resourcetag"])
def test_a_resource_tag(lab: Lab, key: str) -> None:
    tag(lab, "eipalloc-0a000001")
    tag(lab, "eipalloc-0a000002", network="other")
    ec2 = judged(lab, document(statement("ec2:ReleaseAddress", StringEquals={f"{key}/{NETWORK}": "demo"})))
    for one in ("eipalloc-0a000002", "eipalloc-0a000003", "eipalloc-0f000000"):
        with denied("ReleaseAddress", f"elastic-ip/{one}"):
            ec2.release_address(AllocationId=one)
    ec2.release_address(AllocationId="eipalloc-0a000001")


def test_the_tags_of_a_request_are_not_those_of_other_resources(lab: Lab) -> None:
    """A new subnet has the request's tags, its VPC has its own: one condition never covers both."""
    make = {"CidrBlock": "10.0.9.0/24", "VpcId": "vpc-0a000000", "TagSpecifications": made_with("subnet", OURS)}
    both = statement(["ec2:CreateSubnet", "ec2:CreateTags"], StringEquals={f"aws:RequestTag/{NETWORK}": "demo"})
    ec2 = judged(lab, document(both))
    with denied("CreateSubnet", "vpc/vpc-0a000000"):
        ec2.create_subnet(**make)
    tag(lab, "vpc-0a000000")
    there = statement("ec2:CreateSubnet", arn("vpc"), StringEquals={f"aws:ResourceTag/{NETWORK}": "demo"})
    ec2 = judged(lab, document(there))
    with denied("CreateSubnet", "subnet/*"):
        ec2.create_subnet(**make)
    judged(lab, document(both, there)).create_subnet(**make)


def test_a_deny_wins(lab: Lab) -> None:
    everything = document(statement("*"))
    no = document(statement("ec2:Release*", arn("elastic-ip"), "Deny", StringLike={"aws:ResourceTag/Name": "f*"}))
    ec2 = judged(lab, everything, no)
    with denied("ReleaseAddress", "elastic-ip/eipalloc-0a000001", "with an explicit deny in an identity-based policy"):
        ec2.release_address(AllocationId="eipalloc-0a000001")
    ec2.release_address(AllocationId="eipalloc-0a000002")


TAGS_OF_VPC_A = [
    ("equal", {"StringEquals": {"aws:ResourceTag/Name": ["b", "a"]}}, True),
    ("not equal", {"StringNotEquals": {"aws:ResourceTag/Name": ["b", "a"]}}, False),
    ("not equal to what is missing", {"StringNotEquals": {"aws:ResourceTag/other": "a"}}, True),
    ("like", {"StringLike": {"aws:ResourceTag/Name": "?"}}, True),
    ("not like", {"StringNotLike": {"aws:ResourceTag/Name": "a*"}}, False),
    ("equality knows no pattern", {"StringEquals": {"aws:ResourceTag/Name": "*"}}, False),
    ("missing", {"StringEquals": {"aws:ResourceTag/other": "a"}}, False),
    ("equal if it is there", {"StringEqualsIfExists": {"aws:ResourceTag/other": "a"}}, True),
    ("equal if it is there, and it is", {"StringEqualsIfExists": {"aws:ResourceTag/Name": "b"}}, False),
    ("null", {"Null": {"aws:ResourceTag/other": "true"}}, True),
    ("not null", {"Null": {"aws:ResourceTag/other": "false"}}, False),
    ("two operators", {"StringLike": {"ec2:Region": "eu-*"}, "StringEquals": {"aws:ResourceTag/Name": "b"}}, False),
    ("two keys", {"StringEquals": {"aws:RequestedRegion": "eu-central-1", "aws:ResourceTag/Name": "a"}}, True),
]


@pytest.mark.parametrize(("conditions", "allowed"), [pytest.param(*rest, id=name) for name, *rest in TAGS_OF_VPC_A])
def test_conditions(lab: Lab, conditions: dict[str, Any], allowed: bool) -> None:
    ec2 = judged(lab, document(statement("ec2:DescribeVpcAttribute", **conditions)))
    if allowed:
        ec2.describe_vpc_attribute(VpcId="vpc-0a000000", Attribute="enableDnsSupport")
    else:
        with denied("DescribeVpcAttribute", "vpc/vpc-0a000000"):
            ec2.describe_vpc_attribute(VpcId="vpc-0a000000", Attribute="enableDnsSupport")


KEYS_OF_A_AND_B = [
    ("all of them", {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}, True),
    ("not all of them", {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "c"]}}, False),
    ("one of them", {"ForAnyValue:StringLike": {"aws:TagKeys": "b*"}}, True),
    ("none of them", {"ForAnyValue:StringEquals": {"aws:TagKeys": ["c"]}}, False),
]


@pytest.mark.parametrize(("conditions", "allowed"), [pytest.param(*rest, id=name) for name, *rest in KEYS_OF_A_AND_B])
def test_tag_keys(lab: Lab, conditions: dict[str, Any], allowed: bool) -> None:
    ec2 = judged(lab, document({**statement(["ec2:CreateTags", "ec2:DeleteTags"]), "Condition": conditions}))
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    if allowed:
        ec2.create_tags(Resources=["vpc-0a000000"], Tags=tags)
        return
    with denied("CreateTags", "vpc/vpc-0a000000"):
        ec2.create_tags(Resources=["vpc-0a000000"], Tags=tags)


def test_no_tag_keys_are_all_of_any(lab: Lab) -> None:
    """DeleteTags without keys takes all tags: "for all" is true of none, so a policy must say that there are some."""
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}
    open_end = {**statement("ec2:DeleteTags"), "Condition": condition}
    closed = {**statement("ec2:DeleteTags"), "Condition": {**condition, "Null": {"aws:TagKeys": "false"}}}
    with denied("DeleteTags", "vpc/vpc-0a000000"):
        judged(lab, document(closed)).delete_tags(Resources=["vpc-0a000000"])
    judged(lab, document(open_end)).delete_tags(Resources=["vpc-0a000000"])
    assert lab.server.state()["vpcs"][0]["tags"] == {}


def test_what_cannot_be_judged_is_refused(lab: Lab) -> None:
    ec2 = judged(lab, document(statement("*")))
    with refused("UnsupportedOperation", "cannot judge ec2:CreateVpcPeeringConnection: lab/aws/iam/"):
        ec2.create_vpc_peering_connection(VpcId="vpc-0a000000", PeerVpcId="vpc-0b000000")
    attachment: dict[str, Any] = {"AttachmentId": "eni-attach-0a000001", "DeleteOnTermination": True}
    with refused("UnsupportedOperation", "cannot judge ec2:ModifyNetworkInterfaceAttribute with Attachment."):
        ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a00000f", Attachment=attachment)
    ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a00000f", SourceDestCheck={"Value": False})
    # Who one is may be asked without any right.
    assert lab.client("sts", key=KEY).get_caller_identity()["Account"] == "123456789012"
    with pytest.raises(ClientError, match="cannot judge sts:GetSessionToken"):
        lab.client("sts", key=KEY).get_session_token()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "an object of lists is wanted"),
        ({KEY: {}}, "an object of lists is wanted"),
        ({KEY: [document(statement("ec2:x")), {"Statement": []}]}, r"\[1\]: Version: None is not '2012-10-17'"),
    ],
)
def test_wrong_policies_change_nothing(lab: Lab, given: object, words: str) -> None:
    judged(lab, document(statement("*")))
    with pytest.raises(LabError, match=words):
        lab.server.control("POST", "policies", given)
    assert lab.server.control("GET", "policies") == {KEY: [document(statement("*"))]}
