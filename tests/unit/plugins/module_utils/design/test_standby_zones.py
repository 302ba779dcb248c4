# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conntrack zones of a gateway and its standby: only the one in use has the space's zone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import Interface, Route

from .egress_world import ANYWHERE, LANS, gateway, plain_world, routes, space, tags
from .test_masquerade import FACTS
from .world import HOSTS, World, host

SPACES = space(gateway(egress="masquerade", standby="agg3"))
SECOND = 11 + 32767
Installed = dict[str, list[dict[str, Any]]]


@pytest.fixture
def world() -> World:
    """Return a world with a gateway on agg1, and its standby on agg3."""
    world = plain_world()
    world.cloud.interfaces["eni-2"] = Interface(
        "eni-2", "subnet-gw", "vpc-9", "10.101.0.5", tags("gateway/acme/agg3"), "i-agg3", False
    )
    world.cloud.instances["i-agg3"] = replace(world.cloud.instances["i-agg3"], devices=(0, 1))
    world.apply(spaces=SPACES, aggregators=hosts({}))
    assert world.report.problems == []
    return world


def hosts(installed: dict[str, Installed], *dead: str, **more: Any) -> list[dict[str, Any]]:
    """Return the hosts with what is installed on them; the dead ones do not answer."""
    return [
        host(
            name,
            manage_host=True,
            found={"unreachable": "timed out"} if name in dead else FACTS | {"installed": installed.get(name, {})},
            **more,
        )
        for name in HOSTS
    ]


def wanted(world: World) -> dict[str, Installed]:
    return {name: side.wanted.as_dict() for name, side in world.design.host_configs.items()}


def zones(specs: dict[str, Installed]) -> dict[str, int]:
    return {name: entry["zone"] for name, spec in specs.items() for entry in spec["masquerade"]}


def activate(world: World, name: str) -> None:
    """Associate the gateway's Elastic IP with the interface on a host."""
    interface = world.cloud.interfaces["eni-2" if name == "agg3" else "eni-gw"]
    world.cloud.addresses[:] = [
        replace(one, interface_id=interface.id, private_ip=interface.private_ip) for one in world.cloud.addresses
    ]


def settle(world: World, name: str, installed: dict[str, Installed]) -> None:
    """Let the gateway on a host be in use, with the routes and filters of that."""
    activate(world, name)
    target = "eni-2" if name == "agg3" else "eni-gw"
    routes(world.cloud, "rtb-main", Route(LANS, target))
    routes(world.cloud, "rtb-gw", Route(ANYWHERE, "igw-9"), Route(LANS, target))
    world.apply(spaces=SPACES, aggregators=hosts(installed))


def relocate(world: World, installed: dict[str, Installed], *dead: str, **more: Any) -> list[tuple[Any, ...]]:
    """Return the host items of a run of playbook evacuate."""
    items = world.plan(spaces=SPACES, aggregators=hosts(installed, *dead), state="evacuated", **more)
    assert world.report.problems == []
    return [
        (item.verb, item.phase, item.host, item.before, item.after, item.interrupts)
        for item in items
        if item.system == "host"
    ]


def test_site_gives_the_zone_to_the_gateway_in_use(world: World) -> None:
    world.plan(spaces=SPACES, aggregators=hosts({}))
    installed = wanted(world)
    assert zones(installed) == {"agg1": 11, "agg3": 0}
    assert world.plan(spaces=SPACES, aggregators=hosts(installed)) == []
    activate(world, "agg3")
    items = world.plan(spaces=SPACES, aggregators=hosts(installed))
    found = {item.host: (item.before, item.after, item.interrupts) for item in items if item.system == "host"}
    assert found == {"agg1": ({"zone": 11}, {"zone": 0}, ""), "agg3": ({"zone": 0}, {"zone": 11}, "")}


def test_two_standbys_of_a_host_share_no_zone(world: World) -> None:
    found = world.server.spaces["acme"]
    world.server.spaces["globex"] = replace(found, id=12, key="globex", name="globex")
    second = {
        "key": "globex",
        "private_wan": "managed_mesh",
        "vpc": {"cidr": "10.102.0.0/16"},
        "gateways": [gateway(egress="masquerade", standby="agg3", interface="ens7")],
    }
    world.plan(spaces=[*SPACES, second], aggregators=hosts({}))
    assert world.report.problems == []
    assert [entry["zone"] for entry in wanted(world)["agg3"]["masquerade"]] == [0, 0]


