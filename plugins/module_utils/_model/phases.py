# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what exists to what is wanted in three stages, so that live traffic never loses its path.

Lists that carry traffic (endpoints, addresses, patterns, routes) first grow to the union, and shrink to the wanted list
only in the last phase; what cannot be done beside the old value is done in between, one host at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from .._objects import Object

Phase = Literal["adopt", "add", "switch", "remove"]
PHASES: tuple[Phase, ...] = ("add", "switch", "remove")
"""The phases in which a run changes objects."""
ADOPT: Phase = "adopt"
"""The phase of a run that only gives objects of the operator's the tags of the network."""
PLANNED_PHASES: tuple[Phase, ...] = (ADOPT, *PHASES)

_GROWING: dict[str, Callable[[Any], Any]] = {
    "endpoints": lambda entry: (entry["ip"], entry["vni"]),
    "addresses": lambda entry: entry,
    "routes": lambda entry: entry["network"],
    "interfaces": lambda entry: tuple(entry["patterns"]),
}
"""Fields that are lists of parts that carry traffic on their own, with what tells one part from another."""

_GOES_OFF_LATE = ("accept_ra", "include_private_wan")
"""Switches that come on in the first phase, and go off in the switch phase, where they interrupt."""

_WITH_WHAT_GROWS = {"static_protocol": "import_ipv4"}
"""By kind, the field that has to be there with the first new part: the filter by which new routes come in."""

DISRUPTIVE: dict[str, dict[str, str]] = {
    "vxlan_interface": {
        "vni": "the mesh of the space over this aggregator, until all members have the new VNI",
        "mtu": "the mesh of the space over this aggregator, while the device is made again",
        "space": "everything over this interface",
        "enabled": "everything over this interface",
    },
    "ethernet_interface": {
        "mtu": "the gateway's traffic, while the device is set again",
        "space": "everything over this interface",
        "addresses": "the gateway's traffic",
        "accept_ra": "the gateway's IPv6",  # in this phase it goes off; it comes on in the first one
        "enabled": "everything over this interface",
    },
    "bgp_protocol": {
        "local_as": "this BGP session",
        "neighbor_as": "this BGP session",
        "local_address": "this BGP session",
        "neighbor_address": "this BGP session",
        "rr_client": "this BGP session",
        "password": "this BGP session, if its password changes",
    },
    "static_protocol": {"routes": "what these routes carry"},
    "cpe_nat_ip": {"nat_ip": "the public address's inbound connections, until the bonder has the new rule"},
    "connected_ip": {
        "interface": "the bond's connected network",
        "include_private_wan": "what the private WAN has for the bond's connected network",  # it goes off here
    },
}
"""Changes that interrupt traffic, by kind and field, with what they interrupt."""


@dataclass
class ObjectBatch:
    """Objects of one host in one phase: `wanted` as they shall be after the phase, `gone` to be deleted in it."""

    part: str
    host: str | None
    wanted: list[Object] = field(default_factory=list)
    gone: list[Object] = field(default_factory=list)


def _union(name: str, found: Any, wanted: Any) -> Any:
    """Return the found parts as they are, then the wanted ones that are new."""
    identify = _GROWING[name]
    present = {identify(entry) for entry in found or ()}
    return [*(found or ()), *(entry for entry in wanted or () if identify(entry) not in present)]


def _without_removed(name: str, found: Any, wanted: Any) -> Any:
    """Return the union again, with wanted options: what the switch phase leaves, before the old parts go."""
    identify = _GROWING[name]
    kept = {identify(entry) for entry in wanted or ()}
    return [*(entry for entry in found or () if identify(entry) not in kept), *(wanted or ())]


def stage(found: Object | None, wanted: Object, filters_grow: bool = True) -> dict[Phase, Object]:
    """`wanted` as it shall be after each phase; with `filters_grow` a filter's text is replaced in the first one.

    A thing that does not exist is made whole in the first phase, and one that is as wanted already stays.
    """
    if found is None or all(found.data.get(name) == value for name, value in wanted.data.items()):
        return dict.fromkeys(PHASES, wanted)
    added: dict[str, Any] = {}
    switched: dict[str, Any] = {}
    for name, value in wanted.data.items():
        old = found.data.get(name)
        if name in _GROWING and value is not None:
            added[name] = _union(name, old, value)
            switched[name] = _without_removed(name, old, value)
        elif name == "areas":
            added[name], switched[name] = _areas(old, value)
        elif wanted.kind == "filter" and name == "body":
            added[name] = switched[name] = value if filters_grow else old
        elif name == _WITH_WHAT_GROWS.get(wanted.kind):
            added[name] = switched[name] = value
        elif name in _GOES_OFF_LATE:
            added[name], switched[name] = bool(old or value), value
        else:
            added[name] = value if old is None and name != "mtu" else old
            switched[name] = value
    return {
        "add": Object(wanted.kind, wanted.parent, wanted.key, added),
        "switch": Object(wanted.kind, wanted.parent, wanted.key, switched),
        "remove": wanted,
    }


def later(staged: Object, wanted: Object) -> dict[str, Any]:
    """Return the fields of `staged` that get their wanted value in a later phase; of addresses those that go.

    A static protocol's routes are not among them: they are staged with what the VPC's tables lead to the gateway.
    """
    fields = {n: v for n, v in staged.data.items() if n != "routes" and wanted.data.get(n) != v}
    if "addresses" in fields:
        fields["addresses"] = [entry for entry in fields["addresses"] if entry not in wanted.data["addresses"]]
    return fields


def _areas(found: Any, wanted: Any) -> tuple[Any, Any]:
    """Return OSPF's areas of a phase: their interfaces grow and shrink like Babel's."""
    old = {area["area_id"]: area.get("interfaces") for area in found or ()}
    new = {area["area_id"]: area.get("interfaces") for area in wanted or ()}
    added = [
        {"area_id": number, "interfaces": _union("interfaces", old.get(number), new.get(number))}
        for number in old | new
    ]
    switched = [
        {"area_id": number, "interfaces": _without_removed("interfaces", old.get(number), new.get(number))}
        for number in old | new
    ]
    return added, switched
