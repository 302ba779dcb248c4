# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes that lead to a gateway, and those that lead on from it.

To it lead the private WAN's networks. On from it, out of its subnet, leads one default route: to the internet gateway,
which lets only sources with a public mapping pass (AN-001 to the letter), or to a NAT gateway.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from ..._model.addresses import is_covered
from ..._model.desired_network import DesiredNetwork, Report
from ..._model.names import (
    ANYWHERE,
    TAG_KEY,
    gateway_key,
    internet_gateway_key,
    nat_gateway_key,
    owned,
    public_table_key,
    route_table_key,
    vpc_key,
)
from ..._model.phases import Phase
from ..._model.plan import KNOWN_AFTER_APPLY, Design, Placement
from ..._model.state import Cloud, Route, RouteTable
from ..._objects import Change
from ..context import Context
from .gateways import PART, Gateway

_UNREACHED = "hosts on the Internet are not reached any more"


def tables_of(
    gateway: Gateway, desired: DesiredNetwork, cloud: Cloud, report: Report
) -> list[tuple[str, RouteTable | None]]:
    """Return (name in the plan, table) of the tables that lead to the gateway; None of a table not made yet."""
    names: list[str] = []
    if gateway.desired.vpc_routes and not gateway.desired.route_tables and gateway.vpc.cidr:
        names.append(route_table_key(gateway.space))
    if gateway.makes_nat:
        # the return route: what the NAT gateway gets an answer to, it looks up in the table of its own subnet
        names.append(public_table_key(gateway.space, gateway.zone))
    tables = [(name, owned(desired.network, name, cloud.route_tables.values())) for name in names]
    if not gateway.desired.vpc_routes:
        return tables
    if not gateway.desired.route_tables:
        found = gateway.vpc.found
        main = next((t for t in cloud.route_tables.values() if found and t.vpc_id == found.id and t.main), None)
        return [(f"{vpc_key(gateway.space)}/main", main), *tables]
    for number in gateway.desired.route_tables:
        if number not in cloud.route_tables:
            report.problem(f"{gateway.label}: AWS has no route table {number}. Correct route_tables.")
    return [*((number, cloud.route_tables.get(number)) for number in gateway.desired.route_tables), *tables]


def tables_routing_to_gateway(gateway: Gateway, cloud: Cloud) -> list[str]:
    """Return the ids of the tables that have a route to the gateway's interface."""
    target = gateway.interface.id if gateway.interface else None
    return [t.id for t in cloud.route_tables.values() if target and any(r.target == target for r in t.routes)]


def network_routes(
    gateway: Gateway, others: Iterable[Gateway], context: Context
) -> tuple[list[str], list[str], list[str]]:
    """Return the items for the routes to the gateway; (new, replaced, gone) destinations; a route of others is refused.

    What one of `others`, the gateways of the same space, gets is replaced by that one, and not deleted here.
    """
    cloud, design = context.cloud, context.design
    lists: dict[Phase, list[str]] = {"add": [], "switch": [], "remove": []}
    target = gateway.interface.id if gateway.interface else None
    tables = tables_of(gateway, context.desired, cloud, context.report)
    elsewhere = _moved_to_others(others, context.desired, cloud)
    taken = _taken(gateway, [table for _name, table in tables if table], cloud)
    for name, table in tables:
        existing = {route.destination: route for route in table.routes} if table else {}
        for destination in gateway.desired.networks:
            route = existing.get(destination)
            if route and target and route.target == target:
                continue
            after = {"target": target or KNOWN_AFTER_APPLY}
            # A run that only moves addresses and gateways moves all of them in the first phase.
            moving: Phase = "add" if context.desired.relocation else "switch"
            common = Placement(moving, PART, gateway.member.host)
            if route is None:
                phase: Phase = moving if destination in taken else "add"
                text = taken.get(destination, "")
                place = common.in_phase(phase).interrupting(text)
                design.aws(Change("create", "route", name, destination, after=after), place)
                lists[phase].append(destination)
                continue
            other = cloud.interfaces.get(route.target or "")
            if other is None or not other.tags.get(TAG_KEY, "").startswith(gateway_key(gateway.space, "")):
                context.report.problem(
                    f"{gateway.label}: the route table {table.id if table else name} already sends {destination} to "
                    f"{route.target}, which is not ours: it is not replaced. Delete that route, or take {destination} "
                    "out of the gateway's networks."
                )
                continue
            before = {"target": route.target}
            text = _moved(gateway)
            design.aws(
                Change("update", "route", name, destination, before, after),
                common.interrupting(text),
            )
            lists[moving].append(destination)
        number = table.id if table else ""
        kept = {*gateway.desired.networks, *(network for place, network in elsewhere if place == number)}
        lists["remove"] += _removed_routes(
            gateway, name, (r for r in existing.values() if r.destination not in kept), design
        )
    for number in [] if gateway.desired.vpc_routes else tables_routing_to_gateway(gateway, cloud):
        found = cloud.route_tables[number]
        left = (route for route in found.routes if (number, route.destination) not in elsewhere)
        lists["remove"] += _removed_routes(gateway, _name(gateway, found), left, design)
    unique = {phase: list(dict.fromkeys(destinations)) for phase, destinations in lists.items()}
    return unique["add"], unique["switch"], unique["remove"]


