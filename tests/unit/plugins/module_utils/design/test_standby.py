# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway's standby in the plan: what it has, what it has not, and what is refused of it."""

from __future__ import annotations

from typing import Any

import pytest

from .world import World, host, small_world


def spaces(**more: Any) -> list[dict[str, Any]]:
    """Return a space with one gateway on agg1."""
    gateway = {"aggregator": "agg1", "networks": ["172.16.0.0/12"], "interface": "ens6", **more}
    vpc = {"cidr": "10.101.0.0/16"}
    return [{"key": "acme", "private_wan": "managed_mesh", "vpc": vpc, "gateways": [gateway]}]


@pytest.fixture
def world() -> World:
    return small_world()


def test_a_standby_has_an_interface_and_no_address(world: World) -> None:
    items = world.plan(spaces=spaces(standby="agg3"))
    assert world.report.problems == []
    of = {
        name: [(i.kind, i.key) for i in items if i.host == name and i.part == "gateways"] for name in ("agg1", "agg3")
    }
    assert ("network_interface", "gateway/acme/agg3") in of["agg3"]
    assert {kind for kind, _key in of["agg1"]} - {kind for kind, _key in of["agg3"]} == {
        "elastic_ip",
        "address_association",
        "route",
    }
    inputs = {one: work for phase in ("add",) for one, work in world.design.gateways[phase]}
    assert (inputs["agg1"].standby, inputs["agg3"].standby) == (False, True)
    assert inputs["agg3"].networks == []


def test_the_standbys_device_has_a_name_of_its_own_where_the_operator_gives_one(world: World) -> None:
    for given, name in (({}, "ens6"), ({"standby_interface": "ens7"}, "ens7")):
        items = world.plan(spaces=spaces(standby="agg3", interface="ens6", **given))
        assert world.report.problems == []
        devices = {item.host: item.key for item in items if item.kind == "ethernet_interface"}
        assert devices == {"agg1": "ens6", "agg3": name}


def test_the_standbys_default_route_waits_for_the_first_ones_end(world: World) -> None:
    items = world.plan(spaces=spaces(standby="agg3"))
    bodies = {i.host: (i.after or {})["body"] for i in items if i.kind == "filter"}
    assert bodies == {"agg1": "if net.len > 0 then preference = 1;\naccept;", "agg3": "preference = 1;\naccept;"}


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            {"standby": "agg1"},
            "space acme, gateway on agg1: standby is the gateway's own aggregator (got agg1, expected another host). "
            "Name another host, or leave standby out.",
        ),
        (
            {"standby_interface": "ens7"},
            "space acme, gateway on agg1: standby_interface is the device of a standby, and there is none (got ens7, "
            "expected standby too). Name the standby's host, or leave standby_interface out.",
        ),
        (
            {"standby": "agg9"},
            "space acme, gateway on agg9: 'agg9' is not a host of the inventory's group; did you mean 'agg3'?",
        ),
        (
            {"standby": "agg2", "egress": "nat_gateway"},
            "space acme, gateway on agg2: a standby with egress: nat_gateway is in the gateway's own zone (got "
            "eu-central-1b, expected eu-central-1a, that of agg1 and of the NAT gateway). Name an aggregator there, or "
            "take egress: masquerade.",
        ),
    ],
)
def test_a_standby_that_cannot_stand_in_is_refused(world: World, more: dict[str, Any], problem: str) -> None:
    world.plan(spaces=spaces(**more))
    assert problem in world.report.problems


def test_a_gateway_without_a_standby_is_named_when_asked_for(world: World) -> None:
    text = (
        "space acme: its gateways on agg1 have no standby: without these aggregators the space has no egress. Give "
        "each one a standby."
    )
    world.plan(spaces=spaces(), warn_unprotected=True)
    assert text in world.report.warnings
    for options in ({"warn_unprotected": False}, {"spaces": spaces(standby="agg3"), "warn_unprotected": True}):
        world.plan(**{"spaces": spaces(), **options})
        assert text not in world.report.warnings


def test_a_slip_in_a_space_stops_no_evacuation(world: World) -> None:
    wrong = [*spaces(standby="agg3"), {"key": "initech", "private_wan": "unmanagd"}]
    world.plan(spaces=wrong, state="evacuated", evacuate="agg1", aggregators=[host("agg1"), host("agg2"), host("agg3")])
    assert world.report.problems == []
    assert any("unmanagd" in text for text in world.report.warnings)
    assert (
        "space acme, gateway on agg1: stays on agg1, since its network interface on agg3 is not built. Run site.yml."
        in world.report.warnings
    )
