# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An entry whose aggregator is not the one where its bond is: new, moved, or as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import Drift
from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp

from .world import World, entry, small_world

BGP = {"asn": 64512, "subnet": "10.253.0.0/20"}
TAGS = {
    "bonded.internet/network": "prod",
    "bonded.internet/key": "cpe-nat/bond-17",
    "bonded.internet/interface": "eni-agg1",
    "bonded.internet/private_ip": "10.1.0.44",
}


@pytest.fixture
def world() -> World:
    return small_world()


def owned(world: World, **tags: str) -> None:
    """Let the entry have its address on agg1."""
    kept = bool(tags)
    place = (None, None) if kept else ("eni-agg1", "10.1.0.44")
    world.cloud.addresses.append(ElasticIp("eipalloc-17", "198.51.100.17", {**TAGS, **tags}, *place))
    if not kept:
        found = world.cloud.instances["i-agg1"]
        addresses, publics = (*found.addresses, "10.1.0.44"), {"10.1.0.44": "198.51.100.17"}
        world.cloud.instances["i-agg1"] = replace(found, addresses=addresses, publics=publics)


def bond_on(world: World, present: int | None) -> None:
    world.server.bonds[17] = replace(world.server.bonds[17], present=present)


@pytest.mark.parametrize("kept", [False, True], ids=["never there", "kept by a teardown"])
def test_a_new_address_elsewhere_is_refused_without_bgp(world: World, kept: bool) -> None:
    if kept:
        owned(world, **{"bonded.internet/retired": "true"})
    world.plan(cpe_nat_ips=[entry(aggregator="agg3")])
    (text,) = world.report.problems
    assert "bond 17 (acme-berlin) is on agg1, and its public address is to be on agg3, which is neither" in text
    assert "Leave aggregator out" in text
    assert world.report.drift == []


def test_a_new_address_elsewhere_is_warned_of_with_bgp(world: World) -> None:
    world.plan(cpe_nat_ips=[entry(aggregator="agg3")], bgp=BGP)
    assert (world.report.problems, world.report.drift) == ([], [])
    (text,) = [text for text in world.report.warnings if "is to be on agg3" in text]
    assert "its traffic takes both, handed on by BGP" in text


def test_an_address_that_leaves_an_evacuated_host_before_its_bond_is_warned_of(world: World) -> None:
    """The run does not ask that host, which so gets no return route to the new owner, also while it lives."""
    owned(world)
    world.plan(cpe_nat_ips=[entry()], bgp=BGP, state="evacuated", evacuate="agg1", evacuate_to="agg3")
    assert world.report.problems == []
    (text,) = [text for text in world.report.warnings if "is to be on agg3" in text]
    assert text.endswith("nothing reaches it until the bond has left agg1. While agg1 lives, move the bond first.")


@pytest.mark.parametrize(("present", "wanted"), [(7, "agg2"), (1007, "agg1")], ids=["on the secondary", "failed over"])
def test_a_new_address_where_the_bond_may_come_is_warned_of(world: World, present: int, wanted: str) -> None:
    bond_on(world, present)
    world.plan(cpe_nat_ips=[entry(aggregator=wanted)])
    assert (world.report.problems, world.report.drift) == ([], [])
    assert any(f"nothing reaches it until the bond is on {wanted}" in text for text in world.report.warnings)


def test_a_move_to_where_the_bond_is_not_is_warned_of(world: World) -> None:
    owned(world)
    world.plan(cpe_nat_ips=[entry(aggregator="agg3")], allow_disruption=True)
    assert (world.report.problems, world.report.drift) == ([], [])
    assert any("nothing reaches it until the bond is on agg3" in text for text in world.report.warnings)


def test_a_bond_that_moved_away_from_its_address_is_drift(world: World) -> None:
    owned(world)
    bond_on(world, 1007)
    world.plan(cpe_nat_ips=[entry()])
    assert world.report.problems == []
    text = "bond 17 (acme-berlin) is on agg3, its address (bond-17) on agg1"
    assert world.report.drift == [Drift("bond_moved", 17, "agg1", "agg3", "bond-17", text)]


def test_drift_names_no_host_for_an_aggregator_outside_of_the_inventory(world: World) -> None:
    owned(world)
    world.server.aggregators[99] = replace(world.server.aggregators[7], id=99, name="agg99")
    bond_on(world, 99)
    world.plan(cpe_nat_ips=[entry()])
    (drift,) = world.report.drift
    assert isinstance(drift, Drift)
    assert (drift.from_host, drift.to_host) == ("agg1", None)
    assert drift.text.startswith("bond 17 (acme-berlin) is on agg99")


@pytest.mark.parametrize(("more", "present"), [({"aggregator": "agg1"}, 7), ({}, 1007), ({"aggregator": "agg3"}, None)])
def test_nothing_is_said_where_the_bond_is_there_or_its_place_is_unknown(
    world: World, more: dict[str, Any], present: int | None
) -> None:
    bond_on(world, present)
    world.plan(cpe_nat_ips=[entry(**more)])
    assert (world.report.problems, world.report.drift) == ([], [])
    assert not any("public address is to be on" in text for text in world.report.warnings)


def test_a_new_address_outside_of_bgp_is_refused_as_without_it(world: World) -> None:
    world.plan(cpe_nat_ips=[entry(aggregator="agg3")], bgp={**BGP, "aggregators": ["agg1", "agg2"]})
    (text,) = world.report.problems
    assert "is neither its primary nor its secondary aggregator: with one of them outside of bonding_bgp" in text


@pytest.mark.parametrize(
    ("aggregators", "expected"),
    [(["agg1", "agg2"], ""), (["agg1", "agg3"], "agg2 is outside"), (["agg3"], "agg1 and agg2 are outside")],
)
def test_a_failover_to_where_no_bgp_runs_is_warned_of(world: World, aggregators: list[str], expected: str) -> None:
    world.plan(cpe_nat_ips=[entry()], bgp={**BGP, "aggregators": aggregators})
    assert world.report.problems == []
    found = [text for text in world.report.warnings if "after a failover its public address is dead" in text]
    assert [expected in text for text in found] == ([True] if expected else [])
