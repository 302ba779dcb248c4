# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that must be there: what is taken out of a network takes its check away, and the run says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lab.packets import expected, provisioning, titles
from lab.packets import scenarios as lab_scenarios
from lab.packets.aggregators import Server
from lab.packets.aws_topology import Fabric
from lab.packets.bonders import Bonders
from lab.packets.lab import Lab
from lab.packets.report import Check, Failed, Result, run

from . import states

LISTED = (titles.ADDRESSES, titles.NEIGHBOURS, titles.WAN, titles.GATEWAYS)
INVENTORY: dict[str, Any] = {
    "bonding_cpe_nat_ips": [{"bond": 17, "nat_ip": "192.168.17.10"}],
    "bonding_bgp": {"mode": "transit"},
    "bonding_spaces": [
        {"key": "acme", "vxlan": {}, "gateways": [{"aggregator": "agg1", "egress": "nat_gateway"}]},
    ],
}
NAMES = {
    "CPE NAT IP of bond 17 for 192.168.17.10",
    "agg1's own public address",
    "agg2's own public address",
    "BGP: agg1 and agg2 are neighbours",
    "acme: agg1 and agg2 are neighbours",
    *titles.private_wan("acme"),
    *titles.gateway("acme", "agg1", True, True),
}

Change = Callable[[dict[str, Any], dict[str, Any]], None]


def network() -> tuple[dict[str, Any], dict[str, Any]]:
    """A gateway with a NAT gateway on agg1, a bond on each aggregator: the server's state, and AWS's."""
    gateway = states.interface(3, 1, "10.101.0.10", "", index=1, check=False) | {"vpc_id": "vpc-0000000b"}
    aws = states.aws()
    aws["network_interfaces"].append(gateway)
    aws["instances"][0]["network_interface_ids"].append(gateway["id"])
    aws["vpcs"].append({"id": "vpc-0000000b", "cidrs": ["10.101.0.0/16"], "tags": {"Name": "acme"}})
    nat = {"id": "nat-00000001", "vpc_id": "vpc-0000000b", "state": "available", "network_interface_id": "eni-9"}
    aws["nat_gateways"].append(nat)
    server = states.server()
    second = states.bond(18, "agg2") | {"cpe_nat_ips": []}
    second["connected_ips"] = [second["connected_ips"][0] | {"ip": "172.16.2.1/24"}]
    server["bonds"].append(second)
    device = {"name": "ens6", "type": "ethernet", "space": "acme", "enabled": True, "addresses": []}
    server["aggregators"][0]["interfaces"].append(device)
    return server, aws


def listed(server: dict[str, Any], aws: dict[str, Any]) -> dict[str, list[Result]]:
    """Return the lab's checks of these states by part, each as passed."""
    fabric = Fabric(aws)
    asked = SimpleNamespace(
        server=Server(server, fabric),
        bonders=Bonders(server),
        fabric=fabric,
        aws_stand_in=SimpleNamespace(state=lambda: aws),
    )
    parts = {title: lab_scenarios.PARTS[title](cast(Lab, asked)) for title in LISTED}
    return {title: [Result(check.name, True, "", 0.0) for check in part] for title, part in parts.items()}


def absent(wanted: expected.Wanted, asked: dict[str, list[Result]]) -> set[str]:
    """The names of the checks that fail because they did not run, or because nothing names them."""
    found = [result for title in LISTED for result in expected.judged(title, asked[title], wanted)]
    assert not any(result.passed or not result.measured for result in found)
    return {result.name for result in found}


def by_inventory() -> expected.Wanted:
    server, _aws = network()
    return expected.of_inventory(["agg1", "agg2"], INVENTORY, server["bonds"])


def test_a_whole_network_has_just_the_checks_that_its_inventory_and_both_sides_name() -> None:
    server, aws = network()
    assert {name for part in by_inventory().values() for name in part} == NAMES
    assert {name for part in expected.of_states(server, aws).values() for name in part} == NAMES
    asked = listed(server, aws)
    assert absent(by_inventory(), asked) == set()
    assert absent(expected.of_states(server, aws), asked) == set()


def _no_private_address(_server: dict[str, Any], aws: dict[str, Any]) -> None:
    del aws["network_interfaces"][0]["addresses"][1]


def _no_cpe_nat_ip(server: dict[str, Any], _aws: dict[str, Any]) -> None:
    server["bonds"][0]["cpe_nat_ips"] = []


def _detached(_server: dict[str, Any], aws: dict[str, Any]) -> None:
    aws["network_interfaces"][2]["attachment"] = None


def _no_ethernet(server: dict[str, Any], _aws: dict[str, Any]) -> None:
    del server["aggregators"][0]["interfaces"][2]


def _another_address(server: dict[str, Any], _aws: dict[str, Any]) -> None:
    server["aggregators"][1]["ip"] = "203.0.113.99"


def _no_vxlan(server: dict[str, Any], _aws: dict[str, Any]) -> None:
    del server["aggregators"][1]["interfaces"][1]


def _no_transit(server: dict[str, Any], _aws: dict[str, Any]) -> None:
    server["aggregators"][0]["interfaces"][0]["enabled"] = False


