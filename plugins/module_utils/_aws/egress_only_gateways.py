# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Egress-only internet gateways, as the design reads them."""

from __future__ import annotations

from .._model.desired_network import NAT, DesiredNetwork
from .._model.names import TAG_KEY, TAG_NETWORK, public_subnet_key
from .._model.state import Cloud, EgressOnlyGateway
from .client import Ec2Client, describe, tags_of

PUBLIC = public_subnet_key("", "").partition("/")[0] + "/"


def read_egress_only_gateways(client: Ec2Client, desired: DesiredNetwork, cloud: Cloud) -> None:
    """Return the network's egress-only gateways, and others in its VPCs: EC2 allows one for each VPC.

    EC2 has no filter by VPC, so that one request lists all. Where no VPC of ours has IPv6, or nothing leads to one or
    asks for one, EC2 is not asked.
    """
    mine = {vpc.id for vpc in cloud.vpcs.values() if vpc.ipv6 and vpc.tags.get(TAG_NETWORK) == desired.network}
    routes = [route for table in cloud.route_tables.values() if table.vpc_id in mine for route in table.routes]
    if not mine or not (
        desired.absent
        or any((route.target or "").startswith("eigw-") for route in routes)
        # a run that was killed has deleted neither: public subnets go last
        or any(s.vpc_id in mine and s.tags.get(TAG_KEY, "").startswith(PUBLIC) for s in cloud.subnets.values())
        or any(s.vpc and s.vpc.ipv6 and any(g.egress == NAT for g in s.gateways) for s in desired.spaces)
    ):
        return
    for item in describe(client, "describe_egress_only_internet_gateways"):
        number, attached = item["EgressOnlyInternetGatewayId"], item.get("Attachments") or [{}]
        found = EgressOnlyGateway(number, attached[0].get("VpcId", ""), tags_of(item))
        if found.vpc_id in mine or found.tags.get(TAG_NETWORK) == desired.network:
            cloud.egress_only_gateways[number] = found
