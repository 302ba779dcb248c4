# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Default routes of others in the network's own route table of a space's gateway subnets.

A dead one is replaced by the run. One that lives takes the traffic of a translating gateway elsewhere, and is a problem
of each plan. Where no gateway of the space translates, the operator may have a reason for it: it is named, and left.
"""

from __future__ import annotations

from ..._model.desired_network import MASQUERADE, DesiredSpace
from ..._model.finding import Difference
from ..._model.names import (
    ANYWHERE,
    ANYWHERE_IPV6,
    TAG_KEY,
    egress_only_gateway_key,
    gateway_key,
    internet_gateway_key,
    nat_gateway_key,
    owned,
    route_table_key,
)
from ..._model.state import RouteTable
from ..context import Context


def judge_foreign_default_routes(wanted: DesiredSpace, has_nat: bool, ipv6: bool, context: Context) -> None:
    """Refuse default routes of others, or warn of them where no gateway of the space translates.

    `has_nat`: `gateway.routes` judges the route to a NAT gateway that is wanted.
    """
    desired, cloud, report = context.desired, context.cloud, context.report
    space, translates = wanted.key, has_nat or any(one.egress == MASQUERADE for one in wanted.gateways)
    key = route_table_key(space)
    table: RouteTable | None = owned(desired.network, key, cloud.route_tables.values())
    judged = [*([] if has_nat else [ANYWHERE]), *([ANYWHERE_IPV6] if ipv6 else [])]
    outer = owned(desired.network, internet_gateway_key(space), cloud.internet_gateways.values())
    own = _own_targets(space, context)
    for route in table.routes if table else ():
        if route.destination not in judged or route.state == "blackhole" or route.target in own:
            continue
        expected = f"the internet gateway {outer.id}" if outer else "the space's internet gateway"
        remedy = "Delete that route: the next run creates it. A VPC with routes of your own is adopted by vpc.id."
        about = Difference(
            "route",
            f"{key}/{route.destination}",
            f"target {outer.id if outer else internet_gateway_key(space)}",
            f"target {route.target}",
            "error" if translates else "warning",
            "bystander",
            space=space,
            remedy=remedy,
        )
        text = (
            f"space {space}: its route table {table.id if table else ''} ({key}) sends {route.destination} to "
            f"{route.target} (got {route.target}, expected {expected}): it is not replaced. {remedy}"
        )
        if translates:
            report.problem(text, about)
        else:
            report.warn(text, about)


def _own_targets(space: str, context: Context) -> set[str | None]:
    """Return the ids of the space's own targets of a default route, also of those that this run removes.

    A route to a gateway of the space is one of them: `gateway.routes` deletes it.
    """
    network, cloud = context.desired.network, context.cloud
    outer = owned(network, internet_gateway_key(space), cloud.internet_gateways.values())
    outward = owned(network, egress_only_gateway_key(space), cloud.egress_only_gateways.values())
    prefixes = nat_gateway_key(space, ""), gateway_key(space, "")
    nats = {number: one.tags.get(TAG_KEY, "") for number, one in cloud.nat_gateways.items()}
    keys = nats | {number: one.tags.get(TAG_KEY, "") for number, one in cloud.interfaces.items()}
    mine = (number for number, key in keys.items() if key.startswith(prefixes))
    return {*(one.id for one in (outer, outward) if one), *mine}
