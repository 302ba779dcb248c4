# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removal of the VPCs of spaces, with all in them that is ours."""

from __future__ import annotations

from ..._model.desired_network import DesiredNetwork
from ..._model.names import (
    TAG_KEY,
    TAG_NETWORK,
    all_owned,
    internet_gateway_key,
    public_table_key,
    route_table_key,
    vpc_key,
)
from ..._model.plan import Design, Placement
from ..._model.role_inputs import VpcInput
from ..._model.state import Cloud, RouteTable, Vpc
from ..._objects import Change
from ..context import Context
from .egress_only import delete_egress_only_gateways
from .vpcs import PART


def design_vpc_removal(context: Context) -> None:
    """Delete every VPC with our tags that no space wants, also of spaces that the server or the inventory lost."""
    desired = context.desired
    named = {space.key for space in desired.spaces if space.vpc and not space.vpc.id}
    prefix = vpc_key("")
    mine = [o for o in context.cloud.vpcs.values() if o.tags.get(TAG_NETWORK) == desired.network]
    for vpc in sorted(mine, key=lambda vpc: vpc.tags.get(TAG_KEY, "")):
        space = vpc.tags.get(TAG_KEY, "").removeprefix(prefix)
        if not desired.absent and space in named:
            continue
        if not (desired.absent or desired.prune):
            context.report.keep(
                f"The VPC {vpc.id} ({vpc_key(space)}) is wanted by no space of bonding_spaces any more. It is kept; "
                "bonding_prune: true removes it."
            )
            continue
        _removal_items(vpc, space, desired, context.cloud, context.design)


def _removal_items(vpc: Vpc, space: str, desired: DesiredNetwork, cloud: Cloud, design: Design) -> None:
    common = Placement("remove", PART)
    network, key = desired.network, vpc_key(space)
    subnets = [s for s in cloud.subnets.values() if s.vpc_id == vpc.id and s.tags.get(TAG_NETWORK) == network]
    for subnet in sorted(subnets, key=lambda s: s.cidr):
        before = {"cidr": subnet.cidr, "zone": subnet.zone}
        design.aws(Change("delete", "subnet", key, subnet.tags[TAG_KEY], before), common)
    for table in _tables(vpc, space, network, cloud):
        design.aws(Change("delete", "route_table", key, table.tags[TAG_KEY], before={"id": table.id}), common)
    # one that is attached nowhere goes with the first VPC of the space
    first = not any(work.space == space for work in design.vpcs["remove"])
    for gateway in all_owned(network, internet_gateway_key(space), cloud.internet_gateways.values()):
        if gateway.vpc_id == vpc.id or (gateway.vpc_id is None and first):
            before = {"id": gateway.id}
            design.aws(Change("delete", "internet_gateway", key, internet_gateway_key(space), before), common)
    inside = (one for one in cloud.egress_only_gateways.values() if one.vpc_id == vpc.id)
    delete_egress_only_gateways(space, (one for one in inside if one.tags.get(TAG_NETWORK) == network), design)
    design.aws(Change("delete", "vpc", "", key, before={"id": vpc.id, "cidr": vpc.cidrs[0]}), common)
    if first:  # the role deletes all that carries the space's keys
        design.vpcs["remove"].append(
            VpcInput(network=network, space=space, cidr=vpc.cidrs[0], ipv6=vpc.ipv6, remove=True)
        )


def _tables(vpc: Vpc, space: str, network: str, cloud: Cloud) -> list[RouteTable]:
    """Return the route tables of ours in a space's VPC."""
    inside = [table for table in cloud.route_tables.values() if table.vpc_id == vpc.id]
    mine = [table for table in inside if table.tags.get(TAG_NETWORK) == network]
    public = public_table_key(space, "")
    found = [t for t in mine if t.tags[TAG_KEY] == route_table_key(space) or t.tags[TAG_KEY].startswith(public)]
    return sorted(found, key=lambda table: table.tags[TAG_KEY])
