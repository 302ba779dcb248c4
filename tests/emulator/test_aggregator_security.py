# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module aggregator_security on the emulator, judged by its state and its log."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.modules import aggregator_security
from lab.process import Running
from tests.unit.plugins.modules.aws_module import AwsModuleRunner

from .conftest import A1, A2, actions, boto3_client

GATEWAY = "eni-000000c1"
KEY, INNER = "sg/aggregators/vpc-00000001", "sg/gateway/acme"
VXLAN = {"protocol": "udp", "from_port": 4789, "to_port": 4789, "source": "self"}
TOO_LARGE = {"protocol": "icmp", "from_port": 3, "to_port": 4, "source": "0.0.0.0/0"}
ALL = {"protocol": "-1", "source": "10.101.0.0/16"}
MESH = {"key": KEY, "vpc_id": "vpc-00000001", "description": "meshes", "rules": [VXLAN, TOO_LARGE]}


@pytest.fixture(scope="session")
def ec2(running: Running) -> Any:
    return boto3_client(running.url)


@pytest.fixture
def run(aws: Running, ec2: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AwsModuleRunner:
    return AwsModuleRunner(aggregator_security, ec2, monkeypatch, capsys)


def interface(aws: Running, number: str) -> dict[str, Any]:
    return next(one for one in aws.state()["network_interfaces"] if one["id"] == number)


def groups(ec2: Any) -> dict[str, dict[str, Any]]:
    """Our groups by key."""
    found = ec2.describe_security_groups(Filters=[{"Name": "tag:bonded.internet/network", "Values": ["prod"]}])
    return {{t["Key"]: t["Value"] for t in g["Tags"]}["bonded.internet/key"]: g for g in found["SecurityGroups"]}


def sources(group: dict[str, Any]) -> set[tuple[Any, ...]]:
    found = set()
    for permission in group["IpPermissions"]:
        names = [
            *(r["CidrIp"] for r in permission["IpRanges"]),
            *(g["GroupId"] for g in permission["UserIdGroupPairs"]),
        ]
        found |= {(permission["IpProtocol"], permission.get("FromPort"), name) for name in names}
    return found


CARRY = [{"interface_id": A1, "groups": [KEY]}, {"interface_id": A2, "groups": [KEY]}]


def test_made_carried_unchanged_and_gone_with_nothing_of_others_touched(
    aws: Running, ec2: Any, run: AwsModuleRunner
) -> None:
    before = aws.state()
    work: dict[str, Any] = {"network": "prod", "groups": [MESH], "interfaces": CARRY}
    foretold = run(check=True, **work)
    assert (foretold["changed"], actions(aws)) == (True, [])
    result = run(**work)
    assert result["failed"] is False, result
    number = groups(ec2)[KEY]["GroupId"]
    assert sources(groups(ec2)[KEY]) == {("udp", 4789, number), ("icmp", 3, "0.0.0.0/0")}
    for one in (A1, A2):
        others = next(i for i in before["network_interfaces"] if i["id"] == one)["security_group_ids"]
        assert interface(aws, one)["security_group_ids"] == sorted([*others, number])
    made = ["CreateSecurityGroup", "AuthorizeSecurityGroupIngress", *["ModifyNetworkInterfaceAttribute"] * 2]
    assert actions(aws) == made
    assert (run(**work)["changed"], actions(aws)) == (False, [])
    gone: dict[str, Any] = {
        "network": "prod",
        "interfaces": [{"interface_id": A1, "absent_groups": [KEY]}],
        "absent": [{"key": KEY}],
    }
    assert run(**gone)["changed"] is True
    assert actions(aws) == [*["ModifyNetworkInterfaceAttribute"] * 2, "DeleteSecurityGroup"]
    assert aws.state()["network_interfaces"] == before["network_interfaces"]
    assert groups(ec2) == {}
    assert (run(**gone)["changed"], actions(aws)) == (False, [])


def test_a_rule_of_others_stays_and_one_of_ours_goes(aws: Running, ec2: Any, run: AwsModuleRunner) -> None:
    run(network="prod", groups=[MESH])
    number = groups(ec2)[KEY]["GroupId"]
    theirs = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "198.51.100.0/24"}]}
    ec2.authorize_security_group_ingress(GroupId=number, IpPermissions=[theirs])
    ssh = {"protocol": "tcp", "from_port": 22, "to_port": 22, "source": "198.51.100.0/24"}
    actions(aws)
    run(network="prod", groups=[{"key": KEY, "absent_rules": [TOO_LARGE, ssh]}])
    assert actions(aws) == ["RevokeSecurityGroupIngress"]
    assert sources(groups(ec2)[KEY]) == {("udp", 4789, number), ("tcp", 22, "198.51.100.0/24")}


