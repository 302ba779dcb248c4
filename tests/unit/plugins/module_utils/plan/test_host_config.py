# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host configuration that the roles get: after each phase, in each part, and the questions to a host."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.bonded.internet.plugins.module_utils._design.host.config import HostConfig, HostConfigChange
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import Scope
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import (
    ExpectedInterface,
    HostConfigInput,
)
from ansible_collections.bonded.internet.plugins.module_utils._plan.host_config import (
    expected_changed_interfaces,
    expected_interfaces,
    host_inputs,
)
from ansible_collections.bonded.internet.plugins.module_utils._plan.role_inputs import make_role_inputs

from ..design.egress_world import gateway, plain_world, space
from ..design.test_relocation import put
from ..design.world import HOSTS, entry, host, small_world

PLAYBOOKS = Path(__file__).parents[5] / "playbooks"
FACTS: dict[str, Any] = {"devices": [], "programs": {"nft": True}, "managers": {}, "installed": {}}
REACHED = [host(name, manage_host=True, found=FACTS) for name in HOSTS]
OLD, NEW = {"space": "old", "incoming": []}, {"space": "new", "incoming": []}


def spaces(work: dict[str, dict[str, HostConfigInput]]) -> list[list[str]]:
    specs = [work["agg1"].get(phase, work["agg1"]["remove"]) for phase in ("add", "switch", "remove")]
    return [[entry["space"] for entry in spec.masquerade] for spec in specs]


def test_what_is_there_goes_last_and_waits_under_a_limit_and_for_its_part() -> None:
    sides = {
        "agg1": HostConfigChange(HostConfig({"old": OLD}), HostConfig({"new": NEW})),
        "agg2": HostConfigChange(HostConfig(), HostConfig()),
    }
    parts = ("gateways", "cpe_nat")
    work = host_inputs(sides, ["agg1"], parts, limited=False)
    assert list(work) == ["agg1"]
    assert spaces(work) == [["new", "old"], ["new", "old"], ["new"]]
    assert spaces(host_inputs(sides, ["agg1"], parts, limited=True))[2] == ["new", "old"]
    other_part = host_inputs(sides, ["agg1"], ("cpe_nat",), limited=False)
    assert spaces(other_part) == [["old"]] * 3
    assert list(other_part["agg1"]) == ["remove"]


def test_a_host_is_asked_for_what_a_phase_changes_and_for_its_peers_in_this_run() -> None:
    world = small_world()
    steps = world.steps(spaces=space(gateway(egress="masquerade", interface=None)), aggregators=REACHED)
    changes = [(step.item, step.obj) for step in steps]
    found = expected_changed_interfaces(changes, world.design, {"agg1", "agg2"})
    tunnel = ExpectedInterface(
        device="vx10000011",
        addresses=["10.254.0.7"],
        peers=["10.254.0.12"],
        babel=1,
        # its first device was not read, so that only what comes by the tunnel can be asked
        admits=[{"device": "vx10000011", "protocol": "udp", "port": 6696, "ipv6": True, "sources": []}],
    )
    device = ExpectedInterface(device="gw11", addresses=[])  # AWS has yet to choose its address
    assert found["agg1"] == {"add": [device, tunnel]}
    built = plain_world()
    steps = built.steps(spaces=space(gateway(egress="none")), aggregators=REACHED)
    assert expected_changed_interfaces([(step.item, step.obj) for step in steps], built.design, set(HOSTS)) == {}
    whole = expected_interfaces(built.design, set(HOSTS))
    assert [one.device for one in whole["agg1"]] == ["vx10000011", "ens6"]
    assert whole["agg1"][1].addresses == ["10.101.0.4"]


def test_new_rules_translate_in_nobodys_zone_until_a_route_leads_to_them() -> None:
    """A connection that conntrack has seen go elsewhere is never translated in its zone; the space's comes later."""
    old, new = ({**one, "zone": zone, "port_forwards": [], "ipv6": False} for one, zone in ((OLD, 7), (NEW, 11)))
    side = HostConfigChange(HostConfig({"old": old}), HostConfig({"old": old, "new": new}))
    work = host_inputs({"agg1": side}, ["agg1"], ("gateways", "cpe_nat"), limited=False)["agg1"]
    zones = {name: {entry["space"]: entry["zone"] for entry in spec.masquerade} for name, spec in work.items()}
    assert zones == {"prepare": {"old": 7, "new": 0}, "remove": {"old": 7, "new": 11}}
    killed = HostConfigChange(HostConfig({"new": {**new, "zone": 0}}), HostConfig({"new": new}))
    (spec,) = killed.prepared().as_dict()["masquerade"]
    assert (spec["zone"], killed.after("add").masquerade["new"]["zone"]) == (0, 11)


