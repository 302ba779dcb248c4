# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair of bonds with the same CPE NAT IP, one of which has it enabled: named by the plan, and left as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond, ElasticIp

from .world import World, entry, small_world

PRIVATE = "10.1.0.44"
TAGS = {
    "bonded.internet/network": "prod",
    "bonded.internet/key": "cpe-nat/bond-17",
    "bonded.internet/interface": "eni-agg1",
    "bonded.internet/private_ip": PRIVATE,
}


def on_bond(world: World, number: int, nat: bool, connected: bool = True) -> None:
    """Put the entry's connected IP and CPE NAT IP on a bond, each enabled or not."""
    ip = {"ip": "192.168.17.1/24", "interface": "eth1", "enabled": connected}
    world.add_thing("connected_ip", f"bonds/{number}", ip)
    world.add_thing("cpe_nat_ip", f"bonds/{number}", {"ip": PRIVATE, "nat_ip": "192.168.17.10", "enabled": nat})


@pytest.fixture
def world() -> World:
    world = small_world()
    world.cloud.addresses.append(ElasticIp("eipalloc-17", "198.51.100.17", dict(TAGS), "eni-agg1", PRIVATE))
    found = world.cloud.instances["i-agg1"]
    addresses = (*found.addresses, PRIVATE)
    world.cloud.instances["i-agg1"] = replace(found, addresses=addresses, publics={PRIVATE: "198.51.100.17"})
    world.server.bonds[18] = Bond(18, "acme-berlin-backup", "acme", primary=7, secondary=12, present=7)
    world.server.bond_interfaces[18] = ["eth0", "eth1"]
    return world


def warnings(world: World, words: str) -> list[str]:
    assert world.report.problems == []
    return [text for text in world.report.warnings if words in text]


def test_a_disabled_cpe_nat_ip_is_named_and_not_enabled(world: World) -> None:
    on_bond(world, 17, nat=False)
    on_bond(world, 18, nat=True)
    assert world.plan(cpe_nat_ips=[entry()]) == []
    (text,) = warnings(world, "is disabled")
    assert "the CPE NAT IP 10.1.0.44 of bond 17 (acme-berlin) is disabled on the management server" in text
    assert warnings(world, "two bonds answer") == []


def test_a_disabled_connected_ip_is_named(world: World) -> None:
    on_bond(world, 17, nat=True, connected=False)
    assert world.plan(cpe_nat_ips=[entry()]) == []
    (text,) = warnings(world, "is disabled")
    assert "the connected IP 192.168.17.1/24 of bond 17" in text


def test_nothing_is_said_of_the_active_one_of_a_pair(world: World) -> None:
    on_bond(world, 17, nat=True)
    on_bond(world, 18, nat=False)
    assert world.plan(cpe_nat_ips=[entry()]) == []
    assert warnings(world, "disabled") == warnings(world, "two bonds answer") == []


def test_two_bonds_that_answer_for_one_address_are_named(world: World) -> None:
    on_bond(world, 17, nat=True)
    on_bond(world, 18, nat=True)
    assert world.plan(cpe_nat_ips=[entry()]) == []
    (text,) = warnings(world, "two bonds answer")
    assert "10.1.0.44 is enabled on bond 18 (acme-berlin-backup) too" in text


@pytest.mark.parametrize("entries", [[entry()], []], ids=["named", "pruned"])
def test_the_other_bonds_object_is_kept_when_the_address_goes(world: World, entries: list[Any]) -> None:
    on_bond(world, 18, nat=False)
    on_bond(world, 17, nat=True)
    more: dict[str, Any] = {"state": "absent"} if entries else {"prune_addresses": True}
    world.plan(cpe_nat_ips=entries, **more)
    gone = [(t.kind, t.parent) for batch in world.design.batches["remove"] for t in batch.gone]
    assert gone == [("cpe_nat_ip", "bonds/17")]
    (text,) = warnings(world, "is kept, though the address")
    assert "The CPE NAT IP 10.1.0.44 of bond 18 (acme-berlin-backup) is kept" in text
    ((_host, work),) = world.design.cpe_nat["remove"]
    assert work.bond == 17


def test_a_named_entry_that_is_pruned_goes_from_no_bond_where_two_have_it(world: World) -> None:
    world.cloud.addresses[0].tags["bonded.internet/key"] = "cpe-nat/mail"
    on_bond(world, 17, nat=True)
    on_bond(world, 18, nat=False)
    world.plan(prune_addresses=True)
    assert [t for batch in world.design.batches["remove"] for t in batch.gone] == []
    (text,) = warnings(world, "is kept, though the address")
    assert "bond 17 (acme-berlin) and bond 18 (acme-berlin-backup)" in text
