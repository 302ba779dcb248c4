# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway that a run lets its standby take over, or gives back: as it is built, and to a host that can carry it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Interface, Route

from .egress_world import ANYWHERE, LANS, gateway, plain_world, routes, space, tags
from .world import HOSTS, World, host

LABEL = "space acme, gateway on agg1:"
MAIN, OWN = "vpc/acme/main", "rtb/acme"


def spaces(**more: Any) -> list[dict[str, Any]]:
    """Return the space with a gateway on agg1, and its standby on agg3."""
    return space(gateway(**{"egress": "masquerade", "standby": "agg3", **more}))


def built(active: str = "agg1") -> World:
    """Return both sides with the gateway, of which `active` has the Elastic IP and the routes."""
    world = plain_world()
    at = Interface("eni-gw3", "subnet-gw", "vpc-9", "10.101.0.5", tags("gateway/acme/agg3"), "i-agg3", False)
    world.cloud.interfaces["eni-gw3"] = at
    world.cloud.instances["i-agg3"] = replace(world.cloud.instances["i-agg3"], devices=(0, 1))
    world.apply(spaces=spaces())
    if active == "agg3":
        (address,) = world.cloud.addresses
        world.cloud.addresses[:] = [replace(address, interface_id="eni-gw3", private_ip="10.101.0.5")]
        routes(world.cloud, "rtb-gw", Route(ANYWHERE, "igw-9"), Route(LANS, "eni-gw3"))
        routes(world.cloud, "rtb-main", Route(LANS, "eni-gw3"))
        world.apply(spaces=spaces(), state="evacuated", evacuate="agg1")
    return world


def run(world: World, **more: Any) -> list[PlannedChange]:
    """Return the items of a run that evacuates or restores."""
    return world.plan(**{"spaces": spaces(), "state": "evacuated", **more})


def stop(world: World, name: str) -> None:
    world.cloud.instances[f"i-{name}"] = replace(world.cloud.instances[f"i-{name}"], state="stopped")


@pytest.mark.parametrize(
    ("active", "options", "stopped"),
    [
        ("agg1", {"evacuate": "agg1"}, "agg3"),
        ("agg3", {"evacuate": "agg3"}, "agg1"),
        ("agg3", {"restore": "agg1"}, "agg1"),
    ],
)
def test_no_gateway_goes_to_an_aggregator_that_does_not_run(active: str, options: dict[str, str], stopped: str) -> None:
    world = built(active)
    stop(world, stopped)
    assert run(world, **options) == []
    assert world.report.problems == []
    text = f"{LABEL} stays on {active}, since {stopped} is stopped (i-{stopped}). Start it."
    assert text in world.report.warnings


DOWN = "which is down, as the management server sees it"


def mark(world: World, name: str, status: str) -> None:
    """Let the management server see an aggregator as up, down or unknown."""
    number = HOSTS[name][0]
    world.server.aggregators[number] = replace(world.server.aggregators[number], status=status)


@pytest.mark.parametrize(
    ("active", "options", "left", "to"),
    [
        ("agg1", {"evacuate": "agg1"}, "agg1", "agg3"),
        ("agg3", {"evacuate": "agg3"}, "agg3", "agg1"),
        ("agg3", {"restore": "agg1"}, "agg3", "agg1"),
    ],
)
@pytest.mark.parametrize("status", ["up", "unknown", None])
def test_no_gateway_leaves_an_aggregator_that_lives_for_one_that_is_down(
    active: str, options: dict[str, str], left: str, to: str, status: str
) -> None:
    world = built(active)
    mark(world, left, status)
    mark(world, to, "down")
    assert run(world, **options) == []
    assert world.report.problems == []
    text = (
        f"{LABEL} stays on {left}, since {to} is down, as the management server sees it, and {left} is not. Bring {to} "
        "up, or say -e bonding_allow_disruption=true to move it there nevertheless."
    )
    assert text in world.report.warnings
    moved = run(world, allow_disruption=True, **options)
    assert "address_association" in {item.kind for item in moved}
    assert f"{LABEL} goes to {to}, {DOWN}. Until {to} is up, the space has no egress by it." in world.report.warnings


@pytest.mark.parametrize("dead", ["down", "stopped", "terminated"])
def test_a_gateway_leaves_a_dead_aggregator_for_one_that_may_be_dead_too(dead: str) -> None:
    """Nothing is lost by that, and the management server may be wrong."""
    world = built()
    mark(world, "agg3", "down")
    hosts = [host("agg1", **({"instance_id": "i-gone"} if dead == "terminated" else {})), host("agg2"), host("agg3")]
    if dead == "down":
        mark(world, "agg1", "down")
    elif dead == "stopped":
        stop(world, "agg1")
    moved = run(world, evacuate="agg1", aggregators=hosts)
    assert "address_association" in {item.kind for item in moved}
    assert f"{LABEL} goes to agg3, {DOWN}. Until agg3 is up, the space has no egress by it." in world.report.warnings


