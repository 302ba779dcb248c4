# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An aggregator's own firewall in the plan: what it has to let in, when that comes and goes, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.host.config import HostConfigChange
from ansible_collections.bonded.internet.plugins.module_utils._plan.host_config import expected_interfaces

from .egress_world import gateway, plain_world, space
from .world import HOSTS, World, acme, host, initech, small_world

BGP = {"asn": 64512, "mode": "transit", "subnet": "10.253.0.0/20"}
VXLAN = "udp 4789 by ens5"
REJECTS = {"vxlan": "no", "babel": "no", "ospf": "no", "bgp": "no", "sources": []}
WIDE = {"directory": True, "known_ips": False}


def facts(name: str, **more: Any) -> dict[str, Any]:
    devices = [{"name": "ens5", "addresses": [f"{HOSTS[name][1]}/24"]}]
    return {"devices": devices, "programs": {"nft": True}, "managers": {}, "installed": {}, "firewall": WIDE, **more}


def reached(*names: str, skip: tuple[str, ...] = (), **more: Any) -> list[dict[str, Any]]:
    return [host(one, manage_host=True, host_skip=list(skip), found=facts(one, **more)) for one in names or HOSTS]


def side(world: World, name: str) -> HostConfigChange:
    found: HostConfigChange = world.design.host_configs[name]
    return found


def rules(world: World, name: str, phase: Any) -> dict[str, list[str]]:
    return {key: entry["sources"] for key, entry in side(world, name).after(phase).firewall.items()}


@pytest.fixture
def world() -> World:
    return small_world()


def test_only_what_the_plan_needs_is_let_in_from_the_peers_by_named_devices(world: World) -> None:
    items = world.plan(spaces=[acme(), initech()], bgp=BGP, aggregators=reached())
    assert world.report.problems == []
    assert rules(world, "agg1", "add") == {
        VXLAN: ["10.1.0.13", "10.1.1.12"],
        "udp 6696 by vx10000011": [],
        "ospf by vx10000013": ["10.254.16.12", "10.254.19.239"],
        "tcp 179 by vx10000000": ["10.253.0.12", "10.253.3.239"],
    }
    made = [item for item in items if item.kind == "firewall_rule"]
    assert {(item.verb, item.phase, item.system, bool(item.interrupts)) for item in made} == {
        ("create", "add", "host", False)
    }
    assert {item.key: item.part for item in made if item.host == "agg1"} == {
        VXLAN: "private_wan",
        "udp 6696 by vx10000011": "private_wan",
        "ospf by vx10000013": "private_wan",
        "tcp 179 by vx10000000": "cpe_nat",
    }


def test_direct_bgp_is_let_in_by_the_first_device(world: World) -> None:
    world.plan(bgp={"asn": 64512, "mode": "direct"}, aggregators=reached("agg1", "agg3"))
    assert rules(world, "agg1", "add") == {"tcp 179 by ens5": ["10.1.0.13"], "udp 3784 by ens5": ["10.1.0.13"]}


def test_nothing_is_planned_where_the_vendors_folder_is_not_or_the_part_is_skipped(world: World) -> None:
    for given in (reached(firewall={"directory": False, "known_ips": False}), reached(skip=("firewall",))):
        items = world.plan(spaces=[acme()], aggregators=given)
        assert [item for item in items if item.kind == "firewall_rule"] == []


def installed(world: World, name: str, **more: Any) -> dict[str, Any]:
    return {**side(world, name).after("remove").as_dict(), **more}


def test_a_second_run_finds_it_and_a_peer_that_leaves_goes_last(world: World) -> None:
    world.apply(spaces=[acme()], aggregators=reached())
    left = installed(world, "agg1")
    same = [host(one, manage_host=True, found=facts(one, installed=installed(world, one))) for one in HOSTS]
    assert [item for item in world.plan(spaces=[acme()], aggregators=same) if item.kind == "firewall_rule"] == []
    fewer = [one for one in same if one["host"] != "agg2"]
    items = world.plan(spaces=[acme()], aggregators=fewer, decommissioned=["agg2"])
    changed = [item for item in items if item.kind == "firewall_rule" and item.host == "agg1"]
    assert [(item.verb, item.phase, item.after) for item in changed] == [
        ("update", "remove", {"sources": ["10.1.0.13"]})
    ]
    assert left["firewall"][0]["sources"] == ["10.1.0.13", "10.1.1.12"]
    assert rules(world, "agg1", "switch")[VXLAN] == ["10.1.0.13", "10.1.1.12"]


