# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NAT gateways, as the design reads them."""

from __future__ import annotations

from .._model.desired_network import DesiredNetwork
from .._model.names import TAG_KEY, TAG_NETWORK, public_subnet_key
from .._model.state import Cloud, NatGateway
from .client import Ec2Client, describe, describe_by, owned_by, tags_of, where

ALIVE = ("pending", "available")


def read_nat_gateways(client: Ec2Client, desired: DesiredNetwork, cloud: Cloud) -> None:
    """Read ours, and ours that have failed. All lie in public subnets of ours: without one nothing is asked."""
    prefix = public_subnet_key("", "").partition("/")[0] + "/"
    mine = [s for s in cloud.subnets.values() if s.tags.get(TAG_NETWORK) == desired.network]
    if not any(subnet.tags.get(TAG_KEY, "").startswith(prefix) for subnet in mine):
        return
    given = [*owned_by(desired.network), *where({"state": (*ALIVE, "failed")})]
    for item in describe(client, "describe_nat_gateways", Filter=given):
        addresses = [a["AllocationId"] for a in item.get("NatGatewayAddresses", []) if a.get("AllocationId")]
        failed = item.get("State") == "failed"
        reasons = (item.get("FailureCode") or "no code", item.get("FailureMessage") or "no reason given")
        found = NatGateway(
            id=item["NatGatewayId"],
            vpc_id=item["VpcId"],
            subnet_id=item["SubnetId"],
            tags=tags_of(item),
            allocation_id=addresses[0] if addresses else None,
            failure=": ".join(reasons) if failed else "",
        )
        if failed:
            cloud.failed_nat_gateways.append(found)
        else:
            cloud.nat_gateways[found.id] = found


def count_nat_gateways(client: Ec2Client, cloud: Cloud) -> None:
    """Count the NAT gateways of each zone, whosoever's they are: AWS limits them by zone."""
    counts: dict[str, int] = dict(cloud.nat_gateways_in or {})
    found = describe(client, "describe_nat_gateways", Filter=where({"state": (*ALIVE, "deleting")}))
    zones = {
        item["SubnetId"]: item["AvailabilityZone"]
        for item in describe_by(client, "describe_subnets", "subnet-id", {nat["SubnetId"] for nat in found})
    }
    for nat in found:
        zone = zones.get(nat["SubnetId"], "")
        counts[zone] = counts.get(zone, 0) + 1
    cloud.nat_gateways_in = counts
