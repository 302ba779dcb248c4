# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP between the aggregators, so that a bond with a CPE NAT address may move.

Source: AN-001 "Route CPE NAT IPs across a group of aggregators"; filters, timers and reflectors from the packet lab.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..._model.desired_network import DesiredBgp, DesiredNetwork, Report
from ..._model.names import object_name
from ..._objects import Object
from ..._parents import number_of
from ..aggregators.fleet import Fleet, Member, refuse_host, refuse_unless_incomplete
from ..aggregators.leftovers import PRUNE
from ..context import Context
from ..mesh.meshes import Mesh
from ..mesh.objects import NONE
from .entries import Entry, is_retired
from .planner import own_addresses

FULL_MESH = 32
"""Aggregators that may all speak with each other; more speak with route reflectors alone."""


def transit_objects(mesh: Mesh, desired: DesiredNetwork) -> list[Object]:
    """Return the objects of a VXLAN without a space on every member, and of BGP over it."""
    if desired.bgp is None:
        return []
    inside = [member for member in mesh.members if member.id in mesh.addresses]
    spoken = session_objects(inside, mesh.addresses, desired.network, desired.bgp)
    return [*(mesh.interface_of(member) for member in inside), *spoken]


def choose_speakers(entries: Iterable[Entry], context: Context) -> tuple[Member, ...]:
    """Return the members between which BGP runs, by `bonding_bgp.aggregators`.

    Involved are the aggregators of bonds with a CPE NAT entry, and those whose interface has, or gets, such an address.
    """
    desired, fleet = context.desired, context.fleet
    wanted = desired.bgp.aggregators if desired.bgp else ()
    if wanted == "all":
        return tuple(fleet.members)
    if wanted == "involved":
        entries = list(entries)
        bonds = [entry.bond for entry in entries]
        involved = {number for bond in bonds for number in (bond.primary, bond.secondary, bond.present) if number}
        hosts = {entry.desired.aggregator for entry in entries}
        places = {one.interface_id for one in own_addresses(desired, context.cloud).values() if not is_retired(one)} - {
            None
        }
        return tuple(
            member
            for member in fleet.members
            if member.id in involved
            or member.host in hosts
            or (member.instance and member.instance.interface_id in places)
        )
    for host in wanted:
        if fleet.by_host(host) is None:
            refuse_host(host, "bonding_bgp.aggregators", fleet, context.report)
    return tuple(member for member in fleet.members if member.host in wanted)


def direct_objects(desired: DesiredNetwork, fleet: Fleet, report: Report) -> list[Object]:
    """Return BGP over the members' private addresses: only inside one subnet, where no VPC router is between."""
    if desired.bgp is None or desired.bgp.mode != "direct":
        return []
    places: dict[str, list[Member]] = {}
    for member in fleet.speakers:
        if fleet.lacks_instance(member):
            continue  # its subnet is not known, and its sessions stay
        if member.instance is None:
            refuse_unless_incomplete(
                fleet,
                f"bonding_bgp: mode: direct: {member.host} has no aws_instance_id: neither its subnet nor its "
                "source/destination check is known. Give it, or choose mode: transit.",
                report,
            )
        else:
            places.setdefault(f"{member.instance.subnet_id} ({member.subnet})", []).append(member)
    if len(places) > 1:
        listing = "; ".join(f"{place}: {', '.join(m.host for m in inside)}" for place, inside in sorted(places.items()))
        report.problem(
            f"bonding_bgp: mode: direct: the aggregators are in {len(places)} subnets ({listing}). Between subnets the "
            "VPC's router forwards, and it does not know on which aggregator a bond is. Choose mode: transit with a "
            "subnet for its tunnels, for example 10.253.0.0/20, or name the hosts of one subnet in "
            "bonding_bgp.aggregators."
        )
        return []
    addresses = {member.id: member.private_ip for member in fleet.speakers if member.private_ip}
    inside = [member for member in fleet.speakers if member.id in addresses]
    return session_objects(inside, addresses, desired.network, desired.bgp)


