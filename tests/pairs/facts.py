# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a state that carry traffic, by names that mean the same in every state."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.names import TAG_KEY, TAG_RETIRED
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Rule
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from tests.pairs.state import State, is_ours

OUT = ("0.0.0.0/0", "::/0")
Fact = tuple[str, ...]
Facts = dict[Fact, Any]


def names_of(state: State) -> dict[str, str]:
    """Return what each id of AWS is called: its key, or a main table after its VPC; foreign ids are their own."""
    cloud = state.cloud
    names: dict[str, str] = {}
    gateways = ("internet_gateways", "egress_only_gateways", "nat_gateways")
    for kind in ("vpcs", "subnets", "interfaces", *gateways, "groups", "route_tables"):
        for number, one in getattr(cloud, kind).items():
            names[number] = one.tags.get(TAG_KEY) or number
    for number, table in cloud.route_tables.items():
        if table.main and TAG_KEY not in table.tags:
            names[number] = f"{names[table.vpc_id]}/main"
    return names


def by_parent(state: State) -> dict[str, list[Object]]:
    """Return the server's objects by parent."""
    found: dict[str, list[Object]] = {}
    for one in state.objects.values():
        found.setdefault(one.parent, []).append(one)
    return found


def facts(state: State) -> Facts:
    """Return everything that carries traffic: a fact has one value, and is absent where the traffic would not pass."""
    names, server_objects = names_of(state), by_parent(state)
    found: Facts = {}
    for part in (_routes, _gateways, _entries, _groups, _meshes, _hosts, _modes):
        found.update(part(state, names, server_objects))
    return found


def _alive(state: State, target: str | None) -> bool:
    cloud = state.cloud
    if target in cloud.interfaces:
        return cloud.interfaces[target].instance_id is not None
    return target is not None


def _routes(state: State, names: dict[str, str], _things: Any) -> Iterator[tuple[Fact, Any]]:
    used = {one.subnet_id for one in state.cloud.interfaces.values()}
    used |= {one.subnet_id for one in state.cloud.nat_gateways.values()}
    for number, table in state.cloud.route_tables.items():
        unused = not used & set(table.subnet_ids)
        public = names[number].startswith("natgw-rtb/")
        idle = unused and names[number].startswith("rtb/")
        for route in table.routes:
            carries = not (public and unused) and not (idle and route.destination in OUT)
            if route.state == "active" and _alive(state, route.target) and carries:
                yield ("route", names[number], route.destination), names.get(route.target or "", route.target)


def _gateways(state: State, _names: Any, server_objects: dict[str, list[Object]]) -> Iterator[tuple[Fact, Any]]:
    cloud = state.cloud
    publics = {one.interface_id: one for one in cloud.addresses if one.interface_id}
    for one in cloud.interfaces.values():
        if not one.instance_id or not is_ours(one):
            continue
        _kind, space, host = one.tags[TAG_KEY].split("/")
        if one.instance_id != f"i-{host}":
            continue
        mine = server_objects.get(f"aggregators/{state.aggregator_of(host)}", [])
        on_it = [t for t in mine if t.data.get("space") == space]
        devices = [t for t in on_it if t.kind == "ethernet_interface" and _has(t, one.private_ip)]
        default = [t for t in on_it if t.kind == "static_protocol" and _leads_out(t)]
        if devices and default:
            yield ("gateway", space, host), one.private_ip
            if one.ipv6 and _has(devices[0], one.ipv6) and devices[0].data.get("accept_ra"):
                yield ("ipv6", space, host), True
        if one.id in publics:
            yield ("public", space, host), publics[one.id].public_ip
        if not one.source_dest_check:
            yield ("unchecked", space, host), True
    for nat in cloud.nat_gateways.values():
        _kind, space, host = nat.tags[TAG_KEY].split("/")
        if f"eni-{nat.id}" in publics:
            yield ("nat", space, host), publics[f"eni-{nat.id}"].public_ip


def _has(obj: Object, address: str) -> bool:
    return obj.data.get("enabled", True) and any(a.split("/")[0] == address for a in obj.data.get("addresses") or ())


def _leads_out(obj: Object) -> bool:
    return any(route["network"] == "0.0.0.0/0" for route in obj.data.get("routes") or ())


def _entries(state: State, _names: Any, server_objects: dict[str, list[Object]]) -> Iterator[tuple[Fact, Any]]:
    nats = {
        one.key: (parent, one.data["nat_ip"]) for parent, objects in server_objects.items() for one in objects
        if one.kind == "cpe_nat_ip"
    }  # fmt: skip
    for address in state.cloud.addresses:
        key = address.tags.get(TAG_KEY, "")
        if not key.startswith("cpe-nat/") or address.tags.get(TAG_RETIRED) == "true":
            continue
        host, private = state.host_of(address.interface_id), address.private_ip
        owner = state.cloud.instances.get(f"i-{host}")
        if owner and private in owner.addresses and private in nats:
            yield ("entry", key), (address.public_ip, host, *nats[private], private)
    for parent, objects in server_objects.items():
        for one in objects:
            if one.kind == "connected_ip":
                data = one.data
                yield ("connected", parent, one.key), (data.get("interface"), bool(data.get("include_private_wan")))


