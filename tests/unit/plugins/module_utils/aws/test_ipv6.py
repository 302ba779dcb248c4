# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An IPv6 address for an interface that has none: the exact calls, what is refused, and answers that are lost."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from ansible_collections.bonded.internet.plugins.module_utils._aws import client as _ec2
from ansible_collections.bonded.internet.plugins.module_utils._aws.client import (
    Ec2Error,
    Ec2UnclearError,
    UnchangedError,
)
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.network_interface import (
    assign_ipv6_address,
)
from tests.unit.plugins.module_utils.aws.fake_ec2 import client_error

WANTED: dict[str, Any] = {"network_interface_id": "eni-1", "network": "prod"}
READ = (
    "describe_network_interfaces",
    {"Filters": [{"Name": "network-interface-id", "Values": ["eni-1"]}], "MaxResults": 1000},
)
ASSIGN = ("assign_ipv6_addresses", {"NetworkInterfaceId": "eni-1", "Ipv6AddressCount": 1})
ADDRESS = "2001:db8:1:1::4"
LOST = ReadTimeoutError(endpoint_url="https://ec2.example.com")


class Client:
    """One interface. `trouble`: raised by the assignment, which may have been done (`lost`) or not."""

    def __init__(self, *addresses: str, network: str = "prod", trouble: Exception | None = None, lost: bool = False):
        self.addresses, self.trouble, self.lost = list(addresses), trouble, lost
        self.tags = [{"Key": "bonded.internet/network", "Value": network}]
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def describe_network_interfaces(self, **params: Any) -> dict[str, Any]:
        self.calls.append(("describe_network_interfaces", params))
        if params["Filters"][0]["Values"] != ["eni-1"]:
            return {"NetworkInterfaces": []}
        shown = [{"Ipv6Address": one, "IsPrimaryIpv6": False} for one in self.addresses]
        return {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "TagSet": self.tags, "Ipv6Addresses": shown}]}

    def assign_ipv6_addresses(self, **params: Any) -> dict[str, Any]:
        self.calls.append(("assign_ipv6_addresses", params))
        if self.trouble is None or self.lost:
            self.addresses.append(ADDRESS)
        if self.trouble:
            raise self.trouble
        return {"NetworkInterfaceId": "eni-1", "AssignedIpv6Addresses": [ADDRESS]}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_ec2.time, "sleep", lambda _seconds: None)


def test_one_is_assigned_once() -> None:
    client = Client()
    done = assign_ipv6_address(client, WANTED, False)
    assert client.calls == [READ, ASSIGN]
    assert (done["changed"], done["action"], done["ipv6_addresses"]) == (True, "create", [ADDRESS])
    assert done["diff"] == {"before": {"ipv6_addresses": []}, "after": {"ipv6_addresses": [ADDRESS]}}
    client.calls.clear()
    again = assign_ipv6_address(client, WANTED, False)
    assert client.calls == [READ]
    assert (again["changed"], again["action"], again["ipv6_addresses"]) == (False, "none", [ADDRESS])


def test_check_mode_says_so_and_asks_for_nothing() -> None:
    client = Client()
    done = assign_ipv6_address(client, WANTED, True)
    assert client.calls == [READ]
    assert (done["changed"], done["ipv6_addresses"]) == (True, [])
    assert done["diff"]["after"] == {"ipv6_addresses": ["(known after apply)"]}


def test_an_interface_of_others_and_one_that_is_not_there_are_refused() -> None:
    other = Client(network="other")
    with pytest.raises(UnchangedError, match=r"eni-1 does not carry the tag of network 'prod'\. Nothing was changed\."):
        assign_ipv6_address(other, WANTED, False)
    with pytest.raises(UnchangedError, match=r"eni-2 does not exist in this account and region\. Nothing was changed"):
        assign_ipv6_address(other, {**WANTED, "network_interface_id": "eni-2"}, False)
    assert [name for name, _params in other.calls] == ["describe_network_interfaces"] * 2


def test_a_lost_answer_is_looked_up_and_never_asked_for_twice() -> None:
    client = Client(trouble=LOST, lost=True)
    assert assign_ipv6_address(client, WANTED, False)["ipv6_addresses"] == [ADDRESS]
    assert client.calls == [READ, ASSIGN, READ]
    undone = Client(trouble=LOST)
    with pytest.raises(Ec2UnclearError, match="AssignIpv6Addresses for an IPv6 address on eni-1 failed"):
        assign_ipv6_address(undone, WANTED, False)
    assert undone.calls == [READ, ASSIGN, READ]


def test_what_ec2_refuses_is_passed_on() -> None:
    text = "The subnet 'subnet-1' does not have an IPv6 CIDR block"
    client = Client(trouble=client_error("InvalidParameterValue", text))
    with pytest.raises(Ec2Error, match=f"AssignIpv6Addresses for an IPv6 address on eni-1 failed: .*: {text}"):
        assign_ipv6_address(client, WANTED, False)
