# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP between the aggregators: sessions without a space whose neighbours are aggregators too (AN-001)."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._model.names import object_name
from .._objects import Object
from .device_names import Device, way_to_one_name
from .meshes import most_common, only_other_names, own_filter
from .model import Findings, Host, Live, Piece, Placed, some_of

SHARED = ("import", "export")
ENDS_AS = ("local_as", "neighbor_as")


Places = Mapping[str, Host]
"""Tunnel address -> the host that has it."""


@dataclass(frozen=True)
class Session:
    """A BGP protocol of a host whose neighbour is another host, by its tunnel address or its private one."""

    host: Host
    protocol: Object
    peer: Host
    by_tunnel: bool

    @property
    def label(self) -> str:
        """Return the session's name in a sentence."""
        return f"{self.protocol.key} on {self.host.name}"


def recognise_bgp(live: Live, findings: Findings) -> None:
    """Add BGP between the aggregators, if all sessions are of one mode and one autonomous system."""
    places = _tunnel_addresses(live)
    sessions = [
        session
        for host in live.hosts
        for obj in live.objects_of(host, "bgp_protocol")
        if obj.data.get("space") is None and (session := _session(host, obj, places, live)) is not None
    ]
    if not sessions:
        return
    carriers = [(host, obj) for host, obj in _tunnels(live) if set(_addresses(obj)) & _spoken(sessions)]
    problem = _problem(sessions, carriers, live)
    claims = [*(one.protocol.identity for one in sessions), *(obj.identity for _host, obj in carriers)]
    if problem:
        findings.leave(f"BGP sessions {some_of([one.label for one in sessions])}", problem, *claims)
    else:
        findings.pieces.append(_piece(sessions, carriers, live))


def _tunnels(live: Live) -> Iterator[Device]:
    """Yield the VXLAN interfaces without a space."""
    for host in live.hosts:
        yield from ((host, o) for o in live.objects_of(host, "vxlan_interface") if o.data.get("space") is None)


def _addresses(obj: Object) -> list[str]:
    return [text.split("/")[0] for text in obj.data.get("addresses") or ()]


def _spoken(sessions: Iterable[Session]) -> set[str]:
    """Return the tunnel addresses by which sessions are held."""
    ends = ("local_address", "neighbor_address")
    return {str(one.protocol.data.get(end)) for one in sessions if one.by_tunnel for end in ends}


def _tunnel_addresses(live: Live) -> Places:
    """Return the hosts of tunnel addresses, by the interfaces and by the sessions' own addresses.

    A host whose interface is missing still has sessions with its address. One that two hosts have is left out.
    """
    owners: dict[str, dict[str, Host]] = defaultdict(dict)
    for host, obj in _tunnels(live):
        for address in _addresses(obj):
            owners[address][host.name] = host
    for host in live.hosts:
        for obj in live.objects_of(host, "bgp_protocol"):
            own = str(obj.data.get("local_address") or "")
            if obj.data.get("space") is None and own not in ("", host.private_ip):
                owners[own][host.name] = host
    return {address: next(iter(found.values())) for address, found in owners.items() if len(found) == 1}


def _session(host: Host, obj: Object, places: Places, live: Live) -> Session | None:
    neighbour = str(obj.data.get("neighbor_address"))
    if neighbour in places and places[neighbour] != host:
        return Session(host, obj, places[neighbour], True)
    found = [one for one in live.by_private_ip(neighbour) if one != host]
    return Session(host, obj, found[0], False) if len(found) == 1 else None


