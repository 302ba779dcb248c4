# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPv6 beside a NAT gateway: the egress-only internet gateway is created, found again, repaired, and goes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import EgressOnlyGateway, Route

from .egress_world import ANYWHERE, LANS, gateway, nat_world, plain_world, routes, short, space, tags
from .world import World, small_world

KIND = "egress_only_internet_gateway"
VPC6 = {"cidr": "10.101.0.0/16", "ipv6": True}
OUT = "::/0"
CREATED = ("add", "create", KIND, "vpc/acme", "eigw/acme")
LED_OUT = ("add", "update", "route", "rtb/acme", OUT)
LED_BACK = ("remove", "update", "route", "rtb/acme", OUT)
DELETED = ("remove", "delete", KIND, "vpc/acme", "eigw/acme")


def wanted(*gateways: dict[str, Any]) -> list[dict[str, Any]]:
    return space(*gateways, vpc=VPC6)


def six(world: World, *added: Route) -> World:
    """Give IPv6 to the space's VPC, subnet and gateway, and add routes to those of the gateway subnets."""
    cloud = world.cloud
    cloud.vpcs["vpc-9"] = replace(cloud.vpcs["vpc-9"], ipv6=True)
    cloud.subnets["subnet-gw"] = replace(cloud.subnets["subnet-gw"], ipv6=True)
    cloud.interfaces["eni-gw"] = replace(cloud.interfaces["eni-gw"], ipv6="2001:db8::4")
    routes(cloud, "rtb-gw", *cloud.route_tables["rtb-gw"].routes, *added)
    return world


def about_ipv6(items: list[PlannedChange]) -> set[tuple[str, ...]]:
    return {found for found in short(items) if found[2] == KIND or found[4] == OUT}


@pytest.fixture
def plain() -> World:
    """A gateway that translates nothing; IPv6 leaves by the internet gateway."""
    return six(plain_world(), Route(OUT, "igw-9"))


@pytest.fixture
def built() -> World:
    """The same with a NAT gateway, and IPv6 by an egress-only internet gateway."""
    world = six(nat_world(), Route(OUT, "eigw-9"))
    world.cloud.egress_only_gateways["eigw-9"] = EgressOnlyGateway("eigw-9", "vpc-9", tags("eigw/acme"))
    return world


def test_from_nothing() -> None:
    world = small_world()
    items = world.plan(spaces=wanted())
    assert world.report.problems == []
    assert about_ipv6(items) == {CREATED, ("add", "create", "route", "rtb/acme", OUT)}
    assert [item.after for item in items if item.kind == KIND] == [{"tags": tags("eigw/acme")}]
    assert not any(item.disruptive for item in items)
    (work,) = world.design.vpcs["add"]
    assert (work.default_route, work.egress_only, work.absent_egress_only) == (False, True, False)


def test_without_a_nat_gateway_or_without_ipv6_there_is_none() -> None:
    for spaces in (wanted(gateway(egress="none")), space()):
        world = small_world()
        items = world.plan(spaces=spaces)
        assert world.report.problems == []
        assert KIND not in {item.kind for item in items}
        assert world.design.vpcs["add"][0].egress_only is False


def test_what_is_built_is_left_alone(built: World) -> None:
    assert about_ipv6(built.plan(spaces=wanted())) == set()
    assert built.design.vpcs == {"add": [], "switch": [], "remove": []}


def test_into_a_nat_gateway_the_route_moves_and_says_what_ends(plain: World) -> None:
    items = plain.plan(spaces=wanted())
    assert about_ipv6(items) == {CREATED, LED_OUT}
    (route,) = [item for item in items if item.key == OUT]
    assert (route.before, route.disruptive) == ({"target": "igw-9"}, True)
    assert route.interrupts == "connections from the Internet to IPv6 addresses of the VPC: nothing comes in any more"


def test_out_of_a_nat_gateway_the_route_goes_back_before_it_goes(built: World) -> None:
    items = built.plan(spaces=wanted(gateway(egress="none")))
    assert about_ipv6(items) == {LED_BACK, DELETED}
    order = [(item.verb, item.key) for item in items if item.kind == KIND or item.key == OUT]
    assert order == [("update", OUT), ("delete", "eigw/acme")]
    (route,) = [item for item in items if item.key == OUT]
    assert (route.before, route.after, route.disruptive) == ({"target": "eigw-9"}, {"target": "igw-9"}, False)
    (work,) = built.design.vpcs["remove"]
    assert (work.ipv6, work.egress_only, work.absent_egress_only) == (True, False, True)


def test_a_gateway_that_is_kept_keeps_it(built: World) -> None:
    """Without bonding_prune the NAT gateway of a gateway that nobody names any more stays, and IPv6 with it."""
    built.plan(spaces=[{**wanted()[0], "gateways": []}])
    assert about_ipv6(built.design.items) == set()


def test_a_run_that_was_killed_is_ended(built: World) -> None:
    cloud = built.cloud
    # after the route, before the end of the gateway; the NAT gateway is gone
    cloud.nat_gateways.clear()
    routes(cloud, "rtb-gw", Route(ANYWHERE, "igw-9"), Route(LANS, "eni-gw"), Route(OUT, "igw-9"))
    assert about_ipv6(built.plan(spaces=wanted(gateway(egress="none")))) == {DELETED}


def test_one_that_was_deleted_by_hand_is_created_again(built: World) -> None:
    cloud = built.cloud
    cloud.egress_only_gateways.clear()
    kept = [route for route in cloud.route_tables["rtb-gw"].routes if route.destination != OUT]
    routes(cloud, "rtb-gw", *kept, Route(OUT, "eigw-9", "blackhole"))
    items = built.plan(spaces=wanted())
    assert about_ipv6(items) == {CREATED, LED_OUT}
    assert not any(item.disruptive for item in items)


def test_a_teardown_takes_it_along_before_the_vpc(built: World) -> None:
    items = built.plan(spaces=wanted(), state="absent")
    keys = [item.key for item in items if item.verb == "delete" and item.kind in (KIND, "vpc")]
    assert keys == ["eigw/acme", "vpc/acme"]


def test_one_of_others_in_the_vpc_is_refused(plain: World) -> None:
    plain.cloud.egress_only_gateways["eigw-x"] = EgressOnlyGateway("eigw-x", "vpc-9", {})
    plain.cloud.egress_only_gateways["eigw-y"] = EgressOnlyGateway("eigw-y", "vpc-y", tags("eigw/other"))
    plain.plan(spaces=wanted())
    (problem,) = plain.report.problems
    assert problem.startswith(
        "bonding_spaces.acme: VPC vpc-9 has the egress-only internet gateway eigw-x, which is not"
    )


def test_a_vpc_with_one_of_others_is_not_deleted(built: World) -> None:
    built.cloud.egress_only_gateways["eigw-9"] = EgressOnlyGateway("eigw-9", "vpc-9", {})
    built.cloud.foreign_objects = {}
    items = built.plan(spaces=wanted(), state="absent")
    assert KIND not in {item.kind for item in items}
    (problem,) = built.report.problems
    assert "since egress-only internet gateway eigw-9 in it is not this network's" in problem
