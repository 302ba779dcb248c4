# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two spaces with the same networks: allowed, but where one aggregator could not keep them apart."""

from __future__ import annotations

from typing import Any

import pytest

from .world import World, acme, initech, small_world

VPC = {"vpc": {"cidr": "10.0.0.0/16"}}


@pytest.fixture
def world() -> World:
    return small_world()


def gateway(aggregator: str, interface: str) -> dict[str, Any]:
    given = {"aggregator": aggregator, "networks": ["172.16.0.0/16"], "egress": "none", "interface": interface}
    return {"gateways": [given]}


def two(first: str, second: str, other: dict[str, Any] | None = None, **vxlan: Any) -> list[dict[str, Any]]:
    """Return acme and initech, each with a gateway; both VPCs are 10.0.0.0/16 unless the other one is given."""
    return [
        {**acme(), **VPC, **gateway(first, "ens6")},
        {**initech(**vxlan), **(other or VPC), **gateway(second, "ens7")},
    ]


def test_two_spaces_have_the_same_tunnel_subnet(world: World) -> None:
    items = world.plan(spaces=[acme(), initech(subnet="10.254.0.0/20")])
    assert world.report.problems == []
    made = {item.key: item.after["addresses"] for item in items if item.kind == "vxlan_interface" and item.after}
    assert len(made) == 2
    assert made["vx10000011"] == made["vx10000013"]


def test_two_spaces_have_the_same_vpc_network_with_gateways_on_two_aggregators(world: World) -> None:
    items = world.plan(spaces=two("agg1", "agg3"))
    assert world.report.problems == []
    assert [item.after["cidr"] for item in items if item.kind == "vpc" and item.after] == ["10.0.0.0/16"] * 2
    assert not any("overlapping networks" in text for text in world.report.warnings)


def test_the_same_on_one_aggregator_is_refused_with_the_reason(world: World) -> None:
    world.plan(spaces=two("agg1", "agg1"))
    (text,) = world.report.problems
    assert "its subnet 10.0.0.0/24 overlaps the subnet 10.0.0.0/24 of" in text
    assert "on agg1: agg1 finds a gateway's router by the subnet of its address alone" in text


def test_other_subnets_of_the_same_networks_are_warned_of(world: World) -> None:
    subnets = [{"zone": "eu-central-1a", "cidr": "10.0.77.0/24"}]
    world.plan(spaces=two("agg1", "agg1", {"vpc": {"cidr": "10.0.0.0/16", "subnets": subnets}}))
    assert world.report.problems == []
    (text,) = [text for text in world.report.warnings if "overlapping networks" in text]
    assert text.startswith("agg1: the VPCs of the spaces acme and initech have overlapping networks.")


def test_a_gateways_subnet_and_another_spaces_tunnels_are_refused_on_one_aggregator(world: World) -> None:
    other = {"vpc": {"cidr": "10.99.0.0/16"}}
    world.plan(spaces=two("agg1", "agg3", other, subnet="10.0.0.0/20"))
    (text,) = world.report.problems
    assert "its subnet 10.0.0.0/24 overlaps the tunnel subnet 10.0.0.0/20 of space initech on agg1" in text
    world.plan(spaces=two("agg1", "agg3", other, subnet="10.0.16.0/20"))
    assert world.report.problems == []
