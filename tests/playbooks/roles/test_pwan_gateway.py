# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role pwan_gateway on the stand-ins: here in the aggregator's own subnet, as AN-001 allows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playbooks.rights import policy
from tests.playbooks.running import Site

from .running import Role

INSTANCE = "i-0d00000000000a901"
MAIN_TABLE = "rtb-0d000000000000001"
GATEWAY: dict[str, Any] = {
    "network": "demo",
    "space": "acme",
    "aggregator": 7,
    "instance_id": INSTANCE,
    "manage_host": False,
    "ipv6": True,
    "gateway": {
        "subnet_id": "subnet-0d00000000000001a",
        "egress": "none",
        "interface": "ens6",
        "networks": ["172.16.0.0/12"],
    },
}


@pytest.fixture
def role(empty: Site) -> Role:
    return Role(empty, "pwan_gateway")


def with_entry(**options: Any) -> dict[str, Any]:
    """Return the role's options with other options of the gateway."""
    return {**GATEWAY, "gateway": {**GATEWAY["gateway"], **options}}


def routes(empty: Site) -> dict[str, str]:
    """The routes of the main table by destination."""
    table = next(one for one in empty.cloud.state()["route_tables"] if one["id"] == MAIN_TABLE)
    return {route["destination"]: route["target"] for route in table["routes"]}


def test_makes_the_gateway_and_takes_it_away(empty: Site, role: Role) -> None:
    server, before = empty.aggregator("agg1"), routes(empty)
    role.unchanged("present", GATEWAY, ["--check"])
    role.changes("present", GATEWAY)

    interface = empty.ours("network_interfaces")["gateway/acme/agg1"]
    assert interface["attachment"]["instance_id"] == INSTANCE
    assert interface["attachment"]["device_index"] == 1
    assert interface["source_dest_check"] is False
    address = empty.ours("addresses")["gateway-ip/acme/agg1"]
    assert (address["network_interface_id"], address["private_ip"]) == (interface["id"], interface["private_ip"])
    assert routes(empty) == {**before, "172.16.0.0/12": interface["id"]}
    aggregator = empty.aggregator("agg1")
    device = next(one for one in aggregator["interfaces"] if one["name"] == "ens6")
    assert {key: device[key] for key in ("type", "space", "enabled", "mtu", "addresses", "accept_ra")} == {
        "type": "ethernet",
        "space": "acme",
        "enabled": True,
        "mtu": 1500,
        "addresses": [f"{interface['private_ip']}/24"],
        "accept_ra": True,
    }
    protocol = next(one for one in aggregator["protocols"] if one["name"] == "demo_gateway_11")
    assert (protocol["protocol"], protocol["space"]) == ("static", "acme")
    assert protocol["import_ipv4"] == {"mode": "filter", "filter": "demo_gateway_import_11"}
    assert {protocol[slot]["mode"] for slot in ("export_ipv4", "import_ipv6", "export_ipv6")} == {"none"}
    assert protocol["routes"] == [
        {"network": "0.0.0.0/0", "destination": "gateway", "address": "10.1.0.1", "interface": None},
        {"network": "172.16.0.0/12", "destination": "unreachable", "address": None, "interface": None},
    ]

    # A network is given up, and nothing else changes.
    assert role("present", with_entry(networks=[])).code == 0
    number = protocol["id"]
    assert empty.writes() == [f"PATCH /api/v4/aggregators/7/static_protocols/{number}/", "DeleteRoute"]

    # Down, with the address kept.
    assert role("absent", GATEWAY).code == 0
    kept = empty.ours("addresses")["gateway-ip/acme/agg1"]
    assert kept["public_ip"] == address["public_ip"]
    assert (kept["tags"]["bonded.internet/retired"], kept["network_interface_id"]) == ("true", None)
    assert empty.ours("network_interfaces") == {}
    assert routes(empty) == before
    assert empty.aggregator("agg1") == server


def test_takes_an_address_of_the_account_over_and_never_releases_it(empty: Site, role: Role) -> None:
    given = empty.ec2().allocate_address(Domain="vpc")["PublicIp"]
    empty.grant([policy(name) for name in ("read", "change", "adopt")])
    adopting = with_entry(networks=[], public_ip=given)
    assert role("present", adopting).code == 0
    address = empty.ours("addresses")["gateway-ip/acme/agg1"]
    assert (address["public_ip"], address["tags"]["bonded.internet/adopted"]) == (given, "true")
    assert address["network_interface_id"] == empty.ours("network_interfaces")["gateway/acme/agg1"]["id"]
    assert role("absent", {**adopting, "release": True}).code == 0
    kept = empty.ours("addresses")["gateway-ip/acme/agg1"]
    assert (kept["public_ip"], kept["tags"]["bonded.internet/retired"]) == (given, "true")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        (with_entry(subnet_id="subnet-0d00000000000ffff"), "expected one subnet (subnet-0d00000000000ffff)"),
    ],
)
def test_refuses_before_any_change(empty: Site, role: Role, variables: dict[str, Any], words: str) -> None:
    outcome = role("present", variables)
    assert outcome.code != 0
    assert words in outcome.problems
    assert empty.writes() == []


def test_a_run_that_was_killed_is_completed(empty: Site, role: Role) -> None:
    """An interface that is not attached is taken up by the next run, and so is a kept Elastic IP."""
    aws = empty.cloud.state()
    ec2 = empty.ec2()
    tags = {"network": "demo", "key": "gateway-ip/acme/agg1", "retired": "true"}
    given = [{"Key": f"bonded.internet/{name}", "Value": value} for name, value in tags.items()]
    kept = ec2.allocate_address(Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": given}])
    empty.cloud.faults([{"action": "AttachNetworkInterface", "code": "UnauthorizedOperation", "count": None}])
    assert role("present", GATEWAY).code != 0
    made = empty.ours("network_interfaces")["gateway/acme/agg1"]
    assert made["attachment"] is None

    empty.cloud.faults([])
    assert role("present", GATEWAY).code == 0
    assert empty.ours("network_interfaces")["gateway/acme/agg1"]["id"] == made["id"]
    address = empty.ours("addresses")["gateway-ip/acme/agg1"]
    assert (address["public_ip"], address["network_interface_id"]) == (kept["PublicIp"], made["id"])
    assert "bonded.internet/retired" not in address["tags"]

    assert role("absent", {**GATEWAY, "release": True}).code == 0
    assert empty.cloud.state() == aws
