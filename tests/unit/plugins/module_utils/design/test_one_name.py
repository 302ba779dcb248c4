# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names on an aggregator: two objects of one name, and a name of ours on a thing of another kind."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.plan import Design
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from ansible_collections.bonded.internet.plugins.module_utils._plan.server_changes import server_steps
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import ReconcileError

from .world import World, acme, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def test_two_objects_of_one_name_are_refused_and_none_is_lost(world: World) -> None:
    """The gateway's interface vanished from the plan without a word."""
    gateway = {"aggregator": "agg1", "networks": ["172.16.0.0/12"], "egress": "none", "interface": "ens6"}
    spaces = [{**acme(interface="ens6"), "vpc": {"cidr": "10.101.0.0/16"}, "gateways": [gateway]}]
    world.plan(spaces=spaces)
    assert world.report.problems == [
        "agg1: two objects would have the name ens6: the vxlan interface of space acme and the ethernet interface of "
        "space acme. Give one of them another name: interface of vxlan, or interface of the gateway."
    ]


def test_an_object_that_is_wanted_twice_and_otherwise_stops_the_plan() -> None:
    design = Design()
    for vni in (1, 2):
        data = {"name": "vx1", "vni": vni}
        design.want("add", "private_wan", "agg1", Object("vxlan_interface", "aggregators/7", "vx1", data))
    with pytest.raises(ReconcileError, match="VXLAN interface 'vx1' of aggregator 7 is wanted twice, with different"):
        server_steps(design, {})


FOREIGN: list[tuple[str, str, dict[str, Any]]] = [
    ("filter", "prod_babel_11", {"name": "prod_babel_11", "family": "ipv4", "body": "accept;"}),
    ("static_protocol", "prod_ospf_13", {"name": "prod_ospf_13", "space": None, "routes": []}),
    ("static_protocol", "prod_bgp_12", {"name": "prod_bgp_12", "space": None, "routes": []}),
    ("babel_protocol", "prod_gateway_11", {"name": "prod_gateway_11", "space": "acme", "interfaces": []}),
    ("babel_protocol", "prod_export_0", {"name": "prod_export_0", "space": None, "interfaces": []}),
    ("filter", "prod_babel_8", {"name": "prod_babel_8", "family": "ipv4", "body": "accept;"}),
]


@pytest.mark.parametrize(
    "how",
    [{"prune": True}, {"state": "absent"}, {"decommissioned": ["agg1"]}],
    ids=["prune", "teardown", "decommissioned"],
)
def test_a_name_of_ours_on_a_thing_of_another_kind_is_not_ours(world: World, how: dict[str, Any]) -> None:
    for kind, _name, data in FOREIGN:
        world.add_thing(kind, "aggregators/7", data)
    assert world.plan(**how) == []
    assert world.report.problems == []
