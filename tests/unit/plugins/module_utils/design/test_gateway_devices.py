# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device on an aggregator belongs to one gateway, and keeps its name as long as the gateway exists."""

from __future__ import annotations

from typing import Any

import pytest

from .egress_world import gateway, plain_world, space
from .world import World, initech


@pytest.fixture
def plain() -> World:
    return plain_world()


def problems(world: World, **more: Any) -> list[str]:
    world.plan(spaces=space(gateway(egress="none", **more)), prune=True)
    return [text for text in world.report.problems if "interface" in text]


def test_a_gateway_keeps_its_device(plain: World) -> None:
    assert problems(plain) == []


def test_a_device_of_another_space_is_never_handed_over(plain: World) -> None:
    """In the add phase the interface would be taken from a customer whose gateway still carries traffic."""
    ethernet = {"name": "ens7", "space": "initech", "enabled": True, "addresses": ["10.103.0.4/24"]}
    plain.add_thing("ethernet_interface", "aggregators/12", ethernet)
    (problem,) = problems(plain, aggregator="agg2", interface="ens7")
    assert problem.startswith("space acme, gateway on agg2: interface ens7 is in use on the server (got ")
    assert "ethernet_interface in space initech, expected a device of its own)" in problem


@pytest.mark.parametrize("kind", ["ethernet_interface", "vlan_interface"])
def test_a_device_without_a_space_is_others(plain: World, kind: str) -> None:
    plain.add_thing(kind, "aggregators/12", {"name": "ens7", "space": None, "enabled": True, "addresses": []})
    (problem,) = problems(plain, aggregator="agg2", interface="ens7")
    assert f"(got {kind} without a space, expected a device of its own)" in problem


def test_another_device_for_a_gateway_that_exists_is_refused_with_the_way_to_do_it(plain: World) -> None:
    (problem,) = problems(plain, interface="ens7")
    assert "(got ens7, expected ens6, which has its address on the server)" in problem
    assert "remove the gateway in one run, with bonding_prune: true" in problem


@pytest.mark.parametrize("built", [False, True])
def test_one_device_for_two_gateways_is_one_problem(plain: World, built: bool) -> None:
    """The first of the two may exist already: what the server says of it only follows."""
    wanted = space(gateway(egress="none"))
    other = {**initech(), "vpc": {"cidr": "10.103.0.0/16"}}
    host = "agg1" if built else "agg2"
    if not built:
        wanted = space(gateway(aggregator="agg2", egress="none"))
    plain.plan(spaces=[*wanted, {**other, "gateways": [gateway(aggregator=host, egress="none")]}])
    assert plain.report.problems == [
        f"space initech, gateway on {host}: interface 'ens6' is also that of space acme, gateway on {host}. "
        "Give one of them another."
    ]
