# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances of hosts: one for two hosts, exchanged ones, and unknown ones, which are not refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import Aggregator

from .world import HOSTS, World, acme, host, small_world

PUBLIC = {"agg1": "203.0.113.11", "agg2": "203.0.113.12", "agg3": "203.0.113.13"}


@pytest.fixture
def world() -> World:
    """The server has the public address of each aggregator, and AWS gives it to that aggregator's instance."""
    world = small_world()
    for name, (number, private_ip, _zone) in HOSTS.items():
        world.server.aggregators[number] = replace(world.server.aggregators[number], ip=PUBLIC[name])
        found = world.cloud.instances[f"i-{name}"]
        given = {private_ip: PUBLIC[name]}
        world.cloud.instances[f"i-{name}"] = replace(found, public_ip=PUBLIC[name], publics=given)
    return world


def swapped() -> list[dict[str, Any]]:
    return [host("agg1", instance_id="i-agg2"), host("agg2", instance_id="i-agg1"), host("agg3")]


def told(world: World, **more: Any) -> tuple[list[str], list[str]]:
    world.plan(**more)
    return world.report.problems, [text for text in world.report.warnings if "as the address of aggregator" in text]


def test_each_with_its_own_instance_is_right(world: World) -> None:
    assert told(world, spaces=[acme()]) == ([], [])


def test_one_instance_for_two_hosts_is_refused(world: World) -> None:
    problems, _warnings = told(world, aggregators=[host("agg1"), host("agg2", instance_id="i-agg1"), host("agg3")])
    assert problems == [
        "agg2: aws_instance_id i-agg1 is also that of agg1. Each aggregator is an instance of its own: correct one "
        "of them."
    ]


def test_a_teardown_names_one_instance_for_two_hosts_too(world: World) -> None:
    problems, _warnings = told(world, state="absent", aggregators=[host("agg1"), host("agg2", instance_id="i-agg1")])
    assert (
        "agg2: aws_instance_id i-agg1 is also that of agg1. Each aggregator is an instance of its own: correct one "
        "of them." in problems
    )


def test_one_private_address_for_two_hosts_is_refused(world: World) -> None:
    given = [{"host": name, "aggregator": name, "private_ip_address": "10.1.0.11"} for name in ("agg1", "agg2")]
    problems, _warnings = told(world, aggregators=given)
    assert problems == [
        "agg2: its private address 10.1.0.11 is also that of agg1: no other aggregator would reach both. Correct "
        "aws_private_ip_address."
    ]


def test_exchanged_instances_are_refused_with_the_host_that_fits(world: World) -> None:
    problems, warnings = told(world, aggregators=swapped())
    assert warnings == []
    assert problems == [
        "agg1: aws_instance_id is not the instance of aggregator agg1 (got i-agg2 with 203.0.113.12; expected i-agg1, "
        "which has 203.0.113.11, the address that the server has of it, and which the inventory gives to agg2). "
        "Exchange the two, or correct the address on the server.",
        "agg2: aws_instance_id is not the instance of aggregator agg2 (got i-agg1 with 203.0.113.11; expected i-agg2, "
        "which has 203.0.113.12, the address that the server has of it, and which the inventory gives to agg1). "
        "Exchange the two, or correct the address on the server.",
    ]


def test_exchanged_instances_are_found_by_one_address_where_the_other_is_not_known(world: World) -> None:
    """agg2's instance is stopped, and its automatic address is gone."""
    world.cloud.instances["i-agg2"] = replace(world.cloud.instances["i-agg2"], public_ip=None, publics={})
    problems, _warnings = told(world, aggregators=swapped())
    assert [text.partition(" (got")[0] for text in problems] == [
        "agg1: aws_instance_id is not the instance of aggregator agg1"
    ]


def test_a_server_that_has_private_addresses_tells_them_apart_too(world: World) -> None:
    for number, private_ip, _zone in HOSTS.values():
        world.server.aggregators[number] = replace(world.server.aggregators[number], ip=private_ip)
    assert told(world, spaces=[acme()]) == ([], [])
    assert len(told(world, aggregators=swapped())[0]) == 2


def test_a_teardown_is_not_kept_from_clearing_up(world: World) -> None:
    assert told(world, state="absent", aggregators=swapped()) == ([], [])


UNKNOWN: dict[str, dict[str, Any]] = {
    "a private address of another VPC": {"ip": "10.9.9.9"},
    "an address of carrier's grade": {"ip": "100.64.0.9"},
    "no address": {"ip": ""},
    "a name": {"ip": "agg1.example.com"},
    "an IPv6 address": {"ip": "2001:db8::7"},
}


@pytest.mark.parametrize("known", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_not_known_is_not_refused(world: World, known: dict[str, Any]) -> None:
    world.server.aggregators[7] = Aggregator(7, "agg1", space="main", version="6.6.1", **known)
    assert told(world, spaces=[acme()]) == ([], [])


def test_an_instance_without_a_public_address_is_not_refused(world: World) -> None:
    world.cloud.instances["i-agg1"] = replace(world.cloud.instances["i-agg1"], public_ip=None, publics={})
    assert told(world, spaces=[acme()]) == ([], [])


def test_an_address_of_no_instance_is_warned_of(world: World) -> None:
    world.server.aggregators[7] = replace(world.server.aggregators[7], ip="203.0.113.99")
    assert told(world, spaces=[acme()]) == (
        [],
        [
            "agg1: the server has 203.0.113.99 as the address of aggregator agg1, which its instance does not have "
            "(got i-agg1 with 203.0.113.11). Bonders reach it only if something else leads there; else correct "
            "aws_instance_id, or the address on the server."
        ],
    )


def test_an_elastic_ip_of_another_interface_counts(world: World) -> None:
    found = world.cloud.instances["i-agg1"]
    world.server.aggregators[7] = replace(world.server.aggregators[7], ip="198.51.100.7")
    publics = {**found.publics, "10.101.0.9": "198.51.100.7"}
    world.cloud.instances["i-agg1"] = replace(found, publics=publics)
    assert told(world, spaces=[acme()]) == ([], [])


@pytest.mark.parametrize("reference", ["²", "1" * 5000, "٧"])
def test_what_only_python_takes_for_digits_is_a_name(world: World, reference: str) -> None:
    problems, _warnings = told(world, aggregators=[host("agg1"), host("agg2"), host("agg3", aggregator=reference)])
    text = f"agg3: bonding_aggregator: the server has no aggregator named {reference!r} (it has: agg1, agg2, agg3)."
    assert problems == [text]