def _groups(state: State, names: dict[str, str], _things: Any) -> Iterator[tuple[Fact, Any]]:
    cloud = state.cloud
    holders = [(one.interface_id, one.groups) for one in cloud.instances.values()]
    holders += [(names[one.id], one.groups) for one in cloud.interfaces.values()]
    for holder, groups in holders:
        for number in groups:
            group = cloud.groups.get(number)
            for rule in group.rules if group else ():
                source = names[number] if rule.source == "self" else rule.source
                yield ("admits", holder, names[number], rule.label), (rule, source)
    for one in cloud.instances.values():
        if not one.source_dest_check:
            yield ("unchecked", one.interface_id), True


def admitted(found: Facts, holder: str) -> list[Rule]:
    """Return all rules by which a network interface is reached."""
    return [value[0] for fact, value in found.items() if fact[0] == "admits" and fact[1] == holder]


def _meshes(state: State, _names: Any, server_objects: dict[str, list[Object]]) -> Iterator[tuple[Fact, Any]]:
    privates = {one.private_ip: one.id.removeprefix("i-") for one in state.cloud.instances.values()}
    tunnels: dict[tuple[str, str, int, str], Any] = {}
    for parent, objects in server_objects.items():
        if not parent.startswith("aggregators/"):
            continue
        host = state.server.aggregators[int(parent.partition("/")[2])].name
        for one in objects:
            data, space = one.data, one.data.get("space") or "bgp"
            if one.kind == "vxlan_interface" and data.get("enabled", True):
                for end in data.get("endpoints") or ():
                    peer = privates.get(end["ip"], end["ip"])
                    tunnels[space, host, data["vni"], peer] = data.get("addresses") or ()
            elif one.kind in ("babel_protocol", "ospf_protocol"):
                text = json.dumps(data.get("interfaces") or data.get("areas"), sort_keys=True)
                for device in (o.key for o in objects if o.kind == "vxlan_interface"):
                    if f'"{device}"' in text:
                        yield ("routing", space, host, one.kind), True
            elif one.kind == "bgp_protocol":
                yield ("session", host, one.key), (data.get("neighbor_address"), data.get("neighbor_as"))
    for (space, host, vni, peer), own in tunnels.items():
        if (space, peer, vni, host) in tunnels:
            for address in own:
                yield ("tunnel", space, host, peer, str(vni), address), True


def _hosts(state: State, _names: Any, _things: Any) -> Iterator[tuple[Fact, Any]]:
    for host, installed in state.installed.items():
        for entry in installed.get("masquerade") or ():
            space = entry["space"]
            source = tuple(str(entry[name]) for name in ("device", "subnet", "untranslated", "zone"))
            yield ("translates", space, host), source
            if entry["ipv6"]:
                yield ("translates IPv6", space, host), True
            for name in entry["incoming"]:
                yield ("translates from", space, host, name), True
            for one in entry["port_forwards"]:
                port = f"{one['protocol']} {one['port']}"
                for source_net in one["from"]:
                    yield ("forwards", space, host, port, source_net), (one["to"], one.get("to_port"))
        for way in installed.get("return_routes") or ():
            yield ("return route", host, way["address"]), (way["via"], way["device"])


def _modes(state: State, _names: Any, _things: Any) -> Iterator[tuple[Fact, Any]]:
    for key, space in state.server.spaces.items():
        if space.enabled:
            yield ("mode", key), space.mode


def covered_route(found: Facts, fact: Fact, value: Any) -> bool:
    """Return True if the network of a route fact is led to the same place by others of the table's routes.

    The longest one that holds it, or several parts together.
    """
    _kind, table, destination = fact
    if ":" in destination:
        return False
    wanted = ipaddress.IPv4Network(destination)
    best: tuple[int, Any] | None = None
    parts = []
    for other, target in found.items():
        if other[0] == "route" and other[1] == table and ":" not in other[2]:
            network = ipaddress.IPv4Network(other[2])
            parts += [network] if target == value and network.prefixlen > wanted.prefixlen else []
            if wanted.subnet_of(network) and (best is None or network.prefixlen > best[0]):
                best = (network.prefixlen, target)
    together = any(wanted.subnet_of(network) for network in ipaddress.collapse_addresses(parts))
    return together or (best is not None and best[1] == value)
