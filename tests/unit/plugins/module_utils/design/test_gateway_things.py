# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unreachable routes at a gateway for networks without a LAN, and the exceptions inside of these networks."""

from __future__ import annotations

import pathlib
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.plan import KNOWN_AFTER_APPLY
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Route, RouteTable, Subnet, Vpc

from .egress_world import ANYWHERE, LANS, gateway, nat_world, plain_world, routes, space
from .world import World

ROOT = pathlib.Path(__file__).parents[5]
NAME, BY = "prod_gateway_11", "prod_gateway_import_11"
DEFAULT = (ANYWHERE, "gateway", "10.101.0.1")
END = (LANS, "unreachable", None)
FILTER = {"mode": "filter", "filter": BY}


@pytest.fixture
def plain() -> World:
    return plain_world()


def static(world: World, **more: Any) -> list[tuple[str, str, str | None]]:
    """The gateway's static routes as they shall be."""
    world.steps(**more)
    (obj,) = [
        obj
        for batch in world.design.batches["remove"]
        for obj in batch.wanted
        if obj.kind == "static_protocol" and obj.parent == "aggregators/7"
    ]
    return [(route["network"], route["destination"], route["address"]) for route in obj.data["routes"]]


@pytest.mark.parametrize("egress", ["none", "masquerade"])
def test_what_the_vpc_sends_back_ends_at_the_gateway(plain: World, egress: str) -> None:
    assert static(plain, spaces=space(gateway(egress=egress))) == [DEFAULT, END]


def test_nothing_ends_where_nothing_comes_back(plain: World) -> None:
    alone = gateway(egress="masquerade", vpc_routes=False)
    assert static(plain, spaces=space(alone)) == [DEFAULT]
    # the table of the gateway's own subnet does not lead there, so that a packet leaves for good
    assert static(plain, spaces=space(gateway(egress="none", route_tables=["rtb-main"]))) == [DEFAULT]
    assert static(plain, spaces=space(gateway(egress="none", route_tables=["rtb-gw"]))) == [DEFAULT, END]


def test_a_nat_gateway_sends_back_too() -> None:
    only_main = gateway(route_tables=["rtb-main"])
    assert static(nat_world(), spaces=space(only_main)) == [DEFAULT, END]


def test_the_vpc_and_what_its_table_leads_elsewhere_go_on(plain: World) -> None:
    """Supernets around the VPC's own network, and a peering inside of them; a dead route does not count."""
    wide = ["10.0.0.0/8", LANS]
    more = (Route("172.20.0.0/16", "pcx-1"), Route("172.21.0.0/16", "pcx-2", "blackhole"), Route("pl-1", "vpce-1"))
    beyond = (Route("192.168.0.0/16", "pcx-1"), Route("fd00::/8", "pcx-1"))
    routes(plain.cloud, "rtb-gw", Route(ANYWHERE, "igw-9"), Route(LANS, "eni-gw"), *more, *beyond)
    plain.cloud.vpcs["vpc-9"] = replace(plain.cloud.vpcs["vpc-9"], cidrs=("10.101.0.0/16", "10.77.0.0/16"))
    assert static(plain, spaces=space(gateway(egress="none", networks=wide))) == [
        DEFAULT,
        ("10.0.0.0/8", "unreachable", None),
        END,
        ("10.77.0.0/16", "gateway", "10.101.0.1"),
        ("10.101.0.0/16", "gateway", "10.101.0.1"),
        ("172.20.0.0/16", "gateway", "10.101.0.1"),
    ]


def test_a_route_to_another_spaces_gateway_is_none_of_the_vpcs(plain: World) -> None:
    """Seed 702080 of the pairs: one space's packets were led to the router, and on into another space."""
    mine = plain.cloud.interfaces["eni-gw"]
    other = {**mine.tags, "bonded.internet/key": "gateway/globex/agg2"}
    plain.cloud.interfaces["eni-other"] = replace(mine, id="eni-other", tags=other)
    routes(plain.cloud, "rtb-gw", Route(ANYWHERE, "igw-9"), Route(LANS, "eni-gw"), Route("172.20.0.0/16", "eni-other"))
    assert static(plain, spaces=space(gateway(egress="none"))) == [DEFAULT, END]


