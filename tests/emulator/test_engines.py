# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both engines with a real boto3 client against the stand-in, which keeps AWS's rules; judged by its state and log."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import Ec2Error, describe
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.module import run
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.request import CpeNatError
from ansible_collections.bonded.internet.plugins.module_utils._aws.executor import ApplyError
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources import route as routes
from lab.process import Running
from tests.unit.plugins.module_utils.aws.conftest import entry, options

from .conftest import A1, A2, B, actions


def interfaces(client: Any) -> dict[str, dict[str, str | None]]:
    """Each interface's private addresses with their public ones."""
    return {
        item["NetworkInterfaceId"]: {
            address["PrivateIpAddress"]: address.get("Association", {}).get("PublicIp")
            for address in item["PrivateIpAddresses"]
        }
        for item in describe(client, "describe_network_interfaces")
    }


def test_new_unchanged_moved_retired_taken_again_released(aws: Running, client: Any) -> None:
    before = interfaces(client)
    foreign = describe(client, "describe_addresses")
    actions(aws)

    wanted = [entry("bond-17", A1, private_ip="10.0.1.40"), entry("bond-18", A1), entry("bond-19", B)]
    predicted = run(client, options(*wanted), True)
    assert actions(aws) == []
    first = run(client, options(*wanted), False)
    assert sorted(actions(aws)) == [
        *["AllocateAddress"] * 3,
        *["AssignPrivateIpAddresses"] * 2,
        *["AssociateAddress"] * 3,
    ]
    assert [item["private_ip"] for item in predicted["objects"]] == [item["private_ip"] for item in first["objects"]]
    now = interfaces(client)
    for item in first["objects"]:
        assert now[item["interface_id"]][item["private_ip"]] == item["public_ip"]
    assert before[A1]["10.0.1.10"] is not None
    assert now[A1]["10.0.1.10"] == before[A1]["10.0.1.10"]

    actions(aws)
    assert run(client, options(*wanted), False)["changed"] is False
    assert actions(aws, writing=False) == ["DescribeAddresses", "DescribeNetworkInterfaces"]

    moved = [entry("bond-17", A2), entry("bond-18", B), entry("bond-19", B)]
    with pytest.raises(CpeNatError):
        run(client, options(*moved), False)
    assert actions(aws) == []
    result = run(client, options(*moved, allow_moves=True), False)
    assert [item["action"] for item in result["objects"]] == ["move", "move", "none"]
    assert [item["public_ip"] for item in result["objects"]] == [item["public_ip"] for item in first["objects"]]
    now = interfaces(client)
    assert now[A1] == before[A1]
    assert now[A2]["10.0.1.40"] == first["objects"][0]["public_ip"]
    assert now[B][result["objects"][1]["private_ip"]] == first["objects"][1]["public_ip"]
    assert run(client, options(*moved), False)["changed"] is False

    keys = [{"key": item["key"]} for item in wanted]
    run(client, options(*keys, state="absent"), False)
    assert interfaces(client) == before
    assert len(describe(client, "describe_addresses")) == len(foreign) + 3
    assert run(client, options(*keys, state="absent"), False)["changed"] is False

    again = run(client, options(*wanted), False)
    assert [item["public_ip"] for item in again["objects"]] == [item["public_ip"] for item in first["objects"]]
    assert run(client, options(*wanted), False)["changed"] is False

    run(client, options(prune=True, max_deletions=3, release=True), False)
    assert interfaces(client) == before
    assert describe(client, "describe_addresses") == foreign


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "AllocateAddress", "kind": "lost"},
        {"action": "AllocateAddress", "kind": "broken"},
        {"action": "AllocateAddress", "kind": "error", "code": "InternalError"},
        {"action": "AssignPrivateIpAddresses", "kind": "lost"},
        {"action": "AssociateAddress", "kind": "lost"},
        {"action": ".*", "kind": "error", "code": "RequestLimitExceeded", "count": 4},
        {"action": "AllocateAddress", "kind": "hidden", "calls": 2},
        {"action": "AllocateAddress", "kind": "hidden", "calls": 12},
        {"action": "AllocateAddress", "kind": "failed"},
        {"action": "AssignPrivateIpAddresses", "kind": "hidden", "calls": 2},
        {"action": "Describe.*", "kind": "lost", "after": 1},
    ],
    ids=lambda fault: f"{fault['kind']} {fault['action']} {fault.get('calls', '')}".strip(),
)
def test_faults_are_survived_and_nothing_is_allocated_twice(aws: Running, client: Any, fault: dict[str, Any]) -> None:
    aws.faults([fault])
    wanted = options(entry("bond-17", A1), entry("bond-18", A1))
    run(client, wanted, False)
    assert aws.pending_faults() == []
    assert len(describe(client, "describe_addresses")) == 3
    assert run(client, wanted, False)["changed"] is False