def _problem(sessions: list[Session], carriers: list[Device], live: Live) -> str:
    """Return the reason why the sessions are not BGP as the collection makes it; empty if they are."""
    if _asn(sessions) is None:
        numbers = {str(one.protocol.data[name]) for one in sessions for name in ENDS_AS}
        return f"no AS number is that of most (got {some_of(sorted(numbers))}; expected one)"
    if len({one.by_tunnel for one in sessions}) > 1:
        return "some lead to private addresses and some to tunnel addresses (expected one mode)"
    pairs = [(one.host.name, one.peer.name) for one in sessions]
    twice = sorted({f"{host} to {peer}" for host, peer in pairs if pairs.count((host, peer)) > 1})
    if twice:
        return f"there are two from {some_of(twice)}"
    if not sessions[0].by_tunnel:
        return ""
    if _subnet(carriers) is None:
        return "no tunnel subnet is that of most of their interfaces"
    if len({host.name for host, _obj in carriers}) < len(carriers):
        return f"an aggregator has two VXLAN interfaces with addresses of the sessions (got {_listed(carriers)})"
    if len({obj.data["vni"] for _host, obj in carriers}) > 1:
        listed = some_of([f"{obj.key} on {host.name}: {obj.data['vni']}" for host, obj in carriers])
        return (
            f"their interfaces have several VNIs (got {listed}; expected one): give them one on the management server, "
            "in the endpoints too, and import again. BGP is interrupted where it changes until its sessions are up "
            "again"
        )
    way = way_to_one_name(carriers, carriers[0][1].data["vni"], live)
    if not way:
        return ""
    return (
        f"the interfaces of BGP have one name on all aggregators, {way}. Until its sessions are up again, BGP is "
        "interrupted there: a bond that is not where its public address is cannot be reached"
    )


def _listed(carriers: Iterable[Device]) -> str:
    return some_of([f"{obj.key} on {host.name}" for host, obj in carriers])


def _asn(sessions: Iterable[Session]) -> int | None:
    """Return the AS number of most ends."""
    return most_common(int(one.protocol.data[name]) for one in sessions for name in ENDS_AS)


def _subnet(carriers: Iterable[Device]) -> str | None:
    """Return the subnet of most tunnel addresses."""
    texts = [text for _host, obj in carriers for text in obj.data.get("addresses") or ()]
    return most_common(str(ipaddress.ip_interface(text).network) for text in texts)


def _piece(sessions: list[Session], carriers: list[Device], live: Live) -> Piece:
    inside = {one.host.name for one in sessions} | {one.peer.name for one in sessions}
    speakers = [host for host in live.hosts if host.name in inside]
    transit = sessions[0].by_tunnel
    options: dict[str, Any] = {"asn": _asn(sessions), "mode": "transit" if transit else "direct"}
    if transit:
        options["subnet"] = _subnet(carriers)
    if len(speakers) < len(live.hosts):
        options["aggregators"] = [host.name for host in speakers]
    reflectors = {one.host.name for one in sessions if one.protocol.data.get("rr_client")}
    if reflectors:
        options["route_reflectors"] = [host.name for host in speakers if host.name in reflectors]
    claims = {one.protocol.identity for one in sessions} | {obj.identity for _host, obj in carriers}
    names: dict[str, dict[str, str]] = {}
    for host in speakers:
        mine = [one for one in sessions if one.host == host]
        own = {object_name(live.network, "bgp", one.peer.aggregator): one.protocol.key for one in mine}
        for kind in SHARED:
            used = _shared_filter(host, [one.protocol for one in mine], f"{kind}_ipv4", live)
            if used:
                own[object_name(live.network, kind, 0)] = used.key
                claims.add(used.identity)
        names[host.name] = own
    where = "tunnel addresses" if transit else "private addresses"
    reason = f"each neighbour is an aggregator, by {where}, in AS {options['asn']}"
    placed = [Placed(f"BGP protocols {some_of([one.label for one in sessions])}", "bonding_bgp", reason)]
    if carriers:
        labels = _listed(carriers)
        placed.append(Placed(f"VXLAN interfaces {labels}", "bonding_bgp", "the sessions' addresses are theirs"))
    members = tuple(host.name for host in speakers)
    return Piece("bgp", "", options, tuple(placed), only_other_names(names), claims=frozenset(claims), members=members)


def _shared_filter(host: Host, protocols: list[Object], slot: str, live: Live) -> Object | None:
    """Return the filter that all sessions of a host have in a slot, if nothing else uses it."""
    named = {(obj.data.get(slot) or {}).get("filter") for obj in protocols}
    if len(named) != 1 or None in named:
        return None
    users = {
        obj.key
        for obj in live.server.objects.get(host.aggregator, ())
        if obj.kind.endswith("_protocol")
        for value in obj.data.values()
        if isinstance(value, dict) and value.get("filter") in named
    }
    if len(protocols) == 1:
        return own_filter(host, protocols[0], slot, live)
    filters = [obj for obj in live.objects_of(host, "filter") if obj.key in named]
    return filters[0] if filters and users == {obj.key for obj in protocols} else None
