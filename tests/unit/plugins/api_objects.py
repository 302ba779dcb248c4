# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects as the management server shows them: with ids, URLs, nested objects and fields that nobody knows."""

from __future__ import annotations

from typing import Any

from tests.unit.plugins.scripted import API

SLOTS = {
    "import_ipv4": {"mode": "all", "filter": None},
    "export_ipv4": {"mode": "none", "filter": None},
    "import_ipv6": {"mode": "all", "filter": None},
    "export_ipv6": {"mode": "none", "filter": None},
}
UNKNOWN = {"created": "2026-01-01T00:00:00Z"}


def space_url(key: str | None) -> str | None:
    return f"{API}spaces/{key}/" if key else None


def space(key: str, **more: Any) -> dict[str, Any]:
    known = {
        "id": 3,
        "url": space_url(key),
        "key": key,
        "name": key.upper(),
        "private_wan_enabled": False,
        "private_wan_mode": "managed_mesh",
        "private_wan_include_interfaces": False,
    }
    return {**known, **UNKNOWN, **more}


def aggregator(number: int, name: str, **more: Any) -> dict[str, Any]:
    known = {
        "id": number,
        "url": f"{API}aggregators/{number}/",
        "name": name,
        "ip": f"203.0.113.{number}",
        "ipv6": None,
        "space": {"id": 1, "url": space_url("root"), "key": "root"},
        "routing_group": None,
        "status": "up",
        "version": "6.6.2",
    }
    return {**known, **UNKNOWN, **more}


def bond(number: int, name: str, **more: Any) -> dict[str, Any]:
    known = {
        "id": number,
        "url": f"{API}bonds/{number}/",
        "name": name,
        "space": {"id": 3, "url": space_url("acme"), "key": "acme"},
        "aggregator": f"{API}aggregators/7/",
        "secondary_aggregator": None,
    }
    return {**known, **UNKNOWN, **more}


def _on_aggregator(kind: str, number: int, parent: int) -> dict[str, Any]:
    return {"id": number, "url": f"{API}aggregators/{parent}/{kind}/{number}/", **UNKNOWN}


def vxlan(number: int, name: str, vni: int, on: int = 7, space_key: str | None = "acme", **more: Any) -> dict[str, Any]:
    addresses = [{"id": 90 + place, "address": item} for place, item in enumerate(more.pop("addresses", []))]
    endpoints = [{"id": 80 + place, "ip": item, "vni": vni} for place, item in enumerate(more.pop("endpoints", []))]
    known = {
        "type": "vxlan",
        "name": name,
        "space": space_url(space_key),
        "enabled": True,
        "mtu": None,
        "addresses": addresses,
        "vni": vni,
        "endpoints": endpoints,
    }
    return {**_on_aggregator("vxlan_interfaces", number, on), **known, **more}


def ethernet(number: int, name: str, on: int = 7, space_key: str | None = None, **more: Any) -> dict[str, Any]:
    addresses = [{"id": 90 + place, "address": item} for place, item in enumerate(more.pop("addresses", []))]
    known = {
        "type": "ethernet",
        "name": name,
        "space": space_url(space_key),
        "enabled": True,
        "mtu": None,
        "addresses": addresses,
        "accept_ra": False,
    }
    return {**_on_aggregator("ethernet_interfaces", number, on), **known, **more}


def vlan(number: int, name: str, on: int = 7, **more: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "type": "vlan",
        "name": name,
        "space": None,
        "enabled": True,
        "mtu": None,
        "addresses": [],
        "parent": f"{API}aggregators/{on}/ethernet_interfaces/1/",
        "vlan_id": 5,
    }
    return {**_on_aggregator("vlan_interfaces", number, on), **known, **more}


def routing_filter(number: int, name: str, on: int = 7, **more: Any) -> dict[str, Any]:
    return {**_on_aggregator("filters", number, on), "name": name, "family": "ipv4", "body": "accept;", **more}


def protocol(kind: str, number: int, name: str, on: int = 7, **more: Any) -> dict[str, Any]:
    own: dict[str, dict[str, Any]] = {
        "static": {"routes": []},
        "babel": {"interfaces": []},
        "ospf": {"areas": []},
        "bgp": {
            "local_as": 64512,
            "local_address": None,
            "neighbor_address": "203.0.113.8",
            "neighbor_as": 64512,
            "multihop": None,
            "hold_time": 240,
            "keepalive_time": 80,
            "next_hop_self": False,
            "rr_client": False,
        },
    }
    known: dict[str, Any] = {"protocol": kind, "name": name, "space": None, "enabled": True, **SLOTS}
    return {**_on_aggregator(f"{kind}_protocols", number, on), **known, **own[kind], **more}


def bond_interface(number: int, name: str, on: int = 17) -> dict[str, Any]:
    return {"id": number, "url": f"{API}bonds/{on}/interfaces/{number}/", "type": "ethernet", "name": name}


def connected_ip(number: int, ip: str, interface: int = 172, on: int = 17, **more: Any) -> dict[str, Any]:
    known = {
        "id": number,
        "url": f"{API}bonds/{on}/connected_ips/{number}/",
        "interface": f"{API}bonds/{on}/interfaces/{interface}/",
        "ip": ip,
        "enabled": True,
        "include_private_wan": False,
        "aggregator_routing": "auto",
    }
    return {**known, **UNKNOWN, **more}


def cpe_nat_ip(number: int, ip: str, nat_ip: str, on: int = 17, **more: Any) -> dict[str, Any]:
    url = f"{API}bonds/{on}/cpe_nat_ips/{number}/"
    return {"id": number, "url": url, "ip": ip, "nat_ip": nat_ip, "enabled": True, **UNKNOWN, **more}
