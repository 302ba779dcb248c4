# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Elastic IP takes the place of an aggregator's automatic address: allocated first, associated when allowed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.required import needed
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import PublicAddressInput
from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp

from .world import World, acme, entry, host, small_world

KEEP: dict[str, Any] = {"keep_public_address": True, "cpe_nat_ips": [entry()]}
NEW = "198.51.100.7"


def automatic(world: World, address: str | None = "203.0.113.7") -> None:
    one = world.cloud.instances["i-agg1"]
    publics = {one.private_ip: address} if address else {}
    world.cloud.instances["i-agg1"] = replace(one, automatic_ip=address, public_ip=address, publics=publics)


def allocated(world: World, interface: str | None = None, name: str = "agg1") -> None:
    tags = {"bonded.internet/network": "prod", "bonded.internet/key": f"public-ip/{name}"}
    place = ("10.1.0.11",) if interface else (None,)
    world.cloud.addresses.append(ElasticIp("eipalloc-7", NEW, tags, interface, *place))


def own(items: list[PlannedChange]) -> list[tuple[str, str, str, str, bool]]:
    return [(i.phase, i.verb, i.kind, i.parent, i.disruptive) for i in items if i.key == "public-ip/agg1"]


def warned(world: World, *words: str) -> list[str]:
    return [text for text in world.report.warnings if all(word in text for word in words)]


@pytest.fixture
def world() -> World:
    world = small_world()
    automatic(world)
    return world


def test_without_the_option_nothing_is_made_and_the_warning_names_it(world: World) -> None:
    assert own(world.plan(cpe_nat_ips=[entry()])) == []
    assert len(warned(world, "agg1 (203.0.113.7)", "bonding_keep_public_address: true allocates one")) == 1


def test_the_first_run_allocates_and_interrupts_nothing(world: World) -> None:
    items = world.plan(**KEEP, allow_disruption=True)
    assert own(items) == [("add", "create", "elastic_ip", "", False)]
    assert world.design.public_addresses["add"] == [
        ("agg1", PublicAddressInput(key="public-ip/agg1", name="prod-agg1", region=None))
    ]
    assert world.design.public_addresses["switch"] == []
    assert warned(world, "agg1 (203.0.113.7)", "which this run associates with nothing yet") != []
    assert warned(world, "AWS gives no other") == []
    wanted = [(need.action, need.resource) for need in needed(items, "prod", world.cloud)]
    assert ("AllocateAddress", "elastic-ip/*") in wanted


def test_an_aggregator_that_loses_nothing_gets_nothing(world: World) -> None:
    assert own(world.plan(keep_public_address=True, spaces=[acme()])) == []
    automatic(world, None)
    assert own(world.plan(**KEEP)) == []


def test_the_exchange_waits_for_the_switch(world: World) -> None:
    allocated(world)
    assert own(world.plan(**KEEP)) == []
    (text,) = warned(world, NEW)
    assert "Admit 198.51.100.7 wherever 203.0.113.7 is admitted, then say bonding_allow_disruption: true" in text


def test_the_exchange_is_the_last_work_and_says_what_it_cuts_off(world: World) -> None:
    allocated(world)
    items = world.plan(**KEEP, allow_disruption=True)
    assert own(items) == [("switch", "create", "address_association", "eni-agg1", True)]
    (item,) = [one for one in items if one.key == "public-ip/agg1"]
    assert (item.host, item.switch) == ("agg1", "bonding_allow_disruption")
    assert "all bonds on agg1, and SSH to 203.0.113.7: its public address becomes 198.51.100.7" in item.interrupts
    (work,) = world.design.public_addresses["switch"]
    assert work == (
        "agg1",
        PublicAddressInput(
            key="public-ip/agg1",
            name="prod-agg1",
            region=None,
            public_ip=NEW,
            interface_id="eni-agg1",
            private_ip="10.1.0.11",
        ),
    )
    assert not any(need.given for need in needed([item], "prod", world.cloud))


def test_an_address_that_is_lost_already_is_replaced_without_leave(world: World) -> None:
    automatic(world, None)
    allocated(world)
    assert own(world.plan(**KEEP)) == [("switch", "create", "address_association", "eni-agg1", False)]


def test_what_is_in_place_stays_with_and_without_the_option(world: World) -> None:
    one = world.cloud.instances["i-agg1"]
    world.cloud.instances["i-agg1"] = replace(one, automatic_ip=None, publics={one.private_ip: NEW}, public_ip=NEW)
    allocated(world, "eni-agg1")
    for more in ({}, {"keep_public_address": True}, {"prune": True, "prune_addresses": True}):
        assert own(world.plan(cpe_nat_ips=[entry()], **more)) == []
        assert warned(world, NEW, "eipalloc-7") == []


def test_another_elastic_ip_is_not_replaced(world: World) -> None:
    one = world.cloud.instances["i-agg1"]
    world.cloud.instances["i-agg1"] = replace(one, automatic_ip=None, publics={one.private_ip: "198.51.100.99"})
    allocated(world)
    assert own(world.plan(**KEEP, allow_disruption=True)) == []
    assert len(warned(world, NEW, "is spare, since 198.51.100.99 is there")) == 1


@pytest.mark.parametrize("gone", [{"decommissioned": ["agg1"]}, {"state": "absent", "release_addresses": True}])
def test_an_aggregators_own_address_is_never_taken_off_or_released(world: World, gone: dict[str, Any]) -> None:
    allocated(world, "eni-agg1")
    assert own(world.plan(spaces=[acme()], prune=True, prune_addresses=True, **gone)) == []
    assert len(warned(world, NEW, "is the public address of agg1 itself, and stays")) == 1


def test_a_renamed_host_keeps_its_address(world: World) -> None:
    allocated(world, "eni-agg1", "old")
    hosts = [host("agg1", renamed_from="old"), host("agg2"), host("agg3")]
    items = world.plan(aggregators=hosts, keep_public_address=True, spaces=[acme()])
    assert [i.after for i in items if i.kind == "key_tag"] == [{"bonded.internet/key": "public-ip/agg1"}]
    assert warned(world, NEW) == []


def test_the_managed_mesh_admits_the_new_address_before_it_is_in_its_place(world: World) -> None:
    """The server knows of it only when the operator says so."""
    allocated(world)
    given: dict[str, Any] = {"security_groups": True, "managed_mesh_ports": ["udp/51820"], "spaces": [acme()]}
    new, old = f"udp 51820 from {NEW}/32", "udp 51820 from 203.0.113.7/32"
    rules = {item.key for item in world.plan(**given, **KEEP) if item.kind == "security_group_rule"}
    assert old in rules and new not in rules
    items = world.plan(**given, **KEEP, allow_disruption=True)
    assert {i.key for i in items if i.kind == "security_group_rule" and i.phase == "add"} >= {new, old}
