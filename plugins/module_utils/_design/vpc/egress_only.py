# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IPv6 default route of a space's gateway subnets, and the egress-only internet gateway.

A NAT gateway carries IPv4 alone. Beside one, IPv6 leaves by an egress-only internet gateway: out, and nothing in, as
IPv4 does. Without one, `::/0` leads to the internet gateway.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..._model.desired_network import DesiredNetwork, Report
from ..._model.names import (
    ANYWHERE_IPV6,
    egress_only_gateway_key,
    internet_gateway_key,
    owned,
    route_table_key,
    tags,
    vpc_key,
)
from ..._model.plan import KNOWN_AFTER_APPLY, Design, Placement
from ..._model.state import Cloud, EgressOnlyGateway, InternetGateway, Route, RouteTable
from ..._objects import Change
from ..context import Context

KIND = "egress_only_internet_gateway"
_ADD = Placement("add", "private_wan")


def _found(space: str, desired: DesiredNetwork, cloud: Cloud) -> EgressOnlyGateway | None:
    found: EgressOnlyGateway | None = owned(
        desired.network, egress_only_gateway_key(space), cloud.egress_only_gateways.values()
    )
    return found


def _route(space: str, desired: DesiredNetwork, cloud: Cloud) -> Route | None:
    """Return the IPv6 default route of the gateway subnets."""
    table: RouteTable | None = owned(desired.network, route_table_key(space), cloud.route_tables.values())
    return next((one for one in table.routes if one.destination == ANYWHERE_IPV6), None) if table else None


def leads_out(space: str, desired: DesiredNetwork, cloud: Cloud) -> bool:
    """Return True if the IPv6 default route leads to the space's egress-only internet gateway."""
    route, found = _route(space, desired, cloud), _found(space, desired, cloud)
    return bool(route and found and route.target == found.id)


def _check_vpc(space: str, desired: DesiredNetwork, cloud: Cloud, report: Report) -> None:
    """Report an egress-only internet gateway of others in the space's VPC, beside which EC2 refuses one of ours.

    "You can attach only one egress-only internet gateway to a VPC at a time" (Amazon VPC quotas, "Gateways").
    """
    vpc = owned(desired.network, vpc_key(space), cloud.vpcs.values())
    others = [one.id for one in cloud.egress_only_gateways.values() if vpc and one.vpc_id == vpc.id]
    if vpc and others:
        report.problem(
            f"bonding_spaces.{space}: VPC {vpc.id} has the egress-only internet gateway {others[0]}, which is not of "
            f"network '{desired.network}' (EC2 allows one a VPC; expected none, or one with the tag "
            f"bonded.internet/key {egress_only_gateway_key(space)}). Delete it, or take another egress than "
            "nat_gateway."
        )


def ipv6_items(space: str, outward: bool, gateway: InternetGateway | None, context: Context) -> None:
    """Add items for the IPv6 default route, and with `outward` for the egress-only internet gateway.

    `gateway` is the internet gateway. From it the route moves in the first phase: the egress-only internet gateway
    has been created by then, and EC2 replaces the route in one call.
    """
    desired, cloud, design = context.desired, context.cloud, context.design
    key, found, route = egress_only_gateway_key(space), _found(space, desired, cloud), _route(space, desired, cloud)
    if outward and found is None:
        _check_vpc(space, desired, cloud, context.report)
        after: dict[str, Any] = {"tags": tags(desired.network, key)}
        design.aws(Change("create", KIND, vpc_key(space), key, after=after), _ADD)
    target = found if outward else gateway
    after = {"target": target.id if target else KNOWN_AFTER_APPLY}
    if route is None:
        design.aws(Change("create", "route", route_table_key(space), ANYWHERE_IPV6, after=after), _ADD)
        return
    moves = outward and gateway is not None and route.target == gateway.id
    # the target of a dead route is gone (an internet gateway made anew, a gateway deleted by hand)
    if moves or (route.state == "blackhole" and not (target and route.target == target.id)):
        text = "connections from the Internet to IPv6 addresses of the VPC: nothing comes in any more"
        design.aws(
            Change("update", "route", route_table_key(space), ANYWHERE_IPV6, {"target": route.target}, after),
            _ADD.interrupting(text if moves and route.state != "blackhole" else ""),
        )


def remove_egress_only_gateway(space: str, desired: DesiredNetwork, cloud: Cloud, design: Design) -> bool:
    """Add items that return the route to the internet gateway and delete the egress-only one; False if none is there.

    Addresses stay as they are, and the internet gateway keeps no state: no connection is interrupted.
    """
    found = _found(space, desired, cloud)
    if found is None:
        return False
    if leads_out(space, desired, cloud):
        gateway = owned(desired.network, internet_gateway_key(space), cloud.internet_gateways.values())
        before, after = {"target": found.id}, {"target": gateway.id if gateway else KNOWN_AFTER_APPLY}
        change = Change("update", "route", route_table_key(space), ANYWHERE_IPV6, before, after)
        design.aws(change, _ADD.in_phase("remove"))
    delete_egress_only_gateways(space, [found], design)
    return True


def delete_egress_only_gateways(space: str, gateways: Iterable[EgressOnlyGateway], design: Design) -> None:
    """Add an item that deletes each egress-only internet gateway."""
    for one in gateways:
        key = egress_only_gateway_key(space)
        design.aws(Change("delete", KIND, vpc_key(space), key, {"id": one.id}), _ADD.in_phase("remove"))
