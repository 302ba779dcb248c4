# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One aggregator without an instance, or without SSH, stops neither the plan nor the changes of the others."""

from __future__ import annotations

import pytest

from tests.playbooks.faults import Fault
from tests.playbooks.planning import plan
from tests.playbooks.running import Json, Site

AGG1 = "i-0d00000000000a901"
NO_INSTANCE = (
    f"agg1: AWS has no instance {AGG1} in the region eu-central-1. This run changes nothing of this aggregator and "
    'keeps all that it has; removals wait (docs/how-to.md, "Go on without an aggregator"). Give the aws_instance_id of '
    "its successor, or correct it."
)
ADVICE = ("bonding_prune", "bonding_decommissioned", "delete-subnet")
"""Words of advice that take down a living network: no message about a dead aggregator has them."""


@pytest.fixture
def dead(built: Site) -> Fault:
    """The demo's network, of which AWS has terminated the instance of agg1."""
    built.ec2().terminate_instances(InstanceIds=[AGG1])
    return Fault(built)


def planned(fault: Fault, **more: object) -> Json:
    return plan(fault.site, fault.variables, fault.hosts, **more)


def lines(found: Json) -> list[str]:
    """Return the plan's lines of changes."""
    return [f"{item['phase']} {item['verb']} {item['kind']} {item['key']} {item['host']}" for item in found["plan"]]


def new_place(key: str, host: str, *private_address: str) -> list[str]:
    """Return the lines of an Elastic IP that gets a new place."""
    made = [f"add create private_address {address} {host}" for address in private_address]
    tail = f"cpe-nat/{key} {host}"
    return [*made, f"add create address_association {tail}", f"add update elastic_ip {tail}"]


def test_a_terminated_instance_is_named_and_nothing_of_it_is_lost(dead: Fault) -> None:
    found = planned(dead)
    assert found["plan"] == []
    assert found["text"] == [
        "Nothing to do: AWS and the server are as the inventory says. Left out: agg1, which has no instance."
    ]
    assert NO_INSTANCE in found["warnings"]
    for text in (
        "space acme, gateway on agg1: this run keeps the gateway as it is: agg1 has no instance.",
        "CPE NAT entry of bond 17: this run does not associate its Elastic IP: agg1 has no instance, and its bond is "
        "on no other one. Give the entry another aggregator, or agg1 its successor's aws_instance_id.",
        "CPE NAT entry of bond 19: this run does not associate its Elastic IP: agg1 has no instance, and the entry "
        "names this aggregator. Give the entry another aggregator, or agg1 its successor's aws_instance_id.",
    ):
        assert text in found["warnings"]
    assert [text for text in found["warnings"] if any(advice in text for advice in ADVICE)] == []


def test_an_address_follows_its_bond_at_once(dead: Fault) -> None:
    """The Elastic IP is associated with nothing, so that its new place is no interruption, and needs no switch."""
    dead.site.server.control("POST", "move", {"bond": 17, "aggregator": "agg3"})
    found = planned(dead)
    assert sorted(lines(found)) == sorted(
        [*new_place("bond-17", "agg3", "10.1.0.48"), *new_place("berlin-mail", "agg3", "10.1.0.207")]
    )
    assert [item["interrupts"] for item in found["plan"] if item["interrupts"]] == []


def test_an_address_follows_its_bond_into_another_subnet(dead: Fault) -> None:
    """The bond's old CPE NAT IP goes in the same run, since it would go on translating; other removals wait."""
    dead.site.server.control("POST", "move", {"bond": 17, "aggregator": "agg2"})
    found = planned(dead)
    removed = {line for line in lines(found) if line.startswith("remove")}
    assert removed == {"remove delete cpe_nat_ip 10.1.0.48 agg2", "remove delete cpe_nat_ip 10.1.0.207 agg2"}
    added = {item["kind"] for item in found["plan"] if item["phase"] == "add"}
    assert added == {"private_address", "address_association", "elastic_ip", "cpe_nat_ip"}
    assert {item["host"] for item in found["plan"]} == {"agg2"}


def test_changes_of_others_are_planned_and_their_removals_wait(dead: Fault) -> None:
    (globex,) = [space for space in dead.variables["bonding_spaces"] if space["key"] == "globex"]
    globex["vxlan"]["protocol"] = "ospf"
    found = planned(dead, allow_disruption=True)
    assert {item["host"] for item in found["plan"]} == {"agg2", "agg3"}
    assert {item["phase"] for item in found["plan"]} == {"add"}
    reasons = {item["reason"] for item in found["deferred"]}
    assert reasons == {"agg1 has no instance", "removals wait: agg1 has no instance"}
    mesh = [item for item in [*found["plan"], *found["deferred"]] if item["kind"] == "vxlan_interface"]
    assert mesh == []  # the endpoint of agg1 stays on the others
