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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ..._model.desired_network import DesiredGateway, Report
from ..._model.finding import Difference, Severity
from ..._model.names import ANYWHERE, ANYWHERE_IPV6, TAG_NETWORK, object_name
from ..._model.ownership import is_own_object
from ..._objects import Object, title_of
from ..aggregators.fleet import Member, some
from ..context import Context
from ..mesh.discovery import protocol_patterns

ROUTING = ("babel_protocol", "ospf_protocol")
LOOPS = "each hands on what the other one has learned, and a route that is withdrawn goes round"
LEFT_ALONE = "the collection changes no object of others."


@dataclass(frozen=True)
class Meeting:
    """An object of others and one of ours that meet, on any number of aggregators."""

    subject: str
    does: tuple[str, str]
    """Both forms of the verb: "runs", "run"."""
    what: str
    got: str
    expected: str
    harm: str
    name: str
    """Name of the object of others in the advice."""
    way: str = ""
    """Alternative to the end of the object, as the end of a sentence."""
    end: str = "Delete or disable"

    def about(self, host: str, severity: Severity) -> Difference:
        """Return the finding of an audit about an object of others on a host."""
        found = f"{self.subject} {self.does[0]} {self.what} (got {self.got})"
        remedy = f"{self.end} {self.name} on the management server{self.way}."
        return Difference(
            "foreign_object", f"{host}/{self.name}", self.expected, found, severity, "bystander", host, remedy=remedy
        )


@dataclass
class Meetings:
    """Meetings with the hosts that have them; `idle` are those of objects that are disabled or import nothing."""

    active: dict[Meeting, list[str]] = field(default_factory=dict)
    idle: dict[Meeting, list[str]] = field(default_factory=dict)
    apart: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    """(title, name of ours, interfaces) of a routing protocol in the table of ours that does no harm."""

    def add(self, meeting: Meeting, host: str, is_active: bool = True) -> None:
        """Note a meeting on a host."""
        (self.active if is_active else self.idle).setdefault(meeting, []).append(host)

    def tell(self, report: Report) -> None:
        """Add a problem of each active meeting, and a warning of each other one."""
        for one, hosts in self.active.items():
            report.problem(
                f"{some(hosts)}: {one.subject} {one.does[0]} {one.what} (got {one.got}, expected {one.expected}): "
                f"{one.harm}. {one.end} {one.name} on the management server{one.way}: {LEFT_ALONE}",
                *(one.about(host, "error") for host in hosts),
            )
        for one, hosts in self.idle.items():
            report.warn(
                f"{some(hosts)}: {one.subject} would {one.does[1]} {one.what}: {one.harm}. It is disabled or imports "
                "nothing, and does no harm as long as that is so. "
                f"Delete {one.name} on the management server: {LEFT_ALONE}",
                *(one.about(host, "warning") for host in hosts),
            )
        for (title, ours, interfaces), hosts in self.apart.items():
            report.warn(
                f"{some(hosts)}: {title} is in one routing table with {ours}, on other interfaces ({interfaces}). No "
                "route goes round as it is now. Let it join no two aggregators of this network, or delete it on the "
                f"management server: {LEFT_ALONE}"
            )


@dataclass(frozen=True)
class Place:
    """An aggregator with the objects of others on it, and those that the network wants there."""

    member: Member
    theirs: list[Object]
    ours: list[Object]
    tunnels: dict[str | None, Object]
    """Our VXLAN interfaces by space."""
    routing: dict[str | None, Object]
    """Our Babel or OSPF protocols by space."""


def check_foreign_protocols(wanted: Iterable[Object], context: Context) -> None:
    """Refuse objects of others that meet `wanted`, the meshes' and BGP's objects, or a gateway's routes."""
    meetings = Meetings()
    ours: dict[str, list[Object]] = {}
    for obj in wanted:
        ours.setdefault(obj.parent, []).append(obj)
    places = [_place(member, ours.get(member.parent, []), context) for member in context.fleet.members]
    joining: list[tuple[Place, Object, Object]] = []
    for place in places:
        joining += _check_routing(place, meetings)
        _check_sessions(place, meetings)
        _check_interfaces(place, context, meetings)
        _check_names(place, meetings)
    _check_second_meshes(joining, meetings)
    _check_static_routes(places, context, meetings)
    meetings.tell(context.report)


