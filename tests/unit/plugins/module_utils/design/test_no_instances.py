# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Aggregators that are no EC2 instances (AN-001: other clouds with private networking): meshes and BGP by address."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import Report

from .world import HOSTS, World, acme, entry, host, initech, small_world

AWAY = [{"host": name, "aggregator": name, "private_ip_address": found[1]} for name, found in HOSTS.items()]
BGP = {"asn": 64512, "mode": "transit", "subnet": "10.253.0.0/20"}


@pytest.fixture
def world() -> World:
    """The same aggregators without AWS."""
    world = small_world()
    world.cloud.instances.clear()
    world.cloud.subnets.clear()
    return world


def needs_cloud(**given: Any) -> bool:
    return read_desired_network({"network": "prod", "aggregators": AWAY, **given}, Report()).needs_cloud


def test_meshes_and_bgp_are_built_by_private_addresses_and_aws_is_not_asked(world: World) -> None:
    given: dict[str, Any] = {"aggregators": AWAY, "spaces": [acme(), initech()], "bgp": BGP}
    assert not needs_cloud(spaces=given["spaces"], bgp=BGP)
    items = world.plan(**given)
    assert world.report.problems == []
    assert {item.system for item in items} == {"server"}
    meshes = [item for item in items if item.kind == "vxlan_interface" and item.verb == "create"]
    assert len(meshes) == 9  # two spaces and the transit on each aggregator
    for item in meshes:
        own = HOSTS[next(name for name, found in HOSTS.items() if item.parent == f"aggregators/{found[0]}")][1]
        ends = {end["ip"] if isinstance(end, dict) else end for end in (item.after or {})["endpoints"]}
        assert ends == {found[1] for found in HOSTS.values()} - {own}
    world.apply(**given)
    assert world.plan(**given) == []


def test_one_beside_instances_is_a_member_by_its_address() -> None:
    world = small_world()
    del world.cloud.instances["i-agg3"]
    world.plan(aggregators=[host("agg1"), host("agg2"), AWAY[2]], spaces=[acme()])
    assert world.report.problems == []


def test_a_teardown_without_aws_does_not_ask_it_and_says_so(world: World) -> None:
    spaces = [acme()]
    world.apply(aggregators=AWAY, spaces=spaces)
    assert not needs_cloud(spaces=spaces, state="absent")
    items = world.plan(aggregators=AWAY, spaces=spaces, state="absent")
    assert items and {item.system for item in items} == {"server"}
    assert [text for text in world.report.warnings if "AWS was not asked" in text] != []
    assert needs_cloud(spaces=[{**acme(), "vpc": {"cidr": "10.101.0.0/16"}}], state="absent")
    assert read_desired_network(
        {"network": "prod", "aggregators": [host("agg1")], "state": "absent"}, Report()
    ).needs_cloud


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a CPE NAT entry": ({"cpe_nat_ips": [entry()]}, "agg1: has no aws_instance_id, which its CPE NAT entries and"),
    "a gateway": (
        {"spaces": [{**acme(), "vpc": {"cidr": "10.101.0.0/16"}, "gateways": [{"aggregator": "agg1"}]}]},
        "agg1: has no aws_instance_id, which its CPE NAT entries and gateways need",
    ),
    "direct BGP": ({"bgp": {"asn": 64512, "mode": "direct"}}, "bonding_bgp: mode: direct: agg1 has no aws_instance_id"),
}


@pytest.mark.parametrize(("given", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_needs_an_instance_is_refused_by_name(world: World, given: dict[str, Any], words: str) -> None:
    world.plan(aggregators=AWAY, **given)
    assert [text for text in world.report.problems if words in text] != [], world.report.problems


def test_a_member_without_any_address_is_refused(world: World) -> None:
    world.plan(aggregators=[{"host": "agg1", "aggregator": "agg1"}, *AWAY[1:]], spaces=[acme()])
    assert [text for text in world.report.problems if "agg1: its private address is not known" in text] != []


def test_security_groups_and_public_addresses_leave_it_out(world: World) -> None:
    items = world.plan(aggregators=AWAY, spaces=[acme()], security_groups=True, keep_public_address=True)
    assert world.report.problems == []
    assert {item.system for item in items} == {"server"}
