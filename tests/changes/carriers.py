# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts that carry traffic in a state of both sides, and the objects whose marked line accounts for each of them.

A fact that a phase loses (a route, an address, an association, an endpoint, a rule, a device that is translated) has
to be announced: by a line of the plan of that phase that says what it interrupts, or by the table's row (`goes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.names import TAG_KEY
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Cloud
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object

from .cloud_side import CloudSide

Identity = tuple[str, ...]
Machine = tuple[str, str, Mapping[str, Any]]
"""A machine, its host's name in the inventory, and what it has."""
Fact = tuple[str, ...]
"""The kind and the id of an object, where it is, and what it carries: a rename changes none of them."""


@dataclass(frozen=True)
class Meaning:
    """The table's name of a fact's object, and the items that may announce its loss."""

    label: str
    lines: frozenset[Identity]


Facts = dict[Fact, Meaning]

SCALARS = {
    "space": ("private_wan_enabled", "private_wan_mode"),
    "vxlan_interface": ("vni", "mtu", "space", "enabled"),
    "ethernet_interface": ("mtu", "space", "enabled"),
    "babel_protocol": ("space", "enabled"),
    "ospf_protocol": ("space", "enabled"),
    "static_protocol": ("space", "enabled"),
    "bgp_protocol": ("local_as", "local_address", "neighbor_as", "neighbor_address", "enabled"),
    "cpe_nat_ip": ("nat_ip",),
    "connected_ip": ("interface",),
}
"""By kind, the fields of which each value carries something."""
LISTS = ("addresses", "endpoints", "routes")
"""Fields of which each part carries something."""


def identity(item: PlannedChange) -> Identity:
    """Return what an item is about. What moves from one interface to another is known by its key alone."""
    place = "" if item.kind in ("address_association", "attachment", "network_interface") else item.parent
    return item.kind, place or (item.host or "" if item.system == "host" else ""), item.key


def facts(objects: Mapping[Any, Object], aws: CloudSide, machines: Iterable[Machine]) -> Facts:
    """Return all facts of a state."""
    found: Facts = {}
    for one in objects.values():
        for detail in _of_object(one):
            found[one.kind, one.key, one.parent, *detail] = _means(one.kind, one.key, (one.kind, one.parent, one.key))
    found.update(_of_cloud(aws.cloud, aws))
    for machine, host, spec in machines:
        for entry in spec.get("masquerade", ()):
            mine = _means("masquerade", entry["space"], ("masquerade", host, entry["space"]))
            place = ("masquerade", str(entry["zone"]), machine)
            found |= {(*place, *detail): mine for detail in _of_masquerade(entry)}
        for way in spec.get("return_routes", ()):
            fact = ("return_route", way["address"], machine, way["via"], way["device"])
            found[fact] = _means("return_route", way["address"], ("return_route", host, way["address"]))
    return found


def _means(kind: str, key: str, *lines: Identity) -> Meaning:
    return Meaning(f"{kind} {key}", frozenset(lines))


def _of_object(one: Object) -> Iterator[tuple[str, ...]]:
    if one.kind == "filter" or (one.kind == "space" and not one.data.get("private_wan_enabled")):
        return
    yield ("is there",)
    for name in SCALARS.get(one.kind, ()):
        if one.data.get(name) not in (None, False):
            yield name, str(one.data[name])
    if one.kind == "bgp_protocol":
        yield "rr_client", str(one.data.get("rr_client"))  # BIRD starts the session anew
    for name in LISTS:
        for part in one.data.get(name) or ():
            yield name, str(part)
    areas = [{"interfaces": one.data.get("interfaces")}, *(one.data.get("areas") or ())]
    for entry in (entry for area in areas for entry in area.get("interfaces") or ()):
        yield "patterns", str(entry["patterns"])
    if one.data.get("accept_ra"):
        yield ("accept_ra",)


def _of_cloud(cloud: Cloud, aws: CloudSide) -> Iterator[tuple[Fact, Meaning]]:
    keys = {one.id: one.tags.get(TAG_KEY, one.id) for one in cloud.interfaces.values()}
    keys |= {one.id: one.tags[TAG_KEY] for one in cloud.groups.values()}
    for table in cloud.route_tables.values():
        for route in (route for route in table.routes if route.state == "active"):
            line = ("route", aws.table_name(table), route.destination)
            owner = ("network_interface", "", keys.get(route.target or "", ""))
            way = ("route", route.destination, table.id, str(route.target))
            yield way, _means("route", route.destination, line, owner)
    for one in (one for one in cloud.interfaces.values() if one.instance_id):
        mine = ("network_interface", "", keys[one.id])
        fact = ("network_interface", one.id, str(one.instance_id))
        yield fact, _means("network_interface", keys[one.id], mine)
        if not one.source_dest_check:
            yield (*fact, "any source"), _means("network_interface", keys[one.id], mine)
        for group in one.groups:
            line = ("group_attachment", one.id, keys[group])
            yield ("group_attachment", group, one.id), _means("group_attachment", keys[group], line, mine)
    for instance in cloud.instances.values():
        place = instance.interface_id
        for private_ip in instance.addresses:
            line = ("private_address", place, private_ip)
            yield ("private_address", private_ip, place), _means("private_address", private_ip, line)
        for group in instance.groups:
            line = ("group_attachment", place, keys[group])
            yield ("group_attachment", group, place), _means("group_attachment", keys[group], line)
        if not instance.source_dest_check:
            line = ("source_dest_check", "", place)
            yield ("source_dest_check", place, place), _means("source_dest_check", place, line)
    for address in (address for address in cloud.addresses if address.interface_id):
        key = address.tags[TAG_KEY]
        kinds = ("address_association", "elastic_ip")
        lines = [*((kind, "", key) for kind in kinds), ("network_interface", "", key.replace("-ip", "", 1))]
        where = (str(address.interface_id), str(address.private_ip))
        yield ("address_association", address.allocation_id, *where), _means("address_association", key, *lines)
    for sg in cloud.groups.values():
        for rule in sg.rules:
            lines = [("security_group_rule", keys[sg.id], rule.label), ("security_group", sg.vpc_id, keys[sg.id])]
            yield ("security_group_rule", rule.label, sg.id), _means("security_group_rule", rule.label, *lines)
    for nat in cloud.nat_gateways.values():
        key = nat.tags[TAG_KEY]
        yield ("nat_gateway", nat.id, nat.subnet_id), _means("nat_gateway", key, ("nat_gateway", "", key))


def _of_masquerade(entry: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    yield from (("incoming", device) for device in entry["incoming"])
    for forward in entry["port_forwards"]:
        names = ("protocol", "port", "to", "to_port")
        yield from (("port_forward", *(str(forward[name]) for name in names), source) for source in forward["from"])
    yield "source", entry["device"], entry["subnet"], str(entry["untranslated"]), str(entry["zone"])
    if entry["ipv6"]:
        yield ("ipv6",)


def lost(before: Facts, after: Facts, marked: set[Identity]) -> Facts:
    """Return the facts that are gone, and that no marked item announces."""
    return {fact: one for fact, one in before.items() if fact not in after and not one.lines & marked}


def labels(gone: Facts) -> set[str]:
    """Return the kind and key of the objects that lost something."""
    return {one.label for one in gone.values()}


def without_successor(gone: Facts, after: Facts) -> Facts:
    """Return those of the facts that are gone whose objects have nothing left: they are not replaced in place."""
    left = {fact[:3] for fact in after}
    return {fact: one for fact, one in gone.items() if fact[:3] not in left}
