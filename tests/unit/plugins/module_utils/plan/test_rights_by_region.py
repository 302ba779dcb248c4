# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each region is asked for the rights that the plan needs there: policies may be bound to one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError

from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import Report
from ansible_collections.bonded.internet.plugins.module_utils._plan.aws_reader import CloudReader
from tests.unit.plugins.module_utils.design.world import HOSTS, World, entry, host, small_world

SECOND = "us-east-1"
REGIONS = {"agg1": "eu-central-1", "agg2": SECOND, "agg3": SECOND}
WHO = "arn:aws:iam::123456789012:user/net"


class Client:
    """EC2, IAM or STS in a region; EC2 and IAM deny everything there that is in `denied`."""

    def __init__(self, region: str | None, denied: set[tuple[str, str]], asked: list[tuple[str | None, str]]) -> None:
        self.meta = SimpleNamespace(region_name=region)
        self._region, self._denied, self._asked = region, denied, asked

    def __getattr__(self, method: str) -> Any:
        def call(**_params: Any) -> Any:
            self._asked.append((self._region, method))
            refused = (self._region, method) in self._denied
            code = "UnauthorizedOperation" if refused else "DryRunOperation"
            text = f"You are not authorized to perform: ec2:{''.join(word.title() for word in method.split('_'))}"
            raise ClientError({"Error": {"Code": code, "Message": text}}, method)

        return call

    def get_caller_identity(self) -> dict[str, Any]:
        return {"Arn": WHO}

    def simulate_principal_policy(self, **given: Any) -> dict[str, Any]:
        (region,) = [e["ContextKeyValues"][0] for e in given["ContextEntries"] if e["ContextKeyName"] == "ec2:Region"]
        assert all(arn == "*" or f":{region}:" in arn for arn in given["ResourceArns"])
        self._asked.append((region, "simulate"))
        results = []
        for action in given["ActionNames"]:
            decision = "explicitDeny" if (region, action) in self._denied else "allowed"
            each = [{"EvalResourceName": arn, "EvalResourceDecision": decision} for arn in given["ResourceArns"]]
            results.append({"EvalActionName": action, "EvalDecision": decision, "ResourceSpecificResults": each})
        return {"EvaluationResults": results, "IsTruncated": False}


def asked(world: World, denied: set[tuple[str, str]], **given: Any) -> tuple[list[str], list[tuple[str | None, str]]]:
    """(what is missing, what was asked for in which region) for a plan of aggregators in two regions."""
    params = {"aggregators": [host(name, region=REGIONS[name]) for name in HOSTS], **given}
    items = world.plan(**params)
    assert world.report.problems == []
    log: list[tuple[str | None, str]] = []
    reader = CloudReader(lambda region, _service: Client(region, denied, log))
    desired = read_desired_network({"network": "prod", **params}, Report())
    with patch.object(CloudReader, "_region"):  # the world has the state of AWS
        reader.read_network(desired)
    reader.cloud = world.cloud
    missing, untold = reader.missing_rights(items, desired)
    assert untold == []
    return missing, log


@pytest.fixture
def entries() -> list[dict[str, Any]]:
    return [entry(aggregator="agg1"), entry(name="b", aggregator="agg2", nat_ip="192.168.17.11")]


def test_a_right_that_only_the_second_region_lacks_is_named(entries: list[dict[str, Any]]) -> None:
    missing, log = asked(small_world(), {(SECOND, "allocate_address")}, cpe_nat_ips=entries)
    assert {(region, method) for region, method in log if method == "allocate_address"} == {
        ("eu-central-1", "allocate_address"),
        (SECOND, "allocate_address"),
    }
    assert len(missing) == 1 and missing[0].startswith(f"{SECOND}: ") and "ec2:AllocateAddress" in missing[0]


def test_iam_is_asked_with_each_region(entries: list[dict[str, Any]]) -> None:
    missing, log = asked(small_world(), {(SECOND, "ec2:AssignPrivateIpAddresses")}, cpe_nat_ips=entries)
    assert {region for region, method in log if method == "simulate"} == {"eu-central-1", SECOND}
    assert len(missing) == 1 and "ec2:AssignPrivateIpAddresses" in missing[0] and f":{SECOND}:" in missing[0]


def test_a_region_without_work_is_not_asked(entries: list[dict[str, Any]]) -> None:
    missing, log = asked(small_world(), {(SECOND, "allocate_address")}, cpe_nat_ips=entries[:1])
    assert missing == []
    assert {region for region, _method in log} == {"eu-central-1"}


def test_a_group_is_asked_for_where_its_vpc_is() -> None:
    """An item of a security group has no host."""
    world = small_world()
    for name in ("agg2", "agg3"):
        one = world.cloud.instances[f"i-{name}"]
        world.cloud.instances[one.id] = type(one)(**{**vars(one), "vpc_id": "vpc-2"})
    space = {"key": "acme", "private_wan": "managed_mesh"}
    given: dict[str, Any] = {"spaces": [space], "security_groups": True, "managed_mesh_ports": ["udp/51820"]}
    missing, log = asked(world, {(SECOND, "create_security_group")}, **given)
    assert {region for region, method in log if method == "create_security_group"} == {"eu-central-1", SECOND}
    assert len(missing) == 1 and "ec2:CreateSecurityGroup" in missing[0]
