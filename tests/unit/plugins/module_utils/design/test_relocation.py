# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public addresses that follow their bonds, leave an aggregator, and come back: what is planned, and what stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import Drift
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond, ElasticIp, Subnet
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object

from .world import World, entry, host, instance, small_world

PUBLIC = "198.51.100.17"
LEFT = "bonded.internet/followed_from"


def built(**more: Any) -> World:
    """Return a world with the address of bond 17 on agg1."""
    world = small_world()
    world.apply(cpe_nat_ips=[entry(**more)])
    put(world, "agg1", "10.1.0.44")
    world.apply(cpe_nat_ips=[entry(**more)])
    return world


def put(world: World, name: str, private_ip: str, **tags: str) -> None:
    """Give bond 17's entry its Elastic IP on a host."""
    named = {
        "bonded.internet/network": "prod",
        "bonded.internet/key": "cpe-nat/bond-17",
        "bonded.internet/interface": f"eni-{name}",
        "bonded.internet/private_ip": private_ip,
        **tags,
    }
    address = ElasticIp("eipalloc-17", PUBLIC, named, interface_id=f"eni-{name}", private_ip=private_ip)
    world.cloud.addresses[:] = [address]
    there = world.cloud.instances[f"i-{name}"]
    if private_ip not in there.addresses:
        world.cloud.instances[f"i-{name}"] = replace(there, addresses=(*there.addresses, private_ip))


def move(world: World, number: int) -> None:
    """Let bond 17 be on another aggregator."""
    world.server.bonds[17] = replace(world.server.bonds[17], present=number)


def follow(world: World, *bonds: str, given: dict[str, Any] | None = None, **more: Any) -> list[tuple[str, str, str]]:
    """Return (verb, kind, host) of the items of a run that follows bonds."""
    named = {"follow_bonds": list(bonds)} if bonds else {}
    return planned(world, state="followed", cpe_nat_ips=[given or entry()], **named, **more)


def planned(world: World, **more: Any) -> list[tuple[str, str, str]]:
    return [(item.verb, item.kind, item.host or "") for item in world.plan(**{"cpe_nat_ips": [entry()], **more})]


ALONG = [
    ("update", "elastic_ip", "agg3"),
    ("create", "private_address", "agg3"),
    ("update", "address_association", "agg3"),
]


def test_an_address_goes_along_in_its_subnet() -> None:
    world = built()
    move(world, 1007)
    assert follow(world) == ALONG
    assert world.report.problems == world.report.warnings == []
    (tagged,) = [item for item in world.design.items if item.kind == "elastic_ip"]
    assert (tagged.after or {})["tags"][LEFT] == "agg1"
    ((_host, work),) = world.design.cpe_nat["add"]
    assert (work.followed_from, work.preferred_private_ip) == ("agg1", "10.1.0.44")


def test_another_subnet_gives_another_private_address() -> None:
    world = built()
    move(world, 12)
    assert ("create", "cpe_nat_ip", "agg2") in follow(world)
    assert ("delete", "cpe_nat_ip", "agg2") in follow(world)


def test_nothing_else_of_the_network_is_planned() -> None:
    """Neither the new mesh, nor the entry that has no address yet, nor a space that does not exist."""
    world = built()
    move(world, 1007)
    world.server.bonds[18] = Bond(18, "acme-bonn", "acme", 1007, 12, 1007)
    world.server.bond_interfaces[18] = ["eth1"]
    other = entry(bond="18", connected_ip="192.168.18.1/24", nat_ip="192.168.18.10")
    spaces = [{"key": "nowhere", "private_wan": "managed_mesh", "vxlan": {"subnet": "10.254.0.0/20"}}]
    assert planned(world, state="followed", cpe_nat_ips=[entry(), other], spaces=spaces) == ALONG
    assert world.report.problems == []


@pytest.mark.parametrize("named", ["17", "acme-berlin"])
def test_a_bond_is_named_by_its_id_or_its_name(named: str) -> None:
    world = built()
    move(world, 1007)
    assert follow(world, named) == ALONG


