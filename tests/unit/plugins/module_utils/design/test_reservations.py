# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIDR reservations of subnets: nothing is chosen out of them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from .test_cpe_nat_entries import B18, full_world
from .world import World


@pytest.fixture
def world() -> World:
    return full_world()


def test_a_chosen_address_lies_in_no_reservation(world: World) -> None:
    there = world.cloud.subnets["subnet-b"]
    world.cloud.subnets["subnet-b"] = replace(there, reserved=("10.1.1.0/25", "10.1.1.128/26"))
    items = world.plan(cpe_nat_ips=[B18])
    assert world.report.problems == []
    (chosen,) = [item.key for item in items if item.kind == "private_address" and item.verb == "create"]
    assert ip_address(chosen) in ip_network("10.1.1.192/26")
    assert world.design.choosing == {"subnet-b"}


def test_an_address_that_the_operator_gives_may_be_reserved_for_that(world: World) -> None:
    there = world.cloud.subnets["subnet-b"]
    world.cloud.subnets["subnet-b"] = replace(there, reserved=("10.1.1.0/24",))
    world.plan(cpe_nat_ips=[{**B18, "private_ip": "10.1.1.77"}])
    assert (world.report.problems, world.design.choosing) == ([], set())
    world.plan(cpe_nat_ips=[B18])
    assert "agg2's subnet 10.1.1.0/24 has no free address left outside of its CIDR reservations (10.1.1.0/24)." in str(
        world.report.problems
    )
