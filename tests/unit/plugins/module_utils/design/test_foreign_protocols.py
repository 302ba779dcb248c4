# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hand-made protocols, routes and interfaces that meet the network's own: a problem of every plan."""

from __future__ import annotations

from typing import Any

import pytest

from .egress_world import LANS, gateway, plain_world, space
from .test_bgp import DIRECT, TRANSIT, one_subnet
from .world import HOSTS, World, acme, initech, small_world

NUMBERS = {name: number for name, (number, _address, _zone) in HOSTS.items()}
ALL = {"mode": "all"}
NONE = {"mode": "none"}
OPEN = {"import_ipv4": ALL, "export_ipv4": ALL}
BESIDE = [{"patterns": ["vxhand"]}]


@pytest.fixture
def world() -> World:
    return small_world()


def add(world: World, kind: str, name: str, *hosts: str, **data: Any) -> None:
    for host in hosts or ("agg1",):
        world.add_thing(kind, f"aggregators/{NUMBERS[host]}", {"name": name, "space": "acme", **data})


def add_mesh(world: World, *hosts: str, space: str, **data: Any) -> None:
    """A hand-made mesh, as AN-001 has it: a VXLAN interface and Babel that exports everything."""
    for host in hosts:
        address = f"10.8.0.{NUMBERS[host] % 250}/24"
        add(world, "vxlan_interface", "vxhand", host, space=space, vni=100, addresses=[address])
    add(world, "babel_protocol", "babel_hand", *hosts, **{"space": space, "interfaces": BESIDE, **OPEN, **data})


def meeting(world: World, **params: Any) -> tuple[list[str], list[str]]:
    """Return what the plan says of objects of others: problems and warnings."""
    world.plan(**params)
    warnings = [text for text in world.report.warnings if "management server: the collection" in text]
    return world.report.problems, warnings


def with_gateway(**more: Any) -> list[dict[str, Any]]:
    return space(gateway(egress="none"), **more)


@pytest.mark.parametrize("pattern", ["vx10000011", "vx*", "*", "vx1000001?"])
def test_a_second_babel_on_an_interface_of_ours_is_refused_with_both_names(world: World, pattern: str) -> None:
    add(world, "babel_protocol", "babel_acme", interfaces=[{"patterns": ["eth9", pattern]}])
    ((text,), _warnings) = meeting(world, spaces=[acme()])
    assert text == (
        "agg1: the Babel protocol babel_acme of space acme runs on vx10000011, an interface of this network (got "
        "babel_acme and prod_babel_11, expected prod_babel_11 alone): each hands on what the other one has learned, "
        "and a route that is withdrawn goes round. Delete or disable babel_acme on the management server: the "
        "collection changes no object of others."
    )


def test_ospf_of_others_on_an_interface_of_ours_is_refused(world: World) -> None:
    areas = [{"area_id": "0.0.0.0", "interfaces": [{"patterns": ["vx10000013"]}]}]
    add(world, "ospf_protocol", "backbone", "agg2", space="initech", areas=areas)
    ((text,), _warnings) = meeting(world, spaces=[initech()])
    assert text.startswith("agg2: the OSPF protocol backbone of space initech runs on vx10000013")


def test_one_protocol_on_many_aggregators_is_one_problem(world: World) -> None:
    add(world, "babel_protocol", "babel_acme", *HOSTS, interfaces=[{"patterns": ["*"]}])
    ((text,), _warnings) = meeting(world, spaces=[acme()])
    assert text.startswith("agg1, agg2, agg3: the Babel protocol babel_acme")


def test_a_network_that_has_lived_with_it_is_refused_in_every_plan(world: World) -> None:
    world.apply(spaces=[acme()])
    assert meeting(world, spaces=[acme()]) == ([], [])
    add(world, "babel_protocol", "babel_acme", interfaces=[{"patterns": ["*"]}])
    assert len(meeting(world, spaces=[acme()])[0]) == 1
    assert len(meeting(world, spaces=[acme()], prune=True)[0]) == 1


