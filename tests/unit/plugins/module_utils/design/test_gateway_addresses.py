# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway's Elastic IP from a pool, or one that the account had before: planned, refused, and never released."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.checks.prices import is_of_own_pool
from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp

from .egress_world import gateway, plain_world, retired, space, tags
from .world import World, entry, small_world

POOL, OTHER = "ipv4pool-ec2-0123456789abcdef0", "ipv4pool-ec2-0123456789abcdef1"
THEIRS = "203.0.113.77"
EGRESSES = {"none": "gateway-ip/acme/agg1", "nat_gateway": "natgw-ip/acme/agg1"}


@pytest.fixture
def world() -> World:
    world = small_world()
    world.cloud.named.append(ElasticIp("eipalloc-77", THEIRS, {"Name": "theirs"}))
    return world


def elastic(world: World, **more: Any) -> list[tuple[str, str, Any]]:
    """Return (verb, key, after) of the Elastic IPs that a plan with this gateway changes."""
    items = world.plan(spaces=space(gateway(**more)))
    assert world.report.problems == []
    return [(item.verb, item.key, item.after) for item in items if item.kind == "elastic_ip"]


def refusal(world: World, *spaces: Any, **more: Any) -> str:
    world.plan(spaces=space(*spaces), **more)
    (text,) = world.report.problems
    return text


@pytest.mark.parametrize("egress", EGRESSES)
def test_a_new_address_is_of_the_pool(world: World, egress: str) -> None:
    ((verb, key, after),) = elastic(world, egress=egress, pool=POOL)
    assert (verb, key, after["pool"]) == ("create", EGRESSES[egress], POOL)
    (item,) = [one for one in world.design.items if one.kind == "elastic_ip"]
    assert is_of_own_pool(item)  # neither quota nor price
    (work,) = [work for _host, work in world.design.gateways["add"]]
    assert (work.pool, work.public_ip) == (POOL, None)


@pytest.mark.parametrize("egress", EGRESSES)
def test_an_address_of_the_account_is_taken_over(world: World, egress: str) -> None:
    ((verb, key, after),) = elastic(world, egress=egress, public_ip=THEIRS)
    wanted = {**tags(EGRESSES[egress]), "bonded.internet/adopted": "true"}
    assert (verb, key, after) == ("update", EGRESSES[egress], {"public_ip": THEIRS, "tags": wanted})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"interface_id": "eni-x", "private_ip": "10.9.9.9"}, "(eipalloc-77) is associated, at 10.9.9.9 on eni-x"),
        ({"tags": {"bonded.internet/network": "other"}}, "(eipalloc-77) belongs to the network 'other'"),
        ({"tags": tags("cpe-nat/mail")}, "(eipalloc-77) is in use in this network, for the entry mail"),
        ({"public_ip": "203.0.113.78"}, f"public_ip {THEIRS} is not an Elastic IP of this account and region"),
    ],
)
def test_an_address_that_is_not_free_is_refused(world: World, change: dict[str, Any], words: str) -> None:
    world.cloud.named[0] = replace(world.cloud.named[0], **change)
    assert words in refusal(world, gateway(egress="none", public_ip=THEIRS))


def test_one_address_for_a_gateway_and_an_entry_is_refused(world: World) -> None:
    text = refusal(world, gateway(egress="none", public_ip=THEIRS), cpe_nat_ips=[entry(public_ip=THEIRS)])
    assert f"public_ip {THEIRS} is also that of CPE NAT entry" in text


@pytest.mark.parametrize(("name", "value"), [("pool", "amazon"), ("public_ip", "203.0.113.77/32")])
def test_what_is_no_pool_and_no_address_is_refused(world: World, name: str, value: str) -> None:
    assert f"gateway on agg1, {name}: not usable (got '{value}')" in refusal(world, gateway(**{name: value}))


def test_a_pool_of_another_address_is_refused(world: World) -> None:
    world.cloud.named[0] = replace(world.cloud.named[0], pool=OTHER)
    text = refusal(world, gateway(egress="none", public_ip=THEIRS, pool=POOL))
    assert f"pool is not that of its address (got {POOL}, expected {OTHER}" in text


@pytest.mark.parametrize("kept", [False, True])
def test_another_address_than_the_one_that_is_there_is_refused(kept: bool) -> None:
    world = plain_world()
    if kept:
        world.cloud.addresses[0] = replace(world.cloud.addresses[0], tags=retired("gateway-ip/acme/agg1"))
    own = world.cloud.addresses[0]
    text = refusal(world, gateway(egress="none", public_ip=THEIRS))
    assert "public_ip cannot be changed while the gateway has an address" in text
    assert f"(got {THEIRS}, expected {own.public_ip}" in text
    assert ("release-address" in text) is kept


def test_an_adopted_address_is_never_released() -> None:
    world = plain_world()
    own = world.cloud.addresses[0]
    for adopted in (False, True):
        mark = {"bonded.internet/adopted": "true"} if adopted else {}
        world.cloud.addresses[0] = replace(own, tags={**own.tags, **mark})
        items = world.plan(state="absent", spaces=space(gateway(egress="none")), release_addresses=True)
        assert [item.verb for item in items if item.kind == "elastic_ip"] == ["update" if adopted else "delete"]
