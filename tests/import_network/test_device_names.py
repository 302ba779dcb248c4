# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VXLAN interfaces under names that an operator has chosen: one name is adopted, several have a reason and a way."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._recognition.assembly import options_of
from tests.import_network.test_wrong_networks import ALL_PIECES, MESH, change, network, put, take
from tests.import_network.world import imported, judge, stripped, unmanaged
from tests.pairs.applying import applied
from tests.pairs.base import base
from tests.pairs.planning import ALL, plan
from tests.pairs.state import State

AGAIN = "with the same VNI, MTU, addresses and endpoints"
TRANSIT = "mesh10000000"
BGP: dict[str, Any] = {"asn": 64512, "subnet": "10.253.0.0/20"}


def rename(state: State, number: int, name: str, to: str) -> None:
    """Give a device on an aggregator another name, as an operator does who deletes and adds the interface."""
    parent = f"aggregators/{number}"
    obj = next(one for one in state.objects.values() if (one.parent, one.key) == (parent, name))
    take(state, parent, name)
    put(state, obj.kind, parent, to, **{**obj.data, "name": to})


def point(state: State, number: int, to: str) -> None:
    """Let the aggregator's Babel protocol name another device."""
    parent = f"aggregators/{number}"
    obj = next(one for one in state.objects.values() if (one.parent, one.key) == (parent, "babel-11"))
    change(state, parent, "babel-11", interfaces=[{**obj.data["interfaces"][0], "patterns": [to]}])


def reasons(state: State, about: str) -> list[str]:
    """Return the reasons of what an import does not place."""
    _live, findings, _fit = imported(state)
    return [one.reason for one in findings.not_placed if one.object.startswith(about)]


def pieces(state: State) -> set[str]:
    """Return what an import places, after a check that a run adopts it and nothing else."""
    live, _findings, fit = imported(state)
    assert judge(state, live, fit).broken == []
    return {f"{piece.kind} {piece.key}" for piece in fit.pieces}


def with_bgp() -> State:
    """Return four aggregators with BGP over a VXLAN, as a person has built them."""
    world = base()
    inventory = {"aggregators": world.hosts, "spaces": [], "cpe_nat_ips": [], "bgp": BGP}
    planned = plan(world.state, inventory, **ALL)
    assert planned.problems == []
    return stripped(applied(world.state, planned))


def test_a_mesh_of_several_names_is_left_with_what_to_do_and_what_that_interrupts() -> None:
    state = network()
    rename(state, 17, MESH, "acme")
    point(state, 17, "acme")
    assert pieces(state) == ALL_PIECES - {"mesh space1"}
    assert reasons(state, "VXLAN interfaces of space space1") == [
        "a mesh has one name on all aggregators (vxlan.interface), and the management server changes no name: on agg3 "
        f"delete acme and add it again as {MESH}, {AGAIN}, and let babel-11 name it; then import again. "
        "Until the routing protocol has its neighbours again, the direct mesh is interrupted there; the managed mesh "
        "carries the space meanwhile"
    ]
    rename(state, 17, "acme", MESH)
    point(state, 17, MESH)
    assert pieces(state) == ALL_PIECES


def test_a_pattern_that_fits_the_new_name_already_is_not_mentioned() -> None:
    state = network()
    rename(state, 17, MESH, "mesh2")
    point(state, 17, "mesh*")
    (reason,) = reasons(state, "VXLAN interfaces of space space1")
    assert reasons(state, "Babel protocol 'babel-11' of aggregator 17") == [
        "it names no interface of a mesh that is placed (its patterns: mesh*)"
    ]
    assert f"delete mesh2 and add it again as {MESH}, {AGAIN}; then import again" in reason


def test_an_unmanaged_space_loses_its_private_wan_meanwhile() -> None:
    state = network()
    state.server.spaces["space1"] = type(state.server.spaces["space1"])(
        **{**vars(state.server.spaces["space1"]), "mode": "unmanaged"}
    )
    rename(state, 17, MESH, "acme")
    (reason,) = reasons(state, "VXLAN interfaces of space space1")
    assert reason.endswith("the private WAN of the space is interrupted there; nothing else carries it")


def test_a_name_that_is_taken_on_a_member_is_not_advised() -> None:
    state = network()
    for number in (12, 17, 22):
        rename(state, number, MESH, "acme")
    put(state, "ethernet_interface", "aggregators/7", "acme", name="acme", type="ethernet", space=None, addresses=[])
    (reason,) = reasons(state, "VXLAN interfaces of space space1")
    assert f"on agg2 delete acme and add it again as {MESH}" in reason
    assert "on agg1" not in reason


def test_bgp_over_a_vxlan_of_any_name_is_placed() -> None:
    state = with_bgp()
    for number in (7, 12, 17, 22):
        rename(state, number, TRANSIT, "vxbgp")
    assert pieces(state) == {"bgp "}


