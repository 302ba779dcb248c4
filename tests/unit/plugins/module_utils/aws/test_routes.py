# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One route: the exact calls, and what is refused before any of them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import Ec2Error, UnchangedError
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.route import manage_route
from tests.unit.plugins.module_utils.aws.fake_ec2 import client_error
from tests.unit.plugins.module_utils.aws.fake_routes import LOCAL, READ, TABLE, Client, to


class Late(Client):
    """The route is there only in the second listing."""

    def answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self.routes = [*LOCAL, to("eni-ours")] if len(self.calls) > 1 else [*LOCAL]
        return super().answer(method, params)


def options(**others: Any) -> dict[str, Any]:
    return {"route_table_id": TABLE, "destination": "172.16.0.0/12", "state": "present", **others}


@pytest.mark.parametrize(
    ("destination", "name", "option", "field"),
    [
        ("172.16.0.0/12", "DestinationCidrBlock", "network_interface_id", "NetworkInterfaceId"),
        ("0.0.0.0/0", "DestinationCidrBlock", "gateway_id", "GatewayId"),
        ("::/0", "DestinationIpv6CidrBlock", "nat_gateway_id", "NatGatewayId"),
        ("10.0.0.0/8", "DestinationCidrBlock", "network_interface_id", "NetworkInterfaceId"),
    ],
)
def test_a_route_is_created(destination: str, name: str, option: str, field: str) -> None:
    client = Client()
    result = manage_route(client, options(destination=destination, **{option: "target-1"}), False)

    assert client.calls == [READ, ("create_route", {"RouteTableId": TABLE, name: destination, field: "target-1"})]
    assert (result["changed"], result["action"]) == (True, "create")
    assert result["route"] == {
        "route_table_id": TABLE,
        "destination": destination,
        "network_interface_id": None,
        "nat_gateway_id": None,
        "gateway_id": None,
        "egress_only_internet_gateway_id": None,
        option: "target-1",
        "target": "target-1",
        "state": "present",
        "blackhole": False,
    }
    assert result["diff"]["before"]["state"] == "absent"
    assert result["diff"]["after"] == result["route"]


def test_an_unchanged_route_costs_one_call_also_if_it_is_dead() -> None:
    client = Client(to("eni-ours", State="blackhole", InstanceId="i-1"))
    result = manage_route(client, options(network_interface_id="eni-ours", network="prod"), False)
    assert client.calls == [READ]
    assert (result["changed"], result["route"]["blackhole"]) == (False, True)


def test_ipv6_destinations_are_compared_as_networks() -> None:
    client = Client({"DestinationIpv6CidrBlock": "2001:db8:1::/64", "NetworkInterfaceId": "eni-ours"})
    wanted = options(destination="2001:0db8:0001:0::/64", network_interface_id="eni-ours")
    assert manage_route(client, wanted, False)["changed"] is False


def test_a_route_is_replaced_in_one_call() -> None:
    client = Client(to("eni-ours"))
    result = manage_route(client, options(network_interface_id="eni-new", network="prod"), False)
    assert client.writes == [
        (
            "replace_route",
            {"RouteTableId": TABLE, "DestinationCidrBlock": "172.16.0.0/12", "NetworkInterfaceId": "eni-new"},
        )
    ]
    assert (result["action"], result["diff"]["before"]["target"]) == ("update", "eni-ours")


@pytest.mark.parametrize("wanted", [{}, {"network_interface_id": "eni-ours"}, {"network": "prod"}])
def test_a_route_is_deleted(wanted: dict[str, Any]) -> None:
    client = Client(to("eni-ours"))
    result = manage_route(client, options(state="absent", **wanted), False)
    assert client.writes == [("delete_route", {"RouteTableId": TABLE, "DestinationCidrBlock": "172.16.0.0/12"})]
    assert (result["action"], result["route"]["state"], result["route"]["target"]) == ("delete", "absent", None)


def test_deleting_what_is_not_there_changes_nothing() -> None:
    client = Client()
    assert manage_route(client, options(state="absent"), False)["changed"] is False
    assert client.calls == [READ]