@pytest.mark.parametrize("named", [True, False], ids=["its own table", "the main table"])
def test_an_adopted_vpc_is_judged_by_the_table_of_the_given_subnet(plain: World, named: bool) -> None:
    cloud = plain.cloud
    cloud.vpcs["vpc-5"] = Vpc("vpc-5", ("10.55.0.0/16",))
    cloud.subnets["subnet-5"] = Subnet("subnet-5", "vpc-5", "10.55.8.0/24", "eu-central-1a")
    cloud.route_tables["rtb-5"] = RouteTable("rtb-5", "vpc-5", True, (Route(ANYWHERE, "igw-5"),))
    if named:
        cloud.route_tables["rtb-55"] = RouteTable("rtb-55", "vpc-5", False, (), ("subnet-5",))
    del cloud.interfaces["eni-gw"]
    given = gateway(egress="none", subnet_id="subnet-5")
    adopted = {"vpc": {"id": "vpc-5"}}
    default = (ANYWHERE, "gateway", "10.55.8.1")
    # the networks are led to the gateway by the main table, unless others are given
    assert static(plain, spaces=space(given, **adopted)) == ([default] if named else [default, END])
    assert plain.report.problems == []
    if named:
        assert static(plain, spaces=space({**given, "route_tables": ["rtb-55"]}, **adopted)) == [default, END]


def test_a_live_gateway_gets_its_filter_and_its_ends_at_once_and_loses_nothing(plain: World) -> None:
    """As an older release left it. The end must not be there before the filter, or it would take one LAN's network."""
    old = plain.objects["protocol", "aggregators/7", NAME]
    old.data.update(routes=[old.data["routes"][0]], import_ipv4={"mode": "all", "filter": None})
    del plain.objects["filter", "aggregators/7", BY]
    items = plain.plan(spaces=space(gateway(egress="none")))
    assert [(i.phase, i.verb, i.kind, i.disruptive) for i in items] == [
        ("add", "create", "filter", False),
        ("add", "update", "static_protocol", False),
    ]
    after = items[1].after or {}
    assert after["import_ipv4"] == FILTER
    assert [route["network"] for route in after["routes"]] == [ANYWHERE, LANS]


def test_a_network_that_is_given_up_ends_until_its_route_is_gone(plain: World) -> None:
    items = plain.plan(spaces=space(gateway(egress="none", networks=["172.20.0.0/14"])))
    found = [(i.phase, [r["network"] for r in (i.after or {})["routes"]]) for i in items if i.kind == "static_protocol"]
    assert found == [("add", [ANYWHERE, LANS, "172.20.0.0/14"]), ("remove", [ANYWHERE, "172.20.0.0/14"])]
    assert {(i.phase, i.verb, i.kind, i.interrupts) for i in items if i.disruptive} == {
        ("remove", "delete", "route", f"what the VPC of space acme has for {LANS}")
    }
    # and the role is given just these, in its last step with the VPC's routes
    handed = {phase: work.routes for phase in ("add", "remove") for _host, work in plain.design.gateways[phase]}
    assert {phase: [route["network"] for route in given] for phase, given in handed.items()} == dict(found)


def test_the_filter_goes_with_its_gateway_and_without_its_space(plain: World) -> None:
    def gone(**more: Any) -> list[tuple[str, str]]:
        return [(i.kind, i.key) for i in plain.plan(**more) if i.verb == "delete" and i.system == "server"]

    filters = ("filter", BY)
    assert gone(spaces=space(gateways=[]), prune=True) == [
        ("static_protocol", NAME),
        filters,
        ("ethernet_interface", "ens6"),
    ]
    (_host, work) = plain.design.gateways["remove"][0]
    assert (work.protocol, work.filter) == (NAME, BY)
    del plain.server.spaces["acme"]
    assert filters in gone(spaces=[], state="absent")


def test_the_interfaces_own_ipv6_address_is_configured_with_a_whole_subnet(plain: World) -> None:
    with_ipv6 = {"vpc": {"cidr": "10.101.0.0/16", "ipv6": True}}
    interface = plain.cloud.interfaces["eni-gw"]
    given = gateway(egress="none")

    def device() -> dict[str, Any]:
        plain.steps(spaces=space(given, **with_ipv6))
        (found,) = [t for batch in plain.design.batches["remove"] for t in batch.wanted if t.key == "ens6"]
        return found.data

    assert device()["addresses"] == ["10.101.0.4/24", KNOWN_AFTER_APPLY]
    plain.cloud.interfaces["eni-gw"] = replace(interface, ipv6="2001:db8:1::4")
    assert (device()["addresses"], device()["accept_ra"]) == (["10.101.0.4/24", "2001:db8:1::4/64"], True)
    # without a wish for IPv6 it is left alone
    with_ipv6["vpc"]["ipv6"] = False
    assert (device()["addresses"], device()["accept_ra"]) == (["10.101.0.4/24"], False)


