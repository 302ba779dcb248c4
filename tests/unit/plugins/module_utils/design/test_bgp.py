# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP between the aggregators: who speaks with whom over which addresses, and what is handed on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.bgp import FULL_MESH

from .world import HOSTS, World, small_world

TRANSIT: dict[str, Any] = {"asn": 64512, "subnet": "10.253.0.0/20"}
DIRECT: dict[str, Any] = {"asn": 64512, "mode": "direct"}


def one_subnet(world: World) -> World:
    """All aggregators in subnet-a."""
    for name, found in world.cloud.instances.items():
        world.cloud.instances[name] = replace(found, subnet_id="subnet-a", zone="eu-central-1a")
    return world


@pytest.fixture
def world() -> World:
    return small_world()


def sessions(world: World) -> set[tuple[int, int]]:
    """(aggregator, peer) of every session."""
    return {
        (int(parent.split("/")[1]), int(key.rsplit("_", 1)[1]))
        for kind, parent, key in world.objects
        if kind == "protocol" and "_bgp_" in key
    }


def data_of(world: World, kind: str, number: int, key: str) -> dict[str, Any]:
    return world.objects[kind, f"aggregators/{number}", key].data


ALL = {(one, other) for one in (7, 12, 1007) for other in (7, 12, 1007) if one != other}


def test_direct_runs_over_the_private_addresses_without_an_interface(world: World) -> None:
    one_subnet(world).apply(bgp=DIRECT)
    assert world.report.problems == []
    assert sessions(world) == ALL
    peer = data_of(world, "protocol", 7, "prod_bgp_1007")
    assert (peer["local_address"], peer["neighbor_address"]) == ("10.1.0.11", "10.1.0.13")
    assert (peer["next_hop_self"], peer["rr_client"], peer["space"]) == (True, False, None)
    assert not [key for kind, _parent, key in world.objects if kind == "interface"]
    assert world.plan(bgp=DIRECT) == world.design.items  # nothing on the server is left to be done


def test_only_addresses_of_the_aggregators_subnet_are_handed_on_and_never_a_default_route(world: World) -> None:
    one_subnet(world).apply(bgp=DIRECT)
    for way in ("import", "export"):
        body = data_of(world, "filter", 7, f"prod_{way}_0")["body"]
        assert body.endswith("if net ~ [ 10.1.0.0/24{32,32} ] then accept;\nreject;")
        assert "10.1.0.11/32" in body.split("then reject")[0]
        assert "next_hop" not in body


def test_from_transit_to_direct_interrupts_and_leaves_nothing_over(world: World) -> None:
    one_subnet(world).apply(bgp=TRANSIT)
    items = world.plan(bgp=DIRECT)
    assert {i.interrupts for i in items if i.kind == "bgp_protocol"} == {"this BGP session"}
    assert {(i.phase, i.verb) for i in items if i.kind == "vxlan_interface"} == {("remove", "delete")}
    world.apply(bgp=DIRECT)
    assert not [key for kind, _parent, key in world.objects if kind == "interface"]
    assert [i for i in world.plan(bgp=DIRECT) if i.system == "server"] == []


def test_reflectors_speak_with_all_and_the_others_with_them_alone(world: World) -> None:
    world.apply(bgp={**TRANSIT, "route_reflectors": ["agg1", "agg2"]})
    assert sessions(world) == ALL
    clients = {key: data_of(world, "protocol", 7, f"prod_bgp_{key}")["rr_client"] for key in (12, 1007)}
    assert clients == {12: False, 1007: True}
    assert data_of(world, "protocol", 1007, "prod_bgp_7")["rr_client"] is False
    assert not any(o.data["next_hop_self"] for (kind, _p, key), o in world.objects.items() if "_bgp_" in key)
    own = world.objects["interface", "aggregators/1007", "vx10000000"].data["addresses"][0].split("/")[0]
    assert (
        f"if source != RTS_BGP then bgp_next_hop = {own};\n" in data_of(world, "filter", 1007, "prod_export_0")["body"]
    )
    assert "bgp_next_hop" not in data_of(world, "filter", 1007, "prod_import_0")["body"]


def test_a_mesh_becomes_one_of_reflectors_and_the_sessions_between_the_others_go_last(world: World) -> None:
    world.apply(bgp=TRANSIT)
    given = {**TRANSIT, "route_reflectors": ["agg1"]}
    items = world.plan(bgp=given)
    assert world.report.problems == []
    gone = {(i.phase, i.parent, i.key) for i in items if i.verb == "delete"}
    assert gone == {("remove", "aggregators/12", "prod_bgp_1007"), ("remove", "aggregators/1007", "prod_bgp_12")}
    assert [text for text in world.report.warnings if "agg1 alone: while it is down" in text]
    world.apply(bgp=given)
    assert sessions(world) == ALL - {(12, 1007), (1007, 12)}
    assert world.plan(bgp=given) == []


@pytest.mark.parametrize(("more", "refused"), [(FULL_MESH - 3, False), (FULL_MESH - 2, True)])
def test_a_large_mesh_wants_reflectors(world: World, more: int, refused: bool) -> None:
    for number in range(more):
        world.add_aggregator(f"more{number}", 20 + number, f"10.1.0.{100 + number}", "a")
    names = [*HOSTS, *(f"more{number}" for number in range(more))]
    hosts = [{"host": name, "aggregator": name, "instance_id": f"i-{name}"} for name in names]
    world.plan(aggregators=hosts, bgp=TRANSIT)
    assert (f"{FULL_MESH} may all speak with each other" in "".join(world.report.problems)) is refused
    world.plan(aggregators=hosts, bgp={**TRANSIT, "route_reflectors": ["agg1", "agg2"]})
    assert world.report.problems == []
