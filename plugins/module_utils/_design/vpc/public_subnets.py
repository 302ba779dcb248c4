# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The public subnets of a space's VPC, in which its NAT gateways lie.

A NAT gateway lies in another subnet than those that it serves: its own leads to the internet gateway, theirs to it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from ..._model.desired_network import NAT, DesiredNetwork, DesiredSpace, Report
from ..._model.names import ANYWHERE, TAG_KEY, TAG_NETWORK, owned, public_subnet_key, public_table_key, tags, vpc_key
from ..._model.plan import KNOWN_AFTER_APPLY, Design, Placement
from ..._model.role_inputs import VpcInput
from ..._model.state import Cloud, InternetGateway, RouteTable, Subnet, Vpc
from ..._objects import Change
from ..aggregators.fleet import Fleet
from ..context import Context
from .egress_only import KIND as EGRESS_ONLY
from .egress_only import leads_out, remove_egress_only_gateway

PREFIX = 28
"""The smallest subnet that AWS makes; a NAT gateway needs one address of it."""


def public_subnet(cidr: str, zone: str) -> str | None:
    """Return the default public subnet of a zone: a /28 by the zone's letter, from the end of the VPC's network.

    Gateway subnets are counted from its beginning, so that neither ever shifts the other.
    """
    network = ipaddress.IPv4Network(cidr)
    number = ord(zone[-1]) - ord("a")
    if network.prefixlen > PREFIX or not 0 <= number < 2 ** (PREFIX - network.prefixlen):
        return None
    end = int(network.broadcast_address) + 1
    return str(ipaddress.IPv4Network((end - (number + 1) * 2 ** (32 - PREFIX), PREFIX)))


def nat_zones(space: DesiredSpace, fleet: Fleet) -> list[str]:
    """Return the zones in which gateways of the space want a NAT gateway."""
    wanted = [one for one in space.gateways if one.egress == NAT and one.subnet_id is None and not one.standby_of]
    hosts = [gateway.host for gateway in wanted]
    members = (fleet.by_host(host) for host in hosts)
    return sorted({m.instance.zone for m in members if m and m.instance})


def public_subnets(
    space: DesiredSpace, cidr: str, subnets: Mapping[str, str], fleet: Fleet, report: Report
) -> dict[str, str]:
    """Return the public subnets by zone; what overlaps a gateway subnet (`subnets`) is a problem."""
    given = {subnet["zone"]: subnet["cidr"] for subnet in (space.vpc.public_subnets if space.vpc else ())}
    what, chosen = f"space {space.key}", {}
    for zone in nat_zones(space, fleet):
        network = given.get(zone) or public_subnet(cidr, zone)
        if network is None:
            report.problem(
                f"{what}, vpc.cidr: {cidr} has no default public subnet for a NAT gateway in {zone}: give "
                "vpc.public_subnets."
            )
            continue
        chosen[zone] = network
        for other, second in sorted(subnets.items()):
            if ipaddress.IPv4Network(network).overlaps(ipaddress.IPv4Network(second)):
                report.problem(
                    f"{what}, vpc.public_subnets: {network} (for a NAT gateway in {zone}) overlaps the gateway subnet "
                    f"{second} ({other}): give another one, or a larger vpc.cidr."
                )
    return chosen


def public_items(space: str, gateway: InternetGateway | None, public: Mapping[str, str], context: Context) -> None:
    """Add items for missing public subnets, for their tables, and for these tables' routes to the internet gateway."""
    desired, design = context.desired, context.design
    parent = vpc_key(space)
    common = Placement("add", "private_wan")
    for zone, cidr in sorted(public.items()):
        subnet_name, table_name = public_subnet_key(space, zone), public_table_key(space, zone)
        subnet: Subnet | None = owned(desired.network, subnet_name, context.cloud.subnets.values())
        table: RouteTable | None = owned(desired.network, table_name, context.cloud.route_tables.values())
        if subnet is None:
            after: dict[str, Any] = {"cidr": cidr, "zone": zone, "tags": tags(desired.network, subnet_name)}
            design.aws(Change("create", "subnet", parent, subnet_name, after=after), common)
        elif subnet.cidr != cidr:
            context.report.problem(
                f"space {space}, vpc.public_subnets: {cidr} is wanted in {zone}, but {subnet_name} ({subnet.id}) has "
                f"{subnet.cidr}: AWS cannot change a subnet's network. Take the old network."
            )
        if table is None:
            after = {"tags": tags(desired.network, table_name)}
            design.aws(Change("create", "route_table", parent, table_name, after=after), common)
        elif subnet is None or subnet.id not in table.subnet_ids:
            before, after = {"subnets": 0}, {"subnets": 1}
            design.aws(Change("update", "route_table", parent, table_name, before, after), common)
        route = next((r for r in table.routes if r.destination == ANYWHERE), None) if table else None
        if route is None:
            after = {"target": gateway.id if gateway else KNOWN_AFTER_APPLY}
            design.aws(Change("create", "route", table_name, ANYWHERE, after=after), common)
        elif gateway and route.target != gateway.id:
            context.report.problem(
                f"space {space}: the route table {table.id if table else ''} ({table_name}) of its NAT gateway sends "
                f"{ANYWHERE} to {route.target}, not to the internet gateway {gateway.id}: it is not replaced. "
                "Delete that route: the next run creates it."
            )


def remove_public_subnets(
    space: str, found: Vpc, public: Iterable[str], desired: DesiredNetwork, cloud: Cloud, design: Design
) -> None:
    """Delete public subnets and tables of zones in which no NAT gateway is wanted, and none of ours stays."""
    going = {item.key for item in design.items if item.kind == NAT and item.verb == "delete"}
    subnets = dict(_by_zone(public_subnet_key(space, ""), cloud.subnets, desired))
    tables = dict(_by_zone(public_table_key(space, ""), cloud.route_tables, desired))
    staying = {nat.subnet_id for nat in cloud.nat_gateways.values() if nat.tags.get(TAG_KEY) not in going}
    common = Placement("remove", "private_wan")
    gone, stays = [], bool(list(public))
    for zone in sorted((subnets.keys() | tables.keys()) - set(public)):
        subnet, table = subnets.get(zone), tables.get(zone)
        if subnet and subnet.id in staying:
            stays = True
            continue
        gone.append(zone)
        if subnet:
            before = {"cidr": subnet.cidr, "zone": zone}
            design.aws(Change("delete", "subnet", vpc_key(space), public_subnet_key(space, zone), before), common)
        if table:
            before = {"id": table.id}
            design.aws(Change("delete", "route_table", vpc_key(space), public_table_key(space, zone), before), common)
    ends = not stays and remove_egress_only_gateway(space, desired, cloud, design)
    if gone or ends:
        created = any(
            (item.verb, item.kind, item.parent) == ("create", EGRESS_ONLY, vpc_key(space)) for item in design.items
        )
        design.vpcs["remove"].append(
            VpcInput(
                network=desired.network,
                space=space,
                cidr=found.cidrs[0],
                ipv6=found.ipv6,
                absent_public_zones=gone,
                egress_only=not ends and (created or leads_out(space, desired, cloud)),
                absent_egress_only=ends,
            )
        )


def _by_zone(prefix: str, objects: Mapping[str, Any], desired: DesiredNetwork) -> Iterable[tuple[str, Any]]:
    for obj in objects.values():
        key = obj.tags.get(TAG_KEY, "")
        if obj.tags.get(TAG_NETWORK) == desired.network and key.startswith(prefix):
            yield key.removeprefix(prefix), obj
