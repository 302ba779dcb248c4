# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway's objects on its aggregator: the interface, and the routes by which the space leaves or ends there."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from ..._model.desired_network import DesiredNetwork, Report
from ..._model.names import ANYWHERE, TAG_KEY, gateway_key, owned
from ..._model.plan import KNOWN_AFTER_APPLY
from ..._model.state import Cloud, RouteTable
from ..._objects import Object
from ..roles.gateway_objects import device_fields, filter_fields, gateway_route, protocol_fields, unreachable_routes
from .adopted_nat import table_of_subnet
from .gateways import Gateway, gateway_input
from .routes import tables_of


def gateway_objects_of(gateway: Gateway, desired: DesiredNetwork, cloud: Cloud) -> list[Object]:
    """Return the ethernet interface, the filter and the static protocol on the aggregator."""
    wanted, parent = gateway_input(gateway, desired), gateway.member.parent
    device, by = device_fields(wanted, _addresses(gateway)), filter_fields(wanted)
    protocol = protocol_fields(wanted, static_routes(gateway, desired, cloud))
    return [
        Object("ethernet_interface", parent, device["name"], device),
        Object("filter", parent, by["name"], by),
        Object("static_protocol", parent, protocol["name"], protocol),
    ]


def _addresses(gateway: Gateway) -> list[str]:
    """Return the network interface's own addresses; only the management server configures the device."""
    if gateway.interface is None:
        return [KNOWN_AFTER_APPLY]
    own = [f"{gateway.interface.private_ip}/{ipaddress.IPv4Network(gateway.subnet).prefixlen}"]
    if gateway.lacks_ipv6:
        return [*own, KNOWN_AFTER_APPLY]
    return own + ([f"{gateway.interface.ipv6}/64"] if gateway.ipv6 else [])


def static_routes(gateway: Gateway, desired: DesiredNetwork, cloud: Cloud) -> list[dict[str, Any]]:
    """Return the default route; an end for what the VPC would send back; and in it what the VPC itself leads elsewhere.

    A packet for an address of `networks` that no LAN has would leave by the default route, come back by the VPC's
    route, and so on until its TTL ends (packet lab). A LAN's longer prefix comes before such an end.
    """
    ends = _looping_prefixes(gateway, desired, cloud)
    networks = [ANYWHERE, *_vpc_routed_prefixes(gateway, ends, desired, cloud)]
    default, *elsewhere = (gateway_route(network, gateway.subnet) for network in networks)
    return [default, *unreachable_routes(ends), *elsewhere]


def _own_table(gateway: Gateway, desired: DesiredNetwork, cloud: Cloud) -> RouteTable | None:
    """Return the table of the gateway's subnet: ours, if it is made; else the one that names it, else the main one."""
    if gateway.own_table:
        owned_by_network: RouteTable | None = owned(desired.network, gateway.own_table, cloud.route_tables.values())
        return owned_by_network
    return table_of_subnet(gateway.desired.subnet_id, cloud)


def _looping_prefixes(gateway: Gateway, desired: DesiredNetwork, cloud: Cloud) -> list[str]:
    """Return the networks, if the table of the gateway's own subnet, or its NAT gateway's, leads them back to it."""
    if not gateway.routed:
        return []
    own = _own_table(gateway, desired, cloud)
    tables = tables_of(gateway, desired, cloud, Report())  # what is wrong with them has been said
    back = any(name == gateway.own_table or (table and own and table.id == own.id) for name, table in tables)
    return [network for network in gateway.desired.networks if back or gateway.wants_nat]


def _vpc_routed_prefixes(gateway: Gateway, ends: Iterable[str], desired: DesiredNetwork, cloud: Cloud) -> list[str]:
    """Return the networks inside of `ends` that the VPC keeps or leads on: its own, and longer routes of others.

    A route to a gateway of this network, whichever space's, is none of them: no space's packets go into another one.
    """
    around = [ipaddress.IPv4Network(network) for network in ends]
    table = _own_table(gateway, desired, cloud)
    prefix = gateway_key("", "").partition("/")[0] + "/"
    owned_by_network = {one.id for one in cloud.interfaces.values() if one.tags.get(TAG_KEY, "").startswith(prefix)}
    led = [
        route.destination
        for route in (table.routes if table else ())
        if route.target not in owned_by_network and route.state == "active" and "." in route.destination
    ]
    networks = {*(gateway.vpc.found.cidrs if gateway.vpc.found else ()), *led}
    networks |= {gateway.vpc.cidr} if gateway.vpc.cidr else set()
    inside = [
        network
        for network in map(ipaddress.IPv4Network, networks)
        if any(network != outer and network.subnet_of(outer) for outer in around)
    ]
    return [str(network) for network in sorted(inside)]