def test_a_mesh_that_is_kept_keeps_its_rules_and_a_teardown_takes_all(world: World) -> None:
    world.apply(spaces=[acme()], bgp=BGP, aggregators=reached())
    same = [host(one, manage_host=True, found=facts(one, installed=installed(world, one))) for one in HOSTS]
    kept = rules(world, "agg1", "remove")
    items = world.plan(spaces=[], aggregators=same)
    assert [item for item in items if item.kind == "firewall_rule"] == []
    assert rules(world, "agg1", "remove") == kept
    items = world.plan(spaces=[acme()], bgp=BGP, aggregators=same, state="absent", confirm_teardown="prod")
    gone = [item for item in items if item.kind == "firewall_rule" and item.host == "agg1"]
    assert {(item.verb, item.phase) for item in gone} == {("delete", "remove")} and len(gone) == len(kept)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"firewall": {"directory": False, "known_ips": True}}, "/etc/bonding/known_ips"),
        ({"firewall": {"directory": False, "known_ips": False}}, "Let it in there"),
    ],
)
def test_a_firewall_that_rejects_vxlan_and_is_not_opened_is_refused(
    world: World, more: dict[str, Any], words: str
) -> None:
    world.plan(spaces=[acme()], aggregators=reached(admits=REJECTS, **more))
    text = "agg1: its own firewall rejects VXLAN (UDP 4789) from 10.1.0.13, 10.1.1.12"
    assert len(world.report.problems) == 3
    assert any(text in problem and words in problem for problem in world.report.problems)
    # an operator's own rule for the peers' subnets is enough for VXLAN; what comes by tunnels is told
    own = {**REJECTS, "sources": ["10.1.0.0/16"]}
    world.plan(spaces=[acme()], aggregators=reached(admits=own, **more))
    assert world.report.problems == []
    assert any("agg1: its own firewall rejects Babel (UDP 6696) by a tunnel" in text for text in world.report.warnings)


def test_a_firewall_that_the_run_opens_or_nobody_can_read_is_no_problem(world: World) -> None:
    unknown = {**dict.fromkeys(REJECTS, "unknown"), "sources": []}
    for given in (reached(admits=REJECTS), reached(admits=unknown, firewall={"directory": False, "known_ips": False})):
        world.plan(spaces=[acme()], aggregators=given)
        assert world.report.problems == []
    world.plan(spaces=[acme()], aggregators=reached(admits=REJECTS, skip=("firewall",)))
    assert any("Take firewall out of bonding_host_skip" in text for text in world.report.problems)


def test_what_is_asked_of_a_host_is_neighbours_and_packets_not_echoes_alone(world: World) -> None:
    world.plan(spaces=[acme(), initech()], bgp=BGP, aggregators=reached())
    found = {one.device: one for one in expected_interfaces(world.design, HOSTS)["agg1"]}
    assert (found["vx10000011"].babel, found["vx10000011"].bgp) == (2, [])
    assert found["vx10000013"].ospf == ["10.254.16.12", "10.254.19.239"]
    assert found["vx10000000"].bgp == ["10.253.0.12", "10.253.3.239"]
    ports = [(entry["port"], entry["device"], entry["sources"]) for entry in found["vx10000011"].admits]
    assert sorted(ports) == [(4789, "ens5", ["10.1.0.13", "10.1.1.12"]), (6696, "vx10000011", [])]


@pytest.mark.parametrize(
    ("devices", "problem", "warning"),
    [(["lo", "vx10000011"], True, False), (["lo"], False, False), (None, False, True)],
)
def test_masquerading_is_refused_where_a_space_is_in_another_namespace(
    devices: list[str] | None, problem: bool, warning: bool
) -> None:
    world = plain_world()
    more: dict[str, Any] = {"namespaces": [{"name": "space_11", "devices": devices}]}
    given = reached(**more)
    for one in given:
        one["found"]["devices"].append({"name": "mesh0", "addresses": [], "elsewhere": True})
    world.plan(spaces=space(gateway(egress="masquerade")), aggregators=given)
    refused = [text for text in world.report.problems if "network namespace space_11 of agg1" in text]
    warned = [text for text in world.report.warnings if "their devices cannot be read without root" in text]
    assert (bool(refused), bool(warned)) == (problem, warning)
    world.plan(spaces=space(gateway(egress="none")), aggregators=given)
    assert not any("space_11" in text for text in (*world.report.problems, *world.report.warnings))


def test_a_host_outside_of_direct_bgp_lets_in_none_and_is_let_in_nowhere(world: World) -> None:
    given = {"asn": 64512, "mode": "direct", "aggregators": ["agg1", "agg3"]}
    world.plan(bgp=given, aggregators=reached())
    assert world.report.problems == []
    assert rules(world, "agg2", "add") == {}
    assert rules(world, "agg1", "add") == {"tcp 179 by ens5": ["10.1.0.13"], "udp 3784 by ens5": ["10.1.0.13"]}
