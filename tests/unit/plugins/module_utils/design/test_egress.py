# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The egress of a gateway: a NAT gateway is made, changed into none and back, moves, and goes."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.vpc.public_subnets import public_subnet
from ansible_collections.bonded.internet.plugins.module_utils._design.vpc.vpcs import zone_subnet
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import SubnetInput
from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp, Route

from .egress_world import (
    ANYWHERE,
    LANS,
    PUBLIC_SUBNET,
    PUBLIC_TABLE,
    ZONE,
    gateway,
    nat_world,
    plain_world,
    retired,
    routes,
    short,
    space,
)
from .world import World, small_world


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def plain() -> World:
    return plain_world()


@pytest.fixture
def built() -> World:
    return nat_world()


def test_from_nothing(world: World) -> None:
    items = world.plan(spaces=space())
    assert world.report.problems == []
    assert short(items) == {
        ("add", "create", "vpc", "", "vpc/acme"),
        ("add", "create", "internet_gateway", "vpc/acme", "igw/acme"),
        ("add", "create", "subnet", "vpc/acme", f"subnet/acme/{ZONE}"),
        ("add", "create", "route_table", "vpc/acme", "rtb/acme"),
        ("add", "create", "subnet", "vpc/acme", PUBLIC_SUBNET),
        ("add", "create", "route_table", "vpc/acme", PUBLIC_TABLE),
        ("add", "create", "route", PUBLIC_TABLE, ANYWHERE),
        ("add", "create", "network_interface", f"subnet/acme/{ZONE}", "gateway/acme/agg1"),
        ("add", "create", "attachment", "i-agg1", "gateway/acme/agg1"),
        ("add", "create", "elastic_ip", "", "natgw-ip/acme/agg1"),
        ("add", "create", "nat_gateway", PUBLIC_SUBNET, "natgw/acme/agg1"),
        ("add", "create", "route", "rtb/acme", ANYWHERE),
        ("add", "create", "route", "rtb/acme", LANS),
        ("add", "create", "route", "vpc/acme/main", LANS),
        ("add", "create", "route", PUBLIC_TABLE, LANS),
    }
    after = {item.key: item.after or {} for item in items}
    assert after[PUBLIC_SUBNET]["cidr"] == "10.101.255.240/28"
    assert after["gateway/acme/agg1"]["instance_id"] == "i-agg1"
    assert not any(item.disruptive for item in items)
    (vpc,) = world.design.vpcs["add"]
    assert (vpc.default_route, vpc.public_subnets) == (False, [SubnetInput(ZONE, "10.101.255.240/28")])


def test_what_is_built_is_left_alone(built: World) -> None:
    assert built.plan(spaces=space()) == []
    assert not any("egress: none" in text for text in built.report.warnings)


def test_none_into_nat_gateway_makes_then_replaces_then_takes_away(plain: World) -> None:
    items = plain.plan(spaces=space())
    assert short(items) == {
        ("add", "create", "subnet", "vpc/acme", PUBLIC_SUBNET),
        ("add", "create", "route_table", "vpc/acme", PUBLIC_TABLE),
        ("add", "create", "route", PUBLIC_TABLE, ANYWHERE),
        ("add", "create", "route", PUBLIC_TABLE, LANS),
        ("add", "create", "elastic_ip", "", "natgw-ip/acme/agg1"),
        ("add", "create", "nat_gateway", PUBLIC_SUBNET, "natgw/acme/agg1"),
        ("switch", "update", "route", "rtb/acme", ANYWHERE),
        ("remove", "delete", "address_association", "eni-gw", "gateway-ip/acme/agg1"),
        ("remove", "update", "elastic_ip", "", "gateway-ip/acme/agg1"),
    }
    assert {item.key: item.interrupts for item in items if item.disruptive} == {
        ANYWHERE: "the connections through the internet gateway: they get another public address"
    }
    work = {phase: [gw.phases for _host, gw in plain.design.gateways[phase]] for phase in ("add", "switch", "remove")}
    assert work == {"add": [["add"]], "switch": [["switch"]], "remove": [["remove"]]}
    released = plain.plan(spaces=space(), prune_addresses=True)
    assert ("remove", "delete", "elastic_ip", "", "gateway-ip/acme/agg1") in short(released)
    assert plain.design.gateways["remove"][0][1].release is True


def test_nat_gateway_into_none_puts_the_route_back_before_anything_goes(built: World) -> None:
    items = built.plan(spaces=space(gateway(egress="none")))
    assert short(items) == {
        ("add", "create", "elastic_ip", "", "gateway-ip/acme/agg1"),
        ("add", "create", "address_association", "gateway/acme/agg1", "gateway-ip/acme/agg1"),
        ("switch", "update", "route", "rtb/acme", ANYWHERE),
        ("remove", "delete", "nat_gateway", PUBLIC_SUBNET, "natgw/acme/agg1"),
        ("remove", "update", "elastic_ip", "", "natgw-ip/acme/agg1"),
        ("remove", "delete", "subnet", "vpc/acme", PUBLIC_SUBNET),
        ("remove", "delete", "route_table", "vpc/acme", PUBLIC_TABLE),
    }
    (route,) = [item for item in items if item.kind == "route"]
    assert (route.before, route.after) == ({"target": "nat-9"}, {"target": "igw-9"})
    assert route.interrupts == (
        "the connections through the NAT gateway natgw/acme/agg1: hosts on the Internet are not reached any more"
    )
    assert [vpc.absent_public_zones for vpc in built.design.vpcs["remove"]] == [[ZONE]]