def _place(member: Member, ours: list[Object], context: Context) -> Place:
    """Return an aggregator with what meets on it; an object of a wanted kind and name is left to `conflicts`."""
    names = {(obj.kind, obj.key) for obj in ours}
    theirs = [
        obj
        for obj in context.server.objects.get(member.id, ())
        if (obj.kind, obj.key) not in names and is_own_object(context.desired.network, obj) is None
    ]
    tunnels = {obj.data.get("space"): obj for obj in ours if obj.kind == "vxlan_interface"}
    return Place(member, theirs, ours, tunnels, {obj.data.get("space"): obj for obj in ours if obj.kind in ROUTING})


def _check_routing(place: Place, meetings: Meetings) -> Iterator[tuple[Place, Object, Object]]:
    """Note routing protocols of others on our interfaces; yield (place, theirs, ours) of the others in our table."""
    for obj in place.theirs:
        if obj.kind not in ROUTING:
            continue
        tunnel, ours = place.tunnels.get(obj.data.get("space")), place.routing.get(obj.data.get("space"))
        if tunnel and matches_interface(obj, tunnel.key):
            name = ours.key if ours else "bonding_bgp"
            meeting = Meeting(
                subject=_title(obj),
                does=("runs", "run"),
                what=f"on {tunnel.key}, an interface of this network",
                got=f"{obj.key} and {name}",
                expected=f"{name} alone",
                harm=LOOPS,
                name=obj.key,
            )
            meetings.add(meeting, place.member.host, _is_enabled(obj))
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
                subject=_title(obj),
                does=("joins", "join"),
                what=f"aggregators that {ours.key} joins too",
                got=f"{obj.key} on {interfaces}",
                expected=f"{ours.key} alone",
                harm=LOOPS,
                name=obj.key,
            )
            meetings.add(meeting, place.member.host)
        else:
            meetings.apart.setdefault((_title(obj), ours.key, interfaces), []).append(place.member.host)


def _segments(place: Place, obj: Object, ours: Object) -> Iterator[str]:
    """Yield the VNIs and subnets on which a protocol of others hands on routes that ours hands back."""
    hands_back = _mode(ours, "export_ipv4") == "all" or obj.kind != "babel_protocol"
    if not (hands_back and _is_enabled(obj) and _mode(obj, "import_ipv4") != "none"):
        return
    if _mode(obj, "export_ipv4") != "all":
        return
    for one in place.theirs:
        same_space = one.data.get("space") == obj.data.get("space")
        if one.kind.endswith("_interface") and same_space and _is_enabled(one) and matches_interface(obj, one.key):
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
            found.setdefault(_is_enabled(obj), []).append((obj.key, f"{obj.key} and {ours[address]} to {address}"))
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
        meeting = Meeting(_title(obj), ("has", "have"), "", "", "another one", "", obj.key)
        subnet = ipaddress.ip_interface(tunnel.data["addresses"][0]).network
        overlap = [text for text in obj.data.get("addresses") or () if _overlaps(text, subnet)]
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
        if meeting.what and not _is_own_interface(obj, place.member, context):
            meetings.add(meeting, place.member.host, _is_enabled(obj))


def _check_names(place: Place, meetings: Meetings) -> None:
    """Note protocols and filters of others with a name that the network gives to another kind of object."""
    ours = {obj.key: obj for obj in place.ours if not obj.kind.endswith("_interface")}
    for obj in place.theirs:
        mine = ours.get(obj.key)
        if mine and not obj.kind.endswith("_interface"):
            meeting = Meeting(
                subject=_title(obj),
                does=("has", "have"),
                what=f"the name of the network's {title_of(mine.kind)}",
                got=title_of(obj.kind),
                expected=title_of(mine.kind),
                harm="BIRD has one namespace for protocols and filters",
                name=obj.key,
                end="Delete or rename",
            )
            meetings.add(meeting, place.member.host)