def _stopped(_server: dict[str, Any], aws: dict[str, Any]) -> None:
    aws["instances"][1] |= {"state": "stopped", "public_ip": None}


def _not_in_the_private_wan(server: dict[str, Any], _aws: dict[str, Any]) -> None:
    server["bonds"][1]["connected_ips"][0]["include_private_wan"] = False


def _no_connected_ip(server: dict[str, Any], _aws: dict[str, Any]) -> None:
    server["bonds"][0]["connected_ips"][1]["enabled"] = False


def _no_nat_gateway(_server: dict[str, Any], aws: dict[str, Any]) -> None:
    aws["nat_gateways"][0]["state"] = "deleted"


def _no_mesh(server: dict[str, Any], _aws: dict[str, Any]) -> None:
    for aggregator in server["aggregators"]:
        aggregator["interfaces"] = [one for one in aggregator["interfaces"] if one["name"] != "vx11"]


CPE = "CPE NAT IP of bond 17 for 192.168.17.10"
PAIR, TRANSIT = (titles.neighbours(space, "agg1", "agg2") for space in ("acme", None))
GATEWAY = set(titles.gateway("acme", "agg1", True, True))
UNTRANSLATED = set(titles.gateway("acme", "agg1", False, True))
WAN = set(titles.private_wan("acme"))
GONE = {titles.own("agg2"), PAIR, TRANSIT}
AWAY = "the aggregator at 10.1.0.12"
SOMEWHERE = {titles.neighbours(space, name, AWAY) for space in ("acme", None) for name in ("agg1", "agg2")}
# What is taken away; what fails by the inventory; what fails by both sides, who miss nothing that neither has.
ABSENCES: dict[str, tuple[Change, set[str], set[str]]] = {
    "private address": (_no_private_address, {CPE}, {CPE}),
    "CPE NAT IP": (_no_cpe_nat_ip, {CPE}, {"the bond of 10.1.0.50"}),
    "connected IP": (_no_connected_ip, {CPE}, {CPE}),
    "attachment of the gateway": (_detached, GATEWAY, UNTRANSLATED),
    "gateway on the server": (_no_ethernet, GATEWAY, {"the space of ens6 on agg1"}),
    "NAT gateway": (_no_nat_gateway, GATEWAY ^ UNTRANSLATED, set()),
    "address of an aggregator": (_another_address, GONE, GONE | SOMEWHERE),
    "running instance": (_stopped, GONE, GONE | SOMEWHERE),
    "VXLAN of one aggregator": (_no_vxlan, {PAIR}, {PAIR}),
    "VXLAN of BGP": (_no_transit, {TRANSIT}, {TRANSIT}),
    "VXLANs of a space": (_no_mesh, {PAIR}, set()),
    "LAN in the private WAN": (_not_in_the_private_wan, WAN | GATEWAY, WAN | GATEWAY),
}


@pytest.mark.parametrize("name", ABSENCES)
def test_what_is_absent_fails_its_checks_by_name(name: str) -> None:
    change, by_intent, by_sides = ABSENCES[name]
    server, aws = network()
    change(server, aws)
    asked = listed(server, aws)
    assert absent(by_inventory(), asked) == by_intent
    assert absent(expected.of_states(server, aws), asked) == by_sides


def test_the_demonstration_has_a_check_for_each_entry_aggregator_pair_and_gateway() -> None:
    wanted = provisioning.wanted()
    assert {title: len(names) for title, names in wanted.items()} == {
        titles.ADDRESSES: 8 + 3,
        titles.NEIGHBOURS: 4 * 3,
        titles.WAN: 3 * 3,
        titles.GATEWAYS: 3 * 4,
    }
    every = [title for scenario in lab_scenarios.SCENARIOS.values() for title in scenario.parts]
    assert sorted([*wanted, *expected.COUNTS]) == sorted(every)


def test_a_part_with_a_check_less_fails() -> None:
    results = [Result(f"check {number}", True, "", 0.0) for number in range(5)]
    assert expected.judged("Bonds that move", results, {}) == []
    (found,) = expected.judged("Bonds that move", results[1:], {})
    assert (found.passed, found.measured) == (False, "4 ran, 5 must be there")


def test_a_check_that_runs_twice_fails() -> None:
    twice = [Result(titles.own("agg1"), True, "", 0.0)] * 2
    (found,) = expected.judged(titles.ADDRESSES, twice, {titles.ADDRESSES: {titles.own("agg1"): "the inventory"}})
    assert (found.passed, found.measured) == (False, "it ran twice")


def test_an_aggregator_without_an_instance_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    server, aws = network()
    _another_address(server, aws)
    found = Server(server, Fabric(aws))
    with pytest.raises(Failed, match="^agg2 has no instance: no instance's public address is the one"):
        found.namespace("agg2")
    (result,) = run("A part", listing(found))
    assert (result.name, result.passed) == ("A part: what there is to ask", False)
    assert result.measured.startswith("agg2 has no instance")
    assert "FAILED A part: what there is to ask" in capsys.readouterr().out


def listing(server: Server) -> Iterator[Check]:
    """A part that asks an aggregator's namespace before its first check."""
    yield Check(server.namespace("agg2"), lambda: "")
