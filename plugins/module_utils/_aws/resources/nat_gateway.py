# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NAT gateways.

Role `pwan_gateway` creates one by amazon.aws.ec2_vpc_nat_gateway (create_nat_gateway.yml) and deletes it by the same
module, which reads tags (delete_nat_gateway.yml). amazon.aws deletes only those that are there or are being made: those
that EC2 could not make, which carry nothing and hold no address, `failed_nat_gateway` deletes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._model.desired_network import NAT, DesiredNetwork
from ..._model.names import TAG_KEY
from ..._model.state import Cloud, NatGateway
from ..client import AwsRefusal, Ec2Client, Ec2Error, call, describe, describe_by, owned_by, tags_of, where
from ..executor import done_before, readable
from ..kind import Call, Calls, kind
from .elastic_ip import ELASTIC_IP
from .subnet import SUBNET, public_subnets_of

NAT_GATEWAY = kind("nat_gateway", "nat", lambda cloud: cloud.nat_gateways, resource="natgateway")
CALLS: Calls = {
    ("nat_gateway", "create"): (NAT_GATEWAY.creation(SUBNET.ours, ELASTIC_IP.ours),),
    ("nat_gateway", "delete"): (Call("describe_tags"), NAT_GATEWAY.deletion()),
}


ALIVE = ("pending", "available")


def read_nat_gateways(client: Ec2Client, desired: DesiredNetwork, cloud: Cloud) -> None:
    """Read ours, and ours that have failed. All lie in public subnets of ours: without one nothing is asked.

    Of adopted VPCs read the operator's, if a gateway in one leaves by them.
    """
    adopted = {s.vpc.id for s in desired.spaces if s.vpc and s.vpc.id and any(g.egress == NAT for g in s.gateways)}
    for item in describe_by(client, NAT_GATEWAY.listing, "vpc-id", adopted):
        if item.get("State") in ALIVE:
            cloud.adopted_nat_gateways[item["NatGatewayId"]] = nat_gateway_of(item)
    if not public_subnets_of(desired.network, cloud):
        return
    given = [*owned_by(desired.network), *where({"state": (*ALIVE, "failed")})]
    for item in describe(client, NAT_GATEWAY.listing, Filter=given):
        found = nat_gateway_of(item)
        if found.failure:
            cloud.failed_nat_gateways.append(found)
        else:
            cloud.nat_gateways[found.id] = found


def nat_gateway_of(item: Mapping[str, Any]) -> NatGateway:
    """Return a NAT gateway out of an answer to DescribeNatGateways."""
    addresses = [a["AllocationId"] for a in item.get("NatGatewayAddresses", []) if a.get("AllocationId")]
    reasons = (item.get("FailureCode") or "no code", item.get("FailureMessage") or "no reason given")
    return NatGateway(
        id=item["NatGatewayId"],
        vpc_id=item["VpcId"],
        subnet_id=item["SubnetId"],
        tags=tags_of(item),
        allocation_id=addresses[0] if addresses else None,
        failure=": ".join(reasons) if item.get("State") == "failed" else "",
    )


def count_nat_gateways(client: Ec2Client, cloud: Cloud) -> None:
    """Count all NAT gateways of each zone, also those of others: AWS limits them by zone."""
    counts: dict[str, int] = dict(cloud.nat_gateways_in or {})
    found = describe(client, NAT_GATEWAY.listing, Filter=where({"state": (*ALIVE, "deleting")}))
    zones = {
        item["SubnetId"]: item["AvailabilityZone"]
        for item in describe_by(client, SUBNET.listing, "subnet-id", {nat["SubnetId"] for nat in found})
    }
    for nat in found:
        zone = zones.get(nat["SubnetId"], "")
        counts[zone] = counts.get(zone, 0) + 1
    cloud.nat_gateways_in = counts


def delete_failed(client: Ec2Client, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Return the result of the module failed_nat_gateway. Raises AwsRefusal and Ec2Error."""
    given = [*owned_by(params["network"]), *where({f"tag:{TAG_KEY}": params["key"], "state": "failed"})]
    found = sorted(describe(client, NAT_GATEWAY.listing, Filter=given), key=lambda one: str(one["NatGatewayId"]))
    done: list[str] = []
    for one in found:
        number = str(one["NatGatewayId"])
        try:
            if not check_mode:
                call(client, NAT_GATEWAY.delete, what=f"{params['key']} ({number})", NatGatewayId=number)
        except Ec2Error as error:
            if error.code != "NatGatewayNotFound":  # EC2 deletes it by itself, too
                unclear = error.may_have_changed
                text = f"{readable(error)} {done_before(done, unclear)}"
                raise AwsRefusal(text, done, error.code, unclear) from error
        done.append(f"{params['key']}: deleted {number}")
    return {"changed": bool(found), "deleted": [_shown(one) for one in found]}


def _shown(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": found["NatGatewayId"],
        "code": found.get("FailureCode", ""),
        "message": found.get("FailureMessage", ""),
    }
