# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The seed: a YAML file that says what exists at first.

    users: [{email, password, token, space: key, superuser: bool, permissions: ["view_space", "*_interface", ...]}]
    spaces: [{id, key, name, parent: key, private_wan_enabled, private_wan_mode, private_wan_include_interfaces}]
    routing_groups: [{id, name}]
    aggregators: [{id, name, ip, ipv6, space: key, routing_group: name, version, status}]
    bonds: [{id, name, space: key, aggregator: name, secondary_aggregator: name, current_aggregator: name,
             interfaces: [{id, type, name}], connected_ips: [{interface: name, ip, enabled, ...}],
             cpe_nat_ips: [{ip, nat_ip, enabled}], routes: [{network, gateway, include_private_wan, enabled}]}]
    aggregator_interfaces: [{aggregator: name, type, name, space: key, ...}]
    aggregator_filters: [{aggregator: name, name, family, body}]
    aggregator_protocols: [{aggregator: name, protocol, name, space: key, ...}]

Interfaces, filters and protocols are in the shape that the collection's modules accept. What is left out has the
server's default; ids may be left out. An aggregator is named by name or id. A user's permissions may have
wildcards; the object types are space, routinggroup, node, aggregator, bond, bondinterface, connectedip, cpenatip,
bondroute, interface, protocol and filter. The rules of the API are not applied: a seed may hold what it would refuse.
"""

from __future__ import annotations

import fnmatch
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import Error, transaction
from rest_framework.authtoken.models import Token

from . import models, permissions
from .serializers.base import stored
from .serializers.interfaces import with_descriptions, with_families

INTERFACES = {
    "ethernet": models.EthernetInterface,
    "vlan": models.VlanInterface,
    "vxlan": models.VxlanInterface,
}
PROTOCOLS = {
    "static": models.StaticProtocol,
    "bgp": models.BgpProtocol,
    "babel": models.BabelProtocol,
    "ospf": models.OspfProtocol,
}
BABEL = {"type": "auto", "rxcost": None, "hello_interval": None, "update_interval": None}
OSPF = {"type": "auto", "cost": None, "hello": None, "dead": None}


class SeedError(Exception):
    """The seed cannot be used; the text names the entry and says why."""


def read(path: pathlib.Path) -> dict[str, Any]:
    """The seed from its file; only its outermost form is checked here."""
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise SeedError(f"{path}: {error}") from error
    if not isinstance(given, dict) or not all(isinstance(part, list) for part in given.values()):
        raise SeedError(f"{path}: a seed is a dictionary of lists")
    unknown = sorted(set(given) - set(MAKERS))
    if unknown:
        raise SeedError(f"{path}: unknown: {', '.join(unknown)}; known: {', '.join(MAKERS)}")
    return given


def fill(given: Mapping[str, Any]) -> None:
    """Make everything that the seed names, in an empty database."""
    with transaction.atomic():
        for section, make in MAKERS.items():
            entries = given.get(section) or []
            if section == "aggregator_interfaces":
                # A VLAN's parent has to be there.
                entries = sorted(entries, key=lambda entry: entry.get("type") == "vlan")
            for entry in entries:
                try:
                    make(dict(entry))
                except KeyError as error:
                    raise SeedError(f"{section}: {entry}: {error.args[0]} is missing or unknown") from error
                except (Error, FieldDoesNotExist, ObjectDoesNotExist, TypeError, ValueError) as error:
                    raise SeedError(f"{section}: {entry}: {error}") from error


def _of_space(key: str | None) -> models.Space | None:
    if key is None:
        return None
    found: models.Space | None = models.Space.objects.filter(key=key).first()
    if found is None:
        raise ValueError(f"there is no space with the key {key}")
    return found


def one_of(model: Any, reference: str | int) -> Any:
    """Return the object with this name or id. Raises ValueError."""
    where = {"pk": int(reference)} if str(reference).isdigit() else {"name": reference}
    found = list(model.objects.filter(**where))
    if len(found) != 1:
        ids = ", ".join(str(row.pk) for row in found) or "none"
        raise ValueError(f"{model.__name__.lower()} {reference}: one was expected, found: {ids}")
    return found[0]


def _of_aggregator(reference: str | int | None) -> models.Aggregator | None:
    return None if reference is None else one_of(models.Aggregator, reference)


def _space(entry: dict[str, Any]) -> None:
    entry["parent"] = _of_space(entry.get("parent"))
    entry.setdefault("name", entry["key"])
    models.Space.objects.create(**entry)


def _routing_group(entry: dict[str, Any]) -> None:
    models.RoutingGroup.objects.create(**entry)


def _aggregator(entry: dict[str, Any]) -> None:
    group = entry.pop("routing_group", None)
    if group is not None:
        entry["routing_group"] = models.RoutingGroup.objects.get(name=group)
    entry["space"] = _of_space(entry["space"])
    models.Aggregator.objects.create(**{"status": "up", **entry})


def _bond(entry: dict[str, Any]) -> None:
    parts = {name: entry.pop(name, None) or [] for name in ("interfaces", "connected_ips", "cpe_nat_ips", "routes")}
    entry["space"] = _of_space(entry["space"])
    current = entry.pop("current_aggregator", None) or entry["aggregator"]
    entry["aggregator"] = _of_aggregator(entry["aggregator"])
    entry["secondary_aggregator"] = _of_aggregator(entry.get("secondary_aggregator"))
    entry["current_aggregator"] = _of_aggregator(current)
    entry["bonder"] = models.Bonder.objects.create(name=f"bonder-{entry['name']}", space=entry["space"], status="up")
    bond = models.Bond.objects.create(**entry)
    for row in parts["interfaces"]:
        bond.interfaces.create(**row)
    for row in parts["connected_ips"]:
        bond.connected_ips.create(**{**row, "interface": bond.interfaces.get(name=row["interface"])})
    for row in parts["cpe_nat_ips"]:
        bond.cpe_nat_ips.create(**row)
    for row in parts["routes"]:
        bond.routes.create(**row)


def _interface(entry: dict[str, Any]) -> None:
    addresses, endpoints = entry.pop("addresses", None) or [], entry.pop("endpoints", None) or []
    entry["aggregator"] = aggregator = _of_aggregator(entry["aggregator"])
    entry["space"] = _of_space(entry.get("space"))
    if entry.get("parent") is not None:
        entry["parent"] = models.Interface.objects.get(aggregator=aggregator, name=entry["parent"])
    entry["addresses"] = stored([], with_families([{"address": address} for address in addresses]))
    entry["endpoints"] = stored([], with_descriptions([{"ip": far["ip"], "vni": far["vni"]} for far in endpoints]))
    INTERFACES[entry.pop("type")].objects.create(**entry)


def _filter(entry: dict[str, Any]) -> None:
    models.Filter.objects.create(**{**entry, "aggregator": _of_aggregator(entry["aggregator"])})


def _protocol(entry: dict[str, Any]) -> None:
    entry["aggregator"] = aggregator = _of_aggregator(entry["aggregator"])
    entry["space"] = _of_space(entry.get("space"))
    kind = entry.pop("protocol")
    routes = entry.pop("routes", None) or []
    slots = {name: entry.pop(name) for name in models.SLOTS if name in entry}
    if "interfaces" in entry:
        entry["babel_interfaces"] = stored([], [{**BABEL, **block} for block in entry.pop("interfaces")])
    if "areas" in entry:
        entry["ospf_areas"] = stored(
            [],
            [
                {**area, "interfaces": stored([], [{**OSPF, **block} for block in area.get("interfaces", [])])}
                for area in entry.pop("areas")
            ],
        )
    for name, slot in slots.items():
        entry[f"{name}_mode"] = slot["mode"]
        if slot.get("filter") is not None:
            entry[f"{name}_filter"] = models.Filter.objects.get(aggregator=aggregator, name=slot["filter"])
    protocol = PROTOCOLS[kind].objects.create(**entry)
    for route in routes:
        interface = route.get("interface")
        if interface is not None:
            route = {**route, "interface": models.Interface.objects.get(aggregator=aggregator, name=interface)}
        protocol.routes.create(**route)


def _user(entry: dict[str, Any]) -> None:
    known = {"email", "password", "token", "space", "superuser", "permissions"}
    unknown = sorted(set(entry) - known)
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}")
    user = models.User(
        email=entry["email"], space=_of_space(entry.get("space")), is_superuser=bool(entry.get("superuser"))
    )
    user.set_password(entry["password"])
    user.save()
    if entry.get("token"):
        Token.objects.create(user=user, key=entry["token"])
    permit(user, entry.get("permissions") or [])


def permit(user: models.User, wanted: Iterable[str]) -> None:
    """Let the user's own group give these permissions, named or by patterns, and no others. Raises ValueError."""
    group, _new = Group.objects.get_or_create(name=f"group of {user.email}")
    group.permissions.set(_permissions(wanted))
    user.groups.add(group)
    permissions.forget_users()


def _permissions(wanted: Iterable[str]) -> list[Permission]:
    known = {permission.codename: permission for permission in Permission.objects.all()}
    found: dict[str, Permission] = {}
    for pattern in wanted:
        names = fnmatch.filter(known, pattern)
        if not names:
            raise ValueError(f"there is no permission {pattern}")
        found.update({name: known[name] for name in names})
    return list(found.values())


MAKERS = {
    "spaces": _space,
    "routing_groups": _routing_group,
    "aggregators": _aggregator,
    "bonds": _bond,
    "aggregator_interfaces": _interface,
    "aggregator_filters": _filter,
    "aggregator_protocols": _protocol,
    "users": _user,
}
"""Sections of a seed in the order in which they are made."""
