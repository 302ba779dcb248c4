# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SimulatePrincipalPolicy: what policies say of an action on a resource, under the context entries alone."""

from __future__ import annotations

from typing import Any

import pytest

from lab.aws.iam.request_resources import ACTIONS

from .conftest import Lab
from .judging import DOCUMENTS, KEY, USER, arn, denied, document, judged, statement

NETWORK = "bonded.internet/network"
RESOURCE_TAG, REQUEST_TAG = f"aws:ResourceTag/{NETWORK}", f"aws:RequestTag/{NETWORK}"
DEMO = {RESOURCE_TAG: "demo"}


def of(kind: str, one: str = "*") -> str:
    """The ARN of a resource here."""
    return f"arn:aws:ec2:eu-central-1:123456789012:{kind}/{one}"


VPC, OTHER_VPC = of("vpc", "vpc-0a000000"), of("vpc", "vpc-0b000000")


def entry(key: str, *values: str, kind: str = "") -> dict[str, Any]:
    """One context entry."""
    guessed = "string" if len(values) == 1 else "stringList"
    return {"ContextKeyName": key, "ContextKeyValues": list(values), "ContextKeyType": kind or guessed}


def simulated(lab: Lab, *actions: str, source: str = USER, **options: Any) -> Any:
    """Return the simulation's answer to KEY about `source`."""
    iam = lab.client("iam", key=KEY)
    return iam.simulate_principal_policy(PolicySourceArn=source, ActionNames=list(actions), **options)


def said(lab: Lab, action: str, *resources: str, **keys: str) -> list[tuple[str, list[str]]]:
    """The decision on each resource, with the keys that were missing; on ``*`` without one."""
    entries = [entry(key, value) for key, value in keys.items()]
    named: dict[str, Any] = {"ResourceArns": list(resources)} if resources else {}
    (found,) = simulated(lab, action, ContextEntries=entries, **named)["EvaluationResults"]
    if not resources:
        assert (found["EvalResourceName"], "ResourceSpecificResults" in found) == ("*", False)
        return [(found["EvalDecision"], found["MissingContextValues"])]
    listed = found["ResourceSpecificResults"]
    assert [one["EvalResourceName"] for one in listed] == list(resources)
    return [(one["EvalResourceDecision"], one.get("MissingContextValues", [])) for one in listed]


NOTHING: list[str] = []
ALLOWED, EXPLICIT, IMPLICIT = ("allowed", NOTHING), ("explicitDeny", NOTHING), ("implicitDeny", NOTHING)


@pytest.fixture
def allowing(lab: Lab) -> Lab:
    """A stand-in whose judge lets the key simulate its own policies, and look at VPCs."""
    judged(lab, document(statement("iam:SimulatePrincipalPolicy", USER), statement("ec2:DescribeVpcs")))
    return lab


def give(lab: Lab, *statements: dict[str, Any]) -> None:
    """Policies for the key, and the right to simulate them."""
    judged(lab, document(statement("iam:SimulatePrincipalPolicy")), document(*statements))


def test_actions_without_resources(allowing: Lab) -> None:
    answer = simulated(allowing, "ec2:DescribeVpcs", "ec2:DescribeSubnets")
    answer.pop("ResponseMetadata")
    assert answer == {
        "EvaluationResults": [
            {
                "EvalActionName": f"ec2:{action}",
                "EvalResourceName": "*",
                "EvalDecision": decision,
                "MatchedStatements": [],
                "MissingContextValues": [],
            }
            for action, decision in (("DescribeVpcs", "allowed"), ("DescribeSubnets", "implicitDeny"))
        ],
        "IsTruncated": False,
    }
    # To name all resources is to name none.
    assert (
        simulated(allowing, "ec2:DescribeVpcs", ResourceArns=["*"])["EvaluationResults"]
        == (answer["EvaluationResults"][:1])
    )


def test_one_resource_and_several(lab: Lab) -> None:
    give(lab, statement("ec2:DeleteVpc", VPC), statement("ec2:DeleteVpc", arn("vpc", "vpc-0c*"), "Deny"))
    denied_vpc = of("vpc", "vpc-0c000000")
    assert simulated(lab, "ec2:DeleteVpc", ResourceArns=[VPC])["EvaluationResults"] == [
        {
            "EvalActionName": "ec2:DeleteVpc",
            "EvalResourceName": VPC,
            "EvalDecision": "allowed",
            "MatchedStatements": [],
            "MissingContextValues": [],
            "EvalDecisionDetails": {},
            "ResourceSpecificResults": [{"EvalResourceName": VPC, "EvalResourceDecision": "allowed"}],
        }
    ]
    # One result for an action; of all its resources, the strictest decision is its own.
    (found,) = simulated(lab, "ec2:DeleteVpc", ResourceArns=[VPC, OTHER_VPC, denied_vpc])["EvaluationResults"]
    assert found["EvalResourceName"] == "arn:aws:ec2:${Region}:${Account}:${ResourceType}/${ResourcePath}"
    assert found["EvalDecision"] == "explicitDeny"
    assert [one["EvalResourceDecision"] for one in found["ResourceSpecificResults"]] == [
        *("allowed", "implicitDeny", "explicitDeny")
    ]
    (found,) = simulated(lab, "ec2:DeleteVpc", ResourceArns=[OTHER_VPC, VPC])["EvaluationResults"]
    assert found["EvalDecision"] == "implicitDeny"