def test_site_undoes_no_move() -> None:
    world = built(aggregator="agg1")
    move(world, 1007)
    put(world, "agg3", "10.1.0.44", **{LEFT: "agg1"})
    assert planned(world, cpe_nat_ips=[entry(aggregator="agg1")]) == []
    text = "the address of bond 17 (acme-berlin) (bond-17) has followed it from agg1, which the entry names, to agg3"
    assert world.report.drift == [Drift("followed", 17, "agg1", "agg3", "bond-17", text)]


def test_a_host_that_was_renamed_since_keeps_its_moves() -> None:
    world = built()
    move(world, 1007)
    put(world, "agg3", "10.1.0.44", **{LEFT: "old"})
    hosts = [host("agg1", renamed_from="old"), host("agg2"), host("agg3")]
    assert planned(world, cpe_nat_ips=[entry(aggregator="agg1")], aggregators=hosts) == []


def test_the_operator_s_own_move_ends_the_following() -> None:
    world = built()
    move(world, 1007)
    put(world, "agg3", "10.1.0.44", **{LEFT: "agg1"})
    items = world.plan(cpe_nat_ips=[entry(aggregator="agg2")])
    tags = next((item.after or {})["tags"] for item in items if item.kind == "elastic_ip")
    assert tags[LEFT] == ""


def test_the_first_home_stays_the_home() -> None:
    world = built()
    put(world, "agg3", "10.1.0.44", **{LEFT: "agg1"})
    move(world, 12)
    follow(world)
    ((_host, work),) = world.design.cpe_nat["add"]
    assert work.followed_from == "agg1"
    move(world, 7)
    follow(world)
    ((_host, work),) = world.design.cpe_nat["add"]
    assert work.followed_from == ""


def stays(world: World, text: str, given: dict[str, Any] | None = None, **more: Any) -> None:
    """The address stays, and a warning says why."""
    assert follow(world, given=given, **more) == []
    assert world.report.problems == []
    assert world.report.warnings == [text]


def test_a_pinned_entry_stays() -> None:
    world = built()
    move(world, 1007)
    stays(
        world,
        f"CPE NAT entry of bond 17: its Elastic IP {PUBLIC} is pinned: it does not follow its bond. Leave pinned out "
        "to let it.",
        entry(pinned=True),
    )


def test_a_full_interface_takes_no_address() -> None:
    world = built()
    move(world, 1007)
    there = world.cloud.instances["i-agg3"]
    taken = tuple(f"10.1.0.{number}" for number in range(100, 109))
    world.cloud.instances["i-agg3"] = replace(there, addresses=(there.private_ip, *taken))
    stays(
        world,
        f"CPE NAT entry of bond 17: its Elastic IP {PUBLIC} stays on agg1: agg3 is full (its primary interface has 10 "
        "of 10 addresses). Take a larger instance type, or move its bond.",
    )


def test_a_given_private_address_stays_in_its_subnet() -> None:
    world = built(private_ip="10.1.0.44")
    move(world, 12)
    stays(
        world,
        f"CPE NAT entry of bond 17: its Elastic IP {PUBLIC} stays on agg1: agg2 is in another subnet than private_ip "
        "10.1.0.44. Leave private_ip out.",
        entry(private_ip="10.1.0.44"),
    )


def test_an_elastic_ip_stays_in_its_region() -> None:
    world = built()
    move(world, 12)
    hosts = [host("agg1", region="eu-central-1"), host("agg2", region="eu-west-1"), host("agg3")]
    stays(
        world,
        f"CPE NAT entry of bond 17: its Elastic IP {PUBLIC} stays on agg1: agg2 is in the region eu-west-1, which the "
        "Elastic IP cannot leave its own for. Move the bond back.",
        aggregators=hosts,
    )


def test_another_vpc_of_the_region_is_a_place_like_another_subnet() -> None:
    world = built()
    world.add_aggregator("agg4", 21, "10.2.0.14", "a")
    far = instance("agg4", "10.2.0.14", "a", vpc_id="vpc-2", subnet_id="subnet-2")
    world.cloud.instances["i-agg4"] = far
    world.cloud.subnets["subnet-2"] = Subnet("subnet-2", "vpc-2", "10.2.0.0/24", "eu-central-1a")
    move(world, 21)
    items = follow(world, aggregators=[host(name) for name in ("agg1", "agg2", "agg3", "agg4")])
    assert ("update", "address_association", "agg4") in items
    assert ("create", "cpe_nat_ip", "agg4") in items


