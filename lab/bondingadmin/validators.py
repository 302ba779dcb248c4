# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of the server about more than one field: each function raises a 400 that names the field.

Two things are left to the client on purpose, because the real server does not check them either: a VNI that two
spaces use, and an aggregator's own primary address on one of its interfaces.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model, Q
from rest_framework.exceptions import ValidationError

from . import models

Values = Mapping[str, Any]


def _others(queryset: Any, instance: Model | None) -> Any:
    return queryset if instance is None else queryset.exclude(pk=instance.pk)


def no_duplicates(field: str, found: Iterable[str]) -> None:
    seen: set[str] = set()
    for text in found:
        if text in seen:
            raise ValidationError({field: [f"{text} is given more than once."]})
        seen.add(text)


# Interfaces


def interface(aggregator: models.Aggregator, instance: models.Interface | None, values: Values) -> None:
    """Name unique on the node and fixed; VLAN's parent of the same node; no protocol of another space names it."""
    name = values["name"]
    if instance is not None and instance.name != name:
        raise ValidationError({"name": [f"The name cannot be changed after creation; it is {instance.name}."]})
    if _others(aggregator.interfaces, instance).filter(name=name).exists():
        raise ValidationError({"name": ["An interface with this name exists on the node."]})
    parent = values.get("parent")
    if parent is not None and (parent.aggregator_id != aggregator.pk or parent.type != "ethernet"):
        raise ValidationError({"parent": ["The parent must be an ethernet interface of the same aggregator."]})
    no_duplicates("addresses", [entry["address"] for entry in values.get("addresses") or []])
    no_duplicates("endpoints", [entry["ip"] for entry in values.get("endpoints") or []])
    space = values.get("space")
    by_route = set() if instance is None else set(instance.static_routes.values_list("protocol_id", flat=True))
    columns = ("name", "space_id", "babel_interfaces", "ospf_areas")
    for other in aggregator.protocols.only(*columns):
        if other.space_id != (space and space.pk) and (other.pk in by_route or name in other.patterns()):
            raise ValidationError({"space": [f"The protocol {other.name}, of another space, uses this interface."]})


# Protocols and filters


def protocol(aggregator: models.Aggregator, instance: models.Protocol | None, values: Values) -> None:
    """Name unique on the node; filters of this node and of the right family; interfaces of the protocol's space."""
    if _others(aggregator.protocols, instance).filter(name=values["name"]).exists():
        raise ValidationError({"name": ["A protocol with this name exists on the node."]})
    for name in models.SLOTS:
        if values.get(name) is not None:
            _slot(aggregator, name, values[name])
    space = values.get("space")
    for block in values.get("babel_interfaces") or []:
        _patterns(aggregator, space, "interfaces", block["patterns"])
    for area in values.get("ospf_areas") or []:
        for block in area["interfaces"]:
            _patterns(aggregator, space, "areas", block["patterns"])
    for route in values.get("routes") or []:
        _route(aggregator, space, route)
    if "hold_time" in values:
        _timers(values["hold_time"], values["keepalive_time"])


def _slot(aggregator: models.Aggregator, name: str, slot: Values) -> None:
    chosen = slot.get("filter")
    if slot["mode"] != "filter":
        if chosen is not None:
            raise ValidationError({name: {"filter": [f"Must be null with the mode {slot['mode']}."]}})
        return
    if chosen is None:
        raise ValidationError({name: {"filter": ["Required with the mode filter."]}})
    if chosen.aggregator_id != aggregator.pk:
        raise ValidationError({name: {"filter": ["The filter must be of the same aggregator."]}})
    family = name.rpartition("_")[2]
    if chosen.family != family:
        raise ValidationError({name: {"filter": [f"{chosen.name} is a filter for {chosen.family}, not {family}."]}})


def _patterns(aggregator: models.Aggregator, space: models.Space | None, field: str, patterns: list[str]) -> None:
    # A pattern with a wildcard matches inside the protocol's space only; a name means one interface.
    names = [pattern for pattern in patterns if not any(letter in pattern for letter in "*?[")]
    for found in aggregator.interfaces.filter(name__in=names):
        if found.space_id != (space and space.pk):
            raise ValidationError({field: [f"The interface {found.name} must belong to the protocol's space."]})


def _route(aggregator: models.Aggregator, space: models.Space | None, route: Values) -> None:
    network = ipaddress.ip_network(route["network"])
    address, target = route.get("address"), route.get("interface")
    text = f"{network}: "
    if route["destination"] == "gateway":
        if address is None:
            raise ValidationError({"routes": [text + "an address is required with the destination gateway."]})
        if ipaddress.ip_address(address).version != network.version:
            raise ValidationError({"routes": [text + f"the address {address} is of the other family."]})
    if route["destination"] == "interface" and target is None:
        raise ValidationError({"routes": [text + "an interface is required with the destination interface."]})
    if target is not None and (target.aggregator_id != aggregator.pk or target.space_id != (space and space.pk)):
        raise ValidationError(
            {"routes": [text + f"the interface {target.name} must belong to the protocol's aggregator and space."]}
        )