def test_stopped_at_any_write_by_an_error_and_run_again(aws: Running, client: Any) -> None:
    wanted = options(entry("bond-17", A1, private_ip="10.0.1.40"), entry("bond-18", B, private_ip="10.0.2.40"))
    run(client, wanted, False)
    writes = len(actions(aws))
    assert writes == 6
    for number in range(writes):
        aws.reset()
        aws.faults(
            [
                {
                    "action": "AllocateAddress|AssignPrivateIpAddresses|AssociateAddress",
                    "kind": "error",
                    "code": "UnauthorizedOperation",
                    "after": number,
                    "count": None,
                }
            ]
        )
        with pytest.raises(ApplyError, match="lack the IAM right ec2:"):
            run(client, wanted, False, parallel=1)
        aws.faults([])
        result = run(client, wanted, False)
        now = interfaces(client)
        assert [now[item["interface_id"]][item["private_ip"]] for item in result["objects"]] == [
            item["public_ip"] for item in result["objects"]
        ]
        assert len(describe(client, "describe_addresses")) == 3


def test_more_than_the_instance_type_holds(aws: Running, client: Any) -> None:
    with pytest.raises(CpeNatError, match=r"instance of type t3\.medium can have 6 on one interface"):
        run(client, options(*(entry(f"bond-{number}", A1) for number in range(5))), False)
    assert actions(aws) == []


def route(**others: Any) -> dict[str, Any]:
    return {"route_table_id": "rtb-00000002", "destination": "172.16.0.0/12", "state": "present", **others}


def test_a_route_is_made_replaced_and_deleted(aws: Running, client: Any) -> None:
    owned_by_network, other = route(network_interface_id="eni-000000c1"), route(network_interface_id="eni-000000c2")
    assert routes.manage_route(client, owned_by_network, False)["action"] == "create"
    assert routes.manage_route(client, owned_by_network, False)["changed"] is False
    replaced = routes.manage_route(client, {**other, "network": "prod"}, False)
    assert (replaced["action"], replaced["route"]["target"]) == ("update", "eni-000000c2")
    with pytest.raises(routes.UnchangedError, match="does not carry the tag of network 'prod'"):
        routes.manage_route(client, {**owned_by_network, "network": "prod"}, False)
    assert routes.manage_route(client, other, False)["route"]["blackhole"] is True
    assert routes.manage_route(client, route(state="absent"), False)["action"] == "delete"
    assert routes.manage_route(client, route(state="absent"), False)["changed"] is False
    assert actions(aws) == ["CreateRoute", "ReplaceRoute", "DeleteRoute"]


def test_routes_that_aws_would_not_take(aws: Running, client: Any) -> None:
    with pytest.raises(routes.UnchangedError, match="route table rtb-00000009 does not exist"):
        routes.manage_route(client, route(route_table_id="rtb-00000009", gateway_id="igw-00000002"), False)
    with pytest.raises(routes.UnchangedError, match="is the VPC's local route"):
        routes.manage_route(client, route(destination="10.101.0.0/16", gateway_id="igw-00000002"), False)
    with pytest.raises(routes.UnchangedError, match=r"inside the VPC's own network 10\.101\.0\.0/16"):
        routes.manage_route(client, route(destination="10.101.0.0/24", gateway_id="igw-00000002"), False)
    with pytest.raises(Ec2Error, match=r"CreateRoute for route 172\.16\.0\.0/12 of rtb-00000002 to eni-000000a1"):
        routes.manage_route(client, route(network_interface_id=A1), False)


@pytest.mark.parametrize(
    "fault", [{"action": "CreateRoute", "kind": "lost"}, {"action": "ReplaceRoute", "kind": "lost"}]
)
def test_a_lost_answer_for_a_route(aws: Running, client: Any, fault: dict[str, Any]) -> None:
    aws.faults([fault])
    routes.manage_route(client, route(network_interface_id="eni-000000c1"), False)
    routes.manage_route(client, route(network_interface_id="eni-000000c2"), False)
    assert aws.pending_faults() == []
    assert routes.manage_route(client, route(network_interface_id="eni-000000c2"), False)["changed"] is False