@pytest.mark.parametrize(
    ("found", "wanted", "action"),
    [
        ((), options(network_interface_id="eni-ours"), "create"),
        ((to("eni-ours"),), options(network_interface_id="eni-new"), "update"),
        ((to("eni-ours"),), options(state="absent"), "delete"),
    ],
)
def test_check_mode_writes_nothing(found: tuple[dict[str, Any], ...], wanted: dict[str, Any], action: str) -> None:
    client = Client(*found)
    assert manage_route(client, wanted, True)["action"] == action
    assert client.writes == []


@pytest.mark.parametrize("change", [{"network_interface_id": "eni-ours"}, {"state": "absent"}])
@pytest.mark.parametrize(
    ("found", "text"),
    [
        (to("eni-other"), "goes to eni-other, which does not carry the tag of network 'prod'"),
        (
            {"DestinationCidrBlock": "172.16.0.0/12", "TransitGatewayId": "tgw-1"},
            "goes to tgw-1, which is not of network 'prod'",
        ),
        (
            {"DestinationCidrBlock": "172.16.0.0/12", "SomethingNew": "new-1"},
            "goes to an unknown target, which is not of network 'prod'",
        ),
    ],
)
def test_with_a_network_a_foreign_route_is_left(change: dict[str, Any], found: dict[str, Any], text: str) -> None:
    client = Client(found)
    with pytest.raises(UnchangedError, match=text):
        manage_route(client, options(network="prod", **change), False)
    assert client.writes == []


def test_with_a_network_a_route_to_nothing_may_be_replaced() -> None:
    client = Client(to("eni-gone", State="blackhole"))
    assert manage_route(client, options(network="prod", network_interface_id="eni-ours"), False)["action"] == "update"


def test_a_given_target_that_does_not_fit_is_not_deleted() -> None:
    client = Client(to("eni-other"))
    with pytest.raises(UnchangedError, match="goes to eni-other, not to eni-ours as given"):
        manage_route(client, options(state="absent", network_interface_id="eni-ours"), False)
    assert client.writes == []


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (options(route_table_id="rtb-9", gateway_id="igw-1"), "route table rtb-9 does not exist in this account"),
        (options(destination="10.101.0.0/16", gateway_id="igw-1"), "10.101.0.0/16 of rtb-1 is the VPC's local route"),
        (options(destination="10.101.0.0/16", state="absent"), "is the VPC's local route, which AWS keeps"),
        (options(destination="10.101.3.0/24", gateway_id="igw-1"), "inside the VPC's own network 10.101.0.0/16"),
        (options(destination="2001:db8:0:1::/64", gateway_id="igw-1"), "inside the VPC's own network 2001:db8::/56"),
        (
            options(destination="172.16.5.0/12", gateway_id="igw-1"),
            "destination is '172.16.5.0/12': it has host bits; wanted 172.16.0.0/12. Nothing was changed.",
        ),
        (options(destination="everything", gateway_id="igw-1"), "wanted an IPv4 or IPv6 network such as 172.16.0.0/12"),
    ],
)
def test_refused(wanted: dict[str, Any], text: str) -> None:
    client = Client()
    with pytest.raises(UnchangedError) as refused:
        manage_route(client, wanted, False)
    assert text in str(refused.value)
    assert client.writes == []


def test_a_propagated_route_does_not_count() -> None:
    client = Client({**to("eni-x"), "Origin": "EnableVgwRoutePropagation", "GatewayId": "vgw-1"})
    assert manage_route(client, options(network_interface_id="eni-ours"), False)["action"] == "create"


def test_a_route_that_another_run_has_made_meanwhile() -> None:
    exists = client_error("RouteAlreadyExists", "The route identified by 172.16.0.0/12 already exists.")
    client = Client(errors={"create_route": exists})
    with pytest.raises(Ec2Error, match="RouteAlreadyExists"):
        manage_route(client, options(network_interface_id="eni-ours"), False)

    # what it meets may also be its own, from a call whose answer was lost
    late = Late(errors={"create_route": exists})
    assert manage_route(late, options(network_interface_id="eni-ours"), False)["action"] == "create"


def test_a_route_that_is_gone_meanwhile_is_gone() -> None:
    client = Client(to("eni-ours"), errors={"delete_route": client_error("InvalidRoute.NotFound", "no route")})
    assert manage_route(client, options(state="absent"), False)["action"] == "delete"
