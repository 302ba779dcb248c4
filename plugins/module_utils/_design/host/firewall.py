# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traffic that an aggregator's firewall has to admit for meshes and BGP of the plan.

An entry is what role aggregator_host takes, {device, protocol, port, ipv6, sources}. It comes in the first phase,
before what it is for, and goes in the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..._model.desired_network import DesiredNetwork
from ..._model.phases import Phase
from ..._model.plan import Design, Placement
from ..._model.state import Server
from ..._objects import Change
from ..aggregators.fleet import Fleet, Member
from ..cpe_nat.bgp import peers_of
from ..mesh.discovery import protocol_patterns
from ..mesh.meshes import Mesh
from .changes import Part

VXLAN, BABEL, BGP, BFD = 4789, 6696, 179, 3784
PRIVATE_WAN, CPE_NAT = "private_wan", "cpe_nat"
PARTS = (PRIVATE_WAN, CPE_NAT)
"""Of the run, to which entries belong: those of the spaces' meshes, and those of BGP between the aggregators."""


def key_of(entry: Mapping[str, Any]) -> str:
    """Return the identity of an entry of a host."""
    port = f" {entry['port']}" if entry["port"] else ""
    return f"{entry['protocol']}{port} by {entry['device']}"


def firewall_needs(
    meshes: Iterable[Mesh], desired: DesiredNetwork, fleet: Fleet
) -> tuple[dict[str, Part], dict[str, str]]:
    """Return the entries by host and key, and the part of the run of each key.

    A host whose first device is not known has only what comes by its tunnels.
    """
    needs: dict[str, Part] = {}
    parts: dict[str, str] = {}

    def need(member: Member, part: str, device: str | None, protocol: str, port: int, sources: Iterable[str]) -> None:
        wanted = sorted(set(sources))
        if device is None or (not wanted and port != BABEL):
            return
        entry = {"device": device, "protocol": protocol, "port": port, "ipv6": port == BABEL, "sources": wanted}
        key = key_of(entry)
        parts[key] = PRIVATE_WAN if PRIVATE_WAN in (part, parts.get(key)) else part
        there = needs.setdefault(member.host, {})
        there[key] = _joined(there[key], entry) if key in there else entry

    ospf = {space.key for space in desired.spaces if space.vxlan and space.vxlan.protocol == "ospf"}
    for mesh in meshes:
        part = PRIVATE_WAN if mesh.space else CPE_NAT
        for member in mesh.members:
            others = [other for other in mesh.members if other.id != member.id]
            tunnels = [mesh.addresses[other.id] for other in others if other.id in mesh.addresses]
            if not others:
                continue
            below = first_device(member, desired)
            need(member, part, below, "udp", VXLAN, (other.private_ip for other in others if other.private_ip))
            if mesh.space is None:
                need(member, part, mesh.interface, "tcp", BGP, tunnels)
            elif mesh.space in ospf:
                need(member, part, mesh.interface, "ospf", 0, tunnels)
            else:
                need(member, part, mesh.interface, "udp", BABEL, ())
    if desired.bgp is not None and desired.bgp.mode == "direct":
        for member in fleet.speakers:
            peers = [other.private_ip for other in peers_of(member, fleet.speakers, desired.bgp) if other.private_ip]
            for protocol, port in (("tcp", BGP), ("udp", BFD)):
                need(member, CPE_NAT, first_device(member, desired), protocol, port, peers)
    return needs, parts


def first_device(member: Member, desired: DesiredNetwork) -> str | None:
    """Return the device of a member with its private address, as it was read on the host; None if it is unknown."""
    found = next((host.found for host in desired.hosts if host.host == member.host), None) or {}
    for device in found.get("devices") or ():
        if member.private_ip in [text.split("/")[0] for text in device.get("addresses") or ()]:
            return str(device["name"])
    return None