def test_tags_are_those_of_the_entries_only(lab: Lab) -> None:
    give(lab, statement("ec2:DeleteVpc", arn("vpc"), StringEquals=DEMO))
    lab.ec2.create_tags(Resources=["vpc-0a000000"], Tags=[{"Key": NETWORK, "Value": "demo"}])
    # The simulation looks at no resource: the VPC's own tag does not count, and the VPC need not exist.
    assert said(lab, "ec2:DeleteVpc", VPC) == [("implicitDeny", [RESOURCE_TAG])]
    for vpc in (VPC, of("vpc", "vpc-0f000000"), of("vpc")):
        assert said(lab, "ec2:DeleteVpc", vpc, **{RESOURCE_TAG: "demo"}) == [ALLOWED]
    assert said(lab, "ec2:DeleteVpc", VPC, **{RESOURCE_TAG: "other"}) == [IMPLICIT]
    # IAM does not compare the letters' case in keys, but in values.
    assert said(lab, "ec2:DeleteVpc", VPC, **{RESOURCE_TAG.upper(): "demo"}) == [ALLOWED]
    assert said(lab, "ec2:DeleteVpc", VPC, **{RESOURCE_TAG: "Demo"}) == [IMPLICIT]


def test_a_deny_by_its_condition(lab: Lab) -> None:
    give(lab, statement("*"), statement("ec2:DeleteVpc", "*", "Deny", StringEquals={RESOURCE_TAG: "other"}))
    assert said(lab, "ec2:DeleteVpc", VPC, **{RESOURCE_TAG: "other"}) == [EXPLICIT]
    assert said(lab, "ec2:DeleteVpc", VPC, **{RESOURCE_TAG: "demo"}) == [ALLOWED]
    # What is allowed has no missing keys, though one of them might deny it.
    assert (said(lab, "ec2:DeleteVpc", VPC), said(lab, "ec2:DeleteVpc")) == ([ALLOWED], [ALLOWED])
    # The result of an action has the missing keys of all its resources.
    give(lab, statement("ec2:DeleteVpc", VPC, StringEquals=DEMO), statement("ec2:DeleteVpc", OTHER_VPC, "Deny"))
    (found,) = simulated(lab, "ec2:DeleteVpc", ResourceArns=[OTHER_VPC, VPC])["EvaluationResults"]
    assert (found["EvalDecision"], found["MissingContextValues"]) == ("explicitDeny", [RESOURCE_TAG])
    assert said(lab, "ec2:DeleteVpc", OTHER_VPC, VPC) == [EXPLICIT, ("implicitDeny", [RESOURCE_TAG])]


def test_tags_on_creation(lab: Lab) -> None:
    tags = statement("ec2:CreateTags", arn("vpc"), StringEquals={"ec2:CreateAction": "CreateVpc", REQUEST_TAG: "demo"})
    give(lab, tags)
    made = of("vpc")
    assert said(lab, "ec2:CreateTags", made, **{"ec2:CreateAction": "CreateVpc", REQUEST_TAG: "demo"}) == [ALLOWED]
    assert said(lab, "ec2:CreateTags", made, **{"ec2:CreateAction": "CreateSubnet", REQUEST_TAG: "demo"}) == [IMPLICIT]
    assert said(lab, "ec2:CreateTags", made, **{REQUEST_TAG: "demo"}) == [("implicitDeny", ["ec2:CreateAction"])]
    assert said(lab, "ec2:CreateTags", made) == [("implicitDeny", ["ec2:CreateAction", REQUEST_TAG])]


def test_a_key_of_several_values(lab: Lab) -> None:
    of_two: dict[str, Any] = {"ForAllValues__StringEquals": {"aws:TagKeys": ["a", "b"]}}
    give(lab, statement("ec2:DeleteTags", Null={"aws:TagKeys": "false"}, **of_two))

    def decision(*keys: str) -> str:
        entries = [entry("aws:TagKeys", *keys, kind="stringList")]
        answer = simulated(lab, "ec2:DeleteTags", ResourceArns=[VPC], ContextEntries=entries)
        return str(answer["EvaluationResults"][0]["EvalDecision"])

    assert [decision("a"), decision("b", "a"), decision("a", "c")] == ["allowed", "allowed", "implicitDeny"]
    assert said(lab, "ec2:DeleteTags", VPC) == [("implicitDeny", ["aws:TagKeys"])]


