# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subnets: of gateways, of NAT gateways, and those of the aggregators.

Role `pwan_vpc` creates and deletes them by amazon.aws.ec2_vpc_subnet (present.yml, absent.yml).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._model.desired_network import DesiredNetwork
from ..._model.names import TAG_KEY, TAG_NETWORK, public_subnet_key
from ..._model.state import Cloud, Subnet
from ..client import Ec2Client, describe, describe_by, tags_of
from ..kind import Call, Calls, after, kind, parent_of
from .vpc import VPC, associated_blocks

SUBNET = kind("subnet", "subnet", lambda cloud: cloud.subnets, further_reads=("get_subnet_cidr_reservations",))
_GIVE_IPV6 = Call("modify_subnet_attribute", (SUBNET.ours,), when=after("ipv6"))
_CREATE = SUBNET.creation(VPC.ours)
CALLS: Calls = {
    ("subnet", "create"): (
        _CREATE.dry_run(VpcId=VPC.id_by(parent_of), CidrBlock=after("cidr"), AvailabilityZone=after("zone")),
        _GIVE_IPV6,
    ),
    ("subnet", "update"): (Call("associate_subnet_cidr_block", (SUBNET.ours,)), _GIVE_IPV6),
    ("subnet", "delete"): (SUBNET.deletion(),),
}

PUBLIC = public_subnet_key("", "").partition("/")[0] + "/"


def read_subnets(client: Ec2Client, desired: DesiredNetwork, cloud: Cloud) -> None:
    """Read the subnets of our VPCs, of the fleet's ones, and (seldom, and only then asked for) those of gateways."""
    everywhere = {*cloud.vpcs, *(instance.vpc_id for instance in cloud.instances.values())}
    found = describe_by(client, SUBNET.listing, "vpc-id", everywhere)
    given = {gateway.subnet_id for space in desired.spaces for gateway in space.gateways if gateway.subnet_id}
    missing = given - {item["SubnetId"] for item in found}
    for item in found + describe_by(client, SUBNET.listing, "subnet-id", missing):
        if item.get("CidrBlock"):  # one with IPv6 alone has none, and nothing of ours
            cloud.subnets[item["SubnetId"]] = subnet_of(item)


def subnet_of(item: Mapping[str, Any]) -> Subnet:
    """Return a subnet out of an answer to DescribeSubnets."""
    return Subnet(
        id=item["SubnetId"],
        vpc_id=item["VpcId"],
        cidr=item["CidrBlock"],
        zone=item["AvailabilityZone"],
        tags=tags_of(item),
        free=item.get("AvailableIpAddressCount"),
        ipv6=any(
            block.get("Ipv6CidrBlockState", {}).get("State") == "associated"
            for block in associated_blocks(item, "Ipv6CidrBlock")
        ),
    )


def public_subnets_of(network: str, cloud: Cloud) -> list[Subnet]:
    """Return the network's public subnets, in which its NAT gateways lie."""
    mine = [subnet for subnet in cloud.subnets.values() if subnet.tags.get(TAG_NETWORK) == network]
    return [subnet for subnet in mine if subnet.tags.get(TAG_KEY, "").startswith(PUBLIC)]


def reserved_in(client: Ec2Client, subnet_id: str) -> tuple[str, ...]:
    """Return the IPv4 networks that are reserved in a subnet. Raises Ec2Error.

    EC2 takes no address out of these CIDR reservations by itself, and neither does the collection. An address that the
    operator gives may lie in one: it may have been reserved for that.
    """
    listed = describe(client, "get_subnet_cidr_reservations", SubnetId=subnet_id)
    return tuple(sorted(item["Cidr"] for item in listed if ":" not in item["Cidr"]))