def test_evacuation_gives_the_zone_to_the_standby(world: World) -> None:
    world.plan(spaces=SPACES, aggregators=hosts({}))
    installed = wanted(world)
    given = ("update", "add", "agg3", {"zone": 0}, {"zone": 11}, "")
    taken = ("update", "add", "agg1", {"zone": 11}, {"zone": 0}, "")
    assert relocate(world, installed, evacuate="agg1") == [taken, given]
    assert relocate(world, installed, "agg1", evacuate="agg1") == [given]
    prepared = world.design.host_configs["agg3"].prepared()
    assert prepared.masquerade["acme"]["zone"] == 0, "the zone begins before the route is there"


def test_a_killed_evacuation_gives_the_zone_when_it_is_run_again(world: World) -> None:
    world.plan(spaces=SPACES, aggregators=hosts({}))
    installed = wanted(world)
    activate(world, "agg3")
    assert ("update", "add", "agg3", {"zone": 0}, {"zone": 11}, "") in relocate(world, installed, evacuate="agg1")
    ended = wanted(world)
    assert zones(ended) == {"agg1": 0, "agg3": 11}
    settle(world, "agg3", ended)
    assert relocate(world, ended, evacuate="agg1") == []
    assert relocate(world, installed, evacuate="agg1") == [
        ("update", "add", "agg1", {"zone": 11}, {"zone": 0}, ""),
        ("update", "add", "agg3", {"zone": 0}, {"zone": 11}, ""),
    ]


def test_a_restore_gives_the_zone_back(world: World) -> None:
    world.plan(spaces=SPACES, aggregators=hosts({}))
    activate(world, "agg3")
    world.plan(spaces=SPACES, aggregators=hosts({}))
    installed = wanted(world)
    assert relocate(world, installed, restore="agg1") == [
        ("update", "add", "agg1", {"zone": 0}, {"zone": 11}, ""),
        ("update", "add", "agg3", {"zone": 11}, {"zone": 0}, ""),
    ]


def test_a_gateway_that_has_the_zone_from_before_gets_the_other_one(world: World) -> None:
    """On a first gateway that hung, conntrack knows in its zone what has left by the standby since."""
    world.plan(spaces=SPACES, aggregators=hosts({}))
    installed = wanted(world)
    settle(world, "agg3", installed)
    assert relocate(world, installed, restore="agg1") == [
        ("update", "add", "agg1", {"zone": 11}, {"zone": SECOND}, ""),
    ]
    restored = wanted(world)
    settle(world, "agg1", restored)
    assert relocate(world, restored, restore="agg1") == []
    assert world.plan(spaces=SPACES, aggregators=hosts(restored)) == []
    settle(world, "agg3", restored)
    assert zones(wanted(world)) == {"agg1": 0, "agg3": 11}
    assert relocate(world, restored, restore="agg1") == [
        ("update", "add", "agg1", {"zone": SECOND}, {"zone": 11}, ""),
    ]


def test_a_gateway_gets_no_zone_that_another_space_has(world: World) -> None:
    world.plan(spaces=SPACES, aggregators=hosts({}))
    installed = wanted(world)
    other = {"space": "globex", "zone": SECOND, "device": "ens8", "incoming": []}
    installed["agg1"]["masquerade"].append({**installed["agg1"]["masquerade"][0], **other})
    settle(world, "agg3", installed)
    assert relocate(world, installed, restore="agg1") == []


def test_a_gateway_that_stays_keeps_its_zone(world: World) -> None:
    world.plan(spaces=SPACES, aggregators=hosts({}))
    installed = wanted(world)
    assert relocate(world, installed, evacuate="agg2") == []
    del world.cloud.interfaces["eni-2"]
    assert relocate(world, installed, evacuate="agg1") == []
    assert any("its network interface on agg3 is not built" in text for text in world.report.warnings)


def test_masquerading_that_the_operator_does_by_hand_is_left_alone(world: World) -> None:
    world.plan(spaces=SPACES, aggregators=hosts({}))
    given = hosts(wanted(world), host_skip=["masquerade"])
    items = world.plan(spaces=SPACES, aggregators=given, state="evacuated", evacuate="agg1")
    assert [item for item in items if item.system == "host"] == []


def test_a_standby_that_ssh_does_not_reach_takes_the_gateways_place(world: World) -> None:
    world.plan(spaces=SPACES, aggregators=hosts({}))
    assert relocate(world, wanted(world), "agg3", evacuate="agg1") == [
        ("update", "add", "agg1", {"zone": 11}, {"zone": 0}, "")
    ]
    assert [(host, one.standby) for host, one in world.design.gateways["add"]] == [("agg3", False)]
