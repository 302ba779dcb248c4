# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private WANs and their direct meshes: VXLAN interfaces of one space and VNI on several aggregators (AN-001).

A space has one mesh. The VNI of most members is the mesh's; another VNI on the same device, or in the same tunnel
subnet, is a difference of that member. Where no VNI has most members, nothing is placed.
"""

from __future__ import annotations

import ipaddress
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from .._design.checks.foreign_protocols import ROUTING, matches_interface
from .._model.names import object_name, vxlan_name
from .._model.state import Space
from .._objects import Object, title_of
from .._private_wan_rules import mode_problem
from .device_names import way_to_one_name
from .model import Findings, Host, Live, Piece, Placed, some_of

Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True)
class Tunnel:
    """A member of a mesh: its VXLAN interface and its routing protocol, if it has one."""

    host: Host
    interface: Object
    protocol: Object | None = None

    @property
    def address(self) -> ipaddress.IPv4Interface | None:
        """Return the first IPv4 address of the interface."""
        given = (ipaddress.ip_interface(text) for text in self.interface.data.get("addresses") or ())
        return next((one for one in given if isinstance(one, ipaddress.IPv4Interface)), None)


def recognise_private_wans(live: Live, findings: Findings) -> None:
    """Add the private WAN of each space that has one, and its mesh."""
    for key, space in sorted(live.server.spaces.items()):
        if not space.enabled:
            continue
        problem = mode_problem(space.mode)
        if problem:
            findings.leave(f"private WAN of space {key}", problem.rstrip("."))
        elif space.mode == "managed_mesh":  # an unmanaged one is nothing without its mesh
            placed = Placed(f"private WAN of space {key}", f"bonding_spaces, {key}", f"its mode is {space.mode}")
            findings.pieces.append(Piece("private_wan", key, {}, (placed,), space_mode=str(space.mode)))
    for key, space in sorted(live.server.spaces.items()):
        found = [
            Tunnel(host, obj)
            for host in live.hosts
            for obj in live.objects_of(host, "vxlan_interface")
            if obj.data.get("space") == key
        ]
        if found:
            _recognise_mesh(space, found, live, findings)


def most_common(values: Iterable[Value]) -> Value | None:
    """Return the value that comes more often than any other; None if there is none."""
    ranked = Counter(values).most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def _recognise_mesh(space: Space, found: list[Tunnel], live: Live, findings: Findings) -> None:
    claims = [one.interface.identity for one in found]
    subject = f"VXLAN interfaces of space {space.key} ({some_of(_labels(found))})"
    if not space.enabled:
        findings.leave(subject, "the space's private WAN is off, and a run would turn it on", *claims)
        return
    hosts_by_vni: dict[int, set[str]] = defaultdict(set)
    for one in found:
        hosts_by_vni[one.interface.data["vni"]].add(one.host.name)
    sizes = sorted(map(len, hosts_by_vni.values()), reverse=True)
    if sizes[0] < 2:
        findings.leave(subject, "no two aggregators have one VNI", *claims)
        return
    if len(sizes) > 1 and sizes[0] == sizes[1]:
        listed = "; ".join(f"VNI {vni}: {some_of(sorted(hosts))}" for vni, hosts in sorted(hosts_by_vni.items()))
        findings.leave(subject, f"a space has one mesh, and no VNI is that of most members ({listed})", *claims)
        return
    vni = max(hosts_by_vni, key=lambda one: len(hosts_by_vni[one]))
    main = [one for one in found if one.interface.data["vni"] == vni]
    subnet = most_common(one.address.network for one in main if one.address)
    if subnet is None:
        findings.leave(subject, "no tunnel subnet is that of most members", *claims)
        return
    members = _members(vni, subnet, found, main, findings)
    problem = _problem(space, vni, members, live)
    if problem:
        findings.leave(subject, problem, *claims)
        return
    _add_mesh(space, vni, subnet, [_with_protocol(one, live) for one in members], live, findings)


def _problem(space: Space, vni: int, members: list[Tunnel], live: Live) -> str:
    """Return the reason why the members are no mesh as the collection makes it; empty if they are."""
    if len({one.host.name for one in members}) < len(members):
        return f"an aggregator has two VXLAN interfaces of VNI {vni}"
    way = way_to_one_name([(one.host, one.interface) for one in members], vni, live)
    if not way:
        return ""
    lost, rest = "the direct mesh", "the managed mesh carries the space meanwhile"
    if space.mode != "managed_mesh":
        lost, rest = "the private WAN of the space", "nothing else carries it"
    return (
        f"a mesh has one name on all aggregators (vxlan.interface), {way}. Until the routing protocol has its "
        f"neighbours again, {lost} is interrupted there; {rest}"
    )


def _labels(found: Iterable[Tunnel]) -> list[str]:
    return [f"{one.interface.key} on {one.host.name}" for one in found]


def _members(
    vni: int, subnet: ipaddress.IPv4Network, found: list[Tunnel], main: list[Tunnel], findings: Findings
) -> list[Tunnel]:
    """Return the members: those with the VNI, and those with another one on the same device or in the same subnet."""
    names, hosts = {one.interface.key for one in main}, {one.host.name for one in main}
    members = list(main)
    for one in found:
        if one.interface.data["vni"] == vni:
            continue
        belongs = one.interface.key in names or (one.address is not None and one.address.ip in subnet)
        if belongs and one.host.name not in hosts:
            members.append(one)
        else:
            other = "the aggregator is a member already" if one.host.name in hosts else "another device and subnet"
            text = f"its VNI {one.interface.data['vni']} is not that of the space's mesh, {vni}: {other}"
            findings.leave(f"VXLAN interface {_labels([one])[0]}", text, one.interface.identity)
    return sorted(members, key=lambda one: one.host.aggregator)


def _with_protocol(one: Tunnel, live: Live) -> Tunnel:
    """Return a member with its routing protocol: the only one of the space that names the interface."""
    space = one.interface.data.get("space")
    found = [
        obj
        for obj in live.objects_of(one.host, *ROUTING)
        if obj.data.get("space") == space and matches_interface(obj, one.interface.key)
    ]
    return Tunnel(one.host, one.interface, found[0] if len(found) == 1 else None)


def _add_mesh(
    space: Space, vni: int, subnet: ipaddress.IPv4Network, members: list[Tunnel], live: Live, findings: Findings
) -> None:
    protocols = [one.protocol for one in members if one.protocol]
    kind = most_common(obj.kind for obj in protocols)
    interfaces = [one.interface.identity for one in members]
    subject = f"mesh of space {space.key} ({some_of(_labels(members))})"
    if kind is None:
        listed = some_of([f"{obj.key}: {title_of(obj.kind)}" for obj in protocols]) or "none"
        findings.leave(subject, f"one routing protocol is expected on its interfaces (got {listed})", *interfaces)
        return
    name = members[0].interface.key
    protocol = kind.removesuffix("_protocol")
    options: dict[str, Any] = {"subnet": str(subnet), "vni": vni, "protocol": protocol}
    if name != vxlan_name(vni):
        options["interface"] = name
    hosts = [one.host.name for one in members]
    if len(hosts) < len(live.hosts):
        options["aggregators"] = hosts
    addresses = {
        one.host.name: str(one.address.ip)
        for one in members
        if one.address and one.address.ip in subnet and one.address.ip != _derived(subnet, one.host.aggregator)
    }
    if addresses:
        options["addresses"] = addresses
    names: dict[str, dict[str, str]] = {}
    claims = set(interfaces)
    for one in members:
        own = names.setdefault(one.host.name, {})
        if one.protocol is None:
            continue
        claims.add(one.protocol.identity)
        if one.protocol.kind == kind:
            own[object_name(live.network, protocol, space.id)] = one.protocol.key
        if space.mode == "managed_mesh" and (used := own_filter(one.host, one.protocol, "export_ipv4", live)):
            own[object_name(live.network, "export", space.id)] = used.key
            claims.add(used.identity)
    place = f"bonding_spaces, {space.key}, vxlan"
    placed = (
        Placed(
            f"VXLAN interfaces {some_of(_labels(members))}",
            place,
            f"they have the VNI {vni} in space {space.key}, and addresses of {subnet}",
        ),
        Placed(
            f"{title_of(kind)}s {some_of([f'{o.protocol.key} on {o.host.name}' for o in members if o.protocol])}",
            place,
            "their patterns name these interfaces",
        ),
    )
    findings.pieces.append(
        Piece(
            kind="mesh",
            key=space.key,
            options=options,
            placed=placed,
            names=only_other_names(names),
            claims=frozenset(claims),
            members=tuple(hosts),
            space_mode=str(space.mode),
        )
    )


def _derived(subnet: ipaddress.IPv4Network, number: int) -> ipaddress.IPv4Address | None:
    """Return the tunnel address that the collection derives: the subnet's base plus the aggregator's id."""
    return subnet[number] if 0 < number < subnet.num_addresses - 1 else None


def own_filter(host: Host, protocol: Object, slot: str, live: Live) -> Object | None:
    """Return the filter of a protocol's slot, if no other slot on the aggregator uses it."""
    named = (protocol.data.get(slot) or {}).get("filter")
    if named is None:
        return None
    slots = ("import_ipv4", "export_ipv4", "import_ipv6", "export_ipv6")
    used = [
        (obj.key, one)
        for obj in live.server.objects.get(host.aggregator, ())
        if obj.kind.endswith("_protocol")
        for one in slots
        if (obj.data.get(one) or {}).get("filter") == named
    ]
    filters = [obj for obj in live.objects_of(host, "filter") if obj.key == named]
    return filters[0] if filters and used == [(protocol.key, slot)] else None


def only_other_names(names: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the names by host without those that are the collection's own."""
    other = {host: {one: name for one, name in own.items() if one != name} for host, own in names.items()}
    return {host: own for host, own in other.items() if own}
