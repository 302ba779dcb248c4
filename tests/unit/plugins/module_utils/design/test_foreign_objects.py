# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPCs and subnets that are to go with what is somebody else's in them: EC2 would refuse it half-way."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.vpc.foreign_objects import going
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import DesiredNetwork
from ansible_collections.bonded.internet.plugins.module_utils._model.state import RouteTable, Subnet

from .egress_world import PUBLIC_SUBNET, gateway, nat_world, space
from .world import World

INTENT = DesiredNetwork(network="prod", hosts=())
GUARD = "security group sg-7 (GuardDutyManagedSecurityGroup-vpc-9)"


@pytest.fixture
def world() -> World:
    return nat_world()


def test_a_vpc_with_something_of_others_is_not_torn_down(world: World) -> None:
    world.plan(spaces=space(), state="absent")
    assert world.report.problems == []
    assert going(world.design, INTENT, world.cloud) == {"vpc-9"}
    world.cloud.foreign_objects = {"vpc-9": (GUARD,)}
    world.cloud.subnets["subnet-x"] = Subnet("subnet-x", "vpc-9", "10.101.7.0/24", "eu-central-1a")
    world.cloud.route_tables["rtb-x"] = RouteTable("rtb-x", "vpc-9", False, ())
    world.plan(spaces=space(), state="absent")
    assert world.report.problems == [
        f"The VPC vpc-9 (vpc/acme) cannot be deleted, since {GUARD}, subnet subnet-x, route table rtb-x in it is not "
        "this network's: EC2 refuses that. Delete what is in it first, or take the tag bonded.internet/network off the "
        "VPC, which is kept then."
    ]


def test_nothing_of_others_is_no_problem(world: World) -> None:
    world.cloud.foreign_objects = {"vpc-1": (GUARD,)}
    world.plan(spaces=space(), state="absent")
    assert world.report.problems == []


def test_a_subnet_that_goes_alone(world: World) -> None:
    (public,) = [one for one in world.cloud.subnets.values() if one.tags.get("bonded.internet/key") == PUBLIC_SUBNET]
    wanted = {"spaces": space(gateway(egress="none")), "allow_disruption": True}
    world.plan(**wanted)
    assert going(world.design, INTENT, world.cloud) == {public.vpc_id}
    stranger = "network interface eni-7 (a load balancer's)"
    world.cloud.foreign_objects = {public.vpc_id: (stranger,), public.id: (stranger,)}
    world.plan(**wanted)
    assert [text for text in world.report.problems if f"subnet {public.id}" in text and stranger in text]
    # what lies elsewhere in the VPC is in nobody's way
    world.cloud.foreign_objects = {public.vpc_id: (stranger,)}
    world.plan(**wanted)
    assert world.report.problems == []


def test_a_subnet_that_stays_asks_for_nothing(world: World) -> None:
    world.plan(spaces=space())
    assert going(world.design, INTENT, world.cloud) == set()
