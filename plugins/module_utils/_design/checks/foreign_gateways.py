# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of others on the management server that meet a gateway's: names, routes, and interfaces in its subnet.

An interface meets a gateway in any space: a static route names its next hop by address alone, and BIRD looks for the
interface whose subnet has that address (`shared_subnets`).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence

from ..._model.desired_network import DesiredGateway
from ..._model.names import ANYWHERE, ANYWHERE_IPV6, GATEWAY_KINDS, object_name
from ..._model.ownership import kind_of_name
from ..aggregators.fleet import some
from ..context import Context
from .meetings import Meeting, Meetings, Place, is_enabled, is_own_interface, mode_of, overlaps, title_in_space


def names_of_gateways(place: Place, context: Context) -> dict[str, str]:
    """Return the kind of each protocol and filter of the gateways on an aggregator, by its name."""
    network = context.desired.network
    names = [object_name(network, kind, gateway.number) for gateway in place.gateways for kind in GATEWAY_KINDS]
    return {name: str(kind_of_name(network, name)) for name in names}


def check_subnets(place: Place, context: Context, meetings: Meetings) -> None:
    """Note interfaces of others with an address in the subnet of a gateway on their aggregator."""
    devices = {gateway.device for gateway in place.gateways}
    for gateway in place.gateways:
        subnet = ipaddress.IPv4Network(gateway.subnet)
        for obj in place.theirs:
            if not obj.kind.endswith("_interface") or obj.key in devices:  # of a device `gateway.checks` judges
                continue
            inside = [text for text in obj.data.get("addresses") or () if overlaps(text, subnet)]
            if inside and not is_own_interface(obj, place.member, context):
                meeting = Meeting(
                    subject=title_in_space(obj),
                    does=("has", "have"),
                    what=f"an address in the subnet of the gateway of space {gateway.space}",
                    got=", ".join(inside),
                    expected=f"none that overlaps {subnet}",
                    harm="packets to the VPC's router leave by it",
                    name=obj.key,
                    way=", or give the gateway another subnet",
                )
                meetings.add(meeting, place.member.host, is_enabled(obj))


def check_static_routes(places: Sequence[Place], context: Context, meetings: Meetings) -> None:
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
                subject=title_in_space(obj),
                does=("has", "have"),
                what=f"a second route to {destination} beside that of the gateway on {some(wanted[destination])}",
                got=f"{obj.key} and {ours}",
                expected=f"{ours} alone",
                harm="what is sent there takes one way or the other",
                name=obj.key,
                way="" if is_default else f", or take {destination} out of the gateway's networks",
            )
            slot = "import_ipv6" if ":" in destination else "import_ipv4"
            meetings.add(meeting, host, is_enabled(obj) and mode_of(obj, slot) != "none")


def _destinations(gateways: Iterable[DesiredGateway], ipv6: bool) -> Mapping[str, list[str]]:
    """Return the destinations of the gateways' routes with the hosts that the gateways are on."""
    found: dict[str, list[str]] = {}
    for gateway in gateways:
        defaults = (ANYWHERE, ANYWHERE_IPV6) if ipv6 else (ANYWHERE,)
        for destination in dict.fromkeys((*defaults, *gateway.networks)):
            found.setdefault(destination, []).append(gateway.host)
    return found
