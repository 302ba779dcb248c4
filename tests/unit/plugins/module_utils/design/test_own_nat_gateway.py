# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role pwan_gateway by itself behind the operator's own NAT gateway: its options, and the routes of the VPC."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .test_gateway_role import GATEWAY, LANS, found, made, nat, refused, tagged

OWN = {"egress": "nat_gateway", "subnet_id": "subnet-1"}


def test_the_options_are_those_of_an_adopted_vpc() -> None:
    assert made(gateway={**OWN, "networks": [LANS]}).subnet_id == "subnet-1"
    kept = "public_ip with egress: nat_gateway in the adopted VPC of subnet-1: the NAT gateway there is your own"
    assert kept in refused(gateway={**OWN, "networks": [LANS], "public_ip": "192.0.2.9"})
    assert "egress: nat_gateway without networks" in refused(gateway=OWN)


def of_subnet(number: str, subnet: str, *routes: dict[str, Any]) -> dict[str, Any]:
    """Return a route table of the operator that a subnet is associated with."""
    return {"id": number, "tags": {}, "associations": [{"main": False, "subnet_id": subnet}], "routes": list(routes)}


def test_the_operators_nat_gateway_is_the_one_to_which_the_subnet_leads() -> None:
    gateway = replace(GATEWAY, egress="nat_gateway", subnet_id="subnet-1", route_table_ids=["rtb-in", "rtb-out"])
    default = {"destination_cidr_block": "0.0.0.0/0", "state": "active"}
    inner = of_subnet("rtb-in", "subnet-1", {**default, "nat_gateway_id": "nat-1"})
    outer = of_subnet("rtb-out", "subnet-2", {**default, "gateway_id": "igw-1"})
    main = {**outer, "id": "rtb-main", "associations": [{"main": True, "subnet_id": None}]}
    own = {**nat("available"), "subnet_id": "subnet-2", "tags": {}}

    def problem(*tables: dict[str, Any], nats: tuple[dict[str, Any], ...] = (own,)) -> str:
        return str(found(gateway, route_tables=list(tables), vpc_nat_gateways=list(nats))["own_nat_problem"])

    assert problem(inner, outer) == ""
    assert "rtb-main of subnet subnet-1 leads 0.0.0.0/0 to no NAT gateway (got igw-1, expected" in problem(main, outer)
    hole = of_subnet("rtb-in", "subnet-1", {**default, "nat_gateway_id": "nat-1", "state": "blackhole"})
    assert "(got nat-1 (blackhole), expected" in problem(hole, outer)
    assert "(got no such route, expected" in problem(of_subnet("rtb-in", "subnet-1"), outer)
    assert "(got nat-1, expected" in problem(inner, outer, nats=())
    assert "(got nat-1, expected" in problem(inner, outer, nats=({**own, **tagged("natgw/globex/agg1")},))
    assert "route table rtb-main has to lead them on" in problem(inner, main)
