# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Protocols and interfaces of others on the management server that meet the network's own.

The collection changes no object of others, so the plan refuses what would make both fail. Objects meet inside one space
only: each space has a routing table of its own, and the interfaces of a protocol belong to its space (vendor's rule).
So a pattern `*` of another space matches nothing of this one.

Two routing protocols in one table, of which each hands on what the other one has learned, loop where both join the same
two aggregators: a LAN that is withdrawn comes back by the other protocol (packet lab: still there after 90 s).
So a routing protocol of others is a problem on an interface of ours. On other interfaces it is a problem if a tunnel or
a subnet of these joins two members of our mesh. In all other cases it is harmless, and a warning:

- It is disabled, imports nothing, exports nothing, or exports by a filter, which its author has written on purpose.
- It leads to other routers, by one aggregator each: no second path exists by which a route could come back.
- It is Babel in a space with a managed mesh: our export filter hands nothing on that Babel has learned. The server's
  own Babel is there too, and a server that shows it in its lists (unknown) must not be refused.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ..._model.ownership import is_own_object
from ..._objects import Object, title_of
from ..aggregators.fleet import Member, some
from ..context import Context
from ..gateway.gateways import Gateway
from ..mesh.discovery import protocol_patterns
from .foreign_gateways import check_static_routes, check_subnets, names_of_gateways
from .meetings import Meeting, Meetings, Place, is_enabled, is_own_interface, mode_of, overlaps, title_in_space

ROUTING = ("babel_protocol", "ospf_protocol")
LOOPS = "each hands on what the other one has learned, and a route that is withdrawn goes round"


def check_foreign_protocols(wanted: Iterable[Object], gateways: Sequence[Gateway], context: Context) -> None:
    """Refuse objects of others that meet `wanted`, the meshes' and BGP's objects, or a gateway's."""
    meetings = Meetings()
    ours: dict[str, list[Object]] = {}
    for obj in wanted:
        ours.setdefault(obj.parent, []).append(obj)
    on_host: dict[int, list[Gateway]] = {}
    for gateway in gateways:
        on_host.setdefault(gateway.member.id, []).append(gateway)
    places = [
        _place(member, ours.get(member.parent, []), on_host.get(member.id, []), context)
        for member in context.fleet.members
    ]
    joining: list[tuple[Place, Object, Object]] = []
    for place in places:
        joining += _check_routing(place, meetings)
        _check_sessions(place, meetings)
        _check_interfaces(place, context, meetings)
        _check_names(place, context, meetings)
        check_subnets(place, context, meetings)
    _check_second_meshes(joining, meetings)
    check_static_routes(places, context, meetings)
    meetings.tell(context.report)


def _place(member: Member, ours: list[Object], gateways: list[Gateway], context: Context) -> Place:
    """Return an aggregator with what meets on it; an object of a wanted kind and name is left to `conflicts`."""
    names = {(obj.kind, obj.key) for obj in ours}
    theirs = [
        obj
        for obj in context.server.objects.get(member.id, ())
        if (obj.kind, obj.key) not in names and is_own_object(context.desired.network, obj) is None
    ]
    tunnels = {obj.data.get("space"): obj for obj in ours if obj.kind == "vxlan_interface"}
    routing = {obj.data.get("space"): obj for obj in ours if obj.kind in ROUTING}
    return Place(member, theirs, ours, tunnels, routing, gateways)


def _check_routing(place: Place, meetings: Meetings) -> Iterator[tuple[Place, Object, Object]]:
    """Note routing protocols of others on our interfaces; yield (place, theirs, ours) of the others in our table."""
    for obj in place.theirs:
        if obj.kind not in ROUTING:
            continue
        tunnel, ours = place.tunnels.get(obj.data.get("space")), place.routing.get(obj.data.get("space"))
        if tunnel and matches_interface(obj, tunnel.key):
            name = ours.key if ours else "bonding_bgp"
            meeting = Meeting(
                subject=title_in_space(obj),
                does=("runs", "run"),
                what=f"on {tunnel.key}, an interface of this network",
                got=f"{obj.key} and {name}",
                expected=f"{name} alone",
                harm=LOOPS,
                name=obj.key,
            )
            meetings.add(meeting, place.member.host, is_enabled(obj))
        elif ours:
            yield place, obj, ours


def _check_second_meshes(joining: Iterable[tuple[Place, Object, Object]], meetings: Meetings) -> None:
    """Refuse routing protocols of others that join two of our members as ours does; warn of all others."""
    found = list(joining)
    ends: dict[tuple[str | None, str], set[int]] = {}
    for place, obj, ours in found:
        for segment in _segments(place, obj, ours):
            ends.setdefault((obj.data.get("space"), segment), set()).add(place.member.id)
    for place, obj, ours in found:
        interfaces = ", ".join(sorted(protocol_patterns(obj))) or "none"
        if any(len(ends[obj.data.get("space"), segment]) > 1 for segment in _segments(place, obj, ours)):
            meeting = Meeting(
                subject=title_in_space(obj),
                does=("joins", "join"),
                what=f"aggregators that {ours.key} joins too",
                got=f"{obj.key} on {interfaces}",
                expected=f"{ours.key} alone",
                harm=LOOPS,
                name=obj.key,
            )
            meetings.add(meeting, place.member.host)
        else:
            meetings.apart.setdefault((title_in_space(obj), ours.key, interfaces), []).append(place.member.host)


def _segments(place: Place, obj: Object, ours: Object) -> Iterator[str]:
    """Yield the VNIs and subnets on which a protocol of others hands on routes that ours hands back."""
    hands_back = mode_of(ours, "export_ipv4") == "all" or obj.kind != "babel_protocol"
    if not (hands_back and is_enabled(obj) and mode_of(obj, "import_ipv4") != "none"):
        return
    if mode_of(obj, "export_ipv4") != "all":
        return
    for one in place.theirs:
        same_space = one.data.get("space") == obj.data.get("space")
        if one.kind.endswith("_interface") and same_space and is_enabled(one) and matches_interface(obj, one.key):
            if one.kind == "vxlan_interface":
                yield f"VNI {one.data.get('vni')}"
            yield from (str(ipaddress.ip_interface(text).network) for text in one.data.get("addresses") or ())


def _check_sessions(place: Place, meetings: Meetings) -> None:
    """Note BGP protocols of others, without a space as ours, with a neighbour of ours: one problem a host."""
    ours = {obj.data["neighbor_address"]: obj.key for obj in place.ours if obj.kind == "bgp_protocol"}
    found: dict[bool, list[tuple[str, str]]] = {}
    for obj in place.theirs if ours else ():
        address = obj.data.get("neighbor_address")
        if obj.kind == "bgp_protocol" and obj.data.get("space") is None and address in ours:
            found.setdefault(is_enabled(obj), []).append((obj.key, f"{obj.key} and {ours[address]} to {address}"))
    for is_active, pairs in found.items():
        meeting = Meeting(
            subject="the BGP protocols of others",
            does=("have", "have"),
            what="the neighbours of this network's",
            got=some([pair for _name, pair in pairs]),
            expected="one session to each",
            harm="the neighbour accepts one session from an address, and the other one stays down",
            name=some([name for name, _pair in pairs]),
        )
        meetings.add(meeting, place.member.host, is_active)


def _check_interfaces(place: Place, context: Context, meetings: Meetings) -> None:
    """Note interfaces of others with the VNI of a mesh, or in its tunnel subnet, in the mesh's own space."""
    for obj in place.theirs:
        tunnel = place.tunnels.get(obj.data.get("space"))
        if tunnel is None or not obj.kind.endswith("_interface") or obj.key == tunnel.key:
            continue
        meeting = Meeting(title_in_space(obj), ("has", "have"), "", "", "another one", "", obj.key)
        subnet = ipaddress.ip_interface(tunnel.data["addresses"][0]).network
        overlap = [text for text in obj.data.get("addresses") or () if overlaps(text, subnet)]
        if obj.kind == "vxlan_interface" and obj.data.get("vni") == tunnel.data["vni"]:
            meeting = replace(
                meeting,
                what=f"the VNI of {tunnel.key}",
                got=str(obj.data["vni"]),
                harm="Linux has one VXLAN device of a VNI",
                way=f", give the mesh another vxlan.vni, or say vxlan.interface: {obj.key} to have it managed",
            )
        elif overlap:
            meeting = replace(
                meeting,
                what=f"an address in the tunnel subnet of {tunnel.key}",
                got=", ".join(overlap),
                expected=f"none that overlaps {subnet}",
                harm="packets to tunnel addresses leave by it",
                way=", or give the mesh another subnet",
            )
        if meeting.what and not is_own_interface(obj, place.member, context):
            meetings.add(meeting, place.member.host, is_enabled(obj))


def _check_names(place: Place, context: Context, meetings: Meetings) -> None:
    """Note protocols and filters of others with a name that the network gives to another kind of object."""
    kinds = {obj.key: obj.kind for obj in place.ours if not obj.kind.endswith("_interface")}
    kinds |= names_of_gateways(place, context)
    for obj in place.theirs:
        mine = kinds.get(obj.key)
        if mine and not obj.kind.endswith("_interface"):
            meeting = Meeting(
                subject=title_in_space(obj),
                does=("has", "have"),
                what=f"the name of the network's {title_of(mine)}",
                got=title_of(obj.kind),
                expected=title_of(mine),
                harm="BIRD has one namespace for protocols and filters",
                name=obj.key,
                end="Delete or rename",
            )
            meetings.add(meeting, place.member.host)


def matches_interface(protocol: Object, interface: str) -> bool:
    """Return True if a Babel or OSPF protocol names the interface by one of its patterns."""
    return any(_pattern(text).fullmatch(interface) for text in protocol_patterns(protocol))


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    """Return a pattern of interfaces as BIRD reads it: `*` is any text, `?` any character, all others themselves."""
    return re.compile("".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in text))
