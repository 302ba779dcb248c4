# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateways behind a NAT gateway of the operator's, in a VPC that the space adopts: used, and never changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import Cloud, Route

from .egress_world import ANYWHERE, LANS, gateway, nat_world, routes, space
from .world import World

TABLES = ["rtb-gw", "rtb-main", "rtb-nat"]


def bare(objects: dict[str, Any]) -> dict[str, Any]:
    return {number: replace(one, tags={}) for number, one in objects.items()}


@pytest.fixture
def theirs() -> World:
    """The space with a NAT gateway as it is built, without the network's tags on AWS."""
    world = nat_world()
    cloud: Cloud = world.cloud
    cloud.adopted_nat_gateways = bare(cloud.nat_gateways)
    cloud.named_interfaces = bare(cloud.interfaces)
    for name in ("vpcs", "subnets", "internet_gateways", "route_tables"):
        setattr(cloud, name, bare(getattr(cloud, name)))
    cloud.nat_gateways, cloud.interfaces = {}, {}
    cloud.addresses.clear()
    return world


def adopting(**more: Any) -> list[dict[str, Any]]:
    given = {"interface_id": "eni-gw", "subnet_id": "subnet-gw", "route_tables": TABLES, **more}
    return space(gateway(**given), vpc={"id": "vpc-9"})


def adopt(world: World) -> None:
    """Let AWS follow the adoption of the network interface."""
    (item,) = world.plan(spaces=adopting())
    interface = world.cloud.named_interfaces.pop("eni-gw")
    world.cloud.interfaces["eni-gw"] = replace(interface, tags=(item.after or {})["tags"])


def problem(world: World, **more: Any) -> str:
    world.plan(spaces=adopting(**more))
    (text,) = world.report.problems
    return text


def test_only_the_network_interface_is_adopted_and_the_next_run_does_nothing(theirs: World) -> None:
    (item,) = theirs.plan(spaces=adopting())
    assert theirs.report.problems == []
    assert (item.phase, item.kind, item.parent, item.key) == (
        "adopt",
        "ownership_tags",
        "eni-gw",
        "gateway/acme/agg1",
    )
    adopt(theirs)
    assert theirs.plan(spaces=adopting()) == []
    assert theirs.report.problems == []


def test_a_further_network_changes_routes_and_the_static_protocol_alone(theirs: World) -> None:
    adopt(theirs)
    items = theirs.plan(spaces=adopting(networks=[LANS, "192.168.0.0/16"]))
    assert theirs.report.problems == []
    made = {(item.verb, item.kind, item.parent, item.key) for item in items}
    assert made == {
        *(("create", "route", table, "192.168.0.0/16") for table in ("rtb-gw", "rtb-main", "rtb-nat")),
        ("update", "static_protocol", "aggregators/7", "prod_gateway_11"),
    }


@pytest.mark.parametrize(
    ("route", "got"),
    [
        (None, "no such route"),
        (Route(ANYWHERE, "igw-9"), "igw-9"),
        (Route(ANYWHERE, "nat-9", "blackhole"), "nat-9 (blackhole)"),
    ],
)
def test_a_subnet_that_leads_to_no_nat_gateway_is_refused(theirs: World, route: Route | None, got: str) -> None:
    adopt(theirs)
    routes(theirs.cloud, "rtb-gw", *([route] if route else []), Route(LANS, "eni-gw"))
    assert problem(theirs) == (
        "space acme, gateway on agg1: egress: nat_gateway in an adopted VPC: the route table rtb-gw of its subnet "
        f"subnet-gw leads 0.0.0.0/0 to no NAT gateway (got {got}, expected one of this VPC that is available). Lead "
        "0.0.0.0/0 of rtb-gw to a NAT gateway, or choose another egress."
    )


def test_answers_that_would_not_find_back_are_refused(theirs: World) -> None:
    adopt(theirs)
    assert problem(theirs, route_tables=["rtb-gw"]) == (
        "space acme, gateway on agg1: answers come back to the NAT gateway nat-9 in subnet-nat, whose route table "
        "rtb-nat has to lead them on to the gateway (got route_tables rtb-gw, expected rtb-nat too). Add it to "
        "route_tables."
    )


def test_the_address_of_the_operators_nat_gateway_is_not_the_inventorys(theirs: World) -> None:
    adopt(theirs)
    assert problem(theirs, public_ip="198.51.100.5") == (
        "space acme, gateway on agg1: public_ip with egress: nat_gateway in the adopted VPC vpc-9: the NAT gateway "
        "there is your own, and keeps its address. Leave public_ip out."
    )


def test_from_none_to_the_operators_nat_gateway_the_interface_loses_its_address(theirs: World) -> None:
    adopt(theirs)
    theirs.plan(spaces=adopting(egress="none"))
    address = {"interface_id": "eni-gw", "private_ip": "10.101.0.4"}
    tagged = {"bonded.internet/network": "prod", "bonded.internet/key": "gateway-ip/acme/agg1"}
    theirs.cloud.addresses.append(
        replace(nat_world().cloud.addresses[0], allocation_id="eipalloc-gw", tags=tagged, **address)
    )
    items = theirs.plan(spaces=adopting(), allow_disruption=True)
    assert [(item.phase, item.verb, item.kind) for item in items] == [
        ("remove", "delete", "address_association"),
        ("remove", "update", "elastic_ip"),
    ]


def test_a_gateway_that_is_removed_takes_nothing_of_the_operators_along(theirs: World) -> None:
    adopt(theirs)
    items = theirs.plan(spaces=[{**adopting()[0], "gateways": []}], prune=True, allow_disruption=True)
    assert {(item.verb, item.kind) for item in items if item.system == "aws"} == {
        ("delete", "route"),
        ("update", "ownership_tags"),
    }
    assert not [item for item in items if item.verb == "delete" and item.kind in ("nat_gateway", "elastic_ip")]
