# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet: aggregators that cannot be served, do not run, leave, or lie apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from .world import World, acme, entry, host, initech, small_world

VPC = {"vpc": {"cidr": "10.101.0.0/16"}}


@pytest.fixture
def world() -> World:
    return small_world()


def test_a_member_in_another_vpc_is_refused_unless_reachable(world: World) -> None:
    world.cloud.instances["i-agg2"] = replace(world.cloud.instances["i-agg2"], vpc_id="vpc-2")
    world.plan(spaces=[acme()])
    assert any("agg2 is in the VPC vpc-2, the others are in vpc-1" in text for text in world.report.problems)
    world.plan(spaces=[acme()], aggregators=[host("agg1"), host("agg2", reachable=True), host("agg3")])
    assert world.report.problems == []


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("6.4.9", "runs version 6.4.9; interfaces, protocols and filters of an aggregator need 6.5 or later"),
        ("6.5", None),
        ("6.8.243", None),
        ("6.6-2~deb12", None),
        ("v6.6.1", None),
        ("Bonded Internet 6.6.1 (build 4)", None),
        ("unknown", None),
        ("v6.4-2", "runs version v6.4-2; interfaces, protocols and filters of an aggregator need 6.5 or later"),
        ("7.0.3", "runs version 7.0.3, and this collection knows 6.5 to 6.8"),
        ("10.1", "runs version 10.1, and this collection knows 6.5 to 6.8"),
        (None, None),
    ],
)
def test_a_version_that_the_collection_does_not_know_is_refused(world: World, version: str | None, words: str) -> None:
    world.server.aggregators[12] = replace(world.server.aggregators[12], version=version)
    world.plan(spaces=[acme()])
    assert bool(world.report.problems) is bool(words)
    assert all(text.startswith("agg2: aggregator agg2 ") and words in text for text in world.report.problems)


def test_cpe_nat_ips_alone_need_no_65(world: World) -> None:
    for number, found in world.server.aggregators.items():
        world.server.aggregators[number] = replace(found, version="6.4.9")
    assert {item.kind for item in world.plan(cpe_nat_ips=[entry()])} > {"elastic_ip", "cpe_nat_ip"}
    assert world.report.problems == []


def test_65_is_wanted_of_those_only_that_get_interfaces_or_protocols(world: World) -> None:
    for number, found in world.server.aggregators.items():
        world.server.aggregators[number] = replace(found, version="6.4.9")
    world.plan(cpe_nat_ips=[entry()], spaces=[initech(aggregators=["agg2", "agg3"])])
    assert [text.partition(":")[0] for text in world.report.problems] == ["agg2", "agg3"]
    assert "(wanted: interface vx10000013, protocol prod_ospf_13)" in world.report.problems[0]


def test_a_version_without_bonds_is_refused_of_a_network_of_cpe_nat_ips_too(world: World) -> None:
    world.server.aggregators[12] = replace(world.server.aggregators[12], version="7.0.3")
    world.plan(cpe_nat_ips=[entry()])
    assert ["knows 6.5 to 6.8" in text for text in world.report.problems] == [True]


def test_an_aggregator_that_does_not_run_is_named(world: World) -> None:
    world.plan(spaces=[acme()])
    assert [text for text in world.report.warnings if text.startswith("agg2")] == []
    world.server.aggregators[12] = replace(world.server.aggregators[12], status="down")
    world.cloud.instances["i-agg2"] = replace(world.cloud.instances["i-agg2"], state="stopped")
    assert world.plan(spaces=[acme()]) != []
    assert [text for text in world.report.warnings if text.startswith("agg2")] == [
        "agg2: its instance i-agg2 is stopped: what is configured takes effect when it runs. Start it.",
        "agg2: aggregator agg2 is down, as the management server sees it: it gets its configuration when it is up "
        "again, and its bonds are elsewhere until then.",
    ]


def test_a_space_with_a_vpc_has_its_aggregators_in_one_region(world: World) -> None:
    hosts = [host("agg1", region="eu-central-1"), host("agg2", region="eu-west-1"), host("agg3", region="eu-central-1")]
    world.plan(spaces=[{**acme(), **VPC}], aggregators=hosts)
    (problem,) = [text for text in world.report.problems if text.startswith("aws_region")]
    assert "(agg3: eu-central-1, agg2: eu-west-1)" in problem
    assert "spaces with a vpc (acme) need all aggregators in one region" in problem
    world.plan(spaces=[acme()], aggregators=hosts)
    assert [text for text in world.report.problems if text.startswith("aws_region")] == []


def test_an_aggregator_that_leaves_has_to_be_without_bonds(world: World) -> None:
    world.apply(spaces=[acme()])
    world.plan(spaces=[acme()], decommissioned=["agg1"])
    (problem,) = world.report.problems
    assert "Bonds: 17 (acme-berlin: primary and present)." in problem
    assert problem.endswith(
        "It is decommissioned: move these bonds to other aggregators on the management server first."
    )


def test_those_that_stay_are_not_asked_to_be_reachable_when_one_leaves(world: World) -> None:
    """agg2 alone says that a peering leads to its VPC; agg1's has the smaller name, and no more members than agg2's."""
    world.cloud.instances["i-agg2"] = replace(world.cloud.instances["i-agg2"], vpc_id="vpc-2")
    world.server.bonds.clear()
    hosts = [host("agg1"), host("agg2", reachable=True), host("agg3")]
    world.apply(spaces=[acme()], aggregators=hosts)
    world.plan(spaces=[acme()], aggregators=hosts[:2], decommissioned=["agg3"])
    assert world.report.problems == []
    world.plan(spaces=[acme()], aggregators=[host("agg1"), host("agg2")], decommissioned=["agg3"])
    assert len(world.report.problems) == 1  # one of the two has to say it


def test_a_name_of_an_aggregator_that_leaves_says_so(world: World) -> None:
    world.plan(bgp={"asn": 64512, "subnet": "10.253.0.0/20", "aggregators": ["agg1", "agg3"]}, decommissioned=["agg3"])
    text = "bonding_bgp.aggregators: 'agg3' is in bonding_decommissioned. Name an aggregator that stays."
    assert text in world.report.problems
