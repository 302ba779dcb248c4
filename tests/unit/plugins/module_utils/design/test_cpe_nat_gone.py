# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deletion of a bond's objects with its public address in a teardown, also after a run that ended half-way."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object

from .world import World, entry, small_world

PRIVATE = "10.1.0.44"
CONNECTED = Object("connected_ip", "bonds/17", "192.168.17.1/24", {"ip": "192.168.17.1/24", "interface": "eth1"})
TAGS = {
    "bonded.internet/network": "prod",
    "bonded.internet/key": "cpe-nat/bond-17",
    "bonded.internet/interface": "eni-agg1",
    "bonded.internet/private_ip": PRIVATE,
    "bonded.internet/connected_ip": "17 192.168.17.1/24",
}


def nat(address: str, to: str) -> Object:
    return Object("cpe_nat_ip", "bonds/17", address, {"ip": address, "nat_ip": to})


@pytest.fixture
def world() -> World:
    world = small_world()
    world.cloud.addresses.append(ElasticIp("eipalloc-17", "198.51.100.17", dict(TAGS), "eni-agg1", PRIVATE))
    world.server.bond_objects[17] = [CONNECTED, nat(PRIVATE, "192.168.17.10")]
    return world


def gone(world: World, **more: Any) -> list[tuple[str, str]]:
    world.plan(cpe_nat_ips=[entry()], **more)
    assert world.report.problems == []
    return [(t.kind, t.key) for batch in world.design.batches["remove"] for t in batch.gone]


def test_the_cpe_nat_ip_and_the_connected_ip_go(world: World) -> None:
    assert gone(world, state="absent") == [("cpe_nat_ip", PRIVATE), ("connected_ip", CONNECTED.key)]


def test_a_connected_ip_that_a_run_left_behind_goes_with_the_address(world: World) -> None:
    del world.server.bond_objects[17][1]
    assert gone(world, state="absent") == [("connected_ip", CONNECTED.key)]
    ((_host, work),) = world.design.cpe_nat["remove"]
    assert (work.bond, work.private_ip, work.connected_ip) == (17, PRIVATE, CONNECTED.key)


def test_one_in_which_another_cpe_nat_ip_lies_stays(world: World) -> None:
    world.server.bond_objects[17] = [CONNECTED, nat("10.1.0.99", "192.168.17.99")]
    assert gone(world, state="absent") == []


def test_one_whose_address_a_teardown_has_kept_is_somebody_elses_by_now(world: World) -> None:
    world.cloud.addresses[:] = [
        ElasticIp("eipalloc-17", "198.51.100.17", {**TAGS, "bonded.internet/retired": "true"}, None, None)
    ]
    del world.server.bond_objects[17][1]
    assert gone(world, state="absent", release_addresses=True) == []
