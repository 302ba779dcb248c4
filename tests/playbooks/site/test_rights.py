# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/aws.md names the actions that runs ask AWS for: all of them, and no other."""

from __future__ import annotations

import re

import pytest

from tests.playbooks.rights import PAGE, named, policy, statements
from tests.playbooks.running import Outcome, Site, aws_writes, server_writes

CHANGE = "To change: each step of AN-001"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.split(f"## {CHANGE}\n")[1].split("\n## ")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| step")
]


def asked(outcome: Outcome) -> set[str]:
    return {entry["action"] for entry in outcome.aws}


def test_looking_needs_what_the_page_says(built: Site, first_run: Outcome) -> None:
    look = named("To look: the plan, check mode, an unchanged run")
    unchanged = asked(built.run("site"))
    assert unchanged <= look
    # the first only where they are ours, the others only where something new is asked for
    seldom = {"DescribeAccountAttributes", "DescribeInstanceTypes", "GetSubnetCidrReservations"}
    # asked only where a VPC with IPv6 has a NAT gateway, which the demonstration's has not
    absent = {"DescribeEgressOnlyInternetGateways"}
    of_audits = {"DescribeInstanceStatus"}
    assert look - unchanged == {"DescribeSecurityGroups", *seldom, *absent, *of_audits}
    changed = {entry["action"] for entry in aws_writes(first_run.aws)}
    reads = asked(first_run) - changed
    assert reads <= look | named(CHANGE)
    assert seldom <= reads


def test_changing_needs_what_the_page_says(first_run: Outcome) -> None:
    # tags are set by the call that makes the object, so CreateTags is a right, but no action of its own
    reads = named("To look: the plan, check mode, an unchanged run")
    assert asked(first_run) - reads == named(CHANGE) - {"CreateTags"}


def test_the_server_is_asked_for_what_the_page_says(first_run: Outcome) -> None:
    found = set()
    for entry in server_writes(first_run.server):
        path = re.sub(r"\d+", "X", entry["path"].removeprefix("/api/v4/"))
        found.add(f"{entry['method']} {re.sub('^spaces/[^/]+', 'spaces/KEY', path)}")
    assert found == set(re.findall(r"`((?:POST|PATCH) [^`]+)`", PAGE))


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_steps_rights_are_those_that_its_statements_give(row: list[str]) -> None:
    step, calls, rights, only_here = row
    given = {**statements(policy("read")), **statements(policy("change"))}
    actions = set(re.findall(r"`ec2:(\w+)`", calls))
    named_here = set(re.findall(r"`(\w+)`", rights))
    assert named_here <= given.keys(), step
    assert actions <= {action for name in named_here for action in given[name]}, step
    # no statement is named for nothing, and no step claims to be proven where nobody could look
    assert all(actions & given[name] for name in named_here), step
    assert only_here, step
    if not actions:
        assert rights.startswith(("add ", "change ")), step
