# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our security groups and checks as AWS has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._model.desired_network import DesiredNetwork
from .._model.names import TAG_CHECK
from .._model.state import SELF, Cloud, Rule, SecurityGroup
from .client import Ec2Client, describe, owned_by, tags_of, where

OURS = "bonded.internet"
"""The description of the rules that we make: a rule of a group has no tags in DescribeSecurityGroups."""


def read_security(
    client: Ec2Client, desired: DesiredNetwork, cloud: Cloud, some_check_is_off: bool, some_group_is_carried: bool
) -> None:
    """Read groups only where they are asked for, taken down or carried; checks switched off only where one is off."""
    if desired.security_groups or desired.absent or desired.prune or some_group_is_carried:
        for item in describe(client, "describe_security_groups", Filters=owned_by(desired.network)):
            cloud.groups[item["GroupId"]] = group_of(item)
    if some_check_is_off:
        mark = where({f"tag:{TAG_CHECK}": f"{desired.network}:true"})
        found = describe(client, "describe_network_interfaces", Filters=mark)
        cloud.checked_before |= {item["NetworkInterfaceId"] for item in found}


def group_of(item: Mapping[str, Any]) -> SecurityGroup:
    """A group of DescribeSecurityGroups."""
    rules = list(_rules(item))
    return SecurityGroup(
        id=item["GroupId"],
        vpc_id=item["VpcId"],
        tags=tags_of(item),
        rules=frozenset(rule for rule, _ours in rules),
        own=frozenset(rule for rule, owned_by_network in rules if owned_by_network),
    )


def _rules(item: Mapping[str, Any]) -> Iterator[tuple[Rule, bool]]:
    """Each rule that lets IPv4 in, and whether it is ours."""
    for permission in item.get("IpPermissions", []):
        protocol = permission["IpProtocol"]
        low, high = (None, None) if protocol == "-1" else (permission.get("FromPort"), permission.get("ToPort"))
        for source in permission.get("IpRanges", []):
            yield Rule(protocol, low, high, source["CidrIp"]), source.get("Description") == OURS
        for source in permission.get("UserIdGroupPairs", []):
            inside = SELF if source.get("GroupId") == item["GroupId"] else str(source.get("GroupId"))
            yield Rule(protocol, low, high, inside), source.get("Description") == OURS


def permission_of(rule: Mapping[str, Any], group_id: str) -> dict[str, Any]:
    """A RULE of module aggregator_security as EC2 takes it."""
    permission: dict[str, Any] = {"IpProtocol": rule["protocol"]}
    if rule.get("from_port") is not None:
        permission |= {"FromPort": rule["from_port"], "ToPort": rule["to_port"]}
    if rule["source"] == SELF:
        return permission | {"UserIdGroupPairs": [{"GroupId": group_id, "Description": OURS}]}
    return permission | {"IpRanges": [{"CidrIp": rule["source"], "Description": OURS}]}
