# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module owned_object: options in, result and errors out. The engine has its own tests."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._aws.owned import KINDS
from ansible_collections.bonded.internet.plugins.modules import owned_object
from tests.unit.plugins.module_utils.aws.fake_ec2 import client_error
from tests.unit.plugins.modules.aws_module import AwsModuleRunner, documented

TAGS = {"Name": "prod-acme", "bonded.internet/key": "vpc/acme", "bonded.internet/network": "prod"}
OWNER = [{"Key": key, "Value": value} for key, value in TAGS.items()]
PLACE: dict[str, Any] = {"kind": "vpc", "network": "prod", "key": "vpc/acme"}
WANTED: dict[str, Any] = {**PLACE, "name": "prod-acme", "cidr": "192.0.2.0/24"}
FILTERS = [
    {"Name": "tag:bonded.internet/key", "Values": ["vpc/acme"]},
    {"Name": "tag:bonded.internet/network", "Values": ["prod"]},
]
LOOK = ("describe_vpcs", {"Filters": FILTERS, "MaxResults": 1000})
CREATE = (
    "create_vpc",
    {"CidrBlock": "192.0.2.0/24", "TagSpecifications": [{"ResourceType": "vpc", "Tags": OWNER}]},
)


class Client:
    """EC2 with VPCs only."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.vpcs: list[dict[str, Any]] = []
        self.trouble: list[Exception] = []

    def describe_vpcs(self, **params: Any) -> dict[str, Any]:
        self.calls.append(("describe_vpcs", params))
        return {"Vpcs": self.vpcs}

    def create_vpc(self, **params: Any) -> dict[str, Any]:
        self.calls.append(("create_vpc", params))
        if self.trouble:
            raise self.trouble[0]
        self.vpcs.append({"VpcId": f"vpc-{len(self.vpcs)}", "Tags": OWNER})
        return {"Vpc": self.vpcs[-1]}


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def run(client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AwsModuleRunner:
    return AwsModuleRunner(owned_object, client, monkeypatch, capsys)


def test_check_mode_then_done_then_nothing(client: Client, run: AwsModuleRunner) -> None:
    foretold = run(check=True, **WANTED)
    assert (foretold["changed"], foretold["action"], foretold["id"]) == (True, "create", None)
    done = run(**WANTED)
    assert (done["changed"], done["action"], done["id"]) == (True, "create", "vpc-0")
    again = run(**WANTED)
    assert (again["changed"], again["action"], again["id"]) == (False, "none", "vpc-0")
    assert client.calls == [LOOK, LOOK, CREATE, LOOK, LOOK]


def test_a_refusal_and_an_error_of_aws(client: Client, run: AwsModuleRunner) -> None:
    assert "cidr" in run(**PLACE)["msg"]
    client.trouble = [client_error("VpcLimitExceeded", "The maximum number of VPCs has been reached.")]
    refused = run(**WANTED)
    assert (refused["failed"], refused["error_code"]) == (True, "VpcLimitExceeded")
    assert "EC2 call CreateVpc for vpc/acme failed: VpcLimitExceeded" in refused["msg"]
    client.vpcs = [{"VpcId": f"vpc-{name}", "Tags": OWNER} for name in "ba"]
    doubled = run(**WANTED)
    assert (doubled["failed"], doubled["changed"], doubled["done"]) == (True, False, [])
    assert "AWS has 2 objects with this key of network prod (got vpc-a, vpc-b, expected one)" in doubled["msg"]


def test_the_documentation_is_the_argument_spec(run: AwsModuleRunner) -> None:
    result = run.judged(**WANTED)
    assert yaml.safe_load(owned_object.RETURN).keys() - {"done"} <= result.keys()
    assert sorted(KINDS) == documented(owned_object)["kind"]["choices"]
