# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surroundings of a network on AWS, which an audit reads: the aggregators' own VPCs, their security groups, DNS.

DescribeVpcAttribute is asked for each VPC and each of its two attributes: EC2 has no listing of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .._model.state import Instance
from .._model.surroundings import Surroundings
from .client import Ec2Client, call, describe_by
from .resources.route_table import read_route_tables
from .resources.security_group import SECURITY_GROUP, group_of

DNS = (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames"))
"""Attributes of a VPC, by their names in the request and in the answer."""


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