def test_a_bond_on_an_aggregator_that_the_inventory_does_not_have_is_named() -> None:
    world = built()
    move(world, 1007)
    stays(
        world,
        f"CPE NAT entry of bond 17: its Elastic IP {PUBLIC} stays, since its bond is on agg3, which is not a host of "
        "the inventory. Add that aggregator.",
        aggregators=[host("agg1"), host("agg2")],
    )


def test_a_bond_of_which_the_server_does_not_know_where_it_is_stays() -> None:
    world = built()
    world.server.bonds[17] = replace(world.server.bonds[17], present=None)
    assert follow(world) == []


def test_too_many_moves_are_refused_together() -> None:
    world = built()
    move(world, 1007)
    assert follow(world, follow_max=1) == ALONG
    world = built()
    follow(world, follow_max=0)
    assert "bonding_follow_max: 0 is outside of 1 to 100000." in world.report.problems


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            {"state": "followed", "follow_bonds": ["99"]},
            "bonding_follow_bonds: the server has no bond with the id 99. Correct it, or leave it out.",
        ),
        (
            {"state": "evacuated"},
            "bonding_evacuate, bonding_restore: got none of them, expected one. Name the host whose addresses go "
            "elsewhere (-e bonding_evacuate=agg1), or the one that gets them back (-e bonding_restore=agg1).",
        ),
        (
            {"state": "evacuated", "evacuate": "agg1", "evacuate_to": "agg1"},
            "bonding_evacuate_to: agg1 is the host to evacuate. Name another one.",
        ),
        (
            {"state": "evacuated", "evacuate": "agg1", "evacuate_to": "7"},
            "bonding_evacuate_to: agg1 is the host to evacuate. Name another one.",
        ),
        (
            {"state": "evacuated", "restore": "agg1", "evacuate_to": "agg2"},
            "bonding_evacuate_to: addresses come back to bonding_restore. Leave bonding_evacuate_to out.",
        ),
        (
            {"state": "evacuated", "evacuate": "agg1, agg2"},
            "bonding_evacuate: is the name of one host (got 'agg1, agg2', expected one of agg1, agg2, agg3). Run the "
            "playbook once for each host.",
        ),
        (
            {"state": "evacuated", "restore": "agg1 agg2"},
            "bonding_restore: is the name of one host (got 'agg1 agg2', expected one of agg1, agg2, agg3). Run the "
            "playbook once for each host.",
        ),
        (
            {"state": "evacuated", "evacuate": "agg1", "evacuate_to": "agg2,agg3"},
            "bonding_evacuate_to: is the name of one host (got 'agg2,agg3', expected one of agg1, agg2, agg3). Run the "
            "playbook once for each host.",
        ),
        (
            {"evacuate": "agg1"},
            "bonding_evacuate: is of the playbook bonded.internet.evacuate (got bonding_plan_state present, expected "
            "evacuated). Run that playbook, or leave the variable out.",
        ),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, Any], problem: str) -> None:
    world = built()
    planned(world, **{"state": "present", **options})
    assert world.report.problems == [problem]


def evacuate(world: World, **more: Any) -> list[tuple[str, str, str]]:
    return planned(world, state="evacuated", **{"evacuate": "agg1", **more})


def test_an_evacuated_address_goes_where_its_bond_is_before_where_the_operator_says() -> None:
    world = built()
    move(world, 1007)
    assert evacuate(world, evacuate_to="agg2") == ALONG


def test_an_evacuated_address_without_a_target_stays() -> None:
    world = built()
    assert evacuate(world) == []
    assert world.report.warnings == [
        f"CPE NAT entry of bond 17: its Elastic IP {PUBLIC} stays, since bond 17 (acme-berlin) is on no other "
        "aggregator. Say -e bonding_evacuate_to=<host> to move it there before its bond."
    ]


def test_addresses_of_other_hosts_are_not_evacuated() -> None:
    world = built()
    move(world, 1007)
    assert evacuate(world, evacuate="agg2") == []
    assert world.report.warnings == []


