# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether EC2 would let the plan's requests pass, asked by dry runs. Private to the collection.

A dry run needs the ids of what it acts on: so only what can be asked before anything is made, each action once
(AssignPrivateIpAddresses knows none).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .._design.items import Item
from .._design.naming import tags
from ._ec2 import NOT_ALLOWED, Ec2Client, Ec2Error, as_tags, call

ALLOWED = "DryRunOperation"


def dry_runs(items: Iterable[Item], network: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(method of boto3, parameters) of one request for each action."""
    first: dict[str, Item] = {}
    for item in items:
        if item.system == "aws" and item.verb == "create":
            first.setdefault(item.kind, item)

    def tagged(kind: str, item: Item) -> dict[str, Any]:
        return {"TagSpecifications": [{"ResourceType": kind, "Tags": as_tags(tags(network, item.key))}]}

    for kind, item in first.items():
        after = item.after or {}
        if kind == "elastic_ip":
            yield "allocate_address", {"Domain": "vpc", **tagged("elastic-ip", item)}
        elif kind == "vpc":
            yield "create_vpc", {"CidrBlock": after["cidr"], **tagged("vpc", item)}
        elif kind == "internet_gateway":
            yield "create_internet_gateway", tagged("internet-gateway", item)
        elif kind == "security_group" and item.parent.startswith("vpc-"):
            name = {"GroupName": f"{network}-dry-run", "Description": "dry run", "VpcId": item.parent}
            yield "create_security_group", {**name, **tagged("security-group", item)}


def missing_rights(client: Ec2Client, items: Iterable[Item], network: str) -> list[str]:
    """A sentence for each request that EC2 would deny. Raises Ec2Error for any other answer than yes or no."""
    missing = []
    for method, params in dry_runs(items, network):
        try:
            call(client, method, DryRun=True, **params)
        except Ec2Error as error:
            if error.code in NOT_ALLOWED:
                missing.append(str(error))
            elif error.code != ALLOWED:
                raise
    return missing
