# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module vpc_route: options in, result and errors out. The engine has its own tests."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.modules import vpc_route
from tests.unit.plugins.module_utils.aws.fake_ec2 import client_error
from tests.unit.plugins.module_utils.aws.fake_routes import Client, to
from tests.unit.plugins.modules.aws_module import AwsModuleRunner, returned

ROUTE: dict[str, Any] = {"route_table_id": "rtb-1", "destination": "172.16.0.0/12"}


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def run(client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AwsModuleRunner:
    return AwsModuleRunner(vpc_route, client, monkeypatch, capsys)


def test_create(client: Client, run: AwsModuleRunner) -> None:
    result = run(**ROUTE, network_interface_id="eni-ours")
    assert (result["failed"], result["changed"], result["action"]) == (False, True, "create")
    assert result["route"]["target"] == "eni-ours"
    assert len(client.writes) == 1


def test_check_mode_predicts_and_writes_nothing(client: Client, run: AwsModuleRunner) -> None:
    result = run(check=True, **ROUTE, gateway_id="igw-1")
    assert (result["changed"], result["diff"]["after"]["gateway_id"]) == (True, "igw-1")
    assert client.writes == []


def test_absent(client: Client, run: AwsModuleRunner) -> None:
    client.routes.append(to("eni-ours"))
    assert run(**ROUTE, network="prod", state="absent")["action"] == "delete"


@pytest.mark.parametrize(
    ("targets", "text"),
    [
        ({}, "state is present but any of the following are missing"),
        ({"gateway_id": "igw-1", "nat_gateway_id": "nat-1"}, "parameters are mutually exclusive"),
    ],
)
def test_exactly_one_target(run: AwsModuleRunner, targets: dict[str, Any], text: str) -> None:
    result = run(**ROUTE, **targets)
    assert result["failed"] is True
    assert text in result["msg"]


def test_a_refusal(run: AwsModuleRunner) -> None:
    result = run(route_table_id="rtb-1", destination="172.16.1.0/12", gateway_id="igw-1")
    assert result["msg"] == (
        "destination is '172.16.1.0/12': it has host bits; wanted 172.16.0.0/12. Nothing was changed."
    )


def test_an_error_of_aws(client: Client, run: AwsModuleRunner) -> None:
    client.errors["create_route"] = client_error("RouteLimitExceeded", "The maximum number of routes is 50.")
    result = run(**ROUTE, gateway_id="igw-1")
    assert (result["failed"], result["error_code"]) == (True, "RouteLimitExceeded")
    assert result["msg"] == (
        "EC2 call CreateRoute for route 172.16.0.0/12 of rtb-1 to igw-1 failed: RouteLimitExceeded: The maximum number"
        " of routes is 50."
    )


def test_the_documentation_is_the_argument_spec(run: AwsModuleRunner) -> None:
    result = run.judged(**ROUTE, gateway_id="igw-1")
    assert set(result["route"]) == returned(vpc_route, "route")
