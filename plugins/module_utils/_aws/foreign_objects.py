# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of others in VPCs and subnets that the plan deletes."""

from __future__ import annotations

from collections.abc import Collection

from .._model.names import TAG_NETWORK
from .client import Ec2Client, describe_by, tags_of


def foreign_objects_in(client: Ec2Client, network: str, vpc_ids: Collection[str]) -> dict[str, list[str]]:
    """Return the interfaces and the security groups that are not the network's, by VPC and subnet. Raises Ec2Error.

    A NAT gateway's interface goes with it, and a VPC's own group with the VPC.
    """
    found: dict[str, list[str]] = {}
    for item in describe_by(client, "describe_network_interfaces", "vpc-id", vpc_ids):
        if tags_of(item).get(TAG_NETWORK) == network or item.get("InterfaceType") == "nat_gateway":
            continue
        text = f"network interface {item['NetworkInterfaceId']} ({item.get('Description') or 'no description'})"
        found.setdefault(item["SubnetId"], []).append(text)
        found.setdefault(item["VpcId"], []).append(text)
    for item in describe_by(client, "describe_security_groups", "vpc-id", vpc_ids):
        if tags_of(item).get(TAG_NETWORK) != network and item["GroupName"] != "default":
            found.setdefault(item["VpcId"], []).append(f"security group {item['GroupId']} ({item['GroupName']})")
    return found
