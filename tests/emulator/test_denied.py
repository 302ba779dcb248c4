# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table of rights taken away: what our own engines say of the step that wants each, and that the rest is as it was.

Rights that only steps of amazon.aws's modules want are in tests/playbooks/ways/test_right_by_right.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.module import run
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources import route as routes
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.security_group import apply_changes
from lab.process import Running
from tests.unit.plugins.module_utils.aws.conftest import entry, options

from .conftest import A1

Step = Callable[[Any], Any]
KEY = "any"
NAME, OTHER = "mail.example.com", "smtp.example.com"


def addresses(*entries: dict[str, Any], **more: Any) -> Step:
    return lambda client: run(client, options(*entries, **more), False)


def route(target: str, **more: Any) -> Step:
    given = {"route_table_id": "rtb-00000002", "destination": "172.16.0.0/12", "network": "prod", **more}
    return lambda client: routes.manage_route(client, {**given, "network_interface_id": target}, False)


def groups(*rules: str, absent_rules: tuple[str, ...] = (), **more: Any) -> Step:
    def made(sources: tuple[str, ...]) -> list[dict[str, Any]]:
        return [{"protocol": "udp", "from_port": 4789, "to_port": 4789, "source": source} for source in sources]

    group = {"key": "sg/aggregators/vpc-00000001", "vpc_id": "vpc-00000001", "rules": made(rules)}
    given = {"groups": [group | {"absent_rules": made(absent_rules)}] if rules else []}
    return lambda client: apply_changes(client, {"network": "prod", **given, **more}, False)


GROUP = "sg/aggregators/vpc-00000001"
CARRIED: dict[str, Any] = {"interfaces": [{"interface_id": A1, "groups": [GROUP]}]}
BUILT = addresses(entry("bond-17", A1, reverse_dns=NAME))
RETIRED = addresses({"key": "bond-17"}, state="absent")
DENIED: list[tuple[str, list[Step], Step]] = [
    # the right, what is done before with all rights, the step that fails
    ("AllocateAddress", [], BUILT),
    ("AssignPrivateIpAddresses", [], BUILT),
    ("AssociateAddress", [], BUILT),
    ("ModifyAddressAttribute", [BUILT], addresses(entry("bond-17", A1, reverse_dns=OTHER))),
    ("ResetAddressAttribute", [BUILT], addresses(entry("bond-17", A1, reverse_dns=""))),
    ("DisassociateAddress", [BUILT], RETIRED),
    ("UnassignPrivateIpAddresses", [BUILT], RETIRED),
    ("CreateTags", [BUILT], RETIRED),
    ("DeleteTags", [BUILT, RETIRED], BUILT),
    ("ReleaseAddress", [BUILT], addresses(prune=True, max_deletions=1, release=True)),
    ("CreateRoute", [], route("eni-000000c1")),
    ("ReplaceRoute", [route("eni-000000c1")], route("eni-000000c2")),
    ("DeleteRoute", [route("eni-000000c1")], route("eni-000000c1", state="absent")),
    ("CreateSecurityGroup", [], groups("self")),
    ("AuthorizeSecurityGroupIngress", [], groups("self")),
    ("RevokeSecurityGroupIngress", [groups("self", "10.9.0.0/16")], groups("self", absent_rules=("10.9.0.0/16",))),
    ("ModifyNetworkInterfaceAttribute", [groups("self")], groups(**CARRIED)),
    ("DeleteSecurityGroup", [groups("self")], groups(absent=[{"key": GROUP}])),
]


@pytest.mark.parametrize(("action", "before", "step"), [pytest.param(*row, id=row[0]) for row in DENIED])
def test_a_right_that_is_missing_is_named_by_its_step(
    aws: Running, client: Any, action: str, before: list[Step], step: Step
) -> None:
    for one in before:
        one(client)
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    denied = {"Effect": "Deny", "Action": f"ec2:{action}", "Resource": "*"}
    aws.control("POST", "policies", {KEY: [{"Version": "2012-10-17", "Statement": [everything, denied]}]})
    aws.clear_log()
    with pytest.raises(Exception) as failed:
        step(client)
    assert f"the credentials lack the IAM right ec2:{action}" in str(failed.value)
    refused = [line for line in aws.log() if line["error"] == "UnauthorizedOperation"]
    assert {line["action"] for line in refused} == {action}
    # with the right, the same step is done, from where it failed
    aws.control("DELETE", "policies")
    step(client)
