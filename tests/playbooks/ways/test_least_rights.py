# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM policies of docs/ suffice, no action of them is idle, and what is said when one is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest

from tests.playbooks.denied import not_needed, steps
from tests.playbooks.rights import PAGE, allowed, policy, without
from tests.playbooks.running import Outcome, Site, aws_writes
from tests.playbooks.ways.conftest import POLICIES, SAVED

SELDOM = {
    "AssignIpv6Addresses",
    "AssociateSubnetCidrBlock",
    "AssociateVpcCidrBlock",
    "AuthorizeSecurityGroupIngress",
    "CreateSecurityGroup",
    "DeleteSecurityGroup",
    "DescribeAddressesAttribute",
    "ModifyAddressAttribute",
    "ModifySubnetAttribute",
    "ResetAddressAttribute",
    "RevokeSecurityGroupIngress",
}
"""What only IPv6, reverse DNS and security groups ask for: test_direct.py takes the groups' away from its runs,
tests/unit/.../aws/test_denied_on_lab.py reverse DNS's from its steps, and tests/lab/aws asks for all."""

TEARDOWN = {"confirm_teardown": "demo", "release_addresses": True, "teardown_private_wan": True}


def refused(outcomes: Iterable[Outcome]) -> list[Any]:
    return [entry for outcome in outcomes for entry in outcome.aws if entry["error"] == "UnauthorizedOperation"]


def test_the_policies_are_enough_and_no_action_is_idle(network: Site, built_once: dict[str, Outcome]) -> None:
    """Built, unchanged, addresses retired and taken back, torn down; then each request with its right taken away."""
    network.grant(POLICIES)
    unchanged = network.run("site")
    assert (unchanged.code, unchanged.writes) == (0, []), unchanged.output
    retired = network.run("teardown", "--tags", "cpe_nat", extra={"confirm_teardown": "demo"})
    back = network.run("site", "--tags", "cpe_nat")
    gone = network.run("teardown", extra=TEARDOWN)
    outcomes = [built_once[SAVED], unchanged, retired, back, gone]
    assert [outcome.code for outcome in outcomes] == [0] * 5, gone.output
    assert [network.ours(kind) for kind in ("vpcs", "network_interfaces", "addresses")] == [{}, {}, {}]
    assert refused(outcomes) == []
    # what was asked for, with a request of each, and one that makes something with tags
    done = [entry for outcome in outcomes for entry in outcome.aws if entry["service"] == "ec2"]
    requests = {entry["action"]: entry for entry in done}
    assert requests.keys() == allowed(POLICIES) - SELDOM
    assert [w for action, entry in requests.items() if (w := not_needed(network, POLICIES, action, entry))] == []
    assert not_needed(network, POLICIES, "CreateTags", requests["AllocateAddress"]) == ""
    # and each writing one is a step of a role, which is what fails, and has a name
    asking = steps(outcomes)
    for action in {entry["action"] for entry in aws_writes(done)}:
        assert all(step.startswith(("pwan_", "eip_cpe_nat", "bonded.internet.")) for step in asking[action]), (
            action,
            asking[action],
        )
    assert {step.rpartition(": ")[2] for step in asking["DeleteVpc"]} == {"Delete our VPCs"}


def test_the_page_and_the_policies_name_the_same_actions() -> None:
    conditions = {"CreateAction"}
    assert set(re.findall(r"`ec2:(\w+)`", PAGE)) - conditions == allowed(POLICIES)


def test_reading_is_enough_to_look(unbuilt: Site) -> None:
    unbuilt.grant([policy("read")])
    outcome = unbuilt.run("site", "--check")
    assert outcome.code == 0, outcome.output
    assert outcome.plan["plan"]
    assert outcome.writes == []
    assert refused([outcome]) == []


MISSING = [
    # the right, the run, the task that fails, and how its text names the right
    (
        "DescribeAddresses",
        ("site", "--check"),
        "Read both sides, judge the inventory, plan",
        "the credentials lack the IAM right ec2:DescribeAddresses. EC2 says .* Nothing was changed.",
    ),
    (
        "AssociateAddress",
        ("site", "--tags", "cpe_nat"),
        "Allocate the Elastic IPs on private addresses of the network interfaces",
        r"entry .*: the credentials lack the IAM right ec2:AssociateAddress on arn:aws:ec2:\S+:elastic-ip/eipalloc-\w+",
    ),
    (
        "CreateInternetGateway",
        ("private_wan",),
        "Make the internet gateway and attach it",
        r"not authorized to perform: ec2:CreateInternetGateway on resource: arn:aws:ec2:\S+:internet-gateway/\*",
    ),
]


@pytest.mark.parametrize(("action", "run", "task", "words"), [pytest.param(*row, id=row[0]) for row in MISSING])
def test_a_missing_right_is_named(unbuilt: Site, action: str, run: tuple[str, ...], task: str, words: str) -> None:
    unbuilt.grant(without(POLICIES, action))
    outcome = unbuilt.run(*run)
    assert outcome.code != 0
    failed = {event["task"] for event in outcome.run.events if event["outcome"] == "failed"}
    assert failed == {task}
    assert re.search(words, outcome.problems), outcome.problems
    assert {entry["action"] for entry in refused([outcome])} == {action}