def test_a_teardown_and_a_run_that_moves_addresses_are_not_refused(world: World) -> None:
    world.apply(spaces=[acme()])
    add(world, "babel_protocol", "babel_acme", interfaces=[{"patterns": ["*"]}])
    assert meeting(world, spaces=[acme()], state="absent") == ([], [])
    assert meeting(world, spaces=[acme()], state="followed") == ([], [])


def test_a_disabled_one_is_a_warning(world: World) -> None:
    add(world, "babel_protocol", "babel_acme", enabled=False, interfaces=[{"patterns": ["vx*"]}])
    problems, (text,) = meeting(world, spaces=[acme()])
    assert problems == []
    assert text.startswith("agg1: the Babel protocol babel_acme of space acme would run on vx10000011")
    assert "It is disabled or imports nothing, and does no harm as long as that is so." in text


def test_a_pattern_of_another_space_or_of_no_interface_of_ours_meets_nothing(world: World) -> None:
    add(world, "babel_protocol", "elsewhere", space="initech", interfaces=[{"patterns": ["*"]}])
    add(world, "babel_protocol", "main", space=None, interfaces=[{"patterns": ["*"]}])
    assert meeting(world, spaces=[acme()]) == ([], [])


def test_babel_without_a_space_on_the_interface_of_transit_is_refused(world: World) -> None:
    add(world, "babel_protocol", "main", space=None, interfaces=[{"patterns": ["vx*"]}])
    ((text,), _warnings) = meeting(world, bgp=TRANSIT)
    assert text.startswith("agg1: the Babel protocol main without a space runs on vx10000000, an interface of")
    assert "(got main and bonding_bgp, expected bonding_bgp alone)" in text


def test_a_second_mesh_between_the_same_aggregators_is_refused_where_ours_hands_its_routes_on(world: World) -> None:
    mesh = {**initech(), "vxlan": {"subnet": "10.254.16.0/20"}}
    add_mesh(world, "agg1", "agg2", space="initech")
    ((text,), _warnings) = meeting(world, spaces=[mesh])
    assert text.startswith(
        "agg1, agg2: the Babel protocol babel_hand of space initech joins aggregators that prod_babel_13 joins too "
        "(got babel_hand on vxhand, expected prod_babel_13 alone)"
    )


@pytest.mark.parametrize(
    ("hosts", "change"),
    [
        (("agg1",), {}),
        (("agg1", "agg2"), {"export_ipv4": NONE}),
        (("agg1", "agg2"), {"export_ipv4": {"mode": "filter", "filter": "careful"}}),
        (("agg1", "agg2"), {"import_ipv4": NONE}),
        (("agg1", "agg2"), {"enabled": False}),
    ],
)
def test_a_second_mesh_is_a_warning_where_nothing_goes_round(
    world: World, hosts: tuple[str, ...], change: dict[str, Any]
) -> None:
    mesh = {**initech(), "vxlan": {"subnet": "10.254.16.0/20"}}
    add_mesh(world, *hosts, space="initech", **change)
    problems, (text,) = meeting(world, spaces=[mesh])
    assert problems == []
    assert text.startswith(
        f"{', '.join(hosts)}: the Babel protocol babel_hand of space initech is in one routing table with prod_babel_13"
    )


def test_two_lans_with_a_protocol_of_their_own_are_a_warning(world: World) -> None:
    """Two sites, each with one aggregator: no path leads round by them."""
    for number, host in enumerate(("agg1", "agg2")):
        add(world, "ethernet_interface", "ens9", host, space="initech", addresses=[f"172.20.{number}.1/24"])
        areas = [{"area_id": "0.0.0.0", "interfaces": [{"patterns": ["ens9"]}]}]
        add(world, "ospf_protocol", "site", host, space="initech", areas=areas, **OPEN)
    problems, (text,) = meeting(world, spaces=[initech()])
    assert (problems, text.startswith("agg1, agg2: the OSPF protocol site")) == ([], True)
    add(world, "ethernet_interface", "ens9", "agg2", space="initech", addresses=["172.20.0.2/24"])
    ((text,), _warnings) = meeting(world, spaces=[initech()])
    assert "joins aggregators that prod_ospf_13 joins too" in text


def test_a_second_mesh_beside_a_managed_one_is_a_warning_since_ours_hands_no_babel_on(world: World) -> None:
    add_mesh(world, *HOSTS, space="acme")
    problems, warnings = meeting(world, spaces=[acme()])
    assert (problems, len(warnings)) == ([], 1)


