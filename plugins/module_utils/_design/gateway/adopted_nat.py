# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NAT gateways in adopted VPCs: the operator's, as the subnets and route tables there.

No run makes, changes or deletes one. The route table of the gateway's subnet says which one serves the gateway.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..._model.desired_network import NAT, DesiredGateway, DesiredSpace, Report
from ..._model.finding import Difference
from ..._model.names import ANYWHERE
from ..._model.state import Cloud, NatGateway, Route, RouteTable
from ..context import Context
from .gateways import Gateway
from .routes import tables_of


def check_adopted_options(space: DesiredSpace, wanted: DesiredGateway, what: str, report: Report) -> None:
    """Refuse options of a NAT gateway's Elastic IP where the NAT gateway is the operator's."""
    given = [name for name in ("public_ip", "pool") if getattr(wanted, name)]
    if given and space.vpc:
        report.problem(
            f"{what}: {' and '.join(given)} with egress: nat_gateway in the adopted VPC {space.vpc.id}: the NAT "
            f"gateway there is your own, and keeps its address. Leave {' and '.join(given)} out."
        )


def table_of_subnet(subnet_id: str | None, cloud: Cloud) -> RouteTable | None:
    """Return the route table of a subnet: the one that names it, else the main one of its VPC."""
    subnet = cloud.subnets.get(subnet_id or "")
    tables = [table for table in cloud.route_tables.values() if subnet and table.vpc_id == subnet.vpc_id]
    named = next((table for table in tables if subnet and subnet.id in table.subnet_ids), None)
    return named or next((table for table in tables if table.main), None)


def adopted_nat(subnet_id: str | None, cloud: Cloud) -> NatGateway | None:
    """Return the NAT gateway that the default route of a subnet leads to."""
    route = _default_route(table_of_subnet(subnet_id, cloud))
    return cloud.adopted_nat_gateways.get(route.target or "") if route and route.state == "active" else None


def _default_route(table: RouteTable | None) -> Route | None:
    return next((one for one in table.routes if one.destination == ANYWHERE), None) if table else None


def check_adopted_nats(gateways: Iterable[Gateway], context: Context) -> None:
    """Refuse a gateway whose subnet leads to no NAT gateway, or whose answers would not find back."""
    for gateway in gateways:
        if not gateway.wants_nat or gateway.makes_nat:
            continue
        nat = adopted_nat(gateway.desired.subnet_id, context.cloud)
        if nat is None:
            _refuse_route(gateway, context)
        elif gateway.is_active:
            _check_return_route(gateway, nat, context)


def _refuse_route(gateway: Gateway, context: Context) -> None:
    number = gateway.desired.subnet_id
    table = table_of_subnet(number, context.cloud)
    route = _default_route(table)
    got = f"{route.target}{' (blackhole)' if route.state == 'blackhole' else ''}" if route else "no such route"
    name = table.id if table else "none"
    remedy = f"Lead {ANYWHERE} of {name} to a NAT gateway, or choose another egress."
    context.report.problem(
        f"{gateway.label}: egress: nat_gateway in an adopted VPC: the route table {name} of its subnet {number} leads "
        f"{ANYWHERE} to no NAT gateway (got {got}, expected one of this VPC that is available). {remedy}",
        Difference(
            kind=NAT,
            object=f"{gateway.key}/{ANYWHERE}",
            expected=f"{ANYWHERE} of {name} to a NAT gateway",
            found=got,
            host=gateway.member.host,
            space=gateway.space,
            remedy=remedy,
        ),
    )


def _check_return_route(gateway: Gateway, nat: NatGateway, context: Context) -> None:
    """Refuse a gateway to which the table of its NAT gateway's own subnet leads nothing: no answer would find back."""
    table = table_of_subnet(nat.subnet_id, context.cloud)
    named = [one.id for _name, one in tables_of(gateway, context.desired, context.cloud, Report()) if one]
    if table and table.id not in named:
        context.report.problem(
            f"{gateway.label}: answers come back to the NAT gateway {nat.id} in {nat.subnet_id}, whose route table "
            f"{table.id} has to lead them on to the gateway (got route_tables {', '.join(named) or 'none'}, expected "
            f"{table.id} too). Add it to route_tables."
        )