def test_a_kept_address_comes_back_and_alone_is_no_gateway(built: World) -> None:
    built.cloud.addresses.append(ElasticIp("eipalloc-gw", "198.51.100.4", retired("gateway-ip/acme/agg1")))
    assert built.plan(spaces=space()) == []
    items = {(i.verb, i.kind, i.key) for i in built.plan(spaces=space(gateway(egress="none"))) if i.phase == "add"}
    assert ("update", "elastic_ip", "gateway-ip/acme/agg1") in items
    assert ("create", "elastic_ip", "gateway-ip/acme/agg1") not in items
    released = built.plan(spaces=space(), prune_addresses=True)
    assert short(released) == {("remove", "delete", "elastic_ip", "", "gateway-ip/acme/agg1")}


def test_another_network_comes_with_its_way_back_and_the_old_one_goes_last(built: World) -> None:
    items = built.plan(spaces=space(gateway(networks=["172.20.0.0/14"])))
    phases = {(item.phase, item.verb, item.parent, item.key) for item in items if item.system == "aws"}
    tables = ("rtb/acme", "vpc/acme/main", PUBLIC_TABLE)
    assert phases == {("add", "create", t, "172.20.0.0/14") for t in tables} | {
        ("remove", "delete", table, LANS) for table in tables
    }


def test_a_gateway_that_moves_takes_the_route_over_and_the_old_nat_gateway_goes(built: World) -> None:
    items = built.plan(spaces=space(gateway(aggregator="agg3")), prune=True)
    found = short(items)
    assert ("add", "create", "nat_gateway", PUBLIC_SUBNET, "natgw/acme/agg3") in found
    assert ("switch", "update", "route", "rtb/acme", ANYWHERE) in found
    assert ("switch", "update", "route", PUBLIC_TABLE, LANS) in found
    assert ("remove", "delete", "nat_gateway", PUBLIC_SUBNET, "natgw/acme/agg1") in found
    # what the new gateway has taken over does not go with the old one
    assert not [item for item in found if item[0] == "remove" and item[2] in ("route", "subnet", "route_table")]


def test_a_gateway_that_is_pruned_leaves_the_space_as_it_was_without_one(built: World) -> None:
    items = built.plan(spaces=space(gateways=[]), prune=True)
    assert {what for what in short(items) if what[2] not in ("network_interface", "attachment")} == {
        ("remove", "delete", "route", "rtb/acme", LANS),
        ("remove", "delete", "route", "vpc/acme/main", LANS),
        ("remove", "delete", "route", PUBLIC_TABLE, LANS),
        ("remove", "update", "route", "rtb/acme", ANYWHERE),
        ("remove", "delete", "nat_gateway", PUBLIC_SUBNET, "natgw/acme/agg1"),
        ("remove", "update", "elastic_ip", "", "natgw-ip/acme/agg1"),
        ("remove", "delete", "subnet", "vpc/acme", PUBLIC_SUBNET),
        ("remove", "delete", "route_table", "vpc/acme", PUBLIC_TABLE),
    }
    # without a word nothing goes, and least of all the subnet of a NAT gateway that stays
    assert [item for item in built.plan(spaces=space(gateways=[])) if item.system == "aws"] == []
    assert any("gateway/acme/agg1 (eni-gw) is not in the inventory" in text for text in built.report.warnings)


def test_a_teardown_takes_all_of_it(built: World) -> None:
    items = built.plan(spaces=space(), state="absent", release_addresses=True)
    assert {
        ("remove", "delete", "nat_gateway", PUBLIC_SUBNET, "natgw/acme/agg1"),
        ("remove", "delete", "elastic_ip", "", "natgw-ip/acme/agg1"),
        ("remove", "delete", "subnet", "vpc/acme", PUBLIC_SUBNET),
        ("remove", "delete", "route_table", "vpc/acme", PUBLIC_TABLE),
        ("remove", "delete", "vpc", "", "vpc/acme"),
    } <= short(items)
    keys = [(item.verb, item.kind, item.key) for item in items if item.system == "aws" and item.kind != "route"]
    assert len(keys) == len(set(keys))
    # of a killed teardown only the NAT gateway may be left: it is found by its own tags
    built.cloud.interfaces.clear()
    built.cloud.addresses.clear()
    built.objects = {k: v for k, v in built.objects.items() if k[0] == "space"}
    built.apply(spaces=[], state="absent")
    left = built.plan(spaces=[], state="absent")
    assert ("remove", "delete", "nat_gateway", PUBLIC_SUBNET, "natgw/acme/agg1") in short(left)


