# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPCs of the spaces.

Role `pwan_vpc` creates one by `owned_object` (present.yml), sets its DNS attributes and its IPv6 block by
amazon.aws.ec2_vpc_net, and deletes it by the same module (absent.yml), which reads tags and attributes each time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..._model.desired_network import DesiredNetwork
from ..._model.names import TAG_NETWORK
from ..._model.state import Cloud, Vpc
from ..client import Ec2Client, describe, describe_by, owned_by, tags_of
from ..kind import Call, Calls, Objects, after, kind


def _used(client: Ec2Client, objects: Objects) -> set[str]:
    """Return the VPCs that have a subnet or an internet gateway."""
    ids = [one["VpcId"] for one in objects]
    subnets = describe_by(client, "describe_subnets", "vpc-id", ids)
    gateways = describe_by(client, "describe_internet_gateways", "attachment.vpc-id", ids)
    attached = [attachment["VpcId"] for one in gateways for attachment in one.get("Attachments", [])]
    return {*(one["VpcId"] for one in subnets), *attached}


VPC = kind("vpc", "vpc", lambda cloud: cloud.vpcs, further_reads=("describe_vpc_attribute",), used=_used)
_READ = (Call("describe_vpc_attribute", (VPC.ours,)), Call("describe_tags"))
CALLS: Calls = {
    ("vpc", "create"): (
        *_READ,
        VPC.creation().dry_run(CidrBlock=after("cidr")),
        Call("modify_vpc_attribute", (VPC.ours,)),
    ),
    ("vpc", "update"): (*_READ, Call("associate_vpc_cidr_block", (VPC.ours,))),
    ("vpc", "delete"): (_READ[0], VPC.deletion()),
}


def read_vpcs(client: Ec2Client, desired: DesiredNetwork, cloud: Cloud) -> None:
    """Read the network's VPCs, and those that spaces adopt."""
    adopted = [space.vpc.id for space in desired.spaces if space.vpc and space.vpc.id]
    found = describe(client, VPC.listing, Filters=owned_by(desired.network))
    found += describe_by(client, VPC.listing, "vpc-id", adopted)
    for item in found:
        cloud.vpcs[item["VpcId"]] = vpc_of(item)


def vpc_of(item: Mapping[str, Any]) -> Vpc:
    """Return a VPC out of an answer to DescribeVpcs."""
    return Vpc(
        id=item["VpcId"],
        cidrs=tuple(b["CidrBlock"] for b in associated_blocks(item, "CidrBlock")) or (item["CidrBlock"],),
        tags=tags_of(item),
        ipv6=bool(associated_blocks(item, "Ipv6CidrBlock")),
    )


def associated_blocks(item: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the blocks of a VPC or a subnet, but for those that were taken away, which EC2 shows for a while."""
    gone = ("disassociating", "disassociated", "failing", "failed")
    blocks: list[Mapping[str, Any]] = item.get(f"{name}AssociationSet", [])
    return [one for one in blocks if one.get(f"{name}State", {}).get("State") not in gone]


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
