# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Join of aggregators to instances: each ambiguous or broken case, and what it says."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._live_inventory import (
    Aggregator,
    Instance,
    LiveInventory,
    LiveInventoryError,
    Wanted,
    build,
    join,
)

AGG1 = Aggregator(7, "agg1", ip="203.0.113.7")
AGG2 = Aggregator(12, "agg2", ip="203.0.113.12")
ONE = Instance("i-1", "eu-central-1", public_ips=("203.0.113.7", "203.0.113.70"))
TWO = Instance("i-2", "eu-west-1", public_ips=("203.0.113.12",))


def made(*instances: Instance, aggregators: tuple[Aggregator, ...] = (AGG1, AGG2), **wanted: Any) -> LiveInventory:
    return build(aggregators, [], instances, Wanted(searched="region eu-central-1", **wanted))


def joined(found: LiveInventory) -> dict[str, str | None]:
    return {name: own.get("aws_instance_id") for name, own in found.hosts.items()}


def problem(*instances: Instance, **wanted: Any) -> str:
    """Return the only problem."""
    with pytest.raises(LiveInventoryError) as caught:
        made(*instances, **wanted)
    (text,) = caught.value.problems
    assert "1 problem. No host was added.\n  1. " in str(caught.value)
    return text


def test_each_public_address_of_an_instance_joins_whatever_the_order() -> None:
    found = made(TWO, ONE)
    assert joined(found) == {"agg1": "i-1", "agg2": "i-2"}
    assert found.warnings == []
    assert found == made(ONE, TWO, aggregators=(AGG2, AGG1))
    secondary = Aggregator(7, "agg1", ip="203.0.113.70")
    assert joined(made(ONE, aggregators=(secondary,))) == {"agg1": "i-1"}


@pytest.mark.parametrize("value", ["agg1", "7"])
def test_tag_joins_by_name_or_id(value: str) -> None:
    tagged = Instance("i-9", "eu-central-1", tags={"Bonding": value})
    assert joined(made(tagged, TWO, tags=("Bonding",))) == {"agg1": "i-9", "agg2": "i-2"}
    assert joined(made(tagged, TWO)) == {"agg1": None, "agg2": "i-2"}
    assert joined(made(tagged, TWO, tags=("Bonding",), public_ip=False)) == {"agg1": "i-9", "agg2": None}


def test_two_instances_of_one_aggregator_are_an_error_that_names_both() -> None:
    tagged = Instance("i-9", "eu-central-1", tags={"Bonding": "agg1"})
    assert problem(ONE, TWO, tagged, tags=("Bonding",)) == (
        "aggregator agg1 (id 7): 2 instances match (got i-1 by public address 203.0.113.7 and i-9 by tag Bonding: "
        "agg1; expected one). Give the right one as instances: {7: i-...}."
    )
    again = Instance("i-3", "eu-west-1", public_ips=("203.0.113.7",))
    assert "got i-1 by public address 203.0.113.7 and i-3 by public address" in problem(ONE, TWO, again)
    assert joined(made(ONE, TWO, again, instances={"agg1": "i-3"})) == {"agg1": "i-3", "agg2": "i-2"}


def test_one_instance_of_two_aggregators_is_an_error_that_names_both() -> None:
    assert problem(ONE, instances={"agg2": "i-1"}) == (
        "instance i-1: 2 aggregators are joined to it (got aggregator agg1 (id 7) and aggregator agg2 (id 12); "
        "expected one). Correct the address on the server, the tag, or instances."
    )


def test_aggregator_without_an_instance_is_in_not_on_aws_and_warned_of() -> None:
    stopped = Instance("i-8", "eu-central-1", state="stopped")
    found = made(ONE, stopped)
    assert found.groups["not_on_aws"] == ["agg2"]
    assert found.groups["aggregators"] == ["agg1", "agg2"]
    assert found.warnings == [
        "1 of 2 aggregators are joined to no instance in region eu-central-1, and are in the group not_on_aws: agg2 "
        "(203.0.113.12). Stopped, and so without an automatic public address: i-8. Give an instance by instances, or "
        "say there that an aggregator has none (instances: {12: null})."
    ]
    declared = made(ONE, instances={"agg2": None})
    assert declared.groups["not_on_aws"] == ["agg2"]
    assert declared.warnings == []
    assert made(aggregators=(Aggregator(7, "agg1"),), public_ip=False).groups["not_on_aws"] == ["agg1"]


def test_stopped_instance_is_a_host_with_a_warning() -> None:
    stopped = Instance("i-2", "eu-west-1", state="stopped", public_ips=("203.0.113.12",))
    found = made(ONE, stopped)
    assert found.hosts["agg2"]["aws_instance_state"] == "stopped"
    assert found.warnings == [
        "aggregator agg2 (id 12): its instance i-2 is stopped: what is configured takes effect when it runs. Start it."
    ]


def test_empty_answers_are_errors_unless_told_otherwise() -> None:
    assert problem(ONE, aggregators=()).startswith("the management server lists no aggregator (got an empty list")
    assert made(ONE, aggregators=(), allow_empty=True).hosts == {}
    other = Instance("i-7", "eu-central-1", public_ips=("198.51.100.7",))
    for instances in ((), (other,)):
        text = problem(*instances)
        assert text.startswith(
            f"AWS: none of the 2 aggregators is joined to one of the {len(instances)} instances in region eu-central-1"
            ": agg1 (203.0.113.7), agg2 (203.0.113.12)."
        )
        assert joined(made(*instances, allow_empty=True)) == {"agg1": None, "agg2": None}


@pytest.mark.parametrize(
    "instances, said",
    [
        ({"agg1": "i-404"}, "instances: aggregator agg1 (id 7): there is no instance i-404 in region eu-central-1."),
        ({"agg9": "i-1"}, "instances: agg9: the management server lists no such aggregator."),
        ({"9": "i-1"}, "instances: 9: the management server lists no such aggregator."),
        ({"agg1": "i-1", "7": "i-1"}, "instances: aggregator agg1 (id 7) is named twice, by its name and by its id."),
    ],
)
def test_map_that_names_nothing_or_something_twice_is_an_error(instances: dict[str, str], said: str) -> None:
    assert problem(ONE, TWO, instances=instances).startswith(said)


def test_name_that_two_aggregators_have_is_no_key_of_the_map() -> None:
    twin = Aggregator(13, "agg2", ip="203.0.113.13")
    text = problem(ONE, aggregators=(AGG1, AGG2, twin), instances={"agg2": "i-1"}, hostnames={"13": "agg3"})
    assert text == "instances: agg2: the name is not unique (got aggregators 12, 13; expected one). Give the id."


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(LiveInventoryError) as caught:
        made(ONE, instances={"agg9": "i-1"}, hostnames={"agg8": "x"}, aggregators=(Aggregator(7, "a b"),))
    assert len(caught.value.problems) == 4
    assert "4 problems." in str(caught.value)


def test_aggregators_whose_instance_is_unclear_are_named_one_by_one() -> None:
    tagged = Instance("i-9", "eu-central-1", tags={"Bonding": "agg1"})
    found = join((AGG1, AGG2), (ONE, TWO, tagged), Wanted(tags=("Bonding",)))
    assert found.unclear == {7: found.problems[0]}
    both = Instance("i-3", "eu-central-1", public_ips=("203.0.113.7", "203.0.113.12"))
    shared = join((AGG1, AGG2), (both,), Wanted())
    assert shared.unclear == dict.fromkeys((7, 12), shared.problems[0])
