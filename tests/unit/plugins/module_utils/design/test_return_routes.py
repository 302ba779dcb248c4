# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return routes while `site.yml` moves an address inside its subnet: where a bond's answers end, step by step."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from .test_relocation import put
from .world import HOSTS, World, entry, host, small_world

ADDRESS = "10.1.0.44"
BGP = {"asn": 64512, "subnet": "10.253.0.0/20"}
VIA = {"10.253.0.7": "agg1", "10.253.0.12": "agg2", "10.253.3.239": "agg3"}
OLD, NEW, THIRD = "agg1", "agg3", "agg2"
ROUND = "goes round"
Routes = dict[str, str]
"""The next host of what comes from the address, by host."""


def way(owner: str) -> dict[str, Any]:
    """Return the return route to an owner."""
    number = {"agg1": 7, "agg2": 12, "agg3": 1007}[owner]
    via = next(address for address, name in VIA.items() if name == owner)
    return {"address": ADDRESS, "via": via, "device": "vx10000000", "table": 10000000 + number}


def planned(owner: str, routes: Routes, aggregator: str = NEW, lost: bool = False, keeps_bgp: bool = False) -> World:
    """Return the plan of `site.yml` for an entry on `aggregator`, whose address is on `owner`, with these routes.

    :param keeps_bgp: the inventory has no `bonding_bgp`, and BGP is built
    """
    world = small_world()
    world.apply(cpe_nat_ips=[entry()], bgp=BGP)
    put(world, owner, ADDRESS)
    if lost:
        address = world.cloud.addresses[0]
        left = {**address.tags, "bonded.internet/interface": "eni-0d0000000000gone1"}
        world.cloud.addresses[:] = [replace(address, interface_id=None, private_ip=None, tags=left)]
    found = {name: {"return_routes": [way(routes[name])]} if name in routes else {} for name in HOSTS}
    facts: dict[str, Any] = {"devices": [], "programs": {"nft": True}, "managers": {}}
    hosts = [host(name, manage_host=True, found={**facts, "installed": found[name]}) for name in HOSTS]
    world.plan(cpe_nat_ips=[entry(aggregator=aggregator)], bgp=None if keeps_bgp else BGP, aggregators=hosts)
    assert world.report.problems == []
    return world


def installed(world: World, name: str, phase: Any) -> str | None:
    """Return the next host of what comes from the address on a host, after a phase."""
    routes = world.design.host_configs[name].after(phase).return_routes
    return VIA[routes[ADDRESS]["via"]] if ADDRESS in routes else None


def end(routes: Routes, start: str) -> str:
    """Return the host by whose interface a bond's answers leave, from the aggregator that has the bond's tunnel."""
    passed = [start]
    while passed[-1] in routes:
        passed.append(routes[passed[-1]])
        if passed[-1] in passed[:-1]:
            return ROUND
    return passed[-1]


def steps(world: World, before: Routes, order: tuple[str, ...]) -> Iterator[tuple[str, Routes]]:
    """Yield (owner of the address, routes) in the order of the plays.

    The hosts of a phase change in any order; in the switch phase they take turns, each with its routes before its move.
    """
    routes = dict(before)
    for phase in ("add", "switch", "remove"):
        for name in order:
            goes_to = installed(world, name, phase)
            routes = {**routes, name: goes_to} if goes_to else {one: to for one, to in routes.items() if one != name}
            moved = phase == "remove" or (phase == "switch" and order.index(name) >= order.index(NEW))
            yield NEW if moved else OLD, routes


BUILT = {NEW: OLD, THIRD: OLD}


@pytest.mark.parametrize("keeps_bgp", [False, True])
@pytest.mark.parametrize("order", list(itertools.permutations((OLD, NEW, THIRD))))
def test_answers_leave_by_the_owner_all_along(order: tuple[str, ...], keeps_bgp: bool) -> None:
    """A bond on the old owner alone waits for the last phase: its route is nobody's loop before.

    BGP that the inventory names no more is kept, and the routes are its own.
    """
    world = planned(OLD, BUILT, keeps_bgp=keeps_bgp)
    for owner, routes in steps(world, BUILT, order):
        assert end(routes, NEW) == owner
        assert end(routes, THIRD) == owner
        assert end(routes, OLD) in (OLD, NEW)
    assert [end(routes, name) for name in (OLD, NEW, THIRD)] == [NEW] * 3


def test_the_new_owner_deletes_its_route_in_its_turn_before_its_move() -> None:
    items = [item for item in planned(OLD, BUILT).design.items if item.kind == "return_route"]
    assert {(item.host, item.verb, item.phase) for item in items} == {
        (NEW, "delete", "switch"),
        (THIRD, "update", "add"),
        (OLD, "create", "remove"),
    }


def test_a_third_host_waits_for_a_new_owner_that_does_not_hand_on() -> None:
    items = [item for item in planned(OLD, {THIRD: OLD}).design.items if item.kind == "return_route"]
    assert {(item.host, item.phase) for item in items} == {(THIRD, "switch"), (OLD, "remove")}


def test_of_a_lost_address_all_routes_change_first() -> None:
    items = [item for item in planned(OLD, BUILT, lost=True).design.items if item.kind == "return_route"]
    assert {(item.host, item.verb, item.phase) for item in items} == {
        (NEW, "delete", "add"),
        (THIRD, "update", "add"),
        (OLD, "create", "add"),
    }
    assert not any(item.disruptive for item in items)


def test_an_owner_that_ssh_did_not_reach_loses_its_route_without_a_switch() -> None:
    """After an evacuation to a host that SSH did not reach, `site.yml` finishes what nothing depends on."""
    (item,) = planned(NEW, {NEW: OLD, **dict.fromkeys((OLD, THIRD), NEW)}).design.items
    assert (item.host, item.verb, item.kind, item.phase) == (NEW, "delete", "return_route", "add")
    assert not item.disruptive


@pytest.mark.parametrize("routes", [BUILT, {}, {THIRD: OLD}])
def test_the_routes_of_a_kept_bgp_stay_as_they_are_while_nothing_moves(routes: Routes) -> None:
    world = planned(OLD, routes, aggregator=OLD, keeps_bgp=True)
    assert [item for item in world.design.items if item.kind == "return_route"] == []