def _moved_to_others(others: Iterable[Gateway], desired: DesiredNetwork, cloud: Cloud) -> set[tuple[str, str]]:
    """Return (table's id, network) of each route that other gateways want: they replace it, and it is not deleted."""
    return {
        (table.id, network)
        for other in others
        for _name, table in tables_of(other, desired, cloud, Report())  # what is wrong with them is said of that one
        if table
        for network in other.desired.networks
    }


def routes_elsewhere(gateway: Gateway, others: Iterable[Gateway], context: Context) -> tuple[list[str], list[str]]:
    """Return the items for the routes in tables that `route_tables` names no more; (the tables' ids, the destinations).

    The table of a public subnet goes with its subnet.
    """
    cloud = context.cloud
    if not gateway.desired.vpc_routes:
        return [], []
    named = {table.id for _name, table in tables_of(gateway, context.desired, cloud, context.report) if table}
    public = public_table_key(gateway.space, "")
    left = [cloud.route_tables[number] for number in tables_routing_to_gateway(gateway, cloud) if number not in named]
    left = [table for table in left if not table.tags.get(TAG_KEY, "").startswith(public)]
    elsewhere = _moved_to_others(others, context.desired, cloud)
    gone: list[str] = []
    for table in left:
        routes = (route for route in table.routes if (table.id, route.destination) not in elsewhere)
        gone += _removed_routes(gateway, _name(gateway, table), routes, context.design, whole=True)
    return [table.id for table in left], list(dict.fromkeys(gone))


def _name(gateway: Gateway, table: RouteTable) -> str:
    """Return the plan's name of a route table."""
    return table.tags.get(TAG_KEY) or (f"{vpc_key(gateway.space)}/main" if table.main else table.id)


def _taken(gateway: Gateway, tables: Iterable[RouteTable], cloud: Cloud) -> dict[str, str]:
    """Return the traffic that each network of the gateway, a longer prefix, takes from a wider route."""
    own = gateway.interface.id if gateway.interface else None
    found: dict[str, str] = {}
    for route in (route for table in tables for route in table.routes):
        if route.target in (None, own) or route.destination == ANYWHERE or "." not in route.destination:
            continue
        wider = ipaddress.IPv4Network(route.destination)
        other = cloud.interfaces.get(route.target or "")
        key = other.tags.get(TAG_KEY, "") if other else ""
        for destination in gateway.desired.networks:
            network = ipaddress.IPv4Network(destination)
            if network != wider and network.subnet_of(wider):
                text = f"what has gone for {destination} by the route {wider} to {key or route.target}"
                found[destination] = f"{text}: it goes to {gateway.key}"
    return found