def test_steps_translate_before_a_gateways_route_and_give_the_zone_after_it() -> None:
    world = small_world()
    given = {"spaces": space(gateway(egress="masquerade", interface=None)), "aggregators": REACHED}
    steps = world.steps(**given)
    scope = Scope(hosts=list(HOSTS), parts=("cpe_nat", "private_wan", "gateways"), limited=False, absent=False)
    aggregators = {number: {"id": number} for number in world.server.aggregators}
    work = make_role_inputs(world.design, steps, aggregators, scope, "agg1").work
    order = [name for name in work.steps if name.startswith(("host", "gateways"))]
    assert order == ["host_prepared", "gateways", "host_zones"]
    assert (work.hosts_to_configure["add"], work.hosts_to_configure["zones"]) == (["agg1"], ["agg1"])
    assert work.hosts_to_configure["devices"] == sorted(HOSTS)


def test_return_routes_change_right_after_the_addresses_in_a_run_that_only_moves_those() -> None:
    """The new owner of an address sends by the old one until then, where the answers end. Also under a limit."""
    way = {"address": "10.1.0.44", "via": "10.253.0.7", "device": "vx10000000", "table": 10000007}
    world = small_world()
    facts = FACTS | {"installed": {"return_routes": [way]}}
    bgp = {"asn": 64512, "subnet": "10.253.0.0/20"}
    world.apply(cpe_nat_ips=[entry()], bgp=bgp)
    put(world, "agg1", "10.1.0.44")
    world.server.bonds[17] = replace(world.server.bonds[17], present=1007)
    hosts = [host(name, manage_host=True, found=FACTS if name == "agg1" else facts) for name in HOSTS]
    steps = world.steps(state="followed", cpe_nat_ips=[entry()], bgp=bgp, aggregators=hosts)
    scope = Scope(hosts=list(HOSTS), parts=("cpe_nat",), limited=True, absent=False, relocates=True)
    aggregators = {number: {"id": number} for number in world.server.aggregators}
    plan = make_role_inputs(world.design, steps, aggregators, scope, "agg1")
    routes = {(item.host, item.verb, item.phase) for item in plan.items if item.kind == "return_route"}
    assert routes == {("agg1", "create", "add"), ("agg2", "update", "add"), ("agg3", "delete", "add")}
    assert [name for name in plan.work.steps if name.startswith(("host", "cpe_nat"))] == [
        "cpe_nat",
        "host_routes",
        "host_zones",
    ]
    assert plan.work.hosts_to_configure["zones"] == ["agg1", "agg2", "agg3"]
    assert (plan.work.hosts_to_configure["devices"], plan.work.last_steps) == ([], [])
    # On agg1 the role has installed nothing yet, so that two tasks are not enough.
    assert plan.work.hosts_to_configure["routes"] == ["agg2", "agg3"]
    ways = {
        name: [[one["via"] for one in specs.get(phase, specs["remove"]).return_routes] for phase in ("prepare", "add")]
        for name, specs in plan.work.host_config.items()
    }
    old, new = ["10.253.0.7"], [plan.work.host_config["agg1"]["remove"].return_routes[0]["via"]]
    assert ways == {"agg1": [[], new], "agg2": [old, new], "agg3": [old, []]}


def test_site_includes_each_step_for_all_hosts() -> None:
    """Ansible runs included files in the order of the first host that includes something: a condition that leaves out
    a file there puts it behind all others.
    """
    plays = yaml.safe_load((PLAYBOOKS / "site.yml").read_text(encoding="utf-8"))
    (add,) = [play for play in plays if play["name"] == "Add objects"]
    (step,) = [task for task in add["tasks"] if "loop" in task]
    assert step["ansible.builtin.include_tasks"] == "tasks/{{ bonding_step }}.yml"
    assert "when" not in step
