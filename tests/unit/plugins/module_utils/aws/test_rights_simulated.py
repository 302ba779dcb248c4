# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to IAM's simulator, and the use of its answers: the exact requests, by botocore's stubs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.required import Need
from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.simulator import (
    SimulationError,
    simulate,
)
from lab.process import ROOT

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/team/awx"
EC2 = f"arn:aws:ec2:eu-central-1:{ACCOUNT}"
DELETE = Need("DeleteVpc", "vpc/*", owned=True)
ASSIGN = Need("AssignPrivateIpAddresses", "network-interface/eni-1")
TAGS = Need("CreateTags", "vpc/*", given=("Name", "bonded.internet/network"), maker="CreateVpc")


class Services:
    """Clients of IAM and STS that answer what they are told to, and refuse any other request."""

    def __init__(self) -> None:
        any_service: Any = boto3
        self.clients = {
            name: any_service.client(name, region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
            for name in ("iam", "sts")
        }
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}

    def caller(self, arn: str) -> None:
        self.stubs["sts"].add_response("get_caller_identity", {"Arn": arn, "Account": ACCOUNT, "UserId": "U"}, {})

    def says(
        self, arn: str, wanted: dict[str, Any], *results: dict[str, Any], marker: str = "", more: str = ""
    ) -> None:
        """An answer of the simulator for this principal to these parameters; `more` is the next page's marker."""
        asked = {"PolicySourceArn": arn, **wanted, **({"Marker": marker} if marker else {})}
        page = {"IsTruncated": bool(more), "EvaluationResults": list(results), **({"Marker": more} if more else {})}
        self.stubs["iam"].add_response("simulate_principal_policy", page, asked)

    def client(self, service: str) -> Any:
        return self.clients[service]


@pytest.fixture
def aws() -> Iterator[Services]:
    services = Services()
    for stub in services.stubs.values():
        stub.activate()
    yield services
    for stub in services.stubs.values():
        stub.assert_no_pending_responses()


def entries(*more: tuple[str, list[str]]) -> list[dict[str, Any]]:
    given = [("aws:RequestedRegion", ["eu-central-1"]), ("ec2:Region", ["eu-central-1"]), *more]
    return [
        {
            "ContextKeyName": name,
            "ContextKeyValues": values,
            "ContextKeyType": "stringList" if name == "aws:TagKeys" else "string",
        }
        for name, values in given
    ]


def asking(action: str, resource: str, *more: tuple[str, list[str]]) -> dict[str, Any]:
    return {"ActionNames": [f"ec2:{action}"], "ResourceArns": [f"{EC2}:{resource}"], "ContextEntries": entries(*more)}


OWNED = [(f"{service}:ResourceTag/bonded.internet/network", ["prod"]) for service in ("aws", "ec2")]


def result(action: str, resource: str, decision: str, *missed: str) -> dict[str, Any]:
    """One answer in the form that the simulator has for resources that were named."""
    return {
        "EvalActionName": f"ec2:{action}",
        "EvalResourceName": f"{EC2}:{resource}",
        "EvalDecision": decision,
        "ResourceSpecificResults": [
            {
                "EvalResourceName": f"{EC2}:{resource}",
                "EvalResourceDecision": decision,
                "MissingContextValues": list(missed),
            }
        ],
    }


def test_each_context_is_asked_for_by_itself(aws: Services) -> None:
    aws.caller(USER)
    aws.says(USER, asking("DeleteVpc", "vpc/*", *OWNED), result("DeleteVpc", "vpc/*", "allowed"))
    aws.says(
        USER,
        asking("AssignPrivateIpAddresses", "network-interface/eni-1"),
        result("AssignPrivateIpAddresses", "network-interface/eni-1", "implicitDeny"),
    )
    made = [
        ("aws:TagKeys", ["Name", "bonded.internet/network"]),
        ("aws:RequestTag/bonded.internet/network", ["prod"]),
        ("ec2:CreateAction", ["CreateVpc"]),
    ]
    aws.says(USER, asking("CreateTags", "vpc/*", *made), result("CreateTags", "vpc/*", "explicitDeny"))
    judged = simulate(aws.client, [DELETE, ASSIGN, TAGS], "prod", "eu-central-1")
    assert judged.who == USER
    assert judged.open == []
    assert judged.denied == [
        (ASSIGN, f"{EC2}:network-interface/eni-1", "implicitDeny"),
        (TAGS, f"{EC2}:vpc/*", "explicitDeny"),
    ]


def test_what_hangs_on_a_key_that_only_the_request_has_is_no_denial(aws: Services) -> None:
    """A key of ours that is not given is known to be missing; any other may be in the request."""
    aws.caller(USER)
    own, others = "aws:ResourceTag/bonded.internet/network", "aws:ResourceTag/role"
    second = Need("UnassignPrivateIpAddresses", "network-interface/eni-1")
    asked = asking("AssignPrivateIpAddresses", "network-interface/eni-1")
    asked["ActionNames"].append("ec2:UnassignPrivateIpAddresses")
    aws.says(
        USER,
        asked,
        result("AssignPrivateIpAddresses", "network-interface/eni-1", "implicitDeny", own),
        result("UnassignPrivateIpAddresses", "network-interface/eni-1", "implicitDeny", own, others),
    )
    judged = simulate(aws.client, [ASSIGN, second], "prod", "eu-central-1")
    assert [need for need, _arn, _said in judged.denied] == [ASSIGN]
    why = f"policies ask for {others}, which only a request has"
    assert judged.open == [(second, f"{EC2}:network-interface/eni-1", why)]


