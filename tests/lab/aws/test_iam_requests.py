# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to IAM: whose policies they are about, who may send them, and what of them is refused."""

from __future__ import annotations

import http.client
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from botocore.exceptions import ClientError

from lab.process import Running

from .conftest import ACCESS_KEY, Lab, client, refused
from .judging import KEY, USER, document, judged, statement
from .test_identities import ROLE, SESSION
from .test_simulation import VPC, entry, simulated

ACCOUNT = "arn:aws:iam::123456789012:"
LOOKING = document(statement("ec2:DescribeVpcs"), statement("iam:*"))


def decision(lab: Lab, source: str, key: str = ACCESS_KEY) -> str:
    """Return the simulated decision on DescribeVpcs for this principal."""
    iam = lab.client("iam", key=key)
    answer = iam.simulate_principal_policy(PolicySourceArn=source, ActionNames=["ec2:DescribeVpcs"])
    return str(answer["EvaluationResults"][0]["EvalDecision"])


def test_users_are_those_with_policies_and_who_asks(lab: Lab) -> None:
    lab.server.control("POST", "policies", {KEY: [LOOKING], "AKIANONE": []})
    assert decision(lab, USER) == "allowed"
    assert decision(lab, f"{ACCOUNT}user/AKIANONE") == "implicitDeny"
    assert decision(lab, f"{ACCOUNT}user/{ACCESS_KEY}") == "allowed"
    for unknown in ("user/AKIAOTHER", f"user/path/{KEY}", f"role/{KEY}", f"group/{KEY}"):
        with pytest.raises(lab.client("iam").exceptions.NoSuchEntityException) as caught:
            decision(lab, f"{ACCOUNT}{unknown}")
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert caught.value.response["Error"]["Message"] == "Unable to retrieve specified IAM entity."


def test_a_role_is_known_by_its_whole_arn(lab: Lab) -> None:
    lab.server.control("POST", "policies", {KEY: [LOOKING]})
    lab.server.control("POST", "identities", {KEY: ROLE})
    name = ROLE.rpartition("/")[2]
    assert (decision(lab, ROLE), decision(lab, ROLE, KEY)) == ("allowed", "allowed")
    # Neither without its path, nor with another's, nor is its key a user's any more.
    for unknown in (f"role/{name}", f"role/aws-reserved/{name}", f"user/{KEY}"):
        with refused("NoSuchEntity", "Unable to retrieve"):
            decision(lab, f"{ACCOUNT}{unknown}", KEY)
    with refused("InvalidInput", f"Invalid ARN provided in the request: {SESSION}"):
        decision(lab, SESSION, KEY)
    # A role without policies may do everything, as its key may.
    lab.server.control("DELETE", "policies")
    assert decision(lab, ROLE) == "allowed"


def test_a_role_is_told_with_its_path(lab: Lab) -> None:
    lab.server.control("POST", "identities", {KEY: ROLE, "AKIAPLAIN": f"{ACCOUNT}role/plain"})
    iam = lab.client("iam")
    role = iam.get_role(RoleName=ROLE.rpartition("/")[2])["Role"]
    assert (role["Arn"], role["Path"]) == (ROLE, "/aws-reserved/sso.amazonaws.com/")
    assert (role["RoleName"], role["CreateDate"].year) == ("AWSReservedSSO_net_0a1b", 2026)
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Action"] == "sts:AssumeRole"
    assert lab.client("sts", key=KEY).get_caller_identity()["UserId"] == f"{role['RoleId']}:{KEY}"
    plain = iam.get_role(RoleName="plain")["Role"]
    assert (plain["Arn"], plain["Path"]) == (f"{ACCOUNT}role/plain", "/")
    with pytest.raises(iam.exceptions.NoSuchEntityException, match="The role with name missing cannot be found."):
        iam.get_role(RoleName="missing")
    with refused("ValidationError", "Value at 'roleName' failed to satisfy constraint"):
        iam.get_role(RoleName="path/plain")


def test_the_trust_of_a_role_is_encoded_on_the_wire(lab: Lab) -> None:
    lab.server.control("POST", "identities", {KEY: ROLE})
    status, body = asked(lab, "Action=GetRole&Version=2010-05-08&RoleName=AWSReservedSSO_net_0a1b")
    found = re.search("<AssumeRolePolicyDocument>(.*)</AssumeRolePolicyDocument>", body)
    assert status == 200
    assert found and found[1].startswith("%7B%22Version%22%3A")
    assert json.loads(unquote(found[1]))["Version"] == "2012-10-17"