@pytest.mark.parametrize("accept_ra", [False, True])
def test_an_interface_that_is_older_than_its_subnets_block_gets_an_address(plain: World, accept_ra: bool) -> None:
    """In the first phase, both sides; also where a killed run has already switched router advertisements on."""
    whole = space(gateway(egress="none"), vpc={"cidr": "10.101.0.0/16", "ipv6": True})
    plain.objects["interface", "aggregators/7", "ens6"].data["accept_ra"] = accept_ra
    for one in plain.server.objects[7]:
        if one.key == "ens6":
            one.data["accept_ra"] = accept_ra
    steps = [step.item for step in plain.steps(spaces=whole)]
    items = [item for item in plain.design.items if item.kind == "ipv6_address"]
    assert [(i.verb, i.parent, i.key, i.after, i.phase, i.disruptive) for i in items] == [
        ("create", "gateway/acme/agg1", "ipv6", {"ipv6": KNOWN_AFTER_APPLY}, "add", False)
    ]
    both = {"addresses": ["10.101.0.4/24", KNOWN_AFTER_APPLY]}
    assert [(i.kind, i.before, i.after, i.phase, i.disruptive) for i in steps] == [
        (
            "ethernet_interface",
            {"addresses": ["10.101.0.4/24"]} | ({} if accept_ra else {"accept_ra": False}),
            both | ({} if accept_ra else {"accept_ra": True}),
            "add",
            False,
        )
    ]
    assert plain.report.warnings == [text for text in plain.report.warnings if "IPv6" not in text]
    # the role is called for it
    ((_host, work),) = plain.design.gateways["add"]
    assert work.accept_ra is True


def test_a_gateway_keeps_its_ipv6_address_until_the_last_phase(plain: World) -> None:
    """Its networks are withdrawn before: the role sets the device in each phase in which anything changes."""
    (interface,) = [one for one in plain.cloud.interfaces.values() if one.id == "eni-gw"]
    plain.cloud.interfaces["eni-gw"] = replace(interface, ipv6="2001:db8:1::4")
    plain.objects["interface", "aggregators/7", "ens6"].data["mtu"] = 1400
    for one in plain.server.objects[7]:
        if one.key == "ens6":
            one.data.update(accept_ra=True, mtu=1400, addresses=["10.101.0.4/24", "2001:db8:1::4/64"])
        if one.kind == "static_protocol":
            one.data["enabled"] = False
    plain.plan(spaces=space(gateway(egress="none", networks=[])))
    work = {key[0]: entry.kept for key, (_host, entry) in plain.design.gateway_objects.items()}
    address = {"addresses": ["2001:db8:1::4/64"]}
    assert {phase: {name: value for name, value in kept.items() if value} for phase, kept in work.items()} == {
        "add": address | {"interface": {"accept_ra": True, "mtu": 1400}, "protocol": {"enabled": False}},
        "switch": address,
        "remove": {},
    }


def test_a_given_subnet_without_a_block_has_a_warning_and_no_ipv6(plain: World) -> None:
    given = gateway(egress="none", subnet_id="subnet-gw")
    whole = space(given, vpc={"cidr": "10.101.0.0/16", "ipv6": True})
    items = plain.plan(spaces=whole)
    assert [item for item in items if item.kind in ("ipv6_address", "ethernet_interface")] == []
    assert [text for text in plain.report.warnings if "IPv6" in text] == [
        "space acme, gateway on agg1: vpc.ipv6: true, but the given subnet subnet-gw has no IPv6 block: the gateway "
        "carries no IPv6. Give the subnet a block, or leave subnet_id out: a subnet is made."
    ]
    plain.cloud.subnets["subnet-gw"] = replace(plain.cloud.subnets["subnet-gw"], ipv6=True)
    assert [item.kind for item in plain.plan(spaces=whole) if item.kind == "ipv6_address"] == ["ipv6_address"]


def test_default_routes_to_what_is_gone_lead_to_the_internet_gateway_again(plain: World) -> None:
    """A NAT gateway that somebody deleted, with a gateway in the space or none; an internet gateway made anew."""
    dead = (Route(ANYWHERE, "nat-gone", "blackhole"), Route("::/0", "igw-gone", "blackhole"))
    routes(plain.cloud, "rtb-gw", *dead, Route(LANS, "eni-gw"))
    both = {"vpc": {"cidr": "10.101.0.0/16", "ipv6": True}}
    for gateways in ([], [gateway(egress="none")]):
        items = plain.plan(spaces=space(**both, gateways=gateways))
        changed = [(i.phase, i.verb, i.parent, i.key, i.after) for i in items if i.kind == "route"]
        assert changed == [
            ("add", "update", "rtb/acme", destination, {"target": "igw-9"}) for destination in (ANYWHERE, "::/0")
        ]
        assert not [item for item in items if item.kind == "route" and item.disruptive]


def test_no_filter_has_the_name_of_a_protocol(plain: World) -> None:
    """BIRD knows one name for one thing: it would not start."""
    names = {kind: {key for group, _parent, key in plain.objects if group == kind} for kind in ("filter", "protocol")}
    assert names["filter"] and names["protocol"]
    assert names["filter"] & names["protocol"] == set()