def test_bgp_over_a_vxlan_of_several_names_is_left_with_what_to_do_and_what_that_interrupts() -> None:
    state = with_bgp()
    rename(state, 17, TRANSIT, "vxbgp")
    assert pieces(state) == set()
    assert reasons(state, "BGP sessions") == [
        "the interfaces of BGP have one name on all aggregators, and the management server changes no name: on agg3 "
        f"delete vxbgp and add it again as {TRANSIT}, {AGAIN}; then import again. Until its sessions are up again, "
        "BGP is interrupted there: a bond that is not where its public address is cannot be reached"
    ]
    rename(state, 17, "vxbgp", TRANSIT)
    assert pieces(state) == {"bgp "}


def test_bgp_over_a_vxlan_of_several_vnis_is_left_with_the_vni_of_each() -> None:
    state = with_bgp()
    change(state, "aggregators/17", TRANSIT, vni=999)
    (reason,) = reasons(state, "BGP sessions")
    assert reason == (
        f"their interfaces have several VNIs (got {TRANSIT} on agg1: 10000000, {TRANSIT} on agg2: 10000000, {TRANSIT} "
        f"on agg3: 999, {TRANSIT} on agg4: 10000000; expected one): give them one on the management server, in the "
        "endpoints too, and import again. BGP is interrupted where it changes until its sessions are up again"
    )


@pytest.mark.parametrize("number", [7, 12, 17, 22])
def test_bgp_without_a_session_of_one_aggregator_keeps_the_name(number: int) -> None:
    state = with_bgp()
    for one in (7, 12, 17, 22):
        rename(state, one, TRANSIT, "vxbgp")
    state.objects = {
        identity: obj
        for identity, obj in state.objects.items()
        if not (obj.parent == f"aggregators/{number}" and obj.kind == "bgp_protocol")
    }
    assert pieces(state) == {"bgp "}


def named_transit() -> tuple[State, dict[str, Any]]:
    """Return a network whose BGP over `vxbgp` was adopted, and its inventory."""
    state = with_bgp()
    for number in (7, 12, 17, 22):
        rename(state, number, TRANSIT, "vxbgp")
    live, _findings, fit = imported(state)
    options = unmanaged(options_of(live, fit.pieces, fit.deviations))
    return applied(state, plan(state, options, adopt=True)), options


def devices(state: State) -> set[tuple[str, str]]:
    """Return the VXLAN interfaces by aggregator."""
    return {(obj.parent, obj.key) for obj in state.objects.values() if obj.kind == "vxlan_interface"}


def test_bgp_under_a_kept_name_is_pruned() -> None:
    state, options = named_transit()
    assert devices(applied(state, plan(state, {**options, "bgp": None}, **ALL))) == set()


def test_bgp_under_a_kept_name_is_torn_down() -> None:
    state, options = named_transit()
    planned = plan(state, {**options, "state": "absent"}, **ALL)
    assert planned.problems == []
    assert devices(applied(state, planned)) == set()


def own_transit() -> tuple[State, dict[str, Any]]:
    """Return BGP with the collection's own names, but over `vxbgp`, and its inventory."""
    world = base(flat=True)
    options = {"aggregators": world.hosts, "spaces": [], "cpe_nat_ips": [], "bgp": BGP}
    state = applied(world.state, plan(world.state, options, **ALL))
    for number in (7, 12, 17, 22):
        rename(state, number, "vx10000000", "vxbgp")
    again = plan(state, options, **ALL)
    assert (again.problems, again.items) == ([], [])
    return state, options


def test_sessions_that_get_private_addresses_leave_no_interface_of_the_kept_name() -> None:
    state, options = own_transit()
    planned = plan(state, {**options, "bgp": {"asn": 64512, "mode": "direct"}}, **ALL)
    assert planned.problems == []
    assert devices(applied(state, planned)) == set()


def test_an_aggregator_that_comes_later_gets_the_kept_name() -> None:
    state, options = own_transit()
    fewer = state.copy()
    fewer.objects = {number: obj for number, obj in state.objects.items() if obj.parent != "aggregators/22"}
    planned = plan(fewer, options, **ALL)
    assert planned.problems == []
    assert devices(applied(fewer, planned)) == devices(state)


def test_an_aggregator_that_leaves_loses_the_interface_of_the_kept_name() -> None:
    state, options = own_transit()
    fewer = [one for one in options["aggregators"] if one["host"] != "agg4"]
    planned = plan(state, {**options, "aggregators": fewer, "decommissioned": ["agg4"]}, **ALL)
    assert planned.problems == []
    assert devices(applied(state, planned)) == {(f"aggregators/{number}", "vxbgp") for number in (7, 12, 17)}
