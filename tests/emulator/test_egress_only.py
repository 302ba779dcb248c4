# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes to egress-only internet gateways on the stand-in, whose listing has no filter by id or VPC."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import UnchangedError
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.route import manage_route
from lab.process import Running

from .conftest import actions

VPC = "vpc-00000002"
OUT = "::/0"
OURS = [{"Key": "bonded.internet/network", "Value": "prod"}]


@pytest.fixture
def table(client: Any) -> str:
    found: str = client.create_route_table(VpcId=VPC)["RouteTable"]["RouteTableId"]
    return found


@pytest.fixture
def outer(client: Any) -> str:
    """An internet gateway of ours."""
    attached = [{"Name": "attachment.vpc-id", "Values": [VPC]}]
    there = client.describe_internet_gateways(Filters=attached)["InternetGateways"]
    found: str = (there or [client.create_internet_gateway()["InternetGateway"]])[0]["InternetGatewayId"]
    if not there:
        client.attach_internet_gateway(InternetGatewayId=found, VpcId=VPC)
    client.create_tags(Resources=[found], Tags=OURS)
    return found


def created(client: Any, tags: list[dict[str, str]]) -> str:
    given = [{"ResourceType": "egress-only-internet-gateway", "Tags": tags}] if tags else []
    answer = client.create_egress_only_internet_gateway(VpcId=VPC, TagSpecifications=given)
    found: str = answer["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    return found


def test_there_and_back_by_one_request_each(aws: Running, client: Any, table: str, outer: str) -> None:
    number = created(client, OURS)
    wanted = {"route_table_id": table, "destination": OUT, "network": "prod"}
    manage_route(client, {**wanted, "gateway_id": outer}, False)
    actions(aws)
    there = manage_route(client, {**wanted, "egress_only_internet_gateway_id": number}, False)
    assert (there["action"], there["route"]["egress_only_internet_gateway_id"]) == ("update", number)
    assert actions(aws) == ["ReplaceRoute"]
    assert manage_route(client, {**wanted, "egress_only_internet_gateway_id": number}, False)["action"] == "none"
    back = manage_route(client, {**wanted, "gateway_id": outer}, True)
    assert (back["action"], actions(aws)) == ("update", [])
    assert manage_route(client, {**wanted, "gateway_id": outer}, False)["action"] == "update"
    assert actions(aws) == ["ReplaceRoute"]


def test_that_of_others_is_not_replaced_until_it_is_gone(client: Any, table: str, outer: str) -> None:
    number = created(client, [])
    wanted = {"route_table_id": table, "destination": OUT, "network": "prod"}
    manage_route(client, {**wanted, "egress_only_internet_gateway_id": number}, False)
    with pytest.raises(UnchangedError, match=f"goes to {number}, which does not carry the tag of network 'prod'"):
        manage_route(client, {**wanted, "gateway_id": outer}, False)
    client.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=number)
    assert manage_route(client, {**wanted, "gateway_id": outer}, False)["action"] == "update"