@pytest.mark.parametrize("identity", [USER, SESSION])
def test_the_right_to_ask_is_a_right(lab: Lab, identity: str) -> None:
    judged(lab, document(statement("ec2:*")))
    if identity == SESSION:
        lab.server.control("POST", "identities", {KEY: ROLE})
    source = ROLE if identity == SESSION else USER
    lab.server.clear_log()
    for call, action, resource in (
        (lambda: decision(lab, source, KEY), "SimulatePrincipalPolicy", source),
        (lambda: lab.client("iam", key=KEY).get_role(RoleName="x"), "GetRole", "role x"),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        assert caught.value.response["Error"] == {
            "Code": "AccessDenied",
            "Message": f"User: {identity} is not authorized to perform: iam:{action} on resource: {resource} "
            f"because no identity-based policy allows the iam:{action} action",
        }
        logged = lab.server.log()[-1]
        assert {"service": "iam", "action": action, "status": 403, "error": "AccessDenied"}.items() <= logged.items()
        assert logged["message"] == caught.value.response["Error"]["Message"]


def test_the_right_to_ask_is_for_a_resource(lab: Lab) -> None:
    lab.server.control("POST", "identities", {KEY: ROLE, "AKIAPLAIN": f"{ACCOUNT}role/plain"})
    roles = f"{ACCOUNT}role/aws-reserved/*/AWSReservedSSO_net_*"
    own = statement(["iam:SimulatePrincipalPolicy", "iam:GetRole"], roles)
    judged(lab, document(own))
    assert decision(lab, ROLE, KEY) == "implicitDeny"
    iam = lab.client("iam", key=KEY)
    assert iam.get_role(RoleName="AWSReservedSSO_net_0a1b")["Role"]["Arn"] == ROLE
    with refused("AccessDenied", f"iam:SimulatePrincipalPolicy on resource: {ACCOUNT}role/plain because"):
        decision(lab, f"{ACCOUNT}role/plain", KEY)
    with refused("AccessDenied", "iam:GetRole on resource: role plain because"):
        iam.get_role(RoleName="plain")
    nowhere = statement("iam:*", "*", "Deny", StringEquals={"aws:RequestedRegion": "us-east-1"})
    judged(lab, document(own), document(nowhere))
    with refused("AccessDenied", "with an explicit deny in an identity-based policy"):
        decision(lab, ROLE, KEY)


def test_iam_is_in_no_region(lab: Lab) -> None:
    for region in ("us-east-1", "eu-central-1", "ap-south-1"):
        iam = lab.client("iam", region=region)
        iam.simulate_principal_policy(PolicySourceArn=f"{ACCOUNT}user/{ACCESS_KEY}", ActionNames=["ec2:DescribeVpcs"])
        with refused("NoSuchEntity"):
            iam.get_role(RoleName="x")
    logged = lab.server.log()
    assert {one["service"] for one in logged} == {"iam"}
    assert [(one["action"], one["status"], one["error"]) for one in logged[:2]] == [
        ("SimulatePrincipalPolicy", 200, None),
        ("GetRole", 404, "NoSuchEntity"),
    ]
    assert logged[0]["params"] == {
        "PolicySourceArn": f"{ACCOUNT}user/{ACCESS_KEY}",
        "ActionNames.member.1": "ec2:DescribeVpcs",
    }
    with refused("AuthFailure", "There is no region 'eu-nowhere-1'"):
        lab.client("iam", region="eu-nowhere-1").get_role(RoleName="x")


def test_neither_iam_nor_sts_begins_a_region(tmp_path: Path) -> None:
    with Running("lab.aws", "--copies", tmp_path) as running:
        running.save("before")
        for service, ask in (("iam", "get_role"), ("sts", "get_caller_identity")):
            made = client(running.url, service, region="ap-south-1")
            with suppress(ClientError):
                getattr(made, ask)(**({"RoleName": "x"} if service == "iam" else {}))
            made.close()
        assert [one["region"] for one in running.log()] == ["ap-south-1"] * 2
        running.save("after")
        assert (tmp_path / "before").read_bytes() == (tmp_path / "after").read_bytes()


def test_other_actions_of_iam_are_refused(lab: Lab) -> None:
    with refused("UnsupportedOperation", "Not modelled by this stand-in: iam:ListUsers"):
        lab.client("iam").list_users()
    judged(lab, document(statement("*")))
    with refused("UnsupportedOperation", "cannot judge iam:ListUsers: lab/aws/iam/"):
        lab.client("iam", key=KEY).list_users()
    status, body = asked(lab, "Action=Nonsense&Version=2010-05-08")
    assert (status, "<Code>InvalidAction</Code>" in body) == (400, True)


def test_faults_are_put_into_iam_too(lab: Lab) -> None:
    lab.server.faults([{"action": "SimulatePrincipalPolicy", "code": "Throttling", "message": "Rate exceeded"}])
    with refused("Throttling", "Rate exceeded"):
        decision(lab, f"{ACCOUNT}user/{ACCESS_KEY}")
    lab.server.faults([{"action": "GetCallerIdentity", "code": "AccessDenied"}])
    with pytest.raises(ClientError, match="AccessDenied") as caught:
        lab.client("sts").get_caller_identity()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def asked(lab: Lab, body: str) -> tuple[int, str]:
    """The status and text of the answer to a request that boto3 would not send."""
    connection = http.client.HTTPConnection(urlsplit(lab.server.url).netloc, timeout=10)
    scope = f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260101/us-east-1/iam/aws4_request, Signature=x"
    kind = "application/x-www-form-urlencoded"
    connection.request("POST", "/", body, {"Content-Type": kind, "Authorization": scope})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"ActionNames": []}, "ValidationError", "'actionNames' failed to satisfy constraint: Member must not be null"),
        ({"ActionNames": ["DescribeVpcs"]}, "InvalidInput", "The action is invalid since it is missing names"),
        ({"ActionNames": ["ec2:DescribeVpcz"]}, "UnsupportedOperation", "the simulation of ec2:DescribeVpcz"),
        ({"ActionNames": ["ec2:*"]}, "UnsupportedOperation", "the simulation of ec2:*"),
        ({"ActionNames": ["s3:GetObject"]}, "UnsupportedOperation", "the simulation of s3:GetObject"),
        ({"PolicySourceArn": "no arn, but long enough"}, "InvalidInput", "Invalid ARN provided in the request: no arn"),
        ({"PolicySourceArn": f"{ACCOUNT}root"}, "InvalidInput", "Invalid ARN provided in the request"),
        (
            {"PolicySourceArn": "arn:aws:iam::999999999999:user/x"},
            "InvalidInput",
            "caller's account 123456789012 does not have access to policies in account 999999999999",
        ),
        ({"ResourceArns": ["vpc-0a000000"]}, "InvalidInput", "ResourceNames are not in a valid ARN format: vpc-0a"),
        ({"ResourceArns": [VPC, "*"]}, "InvalidInput", "ResourceNames are not in a valid ARN format: *."),
        ({"MaxItems": 1001}, "ValidationError", "'maxItems' failed to satisfy constraint: Member must have value less"),
        ({"Marker": "x"}, "InvalidInput", "Invalid marker for pagination."),
        ({"Marker": "YWN0aW9uIDE="}, "InvalidInput", "Invalid marker for pagination."),
        ({"CallerArn": USER}, "UnsupportedOperation", "SimulatePrincipalPolicy with CallerArn"),
        ({"PolicyInputList": ["{}"]}, "UnsupportedOperation", "SimulatePrincipalPolicy with PolicyInputList"),
        ({"ContextEntries": [{"ContextKeyType": "string"}]}, "InvalidInput", "ContextKeyName cannot be null or empty."),
        (
            {"ContextEntries": [{"ContextKeyName": "ec2:Region", "ContextKeyValues": ["x"]}]},
            "InvalidInput",
            "Context key ec2:Region has invalid type null.",
        ),
        (
            {"ContextEntries": [entry("ec2:Vpc", "x"), entry("ec2:Region", "x", kind="text")]},
            "ValidationError",
            "Value at 'contextEntries.2.member.contextKeyType' failed to satisfy constraint",
        ),
        ({"ContextEntries": [entry("ec2:Region")]}, "InvalidInput", "Context values for context key ec2:Region cannot"),
        (
            {"ContextEntries": [entry("aws:TagKeys", "a", "b", kind="string")]},
            "InvalidInput",
            "Context key string expected a single value, but received 2.",
        ),
        (
            {"ContextEntries": [entry("ec2:Region", "x"), entry("EC2:region", "y")]},
            "InvalidInput",
            "Duplicate context key: EC2:region.",
        ),
    ],
)
def test_wrong_simulations(lab: Lab, options: dict[str, Any], code: str, words: str) -> None:
    request: dict[str, Any] = {"PolicySourceArn": USER, "ActionNames": ["ec2:DescribeVpcs"], **options}
    iam = lab.client("iam", key=KEY)
    with refused(code, words):
        iam.simulate_principal_policy(**request)
    logged = lab.server.log()[-1]
    assert (logged["action"], logged["status"], logged["error"]) == ("SimulatePrincipalPolicy", 400, code)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("ActionNames.member.1=ec2:DescribeVpcs", "'policySourceArn' failed to satisfy constraint: Member must not be"),
        ("PolicySourceArn=x&ActionNames.member.1=ec2:DescribeVpcs", "must have length greater than or equal to 20"),
        (f"PolicySourceArn={USER}", "'actionNames' failed to satisfy constraint: Member must not be null"),
        (f"PolicySourceArn={USER}&MaxItems=0", "'maxItems' failed to satisfy constraint: Member must have value great"),
        (f"PolicySourceArn={USER}&MaxItems=many", "'maxItems' failed to satisfy constraint: Member must be a whole"),
    ],
)
def test_what_boto3_would_not_send(lab: Lab, given: str, words: str) -> None:
    status, body = asked(lab, f"Action=SimulatePrincipalPolicy&Version=2010-05-08&{given}")
    assert (status, "<Code>ValidationError</Code>" in body, words in body) == (400, True, True), body


def test_a_marker_is_this_stand_in_s_own(lab: Lab) -> None:
    first = simulated(lab, "ec2:DescribeVpcs", "ec2:DescribeSubnets", MaxItems=1)
    second = simulated(lab, "ec2:DescribeVpcs", "ec2:DescribeSubnets", MaxItems=1, Marker=first["Marker"])
    assert second["EvaluationResults"][0]["EvalActionName"] == "ec2:DescribeSubnets"
    with refused("InvalidInput", "Invalid marker for pagination."):
        simulated(lab, "ec2:DescribeVpcs", Marker=first["Marker"])
