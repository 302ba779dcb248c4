# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Internet gateways, and egress-only ones, of the spaces' VPCs.

Role `pwan_vpc` creates both by `owned_object` (present.yml), attaches, detaches and deletes the first by
amazon.aws.ec2_vpc_igw (present.yml, absent.yml), and deletes the others by amazon.aws.ec2_vpc_egress_igw
(delete_egress_only_gateway.yml).
"""

from __future__ import annotations

from ..._model.desired_network import NAT, DesiredNetwork
from ..._model.names import TAG_NETWORK
from ..._model.state import Cloud, EgressOnlyGateway, InternetGateway
from ..client import Ec2Client, describe, owned_by, tags_of
from ..kind import Call, Calls, in_use_with, kind, parent_of
from .subnet import public_subnets_of
from .vpc import VPC

INTERNET_GATEWAY = kind(
    "internet_gateway",
    "igw",
    lambda cloud: cloud.internet_gateways,
    used=in_use_with("Attachments", "InternetGatewayId"),
)
# which of two is in use EC2 does not tell: they are in two VPCs
EGRESS_ONLY_GATEWAY = kind(
    "egress_only_internet_gateway", "eigw", lambda cloud: cloud.egress_only_gateways, one_a_vpc=True
)
_BOTH = (INTERNET_GATEWAY.ours, VPC.ours)
CALLS: Calls = {
    ("internet_gateway", "create"): (
        INTERNET_GATEWAY.creation().dry_run(),
        Call("attach_internet_gateway", _BOTH),
    ),
    ("internet_gateway", "delete"): (Call("detach_internet_gateway", _BOTH), INTERNET_GATEWAY.deletion()),
    ("egress_only_internet_gateway", "create"): (
        EGRESS_ONLY_GATEWAY.creation(VPC.ours).dry_run(VpcId=VPC.id_by(parent_of)),
    ),
    ("egress_only_internet_gateway", "delete"): (EGRESS_ONLY_GATEWAY.deletion(),),
}


def read_internet_gateways(client: Ec2Client, desired: DesiredNetwork, cloud: Cloud) -> None:
    """Read the network's internet gateways."""
    for item in describe(client, INTERNET_GATEWAY.listing, Filters=owned_by(desired.network)):
        attached = item.get("Attachments") or [{}]
        cloud.internet_gateways[item["InternetGatewayId"]] = InternetGateway(
            item["InternetGatewayId"], attached[0].get("VpcId"), tags_of(item)
        )


def read_egress_only_gateways(client: Ec2Client, desired: DesiredNetwork, cloud: Cloud) -> None:
    """Read the network's egress-only gateways, and others in its VPCs: EC2 allows one for each VPC.

    EC2 has no filter by VPC, so that one request lists all. Where no VPC of ours has IPv6, or nothing leads to one or
    asks for one, EC2 is not asked.
    """
    mine = {vpc.id for vpc in cloud.vpcs.values() if vpc.ipv6 and vpc.tags.get(TAG_NETWORK) == desired.network}
    routes = [route for table in cloud.route_tables.values() if table.vpc_id in mine for route in table.routes]
    if not mine or not (
        desired.absent
        or any((route.target or "").startswith("eigw-") for route in routes)
        # a run that was killed has deleted neither: public subnets go last
        or any(subnet.vpc_id in mine for subnet in public_subnets_of(desired.network, cloud))
        or any(s.vpc and s.vpc.ipv6 and any(g.egress == NAT for g in s.gateways) for s in desired.spaces)
    ):
        return
    for item in describe(client, EGRESS_ONLY_GATEWAY.listing):
        number, attached = item["EgressOnlyInternetGatewayId"], item.get("Attachments") or [{}]
        found = EgressOnlyGateway(number, attached[0].get("VpcId", ""), tags_of(item))
        if found.vpc_id in mine or found.tags.get(TAG_NETWORK) == desired.network:
            cloud.egress_only_gateways[number] = found