def test_a_restored_address_waits_for_its_bond() -> None:
    world = built()
    put(world, "agg3", "10.1.0.44", **{LEFT: "agg1"})
    move(world, 1007)
    assert planned(world, state="evacuated", restore="agg1") == []
    assert world.report.warnings == [
        f"CPE NAT entry of bond 17: its Elastic IP {PUBLIC} stays with its bond on agg3, and follows the bond home."
    ]
    move(world, 7)
    assert {item[2] for item in planned(world, state="evacuated", restore="agg1")} == {"agg1"}


def test_a_host_that_ssh_does_not_reach_gets_the_address_all_the_same() -> None:
    world = built()
    move(world, 1007)
    dead = host("agg3", manage_host=True, found={"unreachable": "no route to host"})
    assert follow(world, aggregators=[host("agg1"), host("agg2"), dead]) == ALONG
    assert world.report.warnings == [
        "agg3: the host cannot be read: no route to host. Its return routes and conntrack zones stay as they are until "
        "site.yml reaches it."
    ]


def test_the_group_of_cpe_nat_traffic_goes_with_the_address() -> None:
    world = built()
    move(world, 1007)
    inbound: dict[str, Any] = {"security_groups": True, "cpe_nat_inbound": [{"protocol": "tcp", "ports": "443"}]}
    assert ("create", "group_attachment", "agg3") in follow(world, **inbound)


def test_followed_addresses_need_no_warning_without_bgp() -> None:
    world = built()
    planned(world)
    assert any("dead until the association is moved" in text for text in world.report.warnings)
    planned(world, followed=True)
    assert world.report.warnings == []


def pair(world: World, here: bool, there: bool) -> dict[str, Any]:
    """Return the entry of the bonds 17 on agg1 and 18 on agg3, of which each has the CPE NAT IP enabled or not."""
    world.server.bonds[18] = Bond(18, "acme-berlin-2", "acme", 1007, 12, 1007)
    for number, enabled in ((17, here), (18, there)):
        data = {"ip": "10.1.0.44", "nat_ip": "192.168.17.10", "enabled": enabled}
        world.server.bond_objects[number] = [Object("cpe_nat_ip", f"bonds/{number}", "10.1.0.44", data)]
    return entry(standby_bond="18")


@pytest.mark.parametrize(
    ("here", "there", "moves"), [(True, False, False), (False, True, True), (True, True, False), (False, False, False)]
)
def test_the_address_of_a_pair_follows_the_enabled_bond(here: bool, there: bool, moves: bool) -> None:
    world = built()
    items = follow(world, "18", given=pair(world, here, there))
    assert world.report.problems == []
    assert [item for item in items if item[1] != "connected_ip"] == (ALONG if moves else [])


def test_the_address_of_a_pair_stays_in_its_subnet() -> None:
    world = built()
    given = pair(world, here=False, there=True)
    world.server.bonds[18] = replace(world.server.bonds[18], present=12)
    assert follow(world, given=given) == []
    assert world.report.warnings == [
        f"CPE NAT entry of bond 17: its Elastic IP {PUBLIC} stays on agg1: agg2 is in another subnet, and both bonds "
        "of the pair 17 and 18 would need another CPE NAT IP. Name an aggregator of the subnet as their other one."
    ]


def test_an_address_goes_to_no_host_that_does_not_run() -> None:
    world = built()
    world.cloud.instances["i-agg3"] = replace(world.cloud.instances["i-agg3"], state="stopped")
    assert evacuate(world, evacuate_to="agg3") == []
    text = (
        f"CPE NAT entry of bond 17: its Elastic IP {PUBLIC} stays on agg1: agg3 is stopped (i-agg3). Start it, or say "
        "-e bonding_evacuate_to=<another host>."
    )
    assert text in world.report.warnings


def test_an_evacuated_address_goes_to_the_named_host_where_its_bonds_host_has_no_instance() -> None:
    world = built()
    move(world, 12)
    hosts = [host("agg1"), host("agg2", instance_id="i-gone"), host("agg3")]
    assert evacuate(world, evacuate_to="agg3", aggregators=hosts)[0][2] == "agg3"
