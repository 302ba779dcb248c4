# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What carries traffic in a state of both sides: each fact of it, and the objects whose marked line accounts for it.

A fact that a phase loses (a route, an address, an association, an endpoint, a rule, a device that is translated) has
to be announced: by a line of the plan of that phase that says what it interrupts, or by the table's row (`goes`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.items import Item
from ansible_collections.bonded.internet.plugins.module_utils._design.naming import TAG_KEY
from ansible_collections.bonded.internet.plugins.module_utils._design.state import Cloud
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Object

from .cloud_side import CloudSide

Identity = tuple[str, ...]
Fact = tuple[str, ...]
"""The kind and the key of an object, where it is, and what it carries."""
Facts = dict[Fact, frozenset[Identity]]
"""Each fact with the items that may announce its loss."""

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


def identity(item: Item) -> Identity:
    """Return what an item is about. What moves from one interface to another is known by its key alone."""
    place = "" if item.kind in ("address_association", "attachment", "network_interface") else item.parent
    return item.kind, place or (item.host or "" if item.system == "host" else ""), item.key


def facts(objects: Mapping[Any, Object], aws: CloudSide, installed: Mapping[str, Mapping[str, Any]]) -> Facts:
    """Return all facts of a state."""
    found: Facts = {}
    for one in objects.values():
        for detail in _of_object(one):
            found[one.kind, one.key, one.parent, *detail] = frozenset({(one.kind, one.parent, one.key)})
    found.update(_of_cloud(aws.cloud, aws))
    for host, spec in installed.items():
        for entry in spec.get("masquerade", ()):
            mine = frozenset({("masquerade", host, entry["space"])})
            found |= {("masquerade", entry["space"], host, *detail): mine for detail in _of_masquerade(entry)}
        for way in spec.get("ways_back", ()):
            fact = ("way_back", way["address"], host, way["via"], way["device"])
            found[fact] = frozenset({("way_back", host, way["address"])})
    return found


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


def _of_cloud(cloud: Cloud, aws: CloudSide) -> Iterator[tuple[tuple[str, ...], frozenset[Identity]]]:
    keys = {one.id: one.tags.get(TAG_KEY, one.id) for one in cloud.interfaces.values()}
    for table in cloud.route_tables.values():
        name = aws.table_name(table)
        for route in table.routes:
            if route.state == "active":
                owner = ("network_interface", "", keys.get(route.target or "", ""))
                line = ("route", name, route.destination)
                yield ("route", route.destination, name, str(route.target)), frozenset({line, owner})
    for one in cloud.interfaces.values():
        mine = frozenset({("network_interface", "", keys[one.id])})
        if one.instance_id:
            yield ("network_interface", keys[one.id], one.instance_id), mine
        if one.instance_id and not one.source_dest_check:
            yield ("network_interface", keys[one.id], one.instance_id, "any source"), mine
        for group in one.groups:
            yield _attached(cloud, group, one.id, mine)
    for instance in cloud.instances.values():
        place = instance.interface_id
        for private_ip in instance.addresses:
            yield ("private_address", private_ip, place), frozenset({("private_address", place, private_ip)})
        for group in instance.groups:
            yield _attached(cloud, group, place, frozenset())
        if not instance.source_dest_check:
            yield ("source_dest_check", place), frozenset({("source_dest_check", "", place)})
    for address in cloud.addresses:
        if address.interface_id:
            key = address.tags[TAG_KEY]
            line = ("address_association", "", key)
            owners = frozenset({line, ("network_interface", "", key.replace("-ip", "", 1)), ("elastic_ip", "", key)})
            fact = ("address_association", key, address.interface_id, str(address.private_ip), address.public_ip)
            yield fact, owners
    for sg in cloud.groups.values():
        key = sg.tags[TAG_KEY]
        for rule in sg.rules:
            lines = frozenset({("security_group_rule", key, rule.label), ("security_group", sg.vpc_id, key)})
            yield ("security_group_rule", rule.label, key), lines
    for nat in cloud.nat_gateways.values():
        yield ("nat_gateway", nat.tags[TAG_KEY], nat.id), frozenset({("nat_gateway", "", nat.tags[TAG_KEY])})


def _attached(
    cloud: Cloud, group: str, place: str, owners: frozenset[Identity]
) -> tuple[tuple[str, ...], frozenset[Identity]]:
    key = cloud.groups[group].tags[TAG_KEY]
    return ("group_attachment", key, place), frozenset({("group_attachment", place, key), *owners})


def _of_masquerade(entry: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    yield from (("incoming", device) for device in entry["incoming"])
    for forward in entry["port_forwards"]:
        names = ("protocol", "port", "to", "to_port")
        yield from (("port_forward", *(str(forward[name]) for name in names), source) for source in forward["from"])
    yield "source", entry["device"], entry["subnet"], str(entry["untranslated"]), str(entry["zone"])
    if entry["ipv6"]:
        yield ("ipv6",)


def lost(before: Facts, after: Facts, marked: set[Identity]) -> set[Fact]:
    """Return the facts that are gone, and that no marked item announces."""
    return {fact for fact, lines in before.items() if fact not in after and not lines & marked}


def names(gone: set[Fact]) -> set[str]:
    """Return the kind and key of the objects that lost something."""
    return {f"{fact[0]} {fact[1]}" for fact in gone}


def without_successor(gone: set[Fact], after: Facts) -> set[Fact]:
    """Return those of the facts that are gone whose objects have nothing left: they are not replaced in place."""
    left = {fact[:3] for fact in after}
    return {fact for fact in gone if fact[:3] not in left}
