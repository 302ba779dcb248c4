# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves of public addresses that meet an edited inventory, a lost instance, or a target that cannot take them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from .test_relocation import ALONG, LEFT, PUBLIC, built, evacuate, follow, move, pair, planned, put
from .world import World, entry, host

ITS = f"CPE NAT entry of bond 17: its Elastic IP {PUBLIC}"
LOST: list[dict[str, Any]] = [host("agg1", instance_id="i-gone"), host("agg2"), host("agg3")]
BGP = {"asn": 64512, "subnet": "10.253.0.0/20"}


def settled(**more: Any) -> World:
    """Return a world that an earlier run has configured, so that an aggregator may lose its instance."""
    world = built(**more)
    world.apply(cpe_nat_ips=[entry(**more)], bgp=BGP)
    return world


def lose(world: World) -> None:
    """Let the address lose its aggregator, whose instance was terminated."""
    (address,) = world.cloud.addresses
    tags = {**address.tags, "bonded.internet/interface": "eni-gone"}
    world.cloud.addresses[:] = [replace(address, interface_id=None, private_ip=None, tags=tags)]


def written_home(world: World) -> str | None:
    ((_host, work),) = world.design.cpe_nat["add"]
    return work.followed_from


def test_an_address_follows_its_bond_away_from_the_aggregator_that_the_entry_names_since() -> None:
    """`site.yml` does not take the address off its bond, whatever the tag of an earlier move says."""
    named = entry(aggregator="agg3")
    world = built()
    put(world, "agg3", "10.1.0.44", **{LEFT: "agg1"})
    assert follow(world, given=named)[0][2] == "agg1"
    assert written_home(world) == "agg3"
    put(world, "agg1", "10.1.0.44", **{LEFT: "agg3"})
    assert planned(world, cpe_nat_ips=[named]) == []
    move(world, 1007)
    follow(world, given=named)
    assert written_home(world) == ""


def test_a_home_with_another_name_is_the_home() -> None:
    world = built()
    put(world, "agg3", "10.1.0.44", **{LEFT: "old"})
    hosts = [host("agg1", renamed_from="old"), host("agg2"), host("agg3")]
    follow(world, aggregators=hosts)
    assert written_home(world) == ""
    move(world, 12)
    follow(world, aggregators=hosts)
    assert written_home(world) == "agg1"


def test_a_pinned_address_comes_back_wherever_its_bond_is() -> None:
    world = built()
    put(world, "agg3", "10.1.0.44", **{LEFT: "agg1"})
    move(world, 1007)
    items = planned(world, state="evacuated", restore="agg1", cpe_nat_ips=[entry(pinned=True)])
    assert {item[2] for item in items} == {"agg1"}


def test_a_lost_address_stays_in_the_subnet_of_its_private_ip() -> None:
    given = {"private_ip": "10.1.0.44"}
    world = settled(**given)
    lose(world)
    move(world, 12)
    assert follow(world, given=entry(**given), aggregators=LOST) == []
    assert world.report.problems == []
    text = f"{ITS} stays: agg2 is in another subnet than private_ip 10.1.0.44. Leave private_ip out."
    assert text in world.report.warnings


@pytest.mark.parametrize(("place", "moves"), [(12, False), (1007, True)])
def test_the_lost_address_of_a_pair_stays_in_its_subnet(place: int, moves: bool) -> None:
    world = settled()
    given = pair(world, here=False, there=True)
    world.server.bonds[18] = replace(world.server.bonds[18], present=place)
    lose(world)
    items = follow(world, given=given, aggregators=LOST)
    assert world.report.problems == []
    assert bool(items) == moves
    assert any("both bonds of the pair 17 and 18" in text for text in world.report.warnings) != moves


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ({"bond": "99"}, "CPE NAT entry of bond 99: the server has no bond with the id 99. Its address stays."),
        (
            {"bond": "acme-bonn"},
            "CPE NAT entry of bond acme-bonn: the server has no bond named 'acme-bonn'. Its address stays.",
        ),
    ],
)
def test_a_bond_that_is_gone_from_the_server_stops_no_other(other: dict[str, Any], text: str) -> None:
    world = built()
    move(world, 1007)
    entries = [entry(), entry(**other)]
    assert planned(world, state="evacuated", evacuate="agg1", cpe_nat_ips=entries) == ALONG
    assert world.report.problems == []
    assert text in world.report.warnings
    planned(world, cpe_nat_ips=entries)
    assert world.report.problems == [text.removesuffix(" Its address stays.")]


def test_a_pair_whose_other_bond_is_gone_stays() -> None:
    world = built()
    move(world, 1007)
    assert follow(world, given=entry(standby_bond="99")) == []
    (text,) = world.report.warnings
    assert text.endswith("Name the other bond of the pair. Its address stays.")


def fill(world: World, name: str) -> None:
    there = world.cloud.instances[f"i-{name}"]
    taken = tuple(f"10.1.0.{number}" for number in range(100, 109))
    world.cloud.instances[f"i-{name}"] = replace(there, addresses=(there.private_ip, *taken))


