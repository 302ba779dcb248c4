# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module cpe_nat_eips: options in, result and errors out. The engine has its own tests."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws import client as _ec2
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat import elastic_ips as cpe_nat_elastic
from ansible_collections.bonded.internet.plugins.modules import cpe_nat_eips
from tests.unit.plugins.module_utils.aws.conftest import Clock
from tests.unit.plugins.module_utils.aws.fake_ec2 import FakeEc2, client_error
from tests.unit.plugins.modules.aws_module import AwsModuleRunner, documented, returned, specified


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> FakeEc2:
    """One interface, with time that does not pass."""
    for module in (_ec2, cpe_nat_elastic):
        monkeypatch.setattr(module, "time", Clock())
    fake = FakeEc2()
    fake.add_subnet("subnet-a", "10.0.1.0/24")
    fake.add_interface("eni-a1", "subnet-a", "10.0.1.10", "i-a1")
    return fake


@pytest.fixture
def run(ec2: FakeEc2, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AwsModuleRunner:
    return AwsModuleRunner(cpe_nat_eips, ec2, monkeypatch, capsys)


ENTRY = {"key": "bond-17", "interface_id": "eni-a1", "private_ip": "10.0.1.40"}


def test_create_then_nothing_then_absent(ec2: FakeEc2, run: AwsModuleRunner) -> None:
    first = run(network="prod", entries=[ENTRY])
    assert (first["failed"], first["changed"]) == (False, True)
    assert first["objects"] == [
        {
            "name": "bond-17",
            "key": "bond-17",
            "kind": "cpe_nat_eip",
            "interface_id": "eni-a1",
            "private_ip": "10.0.1.40",
            "public_ip": "198.51.100.1",
            "allocation_id": "eipalloc-1",
            "changed": True,
            "action": "create",
        }
    ]
    assert [item["after_header"] for item in first["diff"]] == ["cpe_nat_eip bond-17"]
    assert run(network="prod", entries=[ENTRY])["changed"] is False
    assert run(network="prod", entries=[{"key": "bond-17"}], state="absent")["objects"][0]["action"] == "retire"


def test_check_mode_writes_nothing(ec2: FakeEc2, run: AwsModuleRunner) -> None:
    result = run(check=True, network="prod", entries=[ENTRY])
    assert (result["changed"], result["objects"][0]["public_ip"]) == (True, None)
    assert ec2.writes == []


def test_a_refusal_lists_all_problems(run: AwsModuleRunner) -> None:
    result = run(network="prod", entries=[ENTRY | {"private_ip": "10.9.9.9"}, {"key": "x", "interface_id": "eni-0"}])
    assert result["failed"] is True
    assert result["problems"] == [
        "entry x: interface_id eni-0 is not a network interface of this account and region",
        "entry bond-17: private_ip 10.9.9.9 lies outside of the interface's subnet 10.0.1.0/24",
    ]
    assert result["msg"].startswith("2 problems, nothing was changed: ")
    assert result["done"] == []


def test_a_failed_change_says_what_was_done(ec2: FakeEc2, run: AwsModuleRunner) -> None:
    def refuse(method: str, _count: int) -> None:
        if method == "associate_address":
            raise client_error("UnauthorizedOperation", "You are not authorized.", status=403)

    ec2.before = refuse
    result = run(network="prod", entries=[ENTRY])
    assert (result["failed"], result["changed"]) == (True, True)
    assert "lack the IAM right ec2:AssociateAddress" in result["problems"][0]
    assert result["done"] == [
        "entry bond-17: allocated 198.51.100.1 (eipalloc-1)",
        "entry bond-17: assigned 10.0.1.40 on eni-a1",
    ]


def test_a_failed_listing_changes_nothing(ec2: FakeEc2, run: AwsModuleRunner) -> None:
    def refuse(_method: str, _count: int) -> None:
        raise client_error("UnauthorizedOperation", "You are not authorized.", status=403)

    ec2.before = refuse
    result = run(network="prod", entries=[ENTRY])
    assert "lack the IAM right ec2:DescribeAddresses. EC2 says UnauthorizedOperation: " in result["msg"]
    assert result["msg"].endswith(". Nothing was changed.")


def test_warnings_of_the_engine_are_the_modules(ec2: FakeEc2, run: AwsModuleRunner) -> None:
    run(network="prod", entries=[ENTRY])
    ec2.add_address("eipalloc-foreign", "203.0.113.9")
    ec2.associate_address(
        AllocationId="eipalloc-foreign",
        NetworkInterfaceId="eni-a1",
        PrivateIpAddress="10.0.1.40",
        AllowReassociation=True,
    )
    ec2.disassociate_address(AssociationId="eipassoc-1")
    ec2.interfaces["eni-a1"]["PrivateIpAddresses"][1]["Association"] = {
        "PublicIp": "203.0.113.9",
        "AllocationId": "eipalloc-foreign",
    }
    result = run(network="prod", entries=[{"key": "bond-17"}], state="absent")
    assert any("carries 203.0.113.9" in str(text) for text in result["warnings"])


def test_prune_requires_a_bound(run: AwsModuleRunner) -> None:
    assert "prune is True but all of the following are missing: max_deletions" in run(network="prod", prune=True)["msg"]


def test_the_documentation_is_the_argument_spec(
    run: AwsModuleRunner, monkeypatch: pytest.MonkeyPatch, ec2: FakeEc2
) -> None:
    seen: dict[str, Any] = {}
    real = cpe_nat_eips.AnsibleAWSModule

    def record(**settings: Any) -> Any:
        seen.update(settings)
        return real(**settings)

    monkeypatch.setattr(cpe_nat_eips, "AnsibleAWSModule", record)
    result = run(network="prod", entries=[ENTRY])
    own = {name: option for name, option in seen["argument_spec"].items() if name in documented(cpe_nat_eips)}
    assert specified(own) == documented(cpe_nat_eips)
    assert seen["supports_check_mode"] is True
    assert set(result["objects"][0]) == returned(cpe_nat_eips, "objects")
