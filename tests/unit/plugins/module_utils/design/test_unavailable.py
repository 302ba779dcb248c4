# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Aggregators that a run leaves out, because EC2 has no instance of them, or SSH does not reach them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp

from .world import World, acme, entry, host, small_world

BGP: dict[str, Any] = {"asn": 64512, "subnet": "10.253.0.0/20"}
NETWORK: dict[str, Any] = {"spaces": [acme()], "bgp": BGP}
SSH = {"unreachable": "Failed to connect to the host via ssh"}


@pytest.fixture
def world() -> World:
    """A network with a mesh and BGP, built."""
    built = small_world()
    built.apply(**NETWORK)
    return built


def lose(world: World, *names: str) -> None:
    """Terminate instances."""
    for name in names:
        del world.cloud.instances[f"i-{name}"]


def answering(*unreachable: str) -> list[dict[str, Any]]:
    """Return the hosts, managed over SSH, some of which do not answer."""
    found = {"devices": [], "programs": {"nft": True, "ping": True}}
    return [
        host(name, manage_host=True, found=SSH if name in unreachable else found) for name in ("agg1", "agg2", "agg3")
    ]


@pytest.mark.parametrize("name", ["agg1", "agg2"])
def test_an_aggregator_without_an_instance_keeps_what_it_has(world: World, name: str) -> None:
    """The others keep its endpoint, their sessions with it, and (agg2 is alone in its subnet) their filters."""
    lose(world, name)
    assert world.plan(**NETWORK) == []
    assert world.report.problems == []
    assert dict(world.design.unavailable) == {name: "has no instance"}


def test_a_new_space_has_the_endpoint_of_an_aggregator_without_an_instance(world: World) -> None:
    """Its address is the one that the endpoints of the other members have for it."""
    lose(world, "agg1")
    other = {"key": "initech", "private_wan": "unmanaged", "vxlan": {"subnet": "10.254.16.0/20"}}
    items = world.plan(**{**NETWORK, "spaces": [acme(), other]})
    assert world.report.problems == []
    ends = {
        item.host: sorted(end["ip"] for end in (item.after or {})["endpoints"])
        for item in items
        if item.kind == "vxlan_interface"
    }
    assert ends["agg2"] == ["10.1.0.11", "10.1.0.13"]
    assert ends["agg3"] == ["10.1.0.11", "10.1.1.12"]


def test_the_endpoints_of_lost_aggregators_tell_which_address_is_whose(world: World) -> None:
    """The interface of a member has the endpoints of all others, so that the one that it lacks is its own."""
    lose(world, "agg1", "agg3")
    assert world.plan(**NETWORK) == []
    assert world.report.problems == []
    assert sorted(world.design.unavailable) == ["agg1", "agg3"]


def test_two_aggregators_of_which_no_endpoint_tells_need_their_last_addresses(world: World) -> None:
    lose(world, "agg1", "agg3")
    for number in (7, 1007):
        world.server.objects[number] = [one for one in world.server.objects[number] if "interface" not in one.kind]
    world.plan(**NETWORK)
    assert world.report.problems == [
        "agg1, agg3: AWS has no instance of them, so that their private addresses are not known (got the endpoints "
        "10.1.0.11, 10.1.0.13 in the meshes, expected one endpoint and one aggregator). Give each of these hosts its "
        "last private address as aws_private_ip_address."
    ]
    hosts = [host("agg1", private_ip_address="10.1.0.11"), host("agg2"), host("agg3", private_ip_address="10.1.0.13")]
    world.plan(**NETWORK, aggregators=hosts)
    assert world.report.problems == []


@pytest.mark.parametrize("moves", [{"state": "followed"}, {"state": "evacuated", "evacuate": "agg1"}])
def test_a_run_that_only_moves_addresses_needs_no_last_address(world: World, moves: dict[str, Any]) -> None:
    lose(world, "agg1", "agg3")
    for number in (7, 1007):
        world.server.objects[number] = [one for one in world.server.objects[number] if "interface" not in one.kind]
    assert world.plan(**NETWORK, **moves) == []
    assert world.report.problems == []


def test_a_new_aggregator_without_an_instance_is_refused() -> None:
    """Nothing of the network is on it: the id is a slip, and the mesh would be built without it."""
    world = small_world()
    lose(world, "agg1")
    world.plan(**NETWORK)
    assert "agg1: AWS has no instance i-agg1 in the region given. Correct aws_instance_id, or aws_region." in (
        world.report.problems
    )


def test_all_instances_missing_are_a_wrong_region(world: World) -> None:
    lose(world, "agg1", "agg2", "agg3")
    world.plan(**NETWORK)
    assert [text.split(":")[0] for text in world.report.problems] == ["aws_region"]
    assert dict(world.design.unavailable) == {}


def test_direct_sessions_of_an_aggregator_without_an_instance_stay() -> None:
    direct = {"bgp": {"asn": 64512, "mode": "direct", "aggregators": ["agg1", "agg3"]}}
    world = small_world()
    world.apply(**direct)
    lose(world, "agg1")
    assert [item for item in world.plan(**direct) if item.system == "server"] == []
    assert world.report.problems == []


def test_a_decommissioned_aggregator_needs_no_instance(world: World) -> None:
    world.server.bonds.clear()
    lose(world, "agg3")
    items = world.plan(**NETWORK, decommissioned=["agg3"])
    assert world.report.problems == []
    assert {item.parent for item in items if item.verb == "delete" and item.host == "agg3"} == {"aggregators/1007"}
    assert dict(world.design.unavailable) == {}


def test_an_entry_follows_the_bond_in_the_add_phase(world: World) -> None:
    given = {**NETWORK, "cpe_nat_ips": [entry()]}
    world.apply(**given)
    named = {
        "bonded.internet/network": "prod",
        "bonded.internet/key": "cpe-nat/bond-17",
        "bonded.internet/interface": "eni-agg1",
        "bonded.internet/private_ip": "10.1.0.44",
    }
    world.cloud.addresses.append(ElasticIp("eipalloc-17", "198.51.100.17", named))
    lose(world, "agg1")
    world.server.bonds[17] = replace(world.server.bonds[17], present=1007)
    items = world.plan(**given)
    assert {(item.phase, item.host) for item in items if item.system == "aws"} == {("add", "agg3")}


def test_one_host_that_ssh_does_not_reach_is_left_out(world: World) -> None:
    world.plan(**NETWORK, aggregators=answering("agg1"))
    assert dict(world.design.unavailable) == {"agg1": "cannot be reached over SSH"}
    assert not any("cannot be read" in text for text in world.report.problems)
    assert any(text.startswith("agg1: the host cannot be read: Failed to connect") for text in world.report.warnings)


def test_no_host_that_answers_is_refused(world: World) -> None:
    world.plan(**NETWORK, aggregators=answering("agg1", "agg2", "agg3"))
    assert len([text for text in world.report.problems if "Give ansible_host, ansible_user and a key" in text]) == 3


def test_a_new_aggregator_that_ssh_does_not_reach_is_refused() -> None:
    world = small_world()
    world.plan(**NETWORK, aggregators=answering("agg1"))
    assert any(text.startswith("agg1: the host cannot be read") for text in world.report.problems)
