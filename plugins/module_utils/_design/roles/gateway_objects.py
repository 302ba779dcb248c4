# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a gateway on the management server: device, import filter, static protocol."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any

from ..._model.addresses import router_address
from ..._model.names import ANYWHERE
from ..._model.role_inputs import GatewayInput
from ..mesh.objects import NONE

MTU = 1500
"""The path to the Internet carries 1500 octets."""
FALLBACK_ROUTE_FILTER = "if net.len > 0 then preference = 1;\naccept;"
"""Import filter of the gateway's routes: but for the default they count only where there is no other one. With a static
route's own preference of 200 a network that is just one LAN would be taken from the LAN."""


STANDBY_ROUTE_FILTER = "preference = 1;\naccept;"
"""Import filter of a standby's routes: its default counts only where no other one exists, so that it announces none."""


def device_fields(gateway: GatewayInput, addresses: list[str]) -> dict[str, Any]:
    """Return the ethernet interface of a gateway."""
    return {
        "name": gateway.interface,
        "type": "ethernet",
        "space": gateway.space,
        "enabled": True,
        "mtu": MTU,
        "addresses": addresses,
        "accept_ra": gateway.accept_ra,
    }


def filter_fields(gateway: GatewayInput) -> dict[str, Any]:
    """Return the import filter of a gateway's static protocol."""
    body = STANDBY_ROUTE_FILTER if gateway.standby else FALLBACK_ROUTE_FILTER
    return {"name": gateway.filter, "family": "ipv4", "body": body}


def protocol_fields(gateway: GatewayInput, routes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the static protocol of a gateway."""
    return {
        "name": gateway.protocol,
        "protocol": "static",
        "space": gateway.space,
        "enabled": True,
        "import_ipv4": {"mode": "filter", "filter": gateway.filter},
        "export_ipv4": dict(NONE),
        "import_ipv6": dict(NONE),
        "export_ipv6": dict(NONE),
        "routes": routes,
    }


def gateway_route(network: str, subnet: str) -> dict[str, Any]:
    """Return a static route by the VPC's router of a subnet."""
    return {"network": network, "destination": "gateway", "address": router_address(subnet), "interface": None}


def unreachable_routes(networks: Iterable[str]) -> list[dict[str, Any]]:
    """Return static routes that end what the VPC would send back to the gateway."""
    return [{"network": one, "destination": "unreachable", "address": None, "interface": None} for one in networks]


def server_objects(gateway: GatewayInput, subnet: str, private_ip: str, ipv6: Sequence[str]) -> dict[str, Any]:
    """Return `interfaces`, `protocols` and `filters` of module aggregator_network for a gateway on AWS.

    `subnet` is the network of its subnet, `ipv6` are the IPv6 addresses of its network interface, which gets one.
    """
    length = ipaddress.IPv4Network(subnet).prefixlen
    addresses = [f"{private_ip}/{length}", *(f"{address}/64" for address in ipv6[:1])]
    addresses += gateway.kept.get("addresses") or []
    routes = gateway.routes or [gateway_route(ANYWHERE, subnet), *unreachable_routes(gateway.networks)]
    return {
        "interfaces": [device_fields(gateway, addresses) | (gateway.kept.get("interface") or {})],
        "protocols": [protocol_fields(gateway, routes) | (gateway.kept.get("protocol") or {})],
        "filters": [filter_fields(gateway) | (gateway.kept.get("filter") or {})] if gateway.filter else [],
    }


def named_objects(gateway: GatewayInput) -> dict[str, Any]:
    """Return the objects that module aggregator_network deletes with a gateway, without empty lists."""
    named = {
        "interfaces": [{"name": gateway.interface, "type": "ethernet"}],
        "protocols": [{"name": gateway.protocol, "protocol": "static"}],
        "filters": [{"name": gateway.filter}],
    }
    return {section: objects for section, objects in named.items() if objects[0]["name"]}