def test_a_route_whose_nat_gateway_somebody_deleted_is_replaced(built: World) -> None:
    del built.cloud.nat_gateways["nat-9"]
    routes(built.cloud, "rtb-gw", Route(ANYWHERE, "nat-9", "blackhole"), Route(LANS, "eni-gw"))
    items = short(built.plan(spaces=space()))
    assert ("add", "create", "nat_gateway", PUBLIC_SUBNET, "natgw/acme/agg1") in items
    assert ("switch", "update", "route", "rtb/acme", ANYWHERE) in items
    # the default route that the VPC has by itself comes back at once: nobody loses anything
    assert ("add", "update", "route", "rtb/acme", ANYWHERE) in short(built.plan(spaces=space(gateway(egress="none"))))


@pytest.mark.parametrize(
    ("cidr", "zone", "expected"),
    [
        ("10.101.0.0/16", "eu-central-1a", "10.101.255.240/28"),
        ("10.101.0.0/16", "eu-central-1c", "10.101.255.208/28"),
        ("10.101.0.0/27", "eu-central-1a", "10.101.0.16/28"),
        ("10.101.0.0/28", "eu-central-1a", "10.101.0.0/28"),
        ("10.101.0.0/28", "eu-central-1b", None),
    ],
)
def test_a_public_subnet_is_counted_from_the_end_by_its_zones_letter(
    cidr: str, zone: str, expected: str | None
) -> None:
    assert public_subnet(cidr, zone) == expected


@pytest.mark.parametrize("prefix", range(16, 25))
def test_public_subnets_stay_clear_of_the_zones_gateway_subnets(prefix: int) -> None:
    """In a VPC of a /24 or more, for the letters a to d; the gateway subnets are where they have always been."""
    cidr = f"10.101.0.0/{prefix}"
    zones = [f"eu-central-1{letter}" for letter in "abcd"]
    gateways = [ipaddress.IPv4Network(str(zone_subnet(cidr, zone))) for zone in zones]
    public = [ipaddress.IPv4Network(str(public_subnet(cidr, zone))) for zone in zones]
    assert len({*gateways, *public}) == 8
    assert not [(one, other) for one in gateways for other in public if one.overlaps(other)]


def test_only_the_first_phase_of_a_moved_gateway_takes_it_for_new() -> None:
    """The switch phase finds the interface that the add phase has made: to look for nothing would make another."""
    moved = plain_world()
    moved.cloud.instances["i-agg3"] = replace(moved.cloud.instances["i-agg3"], zone=ZONE)
    moved.plan(spaces=space(gateway(egress="none", aggregator="agg3")), prune=True)
    assert moved.report.problems == []
    work = {phase: [gw for host, gw in moved.design.gateways[phase] if host == "agg3"] for phase in ("add", "switch")}
    assert [gw.fresh for gw in work["add"]] == [True]
    assert [gw.fresh for gw in work["switch"]] == [False]


def failed_world() -> World:
    """The network with a NAT gateway that EC2 could not make: its address is free, there is no default route."""
    world = nat_world()
    nat = next(iter(world.cloud.nat_gateways.values()))
    world.cloud.nat_gateways.clear()
    routes(world.cloud, "rtb-gw", Route(LANS, "eni-gw"))
    world.cloud.failed_nat_gateways.append(replace(nat, failure="Gateway.NotAttached: Network vpc-9 has none"))
    return world


def test_one_that_has_failed_is_deleted_and_made_again() -> None:
    world = failed_world()
    items = world.plan(spaces=space())
    assert world.report.problems == []
    (number,) = [one.id for one in world.cloud.failed_nat_gateways]
    said = f"NAT gateway {number} (natgw/acme/agg1) has failed (EC2 says Gateway.NotAttached: Network vpc-9 has none)"
    done = "The run deletes it, and creates another one with the same Elastic IP."
    assert f"space acme, gateway on agg1: {said}. {done}" in world.report.warnings
    mine = [item for item in items if item.kind == "nat_gateway"]
    assert [(item.phase, item.verb, item.parent, item.key) for item in mine] == [
        ("add", "delete", PUBLIC_SUBNET, "natgw/acme/agg1"),
        ("add", "create", PUBLIC_SUBNET, "natgw/acme/agg1"),
    ]
    assert mine[0].before == {"id": number, "failure": "Gateway.NotAttached: Network vpc-9 has none"}
    assert [item.kind for item in items if item.verb == "create" and item.kind == "elastic_ip"] == []


def test_one_that_has_failed_goes_with_its_gateway() -> None:
    world = failed_world()
    items = world.plan(spaces=space(gateway(egress="none")), allow_disruption=True)
    assert [(item.phase, item.verb) for item in items if item.kind == "nat_gateway"] == [("remove", "delete")]
    items = failed_world().plan(spaces=[], state="absent")
    assert [(item.phase, item.verb) for item in items if item.kind == "nat_gateway"] == [("remove", "delete")]