def test_a_second_default_route_in_the_space_is_refused_on_any_aggregator() -> None:
    for host in ("agg1", "agg2"):
        world = plain_world()
        add(world, "static_protocol", "gw_acme", host, routes=[{"network": "0.0.0.0/0", "destination": "blackhole"}])
        ((text,), _warnings) = meeting(world, spaces=with_gateway())
        assert text == (
            f"{host}: the static protocol gw_acme of space acme has a second route to 0.0.0.0/0 beside that of the "
            "gateway on agg1 (got gw_acme and prod_gateway_11, expected prod_gateway_11 alone): what is sent there "
            "takes one way or the other. Delete or disable gw_acme on the management server: the collection changes "
            "no object of others."
        )


def test_a_second_route_to_a_network_of_the_gateway_is_refused_and_a_longer_one_is_a_lan() -> None:
    world = plain_world()
    for network in ("172.16.5.0/24", "10.0.0.0/8"):
        add(world, "static_protocol", "lan", routes=[{"network": network, "destination": "blackhole"}])
        assert meeting(world, spaces=with_gateway()) == ([], [])
    add(world, "static_protocol", "lan", routes=[{"network": LANS, "destination": "blackhole"}])
    ((text,), _warnings) = meeting(world, spaces=with_gateway())
    assert f"the static protocol lan of space acme has a second route to {LANS} beside that of the gateway on" in text
    assert f"or take {LANS} out of the gateway's networks" in text


def test_a_second_default_route_of_ipv6_counts_where_the_vpc_has_ipv6() -> None:
    world = plain_world()
    add(world, "static_protocol", "six", routes=[{"network": "::/0", "destination": "blackhole"}])
    assert meeting(world, spaces=with_gateway()) == ([], [])
    ((text,), _warnings) = meeting(world, spaces=with_gateway(vpc={"cidr": "10.101.0.0/16", "ipv6": True}))
    assert "six of space acme has a second route to ::/0" in text


@pytest.mark.parametrize("change", [{"enabled": False}, {"import_ipv4": NONE}])
def test_a_default_route_that_is_in_no_table_is_a_warning(change: dict[str, Any]) -> None:
    world = plain_world()
    routes = [{"network": "0.0.0.0/0", "destination": "blackhole"}]
    add(world, "static_protocol", "gw_acme", routes=routes, **change)
    problems, (text,) = meeting(world, spaces=with_gateway())
    assert (problems, "would have a second route to 0.0.0.0/0" in text) == ([], True)


def test_a_default_route_meets_no_gateway_in_another_space_or_behind_no_mesh() -> None:
    world = plain_world()
    routes = [{"network": "0.0.0.0/0", "destination": "blackhole"}]
    add(world, "static_protocol", "main", space=None, routes=routes)
    add(world, "static_protocol", "other", space="initech", routes=routes)
    add(world, "static_protocol", "gw_acme", "agg2", routes=routes)
    alone = with_gateway(private_wan="unmanaged")
    del alone[0]["vxlan"]
    meeting(world, spaces=alone)
    assert not any("gw_acme" in text or "main" in text for text in world.report.problems)
    for joined in ({"private_wan": "managed_mesh"}, {"vxlan": acme()["vxlan"]}):
        world.plan(spaces=[{**alone[0], **joined}])
        assert any("gw_acme" in text for text in world.report.problems)


@pytest.mark.parametrize("bgp", [TRANSIT, DIRECT])
def test_bgp_of_others_to_the_neighbour_of_ours_is_refused_once_a_host(world: World, bgp: dict[str, Any]) -> None:
    one_subnet(world)
    neighbours = ("10.253.0.12", "10.253.3.239") if bgp is TRANSIT else ("10.1.1.12", "10.1.0.13")
    session = {"local_as": 64512, "neighbor_as": 64512}
    for number, address in enumerate(neighbours):
        add(world, "bgp_protocol", f"peer{number}", space=None, neighbor_address=address, **session)
    add(world, "bgp_protocol", "customer", neighbor_address=neighbours[0], **session)
    add(world, "bgp_protocol", "transit", space=None, neighbor_address="192.0.2.1", **session)
    ((text,), _warnings) = meeting(world, bgp=bgp)
    assert text.startswith(
        "agg1: the BGP protocols of others have the neighbours of this network's (got peer0 and prod_bgp_12 to "
        f"{neighbours[0]}, peer1 and prod_bgp_1007 to {neighbours[1]}, expected one session to each)"
    )