def _is_own_interface(obj: Object, member: Member, context: Context) -> bool:
    """Return True if an interface is a mesh's, under an older name too, or has the address of a gateway of ours."""
    key = obj.data.get("space")
    space = context.server.spaces.get(key or "")
    own = {
        one.private_ip
        for one in context.cloud.interfaces.values()
        if one.tags.get(TAG_NETWORK) == context.desired.network
    }
    return obj in context.existing.of(key, space.id if space else 0).get(member.id, ()) or any(
        text.split("/")[0] in own for text in obj.data.get("addresses") or ()
    )


def _check_static_routes(places: Sequence[Place], context: Context, meetings: Meetings) -> None:
    """Note static routes of others to the destinations of a gateway that its space also has on the aggregator."""
    spaces = {space.key: space for space in context.desired.spaces if space.gateways}
    joined: dict[str | None, set[str]] = {}
    found = [(place, obj) for place in places for obj in place.theirs if obj.kind == "static_protocol"]
    for place in places if found else ():
        for key in place.tunnels:
            joined.setdefault(key, set()).add(place.member.host)
    for place, obj in found:
        space, host = spaces.get(obj.data.get("space") or ""), place.member.host
        number = context.server.spaces[space.key].id if space and space.key in context.server.spaces else None
        if space is None or number is None:
            continue
        mesh = joined.get(space.key, set())
        managed = space.private_wan == "managed_mesh"
        near = [one for one in space.gateways if managed or one.host == host or {one.host, host} <= mesh]
        wanted = _destinations(near, bool(space.vpc and space.vpc.ipv6))
        ours = object_name(context.desired.network, "gateway", number)
        for route in obj.data.get("routes") or ():
            destination = str(route["network"])
            if destination not in wanted:
                continue
            is_default = destination in (ANYWHERE, ANYWHERE_IPV6)
            meeting = Meeting(
                subject=_title(obj),
                does=("has", "have"),
                what=f"a second route to {destination} beside that of the gateway on {some(wanted[destination])}",
                got=f"{obj.key} and {ours}",
                expected=f"{ours} alone",
                harm="what is sent there takes one way or the other",
                name=obj.key,
                way="" if is_default else f", or take {destination} out of the gateway's networks",
            )
            slot = "import_ipv6" if ":" in destination else "import_ipv4"
            meetings.add(meeting, host, _is_enabled(obj) and _mode(obj, slot) != "none")


def _destinations(gateways: Iterable[DesiredGateway], ipv6: bool) -> Mapping[str, list[str]]:
    """Return the destinations of the gateways' routes with the hosts that the gateways are on."""
    found: dict[str, list[str]] = {}
    for gateway in gateways:
        defaults = (ANYWHERE, ANYWHERE_IPV6) if ipv6 else (ANYWHERE,)
        for destination in dict.fromkeys((*defaults, *gateway.networks)):
            found.setdefault(destination, []).append(gateway.host)
    return found


def _title(obj: Object) -> str:
    title, space = f"the {title_of(obj.kind)} {obj.key}", obj.data.get("space")
    if obj.kind == "filter":
        return title
    return f"{title} of space {space}" if space else f"{title} without a space"


def _is_enabled(obj: Object) -> bool:
    return obj.data.get("enabled") is not False


def _mode(obj: Object, slot: str) -> str:
    return str((obj.data.get(slot) or {}).get("mode", "all"))


def _overlaps(address: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    found = ipaddress.ip_interface(address).network
    return found.version == network.version and found.overlaps(network)


def matches_interface(protocol: Object, interface: str) -> bool:
    """Return True if a Babel or OSPF protocol names the interface by one of its patterns."""
    return any(_pattern(text).fullmatch(interface) for text in protocol_patterns(protocol))


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    """Return a pattern of interfaces as BIRD reads it: `*` is any text, `?` any character, all others themselves."""
    return re.compile("".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in text))