def _timers(hold: int, keepalive: int) -> None:
    if hold in (1, 2):
        raise ValidationError({"hold_time": ["Must be 0 or at least 3 seconds."]})
    if hold and keepalive > hold:
        raise ValidationError({"keepalive_time": [f"Must not be above the hold time, {hold}."]})


def routing_filter(aggregator: models.Aggregator, instance: models.Filter | None, values: Values) -> None:
    """Name unique on the node; the family fixed while a protocol uses it."""
    if _others(aggregator.filters, instance).filter(name=values["name"]).exists():
        raise ValidationError({"name": ["A filter with this name exists on the node."]})
    if instance is not None and instance.family != values["family"]:
        users = filter_users(instance)
        if users:
            raise ValidationError({"family": [f"Cannot be changed: used by {', '.join(users)}."]})


def filter_users(found: models.Filter) -> list[str]:
    """The names of the protocols that use the filter."""
    query = Q()
    for name in models.SLOTS:
        query |= Q(**{f"{name}_filter": found})
    return sorted(models.Protocol.objects.filter(query).values_list("name", flat=True))


# Nodes, bonds and spaces


def aggregator(instance: models.Aggregator | None, values: Values) -> None:
    """Name unique in its space."""
    same = models.Aggregator.objects.filter(space=values["space"], name=values["name"])
    if _others(same, instance).exists():
        raise ValidationError({"name": ["An aggregator with this name exists in the space."]})


def bond(values: Values) -> None:
    """The secondary aggregator is another than the primary."""
    if values.get("secondary_aggregator") == values["aggregator"]:
        raise ValidationError({"secondary_aggregator": ["Must not be the primary aggregator."]})


def space(instance: models.Space | None, values: Values, user: models.User) -> None:
    """A parent that the user sees, except for who sees everything; never itself or a descendant."""
    parent = values.get("parent")
    if parent is None:
        unchanged = instance is not None and instance.parent is None
        if not unchanged and not (user.is_superuser and user.space_id is None):
            raise ValidationError({"parent": ["This field is required."]})
    while instance is not None and parent is not None:
        if parent.pk == instance.pk:
            raise ValidationError({"parent": ["A space cannot be below itself."]})
        parent = parent.parent


def connected_ip(bond: models.Bond, instance: models.ConnectedIP | None, values: Values) -> None:
    """Interface of the bond; unique on the bond; no CPE NAT IP of the bond loses its network by the change."""
    if values["interface"].bond_id != bond.pk:
        raise ValidationError({"interface": ["The interface must belong to the bond."]})
    if _others(bond.connected_ips, instance).filter(ip=values["ip"]).exists():
        raise ValidationError({"ip": ["The bond has this connected IP already."]})
    if instance is not None and instance.ip != values["ip"]:
        _still_covered(bond, instance, values["ip"], "ip")


def _still_covered(bond: models.Bond, changed: models.ConnectedIP, new: str | None, field: str) -> None:
    ips = list(_others(bond.connected_ips, changed).values_list("ip", flat=True)) + ([new] if new else [])
    before = private_networks([*ips, changed.ip])
    after = private_networks(ips)
    for entry in bond.cpe_nat_ips.all():
        address = ipaddress.IPv4Address(entry.nat_ip)
        if any(address in network for network in before) and not any(address in network for network in after):
            raise ValidationError({field: [f"The CPE NAT IP {entry.ip} needs this network for {entry.nat_ip}."]})


def private_networks(ips: Iterable[str]) -> list[ipaddress.IPv4Network]:
    """The private IPv4 networks of these connected IPs ("192.168.17.1/24")."""
    networks = [ipaddress.ip_interface(ip).network for ip in ips]
    return [network for network in networks if isinstance(network, ipaddress.IPv4Network) and network.is_private]


def cpe_nat_ip(bond: models.Bond, instance: models.CpeNatIP | None, values: Values) -> None:
    """Unique on the bond; its destination inside a private connected network of the bond.

    Two bonds may have the same one: the vendor's pair of highly available bonders enables one of the two.
    """
    if _others(bond.cpe_nat_ips, instance).filter(ip=values["ip"]).exists():
        raise ValidationError({"ip": ["The bond has this CPE NAT IP already."]})
    networks = private_networks(bond.connected_ips.values_list("ip", flat=True))
    if not any(ipaddress.IPv4Address(values["nat_ip"]) in network for network in networks):
        known = ", ".join(sorted(str(network) for network in networks)) or "none"
        raise ValidationError({"nat_ip": [f"Must be in a private connected network of the bond; it has: {known}."]})


# Deletion


def deletion(found: Model) -> None:
    """Nothing that is in use goes away."""
    if isinstance(found, models.Filter):
        users = filter_users(found)
        if users:
            raise ValidationError({"non_field_errors": [f"The filter is in use by {', '.join(users)}."]})
    if isinstance(found, models.ConnectedIP):
        _still_covered(found.bond, found, None, "non_field_errors")