def test_a_disabled_session_to_the_neighbour_of_ours_is_a_warning(world: World) -> None:
    data = {"space": None, "neighbor_address": "10.253.0.12", "local_as": 1, "neighbor_as": 1, "enabled": False}
    add(world, "bgp_protocol", "peer", **data)
    problems, warnings = meeting(world, bgp=TRANSIT)
    assert (problems, len(warnings)) == ([], 1)


@pytest.mark.parametrize("kind", ["vxlan", "ethernet"])
def test_an_interface_of_others_in_the_tunnel_subnet_is_refused(world: World, kind: str) -> None:
    more = {"vni": 77} if kind == "vxlan" else {}
    add(world, f"{kind}_interface", "hand0", addresses=["10.254.1.1/24"], **more)
    ((text,), _warnings) = meeting(world, spaces=[acme()])
    assert text.endswith(
        "interface hand0 of space acme has an address in the tunnel subnet of vx10000011 (got 10.254.1.1/24, expected "
        "none that overlaps 10.254.0.0/20): packets to tunnel addresses leave by it. Delete or disable hand0 on the "
        "management server, or give the mesh another subnet: the collection changes no object of others."
    )


def test_a_vxlan_of_others_with_the_vni_of_ours_is_refused_and_becomes_ours_by_its_name(world: World) -> None:
    add(world, "vxlan_interface", "vxacme", vni=100, addresses=["10.8.0.1/24"])
    ((text,), _warnings) = meeting(world, spaces=[acme(vni=100)])
    assert "the VXLAN interface vxacme of space acme has the VNI of vx100 (got 100, expected another one)" in text
    assert meeting(world, spaces=[acme(vni=100, interface="vxacme")])[0] == []


def test_an_interface_of_ours_under_an_older_name_is_none_of_others(world: World) -> None:
    world.apply(spaces=[acme(vni=5000)])
    assert meeting(world, spaces=[acme(vni=5001)], allow_disruption=True) == ([], [])


def test_the_device_of_a_gateway_of_ours_is_none_of_others() -> None:
    world = plain_world()
    world.plan(spaces=with_gateway(vxlan={"subnet": "10.101.0.0/20"}))
    (text,) = [text for text in world.report.problems if "overlaps" in text]
    assert text.startswith("the tunnel subnet 10.101.0.0/20 of space acme overlaps the VPC network")
    assert not any("ens6" in text for text in world.report.problems)


@pytest.mark.parametrize("kind", ["filter", "static_protocol"])
def test_a_name_of_ours_on_an_object_of_another_kind_is_refused(world: World, kind: str) -> None:
    """BIRD would refuse its whole configuration; no protocol of the aggregator would run."""
    data = {"family": "ipv4", "body": "accept;"} if kind == "filter" else {"space": "acme", "routes": []}
    world.add_thing(kind, "aggregators/7", {"name": "prod_babel_11", **data})
    ((text,), _warnings) = meeting(world, spaces=[acme()])
    assert "has the name of the network's Babel protocol" in text


def test_a_network_under_another_name_is_one_problem(world: World) -> None:
    world.apply(spaces=[acme()], bgp=TRANSIT)
    ((text,), _warnings) = meeting(world, network="renamed", spaces=[acme()], bgp=TRANSIT)
    assert text.startswith("bonding_network: nothing of this network is there")


def test_what_meets_nothing_is_left_in_peace(world: World) -> None:
    add(world, "static_protocol", "office", routes=[{"network": "192.0.2.128/25", "destination": "blackhole"}])
    add(world, "ethernet_interface", "ens9", addresses=["192.0.2.9/24"])
    add(world, "babel_protocol", "main", space=None, interfaces=[{"patterns": ["ens9"]}])
    assert meeting(world, spaces=[acme(), initech()], bgp=TRANSIT) == ([], [])
