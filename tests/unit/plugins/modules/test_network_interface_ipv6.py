# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module network_interface_ipv6: options in, result and errors out. The engine has its own tests."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.modules import network_interface_ipv6
from tests.unit.plugins.module_utils.aws.fake_ec2 import client_error
from tests.unit.plugins.module_utils.aws.test_ipv6 import ADDRESS, ASSIGN, READ, WANTED, Client
from tests.unit.plugins.modules.aws_module import AwsModuleRunner


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def run(client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AwsModuleRunner:
    return AwsModuleRunner(network_interface_ipv6, client, monkeypatch, capsys)


def test_check_mode_then_done_then_nothing(client: Client, run: AwsModuleRunner) -> None:
    assert run(check=True, **WANTED)["changed"] is True
    done = run(**WANTED)
    assert (done["failed"], done["action"], done["ipv6_addresses"]) == (False, "create", [ADDRESS])
    assert run(**WANTED)["changed"] is False
    assert client.calls == [READ, READ, ASSIGN, READ]


def test_a_refusal_and_an_error_of_aws(client: Client, run: AwsModuleRunner) -> None:
    assert "does not carry the tag of network 'other'" in run(**{**WANTED, "network": "other"})["msg"]
    client.trouble = client_error("UnauthorizedOperation", "You are not authorized to perform this operation.")
    refused = run(**WANTED)
    assert (refused["failed"], refused["error_code"]) == (True, "UnauthorizedOperation")
    assert (
        "an IPv6 address on eni-1 failed: the credentials lack the IAM right ec2:AssignIpv6Addresses" in refused["msg"]
    )


def test_the_documentation_is_the_argument_spec(run: AwsModuleRunner) -> None:
    result = run.judged(**WANTED)
    assert yaml.safe_load(network_interface_ipv6.RETURN).keys() <= result.keys()
