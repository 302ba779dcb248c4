# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module failed_nat_gateway: the exact requests, and errors in between."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.modules import failed_nat_gateway
from tests.unit.plugins.module_utils.aws.fake_ec2 import client_error
from tests.unit.plugins.modules.aws_module import AwsModuleRunner, returned

WANTED: dict[str, Any] = {"network": "prod", "key": "natgw/acme/agg1"}
LOOK = (
    "describe_nat_gateways",
    {
        "Filter": [
            {"Name": "tag:bonded.internet/network", "Values": ["prod"]},
            {"Name": "tag:bonded.internet/key", "Values": ["natgw/acme/agg1"]},
            {"Name": "state", "Values": ["failed"]},
        ],
        "MaxResults": 1000,
    },
)
WHY = {"FailureCode": "Gateway.NotAttached", "FailureMessage": "Network vpc-1 has no Internet gateway attached"}
SHOWN = {"code": WHY["FailureCode"], "message": WHY["FailureMessage"]}


class Client:
    """EC2 with failed NAT gateways only. `trouble`: raised by the deletion of the id."""

    def __init__(self, *ids: str) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.ids = list(ids)
        self.trouble: dict[str, Exception] = {}

    def describe_nat_gateways(self, **params: Any) -> dict[str, Any]:
        self.calls.append(("describe_nat_gateways", params))
        return {"NatGateways": [{"NatGatewayId": one, **WHY} for one in self.ids]}

    def delete_nat_gateway(self, **params: Any) -> dict[str, Any]:
        self.calls.append(("delete_nat_gateway", params))
        if params["NatGatewayId"] in self.trouble:
            raise self.trouble[params["NatGatewayId"]]
        self.ids.remove(params["NatGatewayId"])
        return {}


@pytest.fixture
def client() -> Client:
    return Client("nat-2", "nat-1")


@pytest.fixture
def run(client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AwsModuleRunner:
    return AwsModuleRunner(failed_nat_gateway, client, monkeypatch, capsys)


def test_check_mode_then_done_then_nothing(client: Client, run: AwsModuleRunner) -> None:
    shown = [{"id": "nat-1", **SHOWN}, {"id": "nat-2", **SHOWN}]
    foretold = run(check=True, **WANTED)
    assert (foretold["changed"], foretold["deleted"]) == (True, shown)
    done = run(**WANTED)
    assert (done["changed"], done["deleted"]) == (True, shown)
    again = run(**WANTED)
    assert (again["changed"], again["deleted"]) == (False, [])
    deletions = [("delete_nat_gateway", {"NatGatewayId": one}) for one in ("nat-1", "nat-2")]
    assert client.calls == [LOOK, LOOK, *deletions, LOOK]


def test_errors_in_between(client: Client, run: AwsModuleRunner) -> None:
    client.trouble["nat-2"] = client_error("UnauthorizedOperation", "You are not authorized.")
    refused = run(**WANTED)
    assert (refused["failed"], refused["changed"]) == (True, True)
    assert refused["done"] == ["natgw/acme/agg1: deleted nat-1"]
    assert "lack the IAM right ec2:DeleteNatGateway" in refused["msg"]
    client.trouble["nat-2"] = client_error("NatGatewayNotFound", "NatGateway nat-2 was not found")
    assert run(**WANTED)["failed"] is False


def test_the_documentation_is_the_argument_spec(run: AwsModuleRunner) -> None:
    result = run.judged(**WANTED)
    assert yaml.safe_load(failed_nat_gateway.RETURN).keys() - {"done"} <= result.keys()
    assert returned(failed_nat_gateway, "deleted") == {"id", *SHOWN}
