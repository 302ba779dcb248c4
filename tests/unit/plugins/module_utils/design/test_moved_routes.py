# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return routes of a run that only moves addresses: those of the address that moves, by the transit that is built."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond, ElasticIp

from .test_relocation import move, put
from .test_return_routes import BGP, VIA, way
from .world import HOSTS, World, entry, host, small_world

ENTRIES = [entry(), entry(bond="18", connected_ip="192.168.18.1/24", nat_ip="192.168.18.10")]
OTHER = "10.1.1.45"
"""The private address of bond 18 on agg2, whose return routes no move changes."""


def two_addresses() -> World:
    """Return a world with the addresses of bond 17 on agg1 and 18 on agg2, BGP by transit, and bond 17 on agg3."""
    world = small_world()
    world.server.bonds[18] = Bond(18, "acme-bonn", "acme", 12, 1007, 12)
    world.server.bond_interfaces[18] = ["eth1"]
    world.apply(cpe_nat_ips=ENTRIES, bgp=BGP)
    put(world, "agg1", "10.1.0.44")
    named = {**world.cloud.addresses[0].tags, "bonded.internet/key": "cpe-nat/bond-18"}
    named |= {"bonded.internet/interface": "eni-agg2", "bonded.internet/private_ip": OTHER}
    world.cloud.addresses.append(ElasticIp("eipalloc-18", "198.51.100.18", named, "eni-agg2", OTHER))
    there = world.cloud.instances["i-agg2"]
    world.cloud.instances["i-agg2"] = replace(there, addresses=(*there.addresses, OTHER))
    world.apply(cpe_nat_ips=ENTRIES, bgp=BGP)
    move(world, 1007)
    return world


def managed() -> list[dict[str, Any]]:
    """Return the hosts with the return routes of both addresses, as a run of site.yml has left them."""
    facts: dict[str, Any] = {"devices": [], "programs": {"nft": True}, "managers": {}}
    hosts = []
    for name in HOSTS:
        routes = [way("agg1")] if name != "agg1" else []
        routes += [{**way("agg2"), "address": OTHER}] if name != "agg2" else []
        hosts.append(host(name, manage_host=True, found={**facts, "installed": {"return_routes": routes}}))
    return hosts


@pytest.mark.parametrize(
    "pending",
    [
        {},
        {"prune_addresses": True},
        {"bgp": {**BGP, "subnet": "10.252.0.0/20"}},
        {"bgp": {**BGP, "aggregators": ["agg1", "agg3"]}},
        {"bgp": None},
        {"decommissioned": ["agg2"]},
    ],
)
def test_a_move_takes_up_no_pending_change_of_bgp(pending: dict[str, Any]) -> None:
    """The inventory may be ahead of the network: what a run of site.yml would change later is not of this run."""
    world = two_addresses()
    given = {"cpe_nat_ips": ENTRIES, "bgp": BGP, **pending, "state": "followed", "follow_bonds": ["17"]}
    items = [item for item in world.plan(aggregators=managed(), **given) if item.system == "host"]
    assert world.report.problems == []
    assert {(item.host, item.verb, item.kind, item.key) for item in items} == {
        ("agg1", "create", "return_route", "10.1.0.44"),
        ("agg2", "update", "return_route", "10.1.0.44"),
        ("agg3", "delete", "return_route", "10.1.0.44"),
    }
    routes = world.design.host_configs["agg2"].after("remove").return_routes
    assert VIA[routes["10.1.0.44"]["via"]] == "agg3"


def test_a_bgp_that_is_not_built_yet_gives_no_return_routes() -> None:
    world = small_world()
    world.apply(cpe_nat_ips=[entry()])
    put(world, "agg1", "10.1.0.44")
    world.apply(cpe_nat_ips=[entry()])
    move(world, 1007)
    facts: dict[str, Any] = {"devices": [], "programs": {"nft": True}, "managers": {}, "installed": {}}
    hosts = [host(name, manage_host=True, found=facts) for name in HOSTS]
    items = world.plan(cpe_nat_ips=[entry()], bgp=BGP, aggregators=hosts, state="followed")
    assert [item for item in items if item.system == "host"] == []


def test_a_run_that_moves_addresses_neither_adopts_nor_prunes() -> None:
    world = two_addresses()
    given = {"adopt": True, "prune": True, "prune_addresses": True, "release_addresses": True}
    world.plan(cpe_nat_ips=ENTRIES[:1], bgp=BGP, aggregators=managed(), state="followed", **given)
    assert {item.verb for item in world.design.items if item.system == "aws"} == {"create", "update"}
    assert {item.key for item in world.design.items if item.system == "host"} == {"10.1.0.44"}