def test_no_gateway_goes_to_an_interface_that_is_not_attached() -> None:
    """After the aggregator was replaced site.yml attaches it first, and gives its device its name."""
    world = built("agg3")
    world.cloud.interfaces["eni-gw"] = replace(world.cloud.interfaces["eni-gw"], instance_id=None)
    assert run(world, restore="agg1") == []
    text = f"{LABEL} stays on agg3, since its network interface eni-gw is not attached to agg1 (i-agg1). Run site.yml."
    assert world.report.warnings == [text]


def test_a_gateway_whose_aggregator_has_no_instance_any_more_is_not_given_back() -> None:
    world = built("agg3")
    hosts = [host("agg1", instance_id="i-gone"), host("agg2"), host("agg3")]
    assert run(world, restore="agg1", aggregators=hosts) == []
    way = "Give it its successor's aws_instance_id, and run site.yml."
    assert f"{LABEL} stays on agg3, since agg1 has no instance. {way}" in world.report.warnings


@pytest.mark.parametrize(
    "pending",
    [
        {},
        {"egress": "nat_gateway"},
        {"egress": "none"},
        {"vpc_routes": False},
        {"networks": ["192.168.0.0/16"]},
        {"route_tables": ["rtb-main"]},
    ],
)
def test_a_gateway_moves_as_it_is_built(pending: dict[str, Any]) -> None:
    """The inventory may be ahead of the network: an evacuation builds no NAT gateway, and leaves no route behind."""
    world = built()
    items = [item for item in run(world, spaces=spaces(**pending), evacuate="agg1") if item.system == "aws"]
    assert world.report.problems == world.report.warnings == []
    assert {(item.verb, item.kind, item.phase) for item in items} == {
        ("update", "address_association", "add"),
        ("update", "route", "add"),
    }
    assert {item.parent for item in items if item.kind == "route"} in ({MAIN, OWN}, {"rtb-main", "rtb-gw"})


def test_a_gateway_that_cannot_move_stops_no_other() -> None:
    """The route table that leads the networks to an interface of others is named, and left as it is."""
    world = built()
    routes(world.cloud, "rtb-main", Route(LANS, "eni-of-others"))
    assert run(world, evacuate="agg1") == []
    assert world.report.problems == []
    (text,) = world.report.warnings
    assert "eni-of-others, which is not ours" in text
    assert text.endswith("The gateway stays.")


@pytest.mark.parametrize(
    "changed",
    [
        {"standby": None},
        {"standby": "agg2"},
        {"aggregator": "agg3", "standby": None},
        {"aggregator": "agg3", "standby": "agg1"},
    ],
)
def test_the_pair_of_a_gateway_on_its_standby_stays_a_pair(changed: dict[str, Any]) -> None:
    world = built("agg3")
    world.plan(spaces=spaces(**changed))
    text = "space acme: its standby agg3 has taken the place of the gateway on agg1, and the inventory has that pair no"
    assert [problem[: len(text)] for problem in world.report.problems] == [text]
    assert "--allocation-ids eipalloc-gw);" in world.report.problems[0]


def test_a_pair_may_change_while_the_gateway_is_at_home() -> None:
    for changed in ({"standby": None}, {"standby": "agg2"}):
        world = built()
        world.plan(spaces=spaces(**changed))
        assert world.report.problems == []


def test_a_pair_that_the_inventory_has_no_more_is_removed_as_a_whole() -> None:
    world = built("agg3")
    items = world.plan(spaces=space(gateway(), **{"gateways": []}), prune=True)
    assert world.report.problems == []
    assert ("delete", "network_interface", "agg3") in {(item.verb, item.kind, item.host) for item in items}


def test_a_gateway_gets_another_address_once_that_of_its_pair_is_given_up() -> None:
    """The way that the refusal names, for an aggregator that does not come back."""
    world = built("agg3")
    world.cloud.addresses[:] = [replace(world.cloud.addresses[0], interface_id=None, private_ip=None)]
    items = world.plan(spaces=spaces(aggregator="agg3", standby=None))
    assert world.report.problems == []
    assert ("create", "elastic_ip", "gateway-ip/acme/agg3") in {(item.verb, item.kind, item.key) for item in items}
