# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that exists, in plain JSON with names for relations; what ``GET /__lab__/state`` answers.

    spaces: [{id, key, name, parent: key|null, private_wan_enabled, private_wan_mode, private_wan_include_interfaces}]
    routing_groups: [{id, name}]
    aggregators: [{id, name, space: key, ip, ipv6, routing_group: name|null, version, status,
                   interfaces: [...], filters: [...], protocols: [...]}]
    bonds: [{id, name, space: key, aggregator: name, secondary_aggregator: name|null, current_aggregator: name,
             bonder: name, interfaces: [{id, type, name}], connected_ips: [...], cpe_nat_ips: [...], routes: [...]}]
    users: [{email, space: key|null, superuser, permissions: [name]}]

- interface: ``{id, name, type, space, enabled, mtu, addresses: ["10.254.0.7/20"]}`` and, by type, ``accept_ra``;
  ``parent`` (name) and ``vlan_id``; ``vni`` and ``endpoints: [{ip, vni}]``;
- filter: ``{id, name, family, body}``;
- protocol: ``{id, name, protocol, space, enabled, active, import_ipv4, export_ipv4, import_ipv6, export_ipv6}`` with
  slots ``{mode, filter: name|null}``, and by kind ``routes: [{network, destination, address, interface: name|null}]``;
  BGP's fields (with ``password`` in clear: it is a stand-in's); ``interfaces``; ``areas``;
- connected IP: ``{id, interface: name, ip, enabled, include_private_wan, aggregator_routing}``;
- CPE NAT IP: ``{id, ip, nat_ip, enabled}``; route: ``{id, network, gateway, include_private_wan, enabled}``.

Spaces are in the order of their keys, aggregators and bonds of their ids, the rest of their names, addresses or
networks; patterns, and the blocks and areas that hold them, as they were written.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from . import models

CONNECTED_IP = ("id", "ip", "enabled", "include_private_wan", "aggregator_routing")
CPE_NAT_IP = ("id", "ip", "nat_ip", "enabled")
ROUTE = ("id", "network", "gateway", "include_private_wan", "enabled")


def _pick(found: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(found, name) for name in names}


def _key(space: models.Space | None) -> str | None:
    return None if space is None else str(space.key)


def _name(found: Any) -> str | None:
    return None if found is None else str(found.name)


def _by_address(text: str) -> tuple[int, int, int]:
    found = ipaddress.ip_interface(text)
    return found.version, int(found.ip), found.network.prefixlen


def everything() -> dict[str, Any]:
    """The whole state."""
    slots = [f"{name}_filter" for name in models.SLOTS]
    interfaces = models.Interface.objects.select_related("space", "parent")
    protocols = models.Protocol.objects.select_related("space", *slots)
    groups: dict[str, dict[int, list[Any]]] = {"interfaces": {}, "filters": {}, "protocols": {}}
    for row in interfaces.order_by("name"):
        groups["interfaces"].setdefault(row.aggregator_id, []).append(_interface(row))
    for row in models.Filter.objects.order_by("name"):
        shown = _pick(row, ("id", "name", "family", "body"))
        groups["filters"].setdefault(row.aggregator_id, []).append(shown)
    for row in protocols.prefetch_related("routes__interface").order_by("name"):
        groups["protocols"].setdefault(row.aggregator_id, []).append(_protocol(row))
    bonds = models.Bond.objects.select_related(
        "space", "aggregator", "secondary_aggregator", "current_aggregator", "bonder"
    ).prefetch_related("interfaces", "connected_ips__interface", "cpe_nat_ips", "routes")
    return {
        "spaces": [
            {**_pick(row, ("id", "key", "name")), "parent": _key(row.parent), **_pick(row, models.PRIVATE_WAN)}
            for row in models.Space.objects.select_related("parent").order_by("key")
        ],
        "routing_groups": [_pick(row, ("id", "name")) for row in models.RoutingGroup.objects.order_by("name")],
        "aggregators": [
            {
                **_pick(row, ("id", "name")),
                "space": _key(row.space),
                **_pick(row, ("ip", "ipv6")),
                "routing_group": _name(row.routing_group),
                **_pick(row, ("version", "status")),
                **{name: rows.get(row.pk, []) for name, rows in groups.items()},
            }
            for row in models.Aggregator.objects.select_related("space", "routing_group").order_by("pk")
        ],
        "bonds": [_bond(row) for row in bonds.order_by("pk")],
        "users": [_user(row) for row in models.User.objects.select_related("space").order_by("email")],
    }


def _interface(row: models.Interface) -> dict[str, Any]:
    shown = _pick(row, ("id", "name", "type"))
    shown["space"] = _key(row.space)
    shown.update(_pick(row, ("enabled", "mtu")))
    shown["addresses"] = sorted((found["address"] for found in row.addresses), key=_by_address)
    if row.type == "ethernet":
        shown["accept_ra"] = row.accept_ra
    if row.type == "vlan":
        shown.update(parent=_name(row.parent), vlan_id=row.vlan_id)
    if row.type == "vxlan":
        endpoints = sorted(row.endpoints, key=lambda endpoint: _by_address(endpoint["ip"]))
        shown.update(vni=row.vni, endpoints=[{"ip": far["ip"], "vni": far["vni"]} for far in endpoints])
    return shown


def _protocol(row: models.Protocol) -> dict[str, Any]:
    shown = _pick(row, ("id", "name", "protocol"))
    shown["space"] = _key(row.space)
    shown.update(_pick(row, ("enabled", "active")))
    for name in models.SLOTS:
        slot = row.slot(name)
        shown[name] = {"mode": slot["mode"], "filter": _name(slot["filter"])}
    if row.protocol == "static":
        shown["routes"] = [
            {**_pick(route, ("network", "destination", "address")), "interface": _name(route.interface)}
            for route in sorted(row.routes.all(), key=lambda route: _by_address(route.network))
        ]
    if row.protocol == "bgp":
        shown.update(_pick(row, models.BGP))
    if row.protocol == "babel":
        shown["interfaces"] = _without_ids(row.babel_interfaces)
    if row.protocol == "ospf":
        shown["areas"] = [
            {**area, "interfaces": _without_ids(area["interfaces"])} for area in _without_ids(row.ospf_areas)
        ]
    return shown


def _without_ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def _bond(row: models.Bond) -> dict[str, Any]:
    connected = sorted(row.connected_ips.all(), key=lambda found: _by_address(found.ip))
    return {
        **_pick(row, ("id", "name")),
        "space": _key(row.space),
        "aggregator": _name(row.aggregator),
        "secondary_aggregator": _name(row.secondary_aggregator),
        "current_aggregator": _name(row.current_aggregator),
        "bonder": _name(row.bonder),
        "interfaces": [
            _pick(found, ("id", "type", "name")) for found in sorted(row.interfaces.all(), key=lambda found: found.name)
        ],
        "connected_ips": [{**_pick(found, CONNECTED_IP), "interface": found.interface.name} for found in connected],
        "cpe_nat_ips": [
            _pick(found, CPE_NAT_IP) for found in sorted(row.cpe_nat_ips.all(), key=lambda found: _by_address(found.ip))
        ],
        "routes": [
            _pick(found, ROUTE) for found in sorted(row.routes.all(), key=lambda found: _by_address(found.network))
        ],
    }


def _user(row: models.User) -> dict[str, Any]:
    names = {permission.rpartition(".")[2] for permission in row.get_group_permissions()}
    return {
        "email": row.email,
        "space": _key(row.space),
        "superuser": row.is_superuser,
        "permissions": sorted(names) if not row.is_superuser else ["*"],
    }
