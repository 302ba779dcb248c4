# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module owned_interface_info: one listing in pages, and what it returns of each network interface."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.modules import owned_interface_info
from tests.unit.plugins.module_utils.aws.fake_ec2 import client_error
from tests.unit.plugins.modules.aws_module import AwsModuleRunner, returned

WANTED: dict[str, Any] = {"network": "prod", "key": "gateway/acme/agg1"}
TAGS = [
    {"Key": "bonded.internet/key", "Value": "gateway/acme/agg1"},
    {"Key": "bonded.internet/network", "Value": "prod"},
]
LISTED: dict[str, Any] = {
    "NetworkInterfaceId": "eni-1",
    "VpcId": "vpc-1",
    "SubnetId": "subnet-1",
    "MacAddress": "02:00:5e:00:53:01",
    "SourceDestCheck": False,
    "TagSet": TAGS,
}
SHOWN: dict[str, Any] = {
    "id": "eni-1",
    "vpc_id": "vpc-1",
    "subnet_id": "subnet-1",
    "instance_id": None,
    "mac_address": "02:00:5e:00:53:01",
    "source_dest_check": False,
    "adopted": False,
}


class Client:
    """EC2 with interfaces only, each in a page of its own."""

    def __init__(self, *pages: Any) -> None:
        self.calls: list[dict[str, Any]] = []
        self.pages = list(pages)

    def describe_network_interfaces(self, **params: Any) -> dict[str, Any]:
        self.calls.append(params)
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return {"NetworkInterfaces": [page], **({"NextToken": "more"} if self.pages else {})}


def runner(client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AwsModuleRunner:
    return AwsModuleRunner(owned_interface_info, client, monkeypatch, capsys)


@pytest.mark.parametrize("check", [False, True])
def test_all_pages_are_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], check: bool) -> None:
    attached = {**LISTED, "NetworkInterfaceId": "eni-2", "Attachment": {"InstanceId": "i-1"}}
    client = Client(LISTED, attached)
    result = runner(client, monkeypatch, capsys)(check=check, **WANTED)
    assert (result["changed"], result["network_interfaces"]) == (
        False,
        [SHOWN, {**SHOWN, "id": "eni-2", "instance_id": "i-1"}],
    )
    assert client.calls[0] == {
        "Filters": [
            {"Name": "tag:bonded.internet/key", "Values": ["gateway/acme/agg1"]},
            {"Name": "tag:bonded.internet/network", "Values": ["prod"]},
        ],
        "MaxResults": 1000,
    }
    assert client.calls[1:] == [{**client.calls[0], "NextToken": "more"}]


def test_one_that_the_account_had_before_is_marked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {**LISTED, "TagSet": [*TAGS, {"Key": "bonded.internet/adopted", "Value": "true"}]}
    result = runner(Client(found), monkeypatch, capsys)(**WANTED)
    assert result["network_interfaces"] == [{**SHOWN, "adopted": True}]


def test_an_error_of_aws(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    client = Client(client_error("UnauthorizedOperation", "You are not authorized to perform this operation."))
    result = runner(client, monkeypatch, capsys)(**WANTED)
    assert (result["failed"], result["changed"]) == (True, False)
    assert "lack the IAM right ec2:DescribeNetworkInterfaces" in result["msg"]


def test_the_documentation_is_the_argument_spec(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = runner(Client(LISTED), monkeypatch, capsys).judged(**WANTED)
    assert yaml.safe_load(owned_interface_info.RETURN).keys() <= result.keys()
    assert returned(owned_interface_info, "network_interfaces") == set(SHOWN)
