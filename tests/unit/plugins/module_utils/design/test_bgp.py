# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP between the aggregators: who speaks with whom over which addresses, and what is handed on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.cpe_nat.bgp import FULL_MESH
from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp

from .world import HOSTS, World, entry, small_world

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


def test_a_host_of_another_vpc_is_left_out_and_forbids_bgp_to_nobody(world: World) -> None:
    world.cloud.instances["i-agg3"] = replace(world.cloud.instances["i-agg3"], vpc_id="vpc-9")
    world.plan(bgp=TRANSIT)
    (refused,) = world.report.problems
    assert "agg3 is in the VPC vpc-9" in refused and "leave the host out of bonding_bgp.aggregators" in refused
    given = {**TRANSIT, "aggregators": ["agg1", "agg2"]}
    world.apply(bgp=given)
    assert world.report.problems == []
    assert sessions(world) == {(7, 12), (12, 7)}
    assert {parent for kind, parent, _key in world.objects if kind == "interface"} == {
        "aggregators/7",
        "aggregators/12",
    }
    (end,) = data_of(world, "interface", 7, "vx10000000")["endpoints"]
    assert end["ip"] == "10.1.1.12"
    assert "10.1.0.13" not in data_of(world, "filter", 12, "prod_import_0")["body"]
    assert world.plan(bgp=given) == []


def test_direct_runs_between_the_named_hosts_of_one_subnet(world: World) -> None:
    world.plan(bgp=DIRECT)
    assert "name the hosts of one subnet in bonding_bgp.aggregators" in "".join(world.report.problems)
    given = {**DIRECT, "aggregators": ["agg1", "agg3"]}
    items = world.plan(bgp=given, security_groups=True)
    assert world.report.problems == []
    assert {i.key for i in items if i.kind == "source_dest_check"} == {"eni-agg1", "eni-agg3"}
    carried = {(i.parent, i.key) for i in items if i.kind == "group_attachment"}
    assert {place for place, key in carried if key.startswith("sg/cpe-nat/")} == {"eni-agg1", "eni-agg3"}
    assert {place for place, key in carried if key.startswith("sg/aggregators/")} == {
        "eni-agg1",
        "eni-agg2",
        "eni-agg3",
    }
    world.apply(bgp=given)
    assert sessions(world) == {(7, 1007), (1007, 7)}


def test_rules_for_direct_bgp_are_in_the_vpc_of_its_hosts_alone(world: World) -> None:
    world.cloud.instances["i-agg2"] = replace(world.cloud.instances["i-agg2"], vpc_id="vpc-9")
    items = world.plan(bgp={**DIRECT, "aggregators": ["agg1", "agg3"]}, security_groups=True)
    assert world.report.problems == []
    rules = [(i.parent, i.after) for i in items if i.kind == "security_group_rule" and i.after]
    bgp = [(parent, rule["source"]) for parent, rule in rules if rule["from_port"] == 179]
    assert bgp == [("sg/aggregators/vpc-1", "self")]
    assert "sg/cpe-nat/vpc-9" not in {parent for parent, _rule in rules}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], set()),
        ([entry()], {(7, 12), (12, 7)}),
        ([entry(aggregator="agg3")], ALL),
    ],
    ids=["no entry", "primary and secondary of the bond", "the entry's own aggregator"],
)
def test_involved_are_the_hosts_of_bonds_with_an_entry(
    world: World, entries: list[dict[str, Any]], expected: set[tuple[int, int]]
) -> None:
    world.apply(bgp={**TRANSIT, "aggregators": ["involved"]}, cpe_nat_ips=entries)
    assert world.report.problems == []
    assert sessions(world) == expected


def test_involved_is_the_host_of_an_address_that_is_kept_too(world: World) -> None:
    tags = {"bonded.internet/network": "prod", "bonded.internet/key": "cpe-nat/bond-18"}
    world.cloud.addresses.append(ElasticIp("eipalloc-18", "198.51.100.18", tags, "eni-agg3", "10.1.0.44"))
    world.apply(bgp={**TRANSIT, "aggregators": ["involved"]}, cpe_nat_ips=[entry()])
    assert sessions(world) == ALL


@pytest.mark.parametrize("option", ["aggregators", "route_reflectors"])
def test_an_unknown_host_is_refused_with_the_nearest_known_one(world: World, option: str) -> None:
    world.plan(bgp={**TRANSIT, option: ["agg1", "agg33"]})
    text = f"bonding_bgp.{option}: 'agg33' is not a host of the inventory's group; did you mean 'agg3'?"
    assert text in world.report.problems


def test_a_reflector_outside_is_refused(world: World) -> None:
    world.plan(bgp={**TRANSIT, "aggregators": ["agg1", "agg2"], "route_reflectors": ["agg1", "agg3"]})
    (text,) = world.report.problems
    assert "bonding_bgp.route_reflectors: agg3 is outside of bonding_bgp.aggregators" in text


@pytest.mark.parametrize("given", [TRANSIT, DIRECT], ids=["transit", "direct"])
def test_a_host_is_left_out_of_a_live_bgp_by_prune_alone(world: World, given: dict[str, Any]) -> None:
    one_subnet(world).apply(bgp=given)
    smaller = {**given, "aggregators": ["agg1", "agg2"]}
    world.plan(bgp=smaller)
    assert world.report.problems
    assert all(
        "agg3" in text and "bonding_bgp.aggregators does not name it any more. bonding_prune: true" in text
        for text in world.report.problems
    )
    items = world.plan(bgp=smaller, prune=True)
    assert world.report.problems == []
    gone = {(i.parent, i.key): (i.interrupts, i.switch) for i in items if i.kind == "bgp_protocol"}
    assert set(gone) == {
        ("aggregators/7", "prod_bgp_1007"),
        ("aggregators/12", "prod_bgp_1007"),
        ("aggregators/1007", "prod_bgp_7"),
        ("aggregators/1007", "prod_bgp_12"),
    }
    assert all(text.startswith("the routes that") and switch == "bonding_prune" for text, switch in gone.values())
    world.apply(bgp=smaller, prune=True)
    assert sessions(world) == {(7, 12), (12, 7)}
    assert not [key for kind, parent, key in world.objects if parent == "aggregators/1007"]
