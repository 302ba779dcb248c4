# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security groups on the stand-in under faults: each answer lost, each error of EC2's side, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.security_group import (
    SecurityError,
    apply_changes,
)
from lab.process import Running

from .conftest import A1, actions
from .test_two_runs import GROUP, RULES, SECURED

LESS = {"network": "prod", "groups": [{"key": GROUP, "vpc_id": "vpc-00000001", "absent_rules": RULES[1:]}]}
GONE = {
    "network": "prod",
    "interfaces": [{"interface_id": A1, "absent_groups": [GROUP], "source_dest_check": True}],
    "absent": [{"key": GROUP}],
}
WRITES = [
    ("CreateSecurityGroup", SECURED),
    ("AuthorizeSecurityGroupIngress", SECURED),
    ("ModifyNetworkInterfaceAttribute", SECURED),
    ("CreateTags", SECURED),
    ("RevokeSecurityGroupIngress", LESS),
    ("DeleteTags", GONE),
    ("DeleteSecurityGroup", GONE),
]
FAULTS: list[dict[str, Any]] = [
    {"kind": "lost"},
    {"kind": "failed", "code": "InternalError"},
    {"kind": "error", "code": "Unavailable"},
]


def comparable(aws: Running) -> Any:
    """Return the security groups and interfaces of AWS, with groups by name in place of ids."""
    state = aws.state()
    groups = [(one["name"], one["vpc_id"], len(one["ingress"])) for one in state["security_groups"]]
    names = {one["id"]: one["name"] for one in state["security_groups"]}
    carried = {
        one["id"]: (sorted(names[group] for group in one["security_group_ids"]), one["source_dest_check"], one["tags"])
        for one in state["network_interfaces"]
    }
    return sorted(groups), carried


def before(client: Any, wanted: dict[str, Any]) -> None:
    """Create the objects that a step needs."""
    if wanted is not SECURED:
        apply_changes(client, SECURED, False)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['kind']} {fault.get('code', '')}".strip())
@pytest.mark.parametrize(("action", "wanted"), WRITES, ids=[action for action, _wanted in WRITES])
def test_a_fault_is_survived(aws: Running, client: Any, action: str, wanted: dict[str, Any], fault: Any) -> None:
    before(client, wanted)
    apply_changes(client, wanted, False)
    undisturbed = comparable(aws)

    aws.reset()
    before(client, wanted)
    aws.faults([{"action": action, **fault}])
    assert apply_changes(client, wanted, False)["changed"] is True
    assert aws.pending_faults() == []
    assert comparable(aws) == undisturbed
    actions(aws)
    assert apply_changes(client, wanted, False)["changed"] is False
    assert actions(aws) == []


def test_a_creation_whose_outcome_stays_open_is_not_called_nothing(aws: Running, client: Any) -> None:
    aws.faults([{"action": "CreateSecurityGroup", "kind": "broken", "count": None}])
    with pytest.raises(SecurityError) as refused:
        apply_changes(client, SECURED, False)
    assert str(refused.value).endswith("EC2 may have carried out that request. Nothing else was changed.")
    assert refused.value.done == []


def test_a_name_that_others_have_taken_is_an_error(aws: Running, client: Any) -> None:
    name = "prod-aggregators-vpc-00000001"
    client.create_security_group(GroupName=name, Description="others", VpcId="vpc-00000001")
    with pytest.raises(SecurityError, match=r"InvalidGroup\.Duplicate: .* Nothing was changed"):
        apply_changes(client, SECURED, False)


def test_what_was_done_before_a_refusal_is_listed(aws: Running, client: Any) -> None:
    aws.faults([{"action": "Authorize.*", "code": "RulesPerSecurityGroupLimitExceeded"}])
    with pytest.raises(SecurityError, match=f"Done before: {GROUP}: made in vpc-00000001") as refused:
        apply_changes(client, SECURED, False)
    assert refused.value.done == [f"{GROUP}: made in vpc-00000001"]


def test_a_rule_that_another_run_has_added_is_left_and_the_others_are_added(aws: Running, client: Any) -> None:
    apply_changes(client, {"network": "prod", "groups": [{**SECURED["groups"][0], "rules": RULES[:1]}]}, False)
    work: list[Any] = []

    class Late:
        """The client, to which the group looks as it was before that run."""

        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def describe_security_groups(self, **params: Any) -> Any:
            found = client.describe_security_groups(**params)
            if not work:
                found["SecurityGroups"][0]["IpPermissions"] = []
            work.append(params)
            return found

    apply_changes(Late(), {"network": "prod", "groups": SECURED["groups"]}, False)
    (group,) = [one for one in aws.state()["security_groups"] if one["tags"]]
    assert len(group["ingress"]) == len(RULES)


class Meddled:
    """The client, before whose first revocation somebody takes one of the rules away, and another one's mark off."""

    def __init__(self, client: Any, number: str) -> None:
        self._client, self._number = client, number
        self.revocations = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def revoke_security_group_ingress(self, **params: Any) -> Any:
        self.revocations += 1
        if self.revocations == 1:
            theirs = {"GroupId": self._number, "IpPermissions": [TAKEN, KEPT]}
            self._client.revoke_security_group_ingress(**theirs)
            self._client.authorize_security_group_ingress(**{**theirs, "IpPermissions": [KEPT]})
        return self._client.revoke_security_group_ingress(**params)


TAKEN = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "192.0.2.1/32"}]}
KEPT = {"IpProtocol": "tcp", "FromPort": 2, "ToPort": 2, "IpRanges": [{"CidrIp": "192.0.2.1/32"}]}


def test_a_revocation_that_is_refused_whole_is_asked_for_again_without_what_is_gone(aws: Running, client: Any) -> None:
    """Check that a rule that has lost the collection's description meanwhile is kept."""
    rules = [{"protocol": "tcp", "from_port": n, "to_port": n, "source": "192.0.2.1/32"} for n in (1, 2, 3, 4)]
    given = {"key": GROUP, "vpc_id": "vpc-00000001"}
    apply_changes(client, {"network": "prod", "groups": [{**given, "rules": rules}]}, False)
    (group,) = [one for one in aws.state()["security_groups"] if one["tags"]]
    meddled = Meddled(client, group["id"])
    apply_changes(meddled, {"network": "prod", "groups": [{**given, "absent_rules": rules}]}, False)
    (group,) = [one for one in aws.state()["security_groups"] if one["tags"]]
    assert [rule["from_port"] for rule in group["ingress"]] == [2]
    assert meddled.revocations == 2