def kept_entries(member: Member, found: Part, keeps_bgp: bool, server: Server, design: Design) -> Part:
    """Return the entries for what stays on an aggregator though the inventory does not name it any more."""
    gone = {(obj.parent, obj.key) for batch in design.batches["remove"] for obj in batch.gone}
    staying = [
        obj
        for obj in server.objects.get(member.id, ())
        if obj.kind == "vxlan_interface" and (obj.parent, obj.key) not in gone
    ]
    names = {obj.key for obj in staying}
    last = {(obj.parent, obj.key): obj for batch in design.batches["remove"] for obj in batch.wanted}
    staying = [last.get((obj.parent, obj.key), obj) for obj in staying]
    ends = {end["ip"] for obj in staying for end in obj.data.get("endpoints") or ()}
    kept: Part = {}
    for key, entry in found.items():
        if entry["port"] == VXLAN:
            sources = [source for source in entry["sources"] if source in ends]
            if sources:
                kept[key] = {**entry, "sources": sources}
        elif entry["device"] in names or (keeps_bgp and entry["port"] in (BGP, BFD)):
            kept[key] = entry
    return kept


def merged(kept: Part, needs: Part) -> Part:
    """Return all entries; of a device that is needed, none is kept that is not needed."""
    devices = {entry["device"] for entry in needs.values()}
    other = {key: entry for key, entry in kept.items() if key in needs or entry["device"] not in devices}
    both = {key: _joined(other[key], needs[key]) for key in other.keys() & needs.keys()}
    return {**other, **needs, **both}


def firewall_after(found: Part, wanted: Part, phase: Phase) -> Part:
    """Return the rules that let packets in after a phase: no rule goes before the last phase."""
    if phase == "remove":
        return dict(wanted)
    both = {key: _joined(found[key], wanted[key]) for key in found.keys() & wanted.keys()}
    return {**found, **wanted, **both}


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {**other, "sources": sorted({*one["sources"], *other["sources"]})}


def firewall_items(host: str, found: Part, wanted: Part, parts: Mapping[str, str], design: Design) -> None:
    """Add items of what a host lets in; none interrupts anything that the plan leaves."""
    for key in sorted(found.keys() | wanted.keys()):
        before, after = found.get(key), wanted.get(key)
        common = Placement("add", parts.get(key, PRIVATE_WAN), host)
        if before == after:
            continue
        if before is None:
            design.host(Change("create", "firewall_rule", "", key, after=after), common)
        elif after is None:
            design.host(Change("delete", "firewall_rule", "", key, before), common.in_phase("remove"))
        else:
            between = _joined(before, after)
            steps: tuple[tuple[Phase, Any, Any], ...] = (("add", before, between), ("remove", between, after))
            for phase, was, now in steps:
                if was != now:
                    old, new = {"sources": was["sources"]}, {"sources": now["sources"]}
                    design.host(
                        Change("update", "firewall_rule", "", key, before=old, after=new), common.in_phase(phase)
                    )


def routing(design: Design, phase: Phase) -> dict[tuple[str, str], str]:
    """Return by (host, VXLAN interface) which protocol of Babel or OSPF runs on it after a phase."""
    found: dict[tuple[str, str], str] = {}
    for batch in design.batches[phase]:
        for obj in batch.wanted:
            if batch.host and obj.kind in ("babel_protocol", "ospf_protocol") and obj.data.get("enabled", True):
                for pattern in protocol_patterns(obj):
                    found[batch.host, pattern] = obj.kind.partition("_")[0]
    return found


def sessions(design: Design, phase: Phase) -> dict[str, set[str]]:
    """Return by host the addresses with which it has a session of BGP after a phase."""
    found: dict[str, set[str]] = {}
    for batch in design.batches[phase]:
        for obj in batch.wanted:
            if batch.host and obj.kind == "bgp_protocol" and obj.data.get("neighbor_address"):
                found.setdefault(batch.host, set()).add(obj.data["neighbor_address"])
    return found
