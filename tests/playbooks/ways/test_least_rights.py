# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM policies of docs/ suffice, no action of them is idle, and each one that is missing is named by a step.

Built and taken down with one right more in each run; IPv6 and security groups are in test_ipv6.py and test_direct.py.
"""

from __future__ import annotations

import re

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws._ec2 import Ec2Error
from tests.playbooks.comparing import comparable
from tests.playbooks.planning import plan
from tests.playbooks.right_by_right import DENIED, NAMED, POLICIES, READING, walk
from tests.playbooks.rights import PAGE, allowed, only, policy
from tests.playbooks.running import Json, Outcome, Site, aws_writes, demo_hosts, demo_variables

from . import missing_rights as tables

HOSTS = {"agg1": demo_hosts()["agg1"]}
SURE = {"confirm_teardown": "demo"}
WHOLE = SURE | {"release_addresses": True, "teardown_private_wan": True}
WARNED_OF = {"DescribeAccountAttributes"}
"""Without which AWS's default is taken for what the account may have."""


def variables(**entry: str) -> Json:
    """One space with a NAT gateway, and one public address; all on one aggregator."""
    found = demo_variables()
    acme = found["bonding_spaces"][0]
    del acme["vxlan"], acme["gateways"][0]["port_forwards"]
    acme["gateways"][0]["egress"] = "nat_gateway"
    del found["bonding_bgp"]
    return found | {"bonding_spaces": [acme], "bonding_cpe_nat_ips": [found["bonding_cpe_nat_ips"][0] | entry]}


def writes(outcomes: list[Outcome]) -> set[str]:
    return {entry["action"] for outcome in outcomes for entry in aws_writes(outcome.aws)}


def test_built_and_taken_down_with_one_right_more_at_a_time(empty: Site) -> None:
    seed = comparable(empty.cloud.state())
    site = empty.write_inventory("one", HOSTS, variables())
    last = walk(site, tables.BUILD, "site")
    assert {i["key"] for i in last.plan["plan"] if i["system"] == "aws"} >= {"natgw/acme/agg1"}  # it went on from there
    # with just these rights: nothing more is wanted, and a look at it writes nothing
    again = site.run("site")
    assert (again.code, again.changed, again.writes) == (0, 0, []), again.output

    # the address: kept, taken back, named, and without a name again
    walk(site, tables.RETIRE, "teardown", "--tags", "cpe_nat", extra=SURE)
    assert site.ours("addresses")["cpe-nat/bond-17"]["network_interface_id"] is None
    walk(site, tables.TAKE_BACK, "site", "--tags", "cpe_nat", given=tables.BUILD)
    assert site.ours("addresses")["cpe-nat/bond-17"]["network_interface_id"] == "eni-0d00000000000a901"
    for name, table in (("mail.example.com", tables.NAMES), ("", tables.NO_NAMES)):
        site = empty.write_inventory("one", HOSTS, variables(reverse_dns=name))
        walk(site, table, "site", "--tags", "cpe_nat")
        assert (site.ours("addresses")["cpe-nat/bond-17"]["reverse_dns"] or "").rstrip(".") == name

    off = tables.RETIRE.keys() - {"CreateTags"}
    gone = walk(site, tables.TAKE_DOWN, "teardown", extra=WHOLE, given=off)
    assert "DeleteVpc" in writes([gone])
    assert comparable(site.cloud.state()) == seed


def test_each_action_of_the_policies_is_in_a_table() -> None:
    assert {action for table in tables.ALL for action in table} == allowed(POLICIES) - WARNED_OF


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
