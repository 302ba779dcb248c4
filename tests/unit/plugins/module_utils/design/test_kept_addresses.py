# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Elastic IPs that a run keeps and nothing uses: named by the plan, and given back when told."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.checks.kept_addresses import kept_addresses
from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp

from .egress_world import gateway, plain_world, retired, space, tags
from .world import World, entry, small_world

RETIRED = {"bonded.internet/retired": "true"}


def address(key: str, number: int, *more: dict[str, str], pool: str | None = "amazon") -> ElasticIp:
    given = {**tags(key)}
    for one in more:
        given |= one
    return ElasticIp(f"eipalloc-{number}", f"198.51.100.{number}", given, pool=pool)


def kept(world: World, **more: Any) -> dict[str, float]:
    """The kept addresses' keys and prices after a plan, with the key's number where it is not the first of its key."""
    items = world.plan(**more)
    assert world.report.problems == []
    found = kept_addresses("prod", items, world.cloud.addresses)
    assert len({one.key for one in found}) == len(found)
    return {one.key: one.usd_per_month for one in found}


@pytest.fixture
def world() -> World:
    world = small_world()
    world.cloud.addresses[:] = [
        address("cpe-nat/bond-17", 17, RETIRED),
        address("cpe-nat/old", 18, RETIRED),
        address("cpe-nat/theirs", 19, RETIRED, {"bonded.internet/adopted": "true"}),
        address("cpe-nat/pool", 20, RETIRED, pool="ipv4pool-ec2-1"),
        ElasticIp("eipalloc-99", "198.51.100.99", {"bonded.internet/network": "other", **RETIRED}),
    ]
    return world


def test_each_retired_address_is_kept_unless_its_entry_takes_it_back(world: World) -> None:
    others = {"cpe-nat/old": 3.65, "cpe-nat/theirs": 3.65, "cpe-nat/pool": 0.0}
    assert kept(world) == {"cpe-nat/bond-17": 3.65, **others}
    assert kept(world, cpe_nat_ips=[entry()]) == others


def test_pruning_gives_back_what_a_teardown_kept_and_never_what_the_account_had_before(world: World) -> None:
    assert kept(world, prune_addresses=True) == {"cpe-nat/theirs": 3.65}
    released = [item for item in world.design.items if (item.verb, item.kind) == ("delete", "elastic_ip")]
    assert {item.key for item in released} == {"cpe-nat/bond-17", "cpe-nat/old", "cpe-nat/pool"}
    assert {item.switch for item in released} == {"bonding_prune_elastic_ips"}
    assert [item.verb for item in world.design.items if item.key == "cpe-nat/theirs"] == []


def test_what_the_plan_retires_is_kept_after_it() -> None:
    world = plain_world()
    assert kept(world, spaces=space(gateway(egress="none"))) == {}
    assert kept(world, spaces=space(gateway(egress="none")), state="absent") == {"gateway-ip/acme/agg1": 3.65}
    assert kept(world, spaces=space(gateway(egress="none")), state="absent", release_addresses=True) == {}


@pytest.mark.parametrize(("prune", "left"), [(False, {"gateway-ip/gone/agg1": 3.65}), (True, {})])
def test_a_gateways_kept_address_is_given_back_by_the_same_switch_alone(prune: bool, left: dict[str, float]) -> None:
    world = small_world()
    world.cloud.addresses.append(ElasticIp("eipalloc-gw", "198.51.100.50", retired("gateway-ip/gone/agg1")))
    assert kept(world, prune_addresses=prune) == left
    assert world.report.warnings == []
