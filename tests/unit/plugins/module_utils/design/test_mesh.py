# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mesh: what every member gets, and that no change of a live network takes a path away before its time."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._objects import Object

from .world import HOSTS, World, acme, host, initech, small_world

State = dict[tuple[str, str, str], Object]


@pytest.fixture
def world() -> World:
    return small_world()


def data_of(world: World, number: int, group: str, name: str) -> dict[str, Any]:
    return world.objects[group, f"aggregators/{number}", name].data


def test_a_space_gets_an_interface_and_babel_on_every_member(world: World) -> None:
    world.apply(spaces=[acme()])
    assert not world.report.problems
    interface = data_of(world, 12, "interface", "vx10000011")
    assert interface["vni"] == 10000011
    assert interface["space"] == "acme"
    assert interface["mtu"] == 1500
    assert interface["addresses"] == ["10.254.0.12/20"]
    assert sorted(e["ip"] for e in interface["endpoints"]) == ["10.1.0.11", "10.1.0.13"]
    assert {e["vni"] for e in interface["endpoints"]} == {10000011}
    assert data_of(world, 1007, "interface", "vx10000011")["addresses"] == ["10.254.3.239/20"]
    babel = data_of(world, 7, "protocol", "prod_babel_11")
    assert babel["interfaces"] == [
        {"patterns": ["vx10000011"], "type": "wired", "rxcost": 32, "hello_interval": 1, "update_interval": 1}
    ]
    assert babel["import_ipv4"] == {"mode": "all", "filter": None}
    assert babel["export_ipv4"] == {"mode": "filter", "filter": "prod_export_11"}
    assert "RTS_BABEL || dest = RTD_UNREACHABLE then reject" in data_of(world, 7, "filter", "prod_export_11")["body"]


def test_an_unmanaged_space_with_ospf_exports_all(world: World) -> None:
    world.apply(spaces=[initech()])
    ospf = data_of(world, 7, "protocol", "prod_ospf_13")
    assert ospf["export_ipv4"]["mode"] == "all"
    assert ospf["areas"][0]["interfaces"][0]["patterns"] == ["vx10000013"]
    assert ("filter", "aggregators/7", "prod_export_13") not in world.objects


def test_bgp_is_a_full_mesh_over_a_vxlan_without_a_space(world: World) -> None:
    world.apply(bgp={"asn": 64512, "subnet": "10.253.0.0/20"})
    assert not world.report.problems
    assert data_of(world, 7, "interface", "vx10000000")["space"] is None
    peer = data_of(world, 7, "protocol", "prod_bgp_1007")
    assert peer["local_address"] == "10.253.0.7"
    assert peer["neighbor_address"] == "10.253.3.239"
    assert (peer["local_as"], peer["neighbor_as"], peer["next_hop_self"]) == (64512, 64512, True)
    assert (peer["hold_time"], peer["keepalive_time"]) == (9, 3)
    assert ("protocol", "aggregators/7", "prod_bgp_7") not in world.objects
    body = data_of(world, 7, "filter", "prod_import_0")["body"]
    assert "10.1.0.0/24{32,32}" in body
    for closed in ("10.1.0.11/32", "10.1.1.12/32", "10.1.0.1/32", "10.1.0.255/32"):
        assert closed in body


def test_a_second_run_has_nothing_to_do(world: World) -> None:
    desired = {"spaces": [acme(), initech()], "bgp": {"asn": 64512, "subnet": "10.253.0.0/20"}}
    assert world.plan(**desired)
    world.apply(**desired)
    assert world.plan(**desired) == []


def test_an_existing_vni_wins_where_all_agree(world: World) -> None:
    world.apply(spaces=[acme(vni=5000)])
    assert world.plan(spaces=[acme()]) == []


def test_vnis_that_disagree_are_refused(world: World) -> None:
    world.apply(spaces=[acme(vni=5000)])
    for number in (7,):
        old = world.objects["interface", f"aggregators/{number}", "vx5000"]
        world.add_thing("vxlan_interface", f"aggregators/{number}", {**old.data, "vni": 5001})
    world.plan(spaces=[acme()])
    (said,) = [text for text in world.report.problems if "do not agree on one VNI" in text]
    assert said.startswith("space acme: ")
    assert said.endswith(": give vxlan.vni.")


def test_vnis_of_bgp_that_disagree_have_a_way_without_an_option(world: World) -> None:
    desired = {"bgp": {"asn": 64512, "subnet": "10.253.0.0/20"}}
    world.apply(**desired)
    old = next(obj for key, obj in world.objects.items() if key[:2] == ("interface", "aggregators/7"))
    world.add_thing("vxlan_interface", "aggregators/7", {**old.data, "vni": 5001})
    world.plan(**desired)
    (said,) = [text for text in world.report.problems if "do not agree on one VNI" in text]
    assert said.endswith(": give interfaces and endpoints one, on the management server.")


def parts(state: State) -> dict[tuple[str, str, str], set[Any]]:
    """Return the parts of each object that carry traffic: endpoints, peers (protocols), patterns, routes, addresses."""
    found: dict[tuple[str, str, str], set[Any]] = {}
    for identity, item in state.items():
        if item.kind == "space":
            continue
        data = item.data
        carried: set[Any] = {("itself",)}
        carried |= {("endpoint", e["ip"], e["vni"]) for e in data.get("endpoints") or ()}
        carried |= {("address", a) for a in data.get("addresses") or ()}
        carried |= {("route", r["network"]) for r in data.get("routes") or ()}
        entries = list(data.get("interfaces") or ())
        for area in data.get("areas") or ():
            entries += area["interfaces"]
        carried |= {("pattern", p) for e in entries for p in e["patterns"]}
        found[identity] = carried
    return found


