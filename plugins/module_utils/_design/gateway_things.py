# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway's objects on its aggregator: the interface, and the routes by which the space leaves or ends there.

Private to the collection.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from .addresses import router_address
from .gateway import MTU, Gateway
from .gateway_routes import tables_of
from .intent import Intent, Report
from .items import KNOWN_AFTER_APPLY
from .mesh_objects import NONE
from .naming import ANYWHERE, GATEWAY_KINDS, TAG_KEY, gateway_key, object_name, owned
from .state import Cloud, RouteTable, Thing

LAST_RESORT = "if net.len > 0 then preference = 1;\naccept;"
"""Import filter of the gateway's routes: but for the default they count only where nobody else has one. With a static
route's own preference of 200 a network that is just one LAN would be taken from the LAN."""


def gateway_things(gateway: Gateway, intent: Intent, cloud: Cloud) -> list[Thing]:
    """The ethernet interface, the filter and the static protocol on the aggregator."""
    name, by = (object_name(intent.network, kind, gateway.number) for kind in GATEWAY_KINDS)
    interface = {
        "name": gateway.device,
        "type": "ethernet",
        "space": gateway.space,
        "enabled": True,
        "mtu": MTU,
        "addresses": _addresses(gateway),
        "accept_ra": gateway.ipv6,
    }
    protocol = {
        "name": name,
        "protocol": "static",
        "space": gateway.space,
        "enabled": True,
        "import_ipv4": {"mode": "filter", "filter": by},
        "export_ipv4": dict(NONE),
        "import_ipv6": dict(NONE),
        "export_ipv6": dict(NONE),
        "routes": static_routes(gateway, intent, cloud),
    }
    parent = gateway.member.parent
    return [
        Thing("ethernet_interface", parent, gateway.device, interface),
        Thing("filter", parent, by, {"name": by, "family": "ipv4", "body": LAST_RESORT}),
        Thing("static_protocol", parent, name, protocol),
    ]


def _addresses(gateway: Gateway) -> list[str]:
    """The network interface's own; the device is nobody else's, so that nothing but the server gives it one."""
    if gateway.interface is None:
        return [KNOWN_AFTER_APPLY]
    own = [f"{gateway.interface.private_ip}/{ipaddress.IPv4Network(gateway.subnet).prefixlen}"]
    if gateway.lacks_ipv6:
        return [*own, KNOWN_AFTER_APPLY]
    return own + ([f"{gateway.interface.ipv6}/64"] if gateway.ipv6 else [])


def static_routes(gateway: Gateway, intent: Intent, cloud: Cloud) -> list[dict[str, Any]]:
    """The default route; an end for what the VPC would send back; and in it what the VPC itself leads elsewhere.

    A packet for an address of `networks` that no LAN has would leave by the default route, come back by the VPC's
    route, and so on until its TTL ends (packet lab). A LAN's longer prefix comes before such an end.
    """
    router = router_address(gateway.subnet)

    def by_router(network: str) -> dict[str, Any]:
        return {"network": network, "destination": "gateway", "address": router, "interface": None}

    ends = _comes_back(gateway, intent, cloud)
    unreachable = [
        {"network": network, "destination": "unreachable", "address": None, "interface": None} for network in ends
    ]
    return [by_router(ANYWHERE), *unreachable, *map(by_router, _elsewhere(gateway, ends, intent, cloud))]


def _own_table(gateway: Gateway, intent: Intent, cloud: Cloud) -> RouteTable | None:
    """The table of the gateway's subnet: ours, if it is made yet; else the one that names it, else the main one."""
    if gateway.own_table:
        ours: RouteTable | None = owned(intent.network, gateway.own_table, cloud.route_tables.values())
        return ours
    subnet = cloud.subnets.get(gateway.intent.subnet_id or "")
    tables = [table for table in cloud.route_tables.values() if subnet and table.vpc_id == subnet.vpc_id]
    named = next((table for table in tables if subnet and subnet.id in table.subnet_ids), None)
    return named or next((table for table in tables if table.main), None)


def _comes_back(gateway: Gateway, intent: Intent, cloud: Cloud) -> list[str]:
    """The networks, if the table of the gateway's own subnet, or its NAT gateway's, leads them back to it."""
    if not gateway.routed:
        return []
    own = _own_table(gateway, intent, cloud)
    tables = tables_of(gateway, intent, cloud, Report())  # what is wrong with them has been said
    back = any(name == gateway.own_table or (table and own and table.id == own.id) for name, table in tables)
    return [network for network in gateway.intent.networks if back or gateway.wants_nat]


def _elsewhere(gateway: Gateway, ends: Iterable[str], intent: Intent, cloud: Cloud) -> list[str]:
    """Networks inside of `ends` that the VPC keeps or leads on: its own, and longer routes of others in its table.

    A route to a gateway of this network, whichever space's, is none of them: no space's packets go into another one.
    """
    around = [ipaddress.IPv4Network(network) for network in ends]
    table = _own_table(gateway, intent, cloud)
    prefix = gateway_key("", "").partition("/")[0] + "/"
    ours = {one.id for one in cloud.interfaces.values() if one.tags.get(TAG_KEY, "").startswith(prefix)}
    led = [
        route.destination
        for route in (table.routes if table else ())
        if route.target not in ours and route.state == "active" and "." in route.destination
    ]
    networks = {*(gateway.vpc.found.cidrs if gateway.vpc.found else ()), *led}
    networks |= {gateway.vpc.cidr} if gateway.vpc.cidr else set()
    inside = [
        network
        for network in map(ipaddress.IPv4Network, networks)
        if any(network != outer and network.subnet_of(outer) for outer in around)
    ]
    return [str(network) for network in sorted(inside)]