def test_missing_keys_are_those_of_all_statements(lab: Lab) -> None:
    """IAM names the keys of statements about other actions and resources, too, spelled as the policy has them."""
    give(
        lab,
        statement("ec2:DeleteVpc", OTHER_VPC, StringEquals=DEMO),
        statement("ec2:CreateVpc", StringEquals={REQUEST_TAG: "demo"}, StringLike={"AWS:RequestedRegion": "eu-*"}),
        statement("ec2:CreateSubnet", Null={"aws:requestedregion": "false"}),
    )
    (found,) = simulated(lab, "ec2:DeleteVpc", ResourceArns=[VPC, OTHER_VPC])["EvaluationResults"]
    for one in (found, *found["ResourceSpecificResults"]):
        assert one["MissingContextValues"] == [RESOURCE_TAG, REQUEST_TAG, "AWS:RequestedRegion"]
    given = [entry(RESOURCE_TAG, "demo"), entry("aws:RequestedRegion", "us-east-1")]
    answer = simulated(lab, "ec2:DeleteVpc", ResourceArns=[VPC, OTHER_VPC], ContextEntries=given)
    (found,) = answer["EvaluationResults"]
    assert found["MissingContextValues"] == [REQUEST_TAG]
    assert found["ResourceSpecificResults"] == [
        {"EvalResourceName": VPC, "EvalResourceDecision": "implicitDeny", "MissingContextValues": [REQUEST_TAG]},
        {"EvalResourceName": OTHER_VPC, "EvalResourceDecision": "allowed"},
    ]


def test_nobody_is_allowed_what_an_action_does_not_act_on(lab: Lab) -> None:
    give(lab, statement("*"))
    subnet, group = of("subnet", "subnet-0a00000a"), of("security-group", "sg-0a000001")
    role = "arn:aws:iam::123456789012:role/x"
    assert said(lab, "ec2:CreateSubnet", of("subnet"), VPC, group, role) == [ALLOWED, ALLOWED, IMPLICIT, IMPLICIT]
    assert said(lab, "ec2:DescribeVpcs", VPC) == [IMPLICIT]
    assert said(lab, "ec2:DescribeVpcs") == [ALLOWED]
    assert said(lab, "ec2:CreateTags", subnet, group, of("anything"), role) == [ALLOWED, ALLOWED, ALLOWED, IMPLICIT]
    assert said(lab, "iam:GetRole", role, USER) == [ALLOWED, IMPLICIT]
    lab.server.control("DELETE", "policies")
    assert said(lab, "ec2:CreateSubnet", VPC, group) == [ALLOWED, IMPLICIT]


def test_a_key_without_policies_may_do_everything(lab: Lab) -> None:
    actions = [*(f"ec2:{action}" for action in ACTIONS), "iam:GetRole", "iam:SimulatePrincipalPolicy"]
    results = simulated(lab, *actions)["EvaluationResults"]
    assert [(one["EvalActionName"], one["EvalDecision"]) for one in results] == [
        (action, "allowed") for action in actions
    ]


def test_what_the_simulation_allows_is_what_the_judge_allows(lab: Lab) -> None:
    """The documents of docs/, on an object of the network and on one of nobody."""
    policies = [DOCUMENTS["read"], DOCUMENTS["change"], document(statement("iam:SimulatePrincipalPolicy"))]
    ec2 = judged(lab, *policies)
    lab.ec2.create_tags(Resources=["eipalloc-0a000001"], Tags=[{"Key": NETWORK, "Value": "demo"}])
    ours, nobodys = (of("elastic-ip", f"eipalloc-0a00000{one}") for one in "12")
    assert said(lab, "ec2:ReleaseAddress", ours, **{RESOURCE_TAG: "demo"}) == [ALLOWED]
    ((decision, missing),) = said(lab, "ec2:ReleaseAddress", nobodys)
    assert (decision, RESOURCE_TAG in missing) == ("implicitDeny", True)
    with denied("ReleaseAddress", "elastic-ip/eipalloc-0a000002"):
        ec2.release_address(AllocationId="eipalloc-0a000002")
    ec2.release_address(AllocationId="eipalloc-0a000001")


def test_pages(lab: Lab) -> None:
    give(lab, statement("ec2:Describe*"))
    actions = [f"ec2:{action}" for action in ACTIONS]
    first = simulated(lab, *actions, MaxItems=50)
    assert (len(first["EvaluationResults"]), first["IsTruncated"]) == (50, True)
    second = simulated(lab, *actions, MaxItems=50, Marker=first["Marker"])
    assert (second["IsTruncated"], "Marker" in second) == (False, False)
    results = [*first["EvaluationResults"], *second["EvaluationResults"]]
    assert [one["EvalActionName"] for one in results] == actions
    # A page is of 100 actions, however many resources each of them is asked about.
    many = (actions * 3)[:150]
    resources = [VPC, OTHER_VPC]
    pages = lab.client("iam", key=KEY).get_paginator("simulate_principal_policy")
    paged = pages.paginate(PolicySourceArn=USER, ActionNames=many, ResourceArns=resources)
    assert [len(page["EvaluationResults"]) for page in paged] == [100, 50]
    # The last page that is full is the last.
    assert simulated(lab, *actions[:50], MaxItems=50)["IsTruncated"] is False
