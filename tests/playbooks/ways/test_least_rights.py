# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights to read: a run without one ends at the plan, which names it; each action of the policies has its walk.

The walks are in test_right_by_right.py, and for IPv6 and security groups in test_ipv6.py and test_direct.py.
"""

from __future__ import annotations

import re

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import Ec2Error
from tests.playbooks.planning import plan
from tests.playbooks.right_by_right import DENIED, NAMED, POLICIES, READING
from tests.playbooks.rights import PAGE, allowed, only, policy
from tests.playbooks.running import Site, aws_writes, demo_variables

from . import missing_rights as tables

WARNED_OF = {"DescribeAccountAttributes"}
"""Without which AWS's default is taken for what the account may have."""
OF_AUDITS = {"DescribeInstanceStatus"}
"""Without which an audit goes on, and says so (test_audit.py)."""


def test_each_action_of_the_policies_is_in_a_table() -> None:
    assert {action for table in tables.ALL for action in table} == allowed(POLICIES) - WARNED_OF - OF_AUDITS


def test_the_page_and_the_policies_name_the_same_actions() -> None:
    conditions = {"CreateAction"}
    assert set(re.findall(r"`ec2:(\w+)`", PAGE)) - conditions == allowed(POLICIES)


def test_reading_is_enough_to_look(unbuilt: Site) -> None:
    unbuilt.grant([policy("read")])
    outcome = unbuilt.run("site", "--check")
    assert outcome.code == 0, outcome.output
    assert outcome.plan["plan"]
    assert outcome.writes == []
    assert [entry for entry in outcome.aws if entry["error"] == DENIED] == []


def test_each_right_to_look_is_named_by_the_plan(empty: Site) -> None:
    """The plan's engine by itself; that a playbook ends with its text at its step is the next test."""
    tags = {"bonded.internet/network": "demo", "bonded.internet/key": "vpc/acme"}
    given = [{"Key": key, "Value": value} for key, value in tags.items()]
    empty.ec2().create_vpc(CidrBlock="10.101.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": given}])
    rights = READING - tables.LOOK.keys()
    for action in tables.LOOK:
        empty.grant(only(POLICIES, rights))
        with pytest.raises(Ec2Error) as refused:
            plan(empty, demo_variables(), security_groups=True)
        named = set(NAMED.findall(str(refused.value)))
        assert action in named and not rights & named
        if action == "DescribeInstances":  # with those that are asked for at the same time
            assert named == {action, "DescribeAddresses", "DescribeVpcs", "DescribeInternetGateways"}
        assert aws_writes(empty.cloud.log()) == []
        rights.add(action)
    for warned, enough in ((False, rights), (True, rights - WARNED_OF)):
        empty.grant(only(POLICIES, enough))
        found = plan(empty, demo_variables(), security_groups=True)
        assert any("AWS lets an account have 5 in a region" in text for text in found["warnings"]) is warned


def test_a_run_without_a_right_to_look_ends_at_the_plan(unbuilt: Site) -> None:
    unbuilt.grant(only(POLICIES, allowed(POLICIES) - {"DescribeAddresses"}))
    outcome = unbuilt.run("site", "--check")
    assert outcome.code != 0
    assert {event["task"] for event in outcome.run.events if event["outcome"] == "failed"} == {tables.PLAN}
    assert re.search("lack the IAM right ec2:DescribeAddresses. EC2 says .* Nothing was changed.", outcome.problems)
