# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Aggregators that are terminated together, as in an outage of a zone: each evacuation moves the addresses of one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond, ElasticIp

from .world import World, entry, host, small_world

NUMBERS = {"agg1": 7, "agg2": 12, "agg3": 1007}
BONDS = {17: "agg1", 18: "agg2"}
"""The primary aggregator of each bond."""


def entries(**of_17: Any) -> list[dict[str, Any]]:
    other = {"bond": "18", "connected_ip": "192.168.18.1/24", "nat_ip": "192.168.18.10"}
    return [entry(**of_17), entry(**other)]


def outage(**tags: str) -> World:
    """Return a network whose agg1 and agg2 are terminated, and whose bonds are on agg3; `tags` are of bond 17's."""
    world = small_world()
    for number, primary in BONDS.items():
        world.server.bonds[number] = Bond(number, f"acme-{number}", "acme", NUMBERS[primary], 1007, NUMBERS[primary])
        world.server.bond_interfaces[number] = ["eth1"]
    world.apply(cpe_nat_ips=entries(), bgp={"asn": 64512, "subnet": "10.253.0.0/20"})
    for number in BONDS:
        named = {
            "bonded.internet/network": "prod",
            "bonded.internet/key": f"cpe-nat/bond-{number}",
            "bonded.internet/interface": "eni-gone",
            "bonded.internet/private_ip": f"10.1.0.{number}",
            **(tags if number == 17 else {}),
        }
        world.cloud.addresses.append(ElasticIp(f"eipalloc-{number}", f"198.51.100.{number}", named))
        world.server.bonds[number] = replace(world.server.bonds[number], present=1007)
    for name in ("agg1", "agg2"):
        del world.cloud.instances[f"i-{name}"]
    return world


def evacuated(world: World, name: str, given: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, str | None]:
    """Return the tag `followed_from` of each address that moves."""
    world.plan(state="evacuated", evacuate=name, cpe_nat_ips=given or entries(), **more)
    assert world.report.problems == []
    return {str(work.key): work.followed_from for _host, work in world.design.cpe_nat["add"]}


def told(world: World) -> list[str]:
    """Return the warnings on lost addresses."""
    return [text for text in world.report.warnings if "have no instance, and" in text or "and lost" in text]


@pytest.mark.parametrize(("name", "other", "bond", "stays"), [("agg1", "agg2", 17, 18), ("agg2", "agg1", 18, 17)])
def test_an_evacuation_moves_the_addresses_of_its_own_aggregator(name: str, other: str, bond: int, stays: int) -> None:
    world = outage()
    assert evacuated(world, name) == {f"bond-{bond}": name}
    assert told(world) == [
        f"{other}: has no instance, and lost the Elastic IPs 198.51.100.{stays}. This run evacuates {name} "
        f"alone. Say -e bonding_evacuate={other} to move these too."
    ]


def test_the_target_of_an_evacuation_is_not_that_of_another_one() -> None:
    world = outage()
    for number, bond in world.server.bonds.items():
        world.server.bonds[number] = replace(bond, present=bond.primary)
    assert evacuated(world, "agg1", evacuate_to="agg3") == {"bond-17": "agg1"}


@pytest.mark.parametrize("name", ["agg1", "agg2"])
def test_the_aggregator_of_an_entry_tells_before_the_primary_one(name: str) -> None:
    world = outage()
    given = entries(aggregator="agg2")
    moved = evacuated(world, name, given)
    assert moved == ({} if name == "agg1" else {"bond-17": "agg2", "bond-18": "agg2"})


def test_an_address_is_not_where_it_has_followed_its_bond_from() -> None:
    world = outage(**{"bonded.internet/followed_from": "agg1"})
    assert evacuated(world, "agg1") == {}
    assert evacuated(world, "agg2") == {"bond-17": "agg1", "bond-18": "agg2"}
    world = outage(**{"bonded.internet/followed_from": "old"})
    hosts = [host("agg1", renamed_from="old"), host("agg2"), host("agg3")]
    assert evacuated(world, "agg1", aggregators=hosts) == {}


@pytest.mark.parametrize("name", ["agg1", "agg2"])
def test_each_evacuation_moves_an_address_whose_aggregator_nothing_tells(name: str) -> None:
    world = outage(**{"bonded.internet/followed_from": "agg3"})
    moved = evacuated(world, name)
    assert moved["bond-17"] == ""
    assert (
        "agg1 and agg2: have no instance, and nothing tells which of them lost the Elastic IPs 198.51.100.17. This run "
        f"moves them as those of {name}."
    ) in told(world)


def test_an_evacuation_of_an_aggregator_that_lives_names_the_lost_addresses_too() -> None:
    world = outage()
    assert evacuated(world, "agg3") == {}
    assert len(told(world)) == 2


def test_a_decommissioned_aggregator_gives_its_lost_addresses_too() -> None:
    world = outage()
    assert evacuated(world, "agg1", decommissioned=["agg1"]) == {"bond-17": "agg1"}