def _removed_routes(
    gateway: Gateway, name: str, routes: Iterable[Route], design: Design, whole: bool = False
) -> list[str]:
    """Return the items of a table's routes to the gateway that go, and their destinations. `whole`: all of them."""
    target = gateway.interface.id if gateway.interface else None
    gone = [route.destination for route in routes if target and route.target == target]
    common = Placement("remove", PART, gateway.member.host)
    for destination in gone:
        text = f"what the VPC of space {gateway.space} has for {destination}"
        text = "" if not whole and _is_idle(gateway, destination) else text
        design.aws(Change("delete", "route", name, destination, {"target": target}), common.interrupting(text))
    return gone


def _is_idle(gateway: Gateway, destination: str) -> bool:
    """Return True if nothing uses the route: others of the gateway cover it, or no bond has the network."""
    if not gateway.desired.vpc_routes or "." not in destination:  # IPv6, or a prefix list
        return False
    given_up = ipaddress.IPv4Network(destination)
    return gateway.desired.auto or is_covered(given_up, map(ipaddress.IPv4Network, gateway.desired.networks))


def _moved(gateway: Gateway) -> str:
    """Return the plan's text on the traffic that a route's move to this gateway interrupts; empty if none."""
    if not gateway.translates:
        return ""
    text = f"the connections of space {gateway.space} to the Internet"
    return f"{text}: they get another public address, the one of {gateway.member.host}"


def default_route(gateway: Gateway, context: Context) -> None:
    """Add items for the default route of the gateway's subnet: to its NAT gateway, or to the internet gateway."""
    cloud, design = context.cloud, context.design
    name = gateway.own_table
    if name is None or gateway.vpc.cidr is None:
        return
    table: RouteTable | None = owned(context.desired.network, name, cloud.route_tables.values())
    route = next((r for r in table.routes if r.destination == ANYWHERE), None) if table else None
    outer = owned(context.desired.network, internet_gateway_key(gateway.space), cloud.internet_gateways.values())
    common = Placement("switch", PART, gateway.member.host)
    nat = _nat_gateway_behind(route, gateway.space, cloud)
    if not gateway.wants_nat:
        if route and nat and not any(i.parent == name and i.key == ANYWHERE for i in design.items):
            before, after = {"target": route.target}, {"target": outer.id if outer else KNOWN_AFTER_APPLY}
            then = "they get another public address" if gateway.translates else _UNREACHED
            text = f"the connections through the NAT gateway {nat}: {then}"
            design.aws(Change("update", "route", name, ANYWHERE, before, after), common.interrupting(text))
        return  # one of others is refused with the VPC
    target = gateway.nat.id if gateway.nat else None
    after = {"target": target or KNOWN_AFTER_APPLY}
    if route is None:
        design.aws(Change("create", "route", name, ANYWHERE, after=after), common.in_phase("add"))
    elif target and route.target == target and route.state != "blackhole":
        return
    elif nat or (outer and route.target == outer.id):
        text = f"the connections through {nat or 'the internet gateway'}: they get another public address"
        prefix = f"gateway/{gateway.space}/"
        # by the internet gateway pass only interfaces with a public address, which one that a killed run made has not
        public = {address.interface_id for address in cloud.addresses}
        mine = (one for one in cloud.interfaces.values() if one.tags.get(TAG_KEY, "").startswith(prefix))
        used = any(nat or one.id in public for one in mine)
        before = {"target": route.target}
        interrupts = text if used else ""
        design.aws(
            Change("update", "route", name, ANYWHERE, before, after),
            common.interrupting(interrupts),
        )
    else:
        context.report.problem(
            f"{gateway.label}: the route table {table.id if table else name} already sends {ANYWHERE} to "
            f"{route.target}, which is not ours: it is not replaced. Delete that route: the next run creates it."
        )


def _nat_gateway_behind(route: Route | None, space: str, cloud: Cloud) -> str | None:
    """Return the name of the NAT gateway that a route leads to, if it is one of this space or is gone."""
    if route is None or route.target is None:
        return None
    found = cloud.nat_gateways.get(route.target)
    key = found.tags.get(TAG_KEY, "") if found else ""
    if key.startswith(nat_gateway_key(space, "")):
        return key
    gone = found is None and route.state == "blackhole" and route.target.startswith("nat-")
    return route.target if gone else None