def assert_only_grows_before_removals(world: World, **desired: Any) -> None:
    """Before the removals nothing is lost in any prefix of the changes, items marked disruptive apart."""
    steps = world.steps(**desired)
    assert not world.report.problems, world.report.problems
    assert steps
    may_lose = {(s.item.parent, s.item.key) for s in steps if s.item.phase == "remove" or s.item.disruptive}
    first_removal = sum(step.item.phase != "remove" for step in steps)
    before = parts(world.objects)
    states = world.apply(**desired)
    for number, state in enumerate(states[: first_removal + 1]):
        after = parts(state)
        for identity, carried in before.items():
            lost = carried - after.get(identity, set())
            disruptive = any(s.item.disruptive and (s.item.parent, s.item.key) == identity[1:] for s in steps)
            assert not lost or disruptive, (number, identity, lost)
    assert may_lose or states


LIVE = {"spaces": [acme(), initech()], "bgp": {"asn": 64512, "subnet": "10.253.0.0/20"}}


def test_a_member_joins_without_loss(world: World) -> None:
    two = [host("agg1"), host("agg2")]
    world.apply(**LIVE, aggregators=two)
    assert_only_grows_before_removals(world, **LIVE)
    assert len(data_of(world, 7, "interface", "vx10000011")["endpoints"]) == 2


def test_a_member_leaves_its_protocols_first_then_the_endpoints_then_its_interfaces(world: World) -> None:
    world.apply(**LIVE)
    assert_only_grows_before_removals(world, **LIVE, decommissioned=["agg3"])
    assert not [identity for identity in world.objects if identity[1] == "aggregators/1007"]
    assert [e["ip"] for e in data_of(world, 7, "interface", "vx10000011")["endpoints"]] == ["10.1.1.12"]
    assert ("protocol", "aggregators/7", "prod_bgp_1007") not in world.objects
    assert world.plan(**LIVE, decommissioned=["agg3"]) == []


def test_a_host_that_left_the_inventory_is_refused_by_name(world: World) -> None:
    world.apply(**LIVE)
    two = [host("agg1"), host("agg2")]
    world.plan(**LIVE, aggregators=two)
    (problem,) = world.report.problems
    assert problem.startswith("aggregator agg3 (id 1007): no host of the inventory is this aggregator")
    assert world.report.left_out > 1
    world.plan(**LIVE, aggregators=two, decommissioned=["agg3"])
    assert not world.report.problems
    world.apply(**LIVE, aggregators=two, decommissioned=["agg3"])
    assert not [identity for identity in world.objects if identity[1] == "aggregators/1007"]


def test_a_host_that_lost_its_address_is_refused_by_name(world: World) -> None:
    world.plan(**LIVE, aggregators=[host("agg1"), host("agg2"), {"host": "agg3", "aggregator": "agg3"}])
    assert any("agg3: its private address is not known" in text for text in world.report.problems)


def test_a_new_tunnel_subnet_goes_through_two_addresses(world: World) -> None:
    world.apply(**LIVE)
    moved = {**LIVE, "spaces": [acme(subnet="10.254.32.0/20"), initech()], "allow_disruption": True}
    assert_only_grows_before_removals(world, **moved)
    assert data_of(world, 7, "interface", "vx10000011")["addresses"] == ["10.254.32.7/20"]
    assert world.plan(**moved) == []


def test_a_new_vni_is_built_beside_the_old_one(world: World) -> None:
    world.apply(**LIVE)
    moved = {**LIVE, "spaces": [acme(vni=777), initech()]}
    gone = [item for item in world.plan(**moved) if item.phase == "remove" and item.verb == "delete"]
    assert len(gone) == 3
    assert all(item.disruptive for item in gone)
    assert_only_grows_before_removals(world, **moved)
    assert ("interface", "aggregators/7", "vx10000011") not in world.objects
    assert data_of(world, 7, "protocol", "prod_babel_11")["interfaces"][0]["patterns"] == ["vx777"]
    assert world.plan(**moved) == []


def test_a_space_comes_without_loss(world: World) -> None:
    world.apply(spaces=[acme()])
    assert_only_grows_before_removals(world, spaces=[acme(), initech()])


def test_another_mtu_is_disruptive(world: World) -> None:
    world.apply(spaces=[acme()])
    world.cloud.instances["i-agg3"] = world.cloud.instances["i-agg3"].__class__(
        **{**world.cloud.instances["i-agg3"].__dict__, "vpc_id": "vpc-2"}
    )
    aggregators = [host("agg1"), host("agg2"), host("agg3", reachable=True)]
    items = world.plan(spaces=[acme()], aggregators=aggregators)
    assert {(i.phase, i.disruptive, tuple(i.after or ())) for i in items} == {("switch", True, ("mtu",))}


def test_a_change_of_mode_is_disruptive_and_the_first_mode_is_not(world: World) -> None:
    first = [i for i in world.plan(spaces=[acme()]) if i.kind == "space"]
    assert [(i.phase, i.disruptive) for i in first] == [("add", False)]
    world.apply(spaces=[acme()])
    changed = [i for i in world.plan(spaces=[{**acme(), "private_wan": "unmanaged"}]) if i.kind == "space"]
    assert [(i.phase, i.disruptive) for i in changed] == [("switch", True)]


def test_hosts_are_all_of_the_worlds(world: World) -> None:
    world.apply(spaces=[acme()])
    members = {identity[1] for identity in world.objects if identity[0] == "interface"}
    assert members == {f"aggregators/{number}" for number, _ip, _zone in HOSTS.values()}