def test_a_gateways_group_finds_vpc_and_interface_by_their_keys(aws: Running, ec2: Any, run: AwsModuleRunner) -> None:
    work: dict[str, Any] = {
        "network": "prod",
        "groups": [{"key": INNER, "vpc_key": "vpc/acme", "rules": [ALL]}],
        "interfaces": [{"interface_key": "gateway/acme/agg1", "groups": [INNER]}],
    }
    assert "0 VPCs carry the key vpc/acme of network prod. Nothing was changed." in run(**work)["msg"]
    assert run(check=True, **work)["changed"] is True
    tags = [
        {"Key": "bonded.internet/network", "Value": "prod"},
        {"Key": "bonded.internet/key", "Value": "vpc/acme"},
    ]
    ec2.create_tags(Resources=["vpc-00000002"], Tags=tags)
    assert run(**work)["failed"] is False
    assert groups(ec2)[INNER]["GroupId"] in interface(aws, GATEWAY)["security_group_ids"]
    assert run(**work)["changed"] is False


def test_a_check_is_remembered_before_it_is_switched_off_and_put_back(aws: Running, run: AwsModuleRunner) -> None:
    before = interface(aws, A1)
    off: dict[str, Any] = {"network": "prod", "interfaces": [{"interface_id": A1, "source_dest_check": False}]}
    assert run(**off)["changed"] is True
    assert actions(aws)[-2:] == ["CreateTags", "ModifyNetworkInterfaceAttribute"]
    now = interface(aws, A1)
    assert now["source_dest_check"] is False
    assert now["tags"] == {**before["tags"], "bonded.internet/source_dest_check": "prod:true"}
    assert run(**off)["changed"] is False
    run(network="prod", interfaces=[{"interface_id": A1, "source_dest_check": True}])
    assert actions(aws) == ["ModifyNetworkInterfaceAttribute", "DeleteTags"]
    assert interface(aws, A1) == before


def test_a_full_interface_is_an_error_that_says_what_was_done(aws: Running, run: AwsModuleRunner) -> None:
    aws.control("POST", "quotas", {"security_groups_per_interface": 1})
    result = run(network="prod", groups=[MESH], interfaces=CARRY)
    assert result["failed"] is True
    assert "SecurityGroupsPerInterfaceLimitExceeded" in result["msg"]
    assert f"Done before: {KEY}: made in vpc-00000001" in result["msg"]


@pytest.mark.parametrize(
    ("work", "words"),
    [
        pytest.param({"interface_id": "eni-0f", "groups": []}, "AWS has 0 network interfaces eni-0f", id="interface"),
        pytest.param({"interface_id": A1, "groups": ["sg/x"]}, f"{A1}: the security group sg/x is not", id="group"),
    ],
)
def test_what_is_not_there_is_named(run: AwsModuleRunner, work: dict[str, Any], words: str) -> None:
    result = run(network="prod", interfaces=[work])
    assert (result["failed"], words in result["msg"]) == (True, True), result
    assert result["msg"].endswith("Nothing was changed.")


def test_the_example_runs(aws: Running, ec2: Any, run: AwsModuleRunner) -> None:
    (task,) = yaml.safe_load(aggregator_security.EXAMPLES)
    text = str(task["bonded.internet.aggregator_security"])
    for placeholder, real in (
        ("vpc-0123456789abcdef0", "vpc-00000001"),
        ("eni-0123456789abcdef1", A1),
        ("eni-0123456789abcdef2", A2),
    ):
        text = text.replace(placeholder, real)
    assert run(**yaml.safe_load(text))["changed"] is True
    assert set(groups(ec2)) == {KEY}


def test_a_failure_after_a_change_says_changed(aws: Running, run: AwsModuleRunner) -> None:
    aws.faults([{"action": "Authorize.*", "code": "RulesPerSecurityGroupLimitExceeded"}])
    failed = run(network="prod", groups=[MESH])
    assert (failed["failed"], failed["changed"]) == (True, True)
    assert failed["done"] == [f"{KEY}: made in vpc-00000001"]
    aws.reset()
    aws.faults([{"action": "CreateSecurityGroup", "code": "SecurityGroupLimitExceeded"}])
    failed = run(network="prod", groups=[MESH])
    assert (failed["failed"], failed["changed"], failed["done"]) == (True, False, [])