@pytest.mark.parametrize("trouble", ["stopped", "full"])
def test_an_evacuated_address_goes_to_the_named_host_where_its_bonds_host_cannot_take_it(trouble: str) -> None:
    world = built()
    move(world, 1007)
    if trouble == "full":
        fill(world, "agg3")
    else:
        world.cloud.instances["i-agg3"] = replace(world.cloud.instances["i-agg3"], state=trouble)
    assert evacuate(world) == []
    assert any(text.endswith("or say -e bonding_evacuate_to=<another host>.") for text in world.report.warnings)
    assert ("update", "address_association", "agg2") in evacuate(world, evacuate_to="agg2")
    assert world.report.problems == []


def test_a_decommissioned_aggregator_is_evacuated() -> None:
    world = built()
    move(world, 1007)
    assert evacuate(world, decommissioned=["agg1"]) == ALONG
    assert world.report.problems == []


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (
            {"decommissioned": ["agg3"]},
            "agg3, which is in bonding_decommissioned. Move the bond to an aggregator that stays.",
        ),
        (
            {"aggregators": [host("agg1"), host("agg2")]},
            "agg3, which is not a host of the inventory. Add that aggregator.",
        ),
    ],
)
def test_a_bond_where_no_address_can_go_is_named(more: dict[str, Any], text: str) -> None:
    world = built()
    move(world, 1007)
    assert follow(world, **more) == []
    assert f"{ITS} stays, since its bond is on {text}" in world.report.warnings
    assert evacuate(world, **more) == []
    place = text.partition(".")[0]
    assert (
        f"{ITS} stays, since bond 17 (acme-berlin) is on {place}. Say -e bonding_evacuate_to=<host> to move it there "
        "before its bond." in world.report.warnings
    )


@pytest.mark.parametrize(("used", "goes"), [(None, True), (frozenset(), True), (frozenset({"10.1.0.99"}), False)])
def test_a_cpe_nat_ip_whose_address_others_have_stays(used: frozenset[str] | None, goes: bool) -> None:
    """The aggregator of another network is in no inventory of this one: EC2 says who has an address."""
    world = built()
    world.add_thing("cpe_nat_ip", "bonds/17", {"ip": "10.1.0.99", "nat_ip": "192.168.17.11"})
    world.cloud.subnets = {number: replace(one, used=used) for number, one in world.cloud.subnets.items()}
    move(world, 1007)
    assert (("delete", "cpe_nat_ip", "agg3") in follow(world)) == goes
    assert world.design.asks_used == ({"subnet-a"} if used is None else set())


@pytest.mark.parametrize("lost", [True, False])
def test_a_cpe_nat_ip_of_an_aggregator_that_was_alone_in_its_subnet_goes_once_that_one_is_lost(lost: bool) -> None:
    """A run was killed between the tags of the Elastic IP, which name the new place alone, and the bond."""
    world = settled()
    world.add_thing("cpe_nat_ip", "bonds/17", {"ip": "10.1.1.99", "nat_ip": "192.168.17.10"})
    if lost:
        del world.cloud.instances["i-agg2"]
    else:
        there = world.cloud.instances["i-agg2"]
        world.cloud.instances["i-agg2"] = replace(there, addresses=(*there.addresses, "10.1.1.99"))
    move(world, 1007)
    assert (("delete", "cpe_nat_ip", "agg3") in follow(world)) == lost
    assert world.design.asks_used == ({"subnet-b"} if lost else set())


@pytest.mark.parametrize("more", [{"state": "followed"}, {"state": "evacuated", "evacuate": "agg1"}])
@pytest.mark.parametrize("own", [{"manage_host": True}, {"manage_host": True, "host_skip": ["return_routes"]}, {}])
def test_an_address_whose_return_routes_would_stay_does_not_move(more: dict[str, Any], own: dict[str, Any]) -> None:
    """BGP by transit is built, and the inventory has no bonding_bgp any more, so that the run has asked no host."""
    world = settled()
    move(world, 1007)
    hosts = [host(name, **own) for name in ("agg1", "agg2", "agg3")]
    items = planned(world, cpe_nat_ips=[entry()], aggregators=hosts, **more)
    stays = own == {"manage_host": True}
    assert items == ([] if stays else ALONG)
    assert world.report.problems == []
    text = (
        f"{ITS} stays on agg1: agg3 has its return route to agg1, which no run changes while BGP is built and "
        "bonding_bgp is not in the inventory. Give bonding_bgp again."
    )
    assert (text in world.report.warnings) == stays
    move(world, 12)  # another subnet, and another private address: no return route is of it
    assert ("update", "address_association", "agg2") in planned(world, cpe_nat_ips=[entry()], aggregators=hosts, **more)


@pytest.mark.parametrize(("status", "moves"), [("up", False), ("down", True), ("unknown", False)])
def test_no_address_leaves_an_aggregator_that_lives_for_one_that_is_down(status: str, moves: bool) -> None:
    """The bond is on neither: the operator has named the host, and `bonding_allow_disruption` insists on it."""
    world = built()
    for number, seen in ((7, status), (12, "down")):
        world.server.aggregators[number] = replace(world.server.aggregators[number], status=seen)
    text = (
        f"{ITS} stays on agg1: agg2 is down, as the management server sees "
        "it, and agg1 is not. Bring agg2 up, or say -e bonding_allow_disruption=true to move it there nevertheless."
    )
    assert bool(evacuate(world, evacuate_to="agg2")) == moves
    assert (text in world.report.warnings) != moves
    assert evacuate(world, evacuate_to="agg2", allow_disruption=True) != []
    assert text not in world.report.warnings