def check_reflectors(desired: DesiredNetwork, fleet: Fleet, report: Report) -> None:
    """Reflectors are members; without them a mesh stays small."""
    if desired.bgp is None or desired.absent:
        return
    for host in desired.bgp.route_reflectors:
        if fleet.by_host(host) is None:
            refuse_host(host, "bonding_bgp.route_reflectors", fleet, report)
        elif fleet.by_host(host) not in fleet.speakers:
            report.problem(
                f"bonding_bgp.route_reflectors: {host} is outside of bonding_bgp.aggregators, so it has no session. "
                "Add it there, or take it out of route_reflectors."
            )
    if not desired.bgp.route_reflectors and len(fleet.speakers) > FULL_MESH:
        report.problem(
            f"bonding_bgp: {len(fleet.speakers)} aggregators would have {len(fleet.speakers) - 1} sessions each: up to "
            f"{FULL_MESH} may all speak with each other. Name two of them in route_reflectors."
        )
    if len(desired.bgp.route_reflectors) == 1:
        report.warn(
            f"bonding_bgp.route_reflectors: {desired.bgp.route_reflectors[0]} alone: while it is down no bond's move "
            "is told to anybody. Name a second one."
        )


def refuse_smaller(session: Object, peer: int, fleet: Fleet, report: Report) -> None:
    """Refuse to leave a host of the inventory out of BGP by a slip, as a mesh is never made smaller by one."""
    inside = {speaker.id for speaker in fleet.speakers}
    for number in (number_of(session.parent), peer):
        member = fleet.by_id(number)
        if member and number not in inside:
            report.problem(
                f"bonding_bgp: {member.host} has BGP sessions, but bonding_bgp.aggregators does not name it any more. "
                f"{PRUNE}: true takes it out."
            )


def bgp_filter(members: Sequence[Member], own: str | None = None) -> str:
    """Return BIRD text that passes only CPE NAT addresses: /32 of the aggregators' subnets, none of AWS's or their own.

    `own`: the address that routes of this aggregator get as their next hop, where a reflector must not put its own.
    """
    subnets = sorted({member.subnet for member in members if member.subnet}, key=ipaddress.IPv4Network)
    closed: set[ipaddress.IPv4Address] = set()
    for subnet in map(ipaddress.IPv4Network, subnets):
        closed |= {subnet[0], subnet[1], subnet[2], subnet[3], subnet[-1]}
    closed |= {ipaddress.IPv4Address(member.private_ip) for member in members if member.private_ip}
    inside = ", ".join(f"{subnet}{{32,32}}" for subnet in subnets)
    outside = ", ".join(f"{address}/32" for address in sorted(closed))
    if not inside:
        return "reject;"
    hop = f"if source != RTS_BGP then bgp_next_hop = {own};\n" if own else ""
    return f"if net ~ [ {outside} ] then reject;\n{hop}if net ~ [ {inside} ] then accept;\nreject;"


def peers_of(member: Member, members: Sequence[Member], bgp: DesiredBgp) -> list[Member]:
    """Return the members with which a member speaks: all, or, where it is no reflector itself, the reflectors."""
    reflectors = bgp.route_reflectors
    everyone = not reflectors or member.host in reflectors
    return [other for other in members if other.id != member.id and (everyone or other.host in reflectors)]


def session_objects(
    members: Sequence[Member], addresses: Mapping[int, str], network: str, bgp: DesiredBgp
) -> list[Object]:
    """Return the pair of filters and one BGP protocol for each peer, on every member."""
    reflectors = bgp.route_reflectors
    names = {way: object_name(network, way, 0) for way in ("import", "export")}
    bodies = {"import": bgp_filter(members), "export": bgp_filter(members)}
    server_objects: list[Object] = []
    for member in members:
        if reflectors:
            bodies["export"] = bgp_filter(members, addresses[member.id])
        for way, name in names.items():
            data: dict[str, Any] = {"name": name, "family": "ipv4", "body": bodies[way]}
            server_objects.append(Object("filter", member.parent, name, data))
        for peer in peers_of(member, members, bgp):
            name = object_name(network, "bgp", peer.id)
            data = {
                "name": name,
                "protocol": "bgp",
                "space": None,
                "enabled": True,
                "import_ipv4": {"mode": "filter", "filter": names["import"]},
                "export_ipv4": {"mode": "filter", "filter": names["export"]},
                "import_ipv6": dict(NONE),
                "export_ipv6": dict(NONE),
                "local_as": bgp.asn,
                "local_address": addresses[member.id],
                "neighbor_address": addresses[peer.id],
                "neighbor_as": bgp.asn,
                "multihop": None,  # the peer is in the same subnet, whatever the server's default is
                "hold_time": 9,
                "keepalive_time": 3,
                # with next hop self a reflector would get between the two that it reflects for (packet lab)
                "next_hop_self": not reflectors,
                "rr_client": member.host in reflectors and peer.host not in reflectors,
            }
            server_objects.append(Object("bgp_protocol", member.parent, name, data))
    return server_objects