def test_a_request_that_iam_does_not_judge_leaves_the_others_alone(aws: Services) -> None:
    """A listing is asked for by itself: IAM refuses some together with other actions."""
    look = Need("DescribeVpcAttribute", "vpc/*", owned=True)
    aws.caller(USER)
    aws.says(USER, asking("DeleteVpc", "vpc/*", *OWNED), result("DeleteVpc", "vpc/*", "allowed"))
    aws.stubs["iam"].add_client_error("simulate_principal_policy", "InvalidInput", "different authorization", 400)
    judged = simulate(aws.client, [DELETE, look], "prod", "eu-central-1")
    assert judged.denied == []
    ((need, arn, why),) = judged.open
    assert (need, arn) == (look, f"{EC2}:vpc/*")
    assert "different authorization" in why


def test_all_pages_are_read_and_a_right_without_an_answer_is_open(aws: Services) -> None:
    aws.caller(USER)
    look = Need("DescribeTags", "*")
    wanted = {"ActionNames": ["ec2:DescribeTags"], "ResourceArns": ["*"], "ContextEntries": entries()}
    plain = {"EvalActionName": "EC2:describetags", "EvalResourceName": "*", "EvalDecision": "allowed"}
    aws.says(USER, wanted, {**plain, "EvalActionName": "ec2:DescribeVpcs"}, more="next")
    aws.says(USER, wanted, plain, marker="next")
    assert simulate(aws.client, [look], "prod", "eu-central-1").denied == []

    aws.caller(USER)
    aws.says(USER, wanted)
    silent = simulate(aws.client, [look], "prod", "eu-central-1")
    assert (silent.denied, silent.open) == ([], [(look, "*", "its answer has nothing of it")])


def test_a_role_is_asked_for_by_its_own_name_and_found_by_its_path(aws: Services) -> None:
    short, whole = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("net", "aws-reserved/sso/net"))
    wanted, allowed = asking("DeleteVpc", "vpc/*", *OWNED), result("DeleteVpc", "vpc/*", "allowed")
    aws.caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/net/somebody@example.com")
    aws.says(short, wanted, allowed)
    assert simulate(aws.client, [DELETE], "prod", "eu-central-1").who == short

    aws.caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/net/somebody@example.com")
    aws.stubs["iam"].add_client_error("simulate_principal_policy", "NoSuchEntity", "no net", 404)
    role = {"Path": "/aws-reserved/sso/", "RoleName": "net", "RoleId": "A" * 16, "Arn": whole, "CreateDate": 1}
    aws.stubs["iam"].add_response("get_role", {"Role": role}, {"RoleName": "net"})
    aws.says(whole, wanted, allowed)
    assert simulate(aws.client, [DELETE], "prod", "eu-central-1").who == whole


@pytest.mark.parametrize("arn", [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:sts::{ACCOUNT}:federated-user/me"])
def test_who_has_no_policies_of_their_own_cannot_be_asked_about(aws: Services, arn: str) -> None:
    aws.caller(arn)
    with pytest.raises(SimulationError, match="is neither a user nor a role"):
        simulate(aws.client, [DELETE], "prod", "eu-central-1")


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchEntity"])
def test_iam_says_why_it_cannot_be_asked(aws: Services, code: str) -> None:
    aws.caller(USER)
    aws.stubs["iam"].add_client_error("simulate_principal_policy", code, "because", 403)
    with pytest.raises(SimulationError, match=f"{code}.*because"):
        simulate(aws.client, [DELETE], "prod", "eu-central-1")


@pytest.mark.parametrize("partition", ["aws-us-gov", "aws-cn"])
def test_arns_are_of_the_partition_that_the_credentials_are_of(aws: Services, partition: str) -> None:
    who = f"arn:{partition}:iam::{ACCOUNT}:user/net"
    arn = f"arn:{partition}:ec2:eu-central-1:{ACCOUNT}:network-interface/eni-1"
    aws.caller(who)
    each = {"EvalResourceName": arn, "EvalResourceDecision": "explicitDeny"}
    result = {"EvalActionName": "ec2:AssignPrivateIpAddresses", "EvalDecision": "explicitDeny"}
    asked = asking("AssignPrivateIpAddresses", "network-interface/eni-1") | {"ResourceArns": [arn]}
    aws.says(who, asked, result | {"ResourceSpecificResults": [each]})
    judged = simulate(aws.client, [ASSIGN], "prod", "eu-central-1")
    assert judged.denied == [(ASSIGN, arn, "explicitDeny")]


def test_no_partition_is_written_into_what_runs() -> None:
    """docs/aws.md says how the policies get another one, so all their ARNs have to be of the one that is replaced."""
    texts = {
        path: path.read_text(encoding="utf-8")
        for folder in ("plugins", "roles", "playbooks")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".yml", ".j2")
    }
    assert len(texts) > 100
    assert [str(path) for path, text in texts.items() if "arn:aws" in text] == []
    policies = sorted((ROOT / "docs").glob("iam-policy-*.json"))
    assert len(policies) == 4
    for path in policies:
        text = path.read_text(encoding="utf-8").replace("arn:aws:", "arn:aws-us-gov:")
        json.loads(text)
        assert set(re.findall(r"arn:[^:]*", text)) <= {"arn:aws-us-gov"}
