# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared members: the plan is for all of them, whichever hosts the inventory of a run has."""

from __future__ import annotations

import itertools
from typing import Any

from .test_inventory import problems, read

MEMBERS = [
    {"name": "agg1", "instance_id": "i-1", "region": "eu-central-1", "aggregator": 7},
    {"name": "agg2", "instance_id": "i-2", "region": "eu-central-1"},
    {"name": "agg3", "instance_id": "i-3", "region": "eu-west-1"},
]
GROUP: dict[str, Any] = {"bonding_members": MEMBERS, "bonding_host_skip": ["attach"]}


def plan_of(*hosts: str) -> Any:
    """Return the aggregators that network_plan gets from an inventory of these hosts, by name."""
    own = {"agg3": {"aws_region": "eu-west-1"}}
    found = read({host: own.get(host, {}) for host in hosts}, **GROUP)
    return {entry["host"]: entry for entry in found["aggregators"]}


def test_every_slice_plans_the_same_aggregators() -> None:
    whole = plan_of("agg1", "agg2", "agg3")
    assert [entry["aggregator"] for entry in whole.values()] == ["7", "agg2", "agg3"]
    assert whole["agg3"]["region"] == "eu-west-1"
    for hosts in itertools.permutations(("agg1", "agg2", "agg3"), 2):
        assert plan_of(*hosts) == whole, hosts
    assert plan_of("agg1") == plan_of("agg2") == whole


def test_a_slice_configures_its_own_hosts_and_names_the_others() -> None:
    found = read({"agg2": {}}, **GROUP)
    assert list(found["hosts"]) == ["agg2"]
    assert found["left_out"].startswith(
        "The inventory of this run has 1 of the 3 aggregators that bonding_members declares, and not agg1, agg3: "
    )
    whole = read({"agg1": {}, "agg2": {}, "agg3": {"aws_region": "eu-west-1"}}, **GROUP)
    assert whole["left_out"] == ""
    assert "region" not in whole


def test_the_slice_with_the_first_member_owns_what_belongs_to_no_aggregator() -> None:
    own: dict[str, dict[str, Any]] = {"agg1": {}, "agg2": {}, "agg3": {"aws_region": "eu-west-1"}}
    for number in (1, 2, 3):
        for hosts in itertools.combinations(own, number):
            found = read({host: own[host] for host in hosts}, **GROUP)
            assert found.get("shared_by") == (None if "agg1" in hosts else "agg1"), hosts
            sentence = "What belongs to no aggregator is left for the run that has agg1."
            assert found["left_out"].endswith(sentence) is ("agg1" not in hosts), hosts


def test_what_tells_members_apart_is_never_taken_from_another_host() -> None:
    own = {"aws_instance_id": "i-1", "bonding_aggregator_index": 4, "aws_private_ip_address": "198.51.100.11"}
    found = read({"agg1": own}, bonding_members=[{"name": "agg1"}, {"name": "agg2"}])
    _agg1, agg2 = found["aggregators"]
    assert agg2 == {"aggregator": "agg2", "host": "agg2", "manage_host": True}


def test_an_aggregator_outside_of_aws_has_no_region() -> None:
    members = [{"name": "agg1", "instance_id": "i-1", "region": "eu-central-1"}, {"name": "own-metal"}]
    inventories: list[dict[str, dict[str, Any]]] = [{"agg1": {}}, {"agg1": {}, "own-metal": {"aws_region": None}}]
    for hosts in inventories:
        found = read(hosts, bonding_members=members)
        assert found["aggregators"][1] == {"aggregator": "own-metal", "host": "own-metal", "manage_host": True}


def test_what_differs_between_members_is_in_each_entry() -> None:
    text = (
        "bonding_members: region differs between members, and the entries of agg2 do not have it. Give it in each "
        "entry, since a run without a member's host knows the entry alone."
    )
    some = [{"name": "agg1", "instance_id": "i-1", "region": "eu-central-1"}, {"name": "agg2", "instance_id": "i-2"}]
    assert problems({"agg1": {}}, bonding_members=some) == [text]
    none = [{"name": "agg1", "instance_id": "i-1"}, {"name": "agg2", "instance_id": "i-2"}]
    hosts = {"agg1": {}, "agg2": {"aws_region": "eu-west-1"}}
    assert problems(hosts, bonding_members=none) == [text.replace("of agg2", "of agg1, agg2")]


def test_a_member_that_is_not_declared_or_contradicts_its_host_is_refused() -> None:
    found = problems(
        {"agg1": {"aws_instance_id": "i-9"}, "agg4": {}, "agg5": {}}, bonding_members=[*MEMBERS, MEMBERS[1]]
    )
    assert found == [
        "bonding_members: agg2 is declared 2 times. Leave one entry.",
        "bonding_members: does not declare agg4, agg5, which the group aggregators has. Add an entry with this name, "
        "or take the host out of the group.",
        "bonding_members, entry agg1: instance_id is 'i-1', and aws_instance_id of the host agg1 is 'i-9'. Correct one "
        "of them.",
    ]


def test_a_list_that_came_out_empty_is_refused() -> None:
    assert problems({"agg1": {}}, bonding_members=[]) == [
        "bonding_members: does not declare agg1, which the group aggregators has. Add an entry with this name, or take "
        "the host out of the group."
    ]


def test_a_misspelt_key_of_an_entry_is_refused() -> None:
    (found,) = problems({"agg1": {}}, bonding_members=[{"name": "agg1", "instance": "i-1"}])
    assert found == "bonding_members, entry agg1: the key 'instance' is not known; did you mean 'instance_id'?"
