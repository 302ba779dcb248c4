# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surroundings of a network on AWS, which an audit reads: the aggregators' own VPCs, their security groups, DNS.

DescribeVpcAttribute is asked for each VPC and each of its two attributes: EC2 has no listing of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from .._model.state import Instance
from .._model.surroundings import InstanceStatus, ScheduledEvent, Surroundings
from .client import Ec2Client, call, describe, describe_by
from .resources.route_table import read_route_tables
from .resources.security_group import SECURITY_GROUP, group_of

DNS = (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames"))
"""Attributes of a VPC, by their names in the request and in the answer."""

STATUS_IDS = 100
OVER = ("[Completed]", "[Canceled]")


def read_surroundings(
    client: Ec2Client, instances: Collection[Instance], vpcs: Iterable[str], around: Surroundings
) -> None:
    """Read what surrounds the instances of one region. Raises Ec2Error.

    :param vpcs: the ids of the VPCs that the network has created there
    """
    read_route_tables(client, {one.vpc_id for one in instances}, around.tables)
    groups = {group for one in instances for group in one.groups}
    for item in describe_by(client, SECURITY_GROUP.listing, "group-id", groups):
        around.groups[item["GroupId"]] = group_of(item)
        if any(permission.get("PrefixListIds") for permission in item.get("IpPermissions", [])):
            around.unclear_groups.add(item["GroupId"])
    for number in vpcs:
        values = []
        for attribute, name in DNS:
            answer = call(client, "describe_vpc_attribute", what=number, VpcId=number, Attribute=attribute)
            values.append(bool(answer[name]["Value"]))
        around.dns[number] = (values[0], values[1])


def read_statuses(client: Ec2Client, instances: Iterable[Instance], around: Surroundings) -> None:
    """Read the status checks of the running instances of one region. Raises Ec2Error.

    DescribeInstanceStatus has no filter by id, and takes at most 100 ids.
    """
    ids = sorted(one.id for one in instances if one.state == "running")
    for start in range(0, len(ids), STATUS_IDS):
        for item in describe(client, "describe_instance_status", InstanceIds=ids[start : start + STATUS_IDS]):
            around.statuses[item["InstanceId"]] = InstanceStatus(
                instance=item.get("InstanceStatus", {}).get("Status", "ok"),
                system=item.get("SystemStatus", {}).get("Status", "ok"),
                events=tuple(_events(item)),
            )


def _events(item: Mapping[str, Any]) -> Iterator[ScheduledEvent]:
    """Yield the events to come: EC2 goes on to list one that is over for up to a week."""
    for event in item.get("Events", []):
        if not str(event.get("Description", "")).startswith(OVER):
            begins = event.get("NotBefore")
            yield ScheduledEvent(event["Code"], begins.isoformat() if begins else "a time that EC2 does not tell")
