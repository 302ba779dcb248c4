# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The VXLAN meshes: each space's direct one, and the one that carries BGP.

Who is a member, with which VNI, interface name, tunnel address and MTU; AN-001 "Optional: Add direct VXLAN peering".
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..._model.addresses import lies_in
from ..._model.desired_network import DesiredSpace, DesiredVxlan, Report
from ..._model.names import vxlan_name
from ..._model.state import Server, Space
from ..._objects import Object
from ..._private_wan_rules import MAX_VNI
from ..aggregators.fleet import Fleet, Member, refuse_host, refuse_unless_incomplete
from ..context import Context

JUMBO_MTU = 1500
"""Inside one VPC the underlay carries 9001 octets: a tunnel of 1500 (outer 1550) passes whole."""
INTERNET_MTU = 1450
"""MTU of a pair that may meet over a path of 1500 octets: VXLAN costs 50."""


def mesh_label(space: str | None) -> str:
    """Return a mesh's name in messages."""
    return f"space {space}" if space else "bonding_bgp"


@dataclass(frozen=True)
class Mesh:
    """One VXLAN mesh: a space's, or (`space` None) the one that carries BGP."""

    space: str | None
    number: int
    vni: int
    interface: str
    subnet: ipaddress.IPv4Network
    members: tuple[Member, ...]
    addresses: dict[int, str]
    """Tunnel address without prefix length by aggregator id."""
    mtu: int

    @property
    def label(self) -> str:
        """Return the mesh's name in messages."""
        return mesh_label(self.space)

    @property
    def option(self) -> str:
        """Return the option that names the mesh's members."""
        return "vxlan.aggregators" if self.space else "bonding_bgp.aggregators"

    def interface_of(self, member: Member) -> Object:
        """Return the member's VXLAN interface with an endpoint for every other member."""
        return Object(
            "vxlan_interface",
            member.parent,
            self.interface,
            {
                "name": self.interface,
                "type": "vxlan",
                "space": self.space,
                "enabled": True,
                "mtu": self.mtu,
                "addresses": [f"{self.addresses[member.id]}/{self.subnet.prefixlen}"],
                "vni": self.vni,
                "endpoints": [
                    {"ip": other.private_ip, "vni": self.vni}
                    for other in self.members
                    if other.id != member.id and other.private_ip
                ],
            },
        )


def _vni(
    vxlan: DesiredVxlan, space: str | None, default: int, existing: dict[int, list[Object]], report: Report
) -> int:
    """Return the given VNI; else the existing one, if all aggregators agree; else the derived one."""
    if vxlan.vni is not None:
        return vxlan.vni
    values = {number: {obj.data["vni"] for obj in objects} for number, objects in existing.items()}
    distinct = set().union(*values.values()) if values else set()
    if len(distinct) > 1:
        listing = ", ".join(f"aggregator {number}: {sorted(vnis)}" for number, vnis in sorted(values.items()))
        way = "give vxlan.vni" if space else "give interfaces and endpoints one, on the management server"
        report.problem(f"{mesh_label(space)}: its aggregators do not agree on one VNI ({listing}): {way}.")
        return default
    vni = distinct.pop() if distinct else default
    if vni > MAX_VNI:
        way = f"lower bonding_vni_base{' or give vxlan.vni' if space else ''}"
        report.problem(f"{mesh_label(space)}: the derived VNI {vni} is above {MAX_VNI}: {way}.")
    return vni


def _kept_name(space: str | None, existing: dict[int, list[Object]]) -> str | None:
    """Return the name of the existing transit, if all aggregators agree: no option names its interfaces."""
    names = {obj.key for objects in existing.values() for obj in objects}
    return names.pop() if space is None and len(names) == 1 else None


def derived_addresses(
    vxlan: DesiredVxlan, what: str, members: Iterable[Member], existing: dict[int, list[Object]], report: Report
) -> dict[int, str]:
    """Return each member's tunnel address: given, else existing inside the subnet, else base + index."""
    subnet = vxlan.subnet
    chosen: dict[int, str] = {}
    too_far: list[Member] = []
    for member in members:
        given = vxlan.addresses.get(member.host)
        kept = [
            address.split("/")[0]
            for obj in existing.get(member.id, ())
            for address in obj.data.get("addresses") or ()
            if lies_in(address, subnet)
        ]
        if given:
            chosen[member.id] = given.split("/")[0]
        elif kept:
            chosen[member.id] = kept[0]
        elif member.index < 1 or member.index >= subnet.num_addresses - 1:
            too_far.append(member)
        else:
            chosen[member.id] = str(subnet[member.index])
    if too_far:
        highest = max(member.index for member in too_far)
        names = ", ".join(f"{member.host} ({member.index})" for member in too_far)
        report.problem(
            f"{what}: the tunnel subnet {subnet} has no address for {names}: an address is the subnet's base plus the "
            f"aggregator's id or bonding_aggregator_index. A /{32 - (highest + 1).bit_length()} would do."
        )
    return chosen


def check_addresses(mesh: Mesh, report: Report) -> None:
    """Reject tunnel addresses outside of the subnet, and one of two members."""
    holders: dict[str, Member] = {}
    for member in mesh.members:
        text = mesh.addresses.get(member.id)
        if text is None:
            continue
        try:
            address = ipaddress.IPv4Address(text)
        except ValueError:
            text = f"{mesh.label}: vxlan.addresses: {text!r} of {member.host} is not an IPv4 address."
            report.problem(f"{text} Give one of the subnet {mesh.subnet}, or none.")
            continue
        if address not in mesh.subnet:
            report.problem(
                f"{mesh.label}: the tunnel address {text} of {member.host} lies outside of its subnet {mesh.subnet}. "
                "Give another one in vxlan.addresses, or none."
            )
        elif address in (mesh.subnet.network_address, mesh.subnet.broadcast_address):
            report.problem(
                f"{mesh.label}: the tunnel address {text} of {member.host} is the network's or broadcast address of "
                f"{mesh.subnet}. Give another one in vxlan.addresses, or none."
            )
        if text in holders:
            report.problem(
                f"{mesh.label}: {holders[text].host} and {member.host} would both have the tunnel address {text}: set "
                "bonding_aggregator_index or vxlan.addresses."
            )
        holders[text] = member


def _mtu(mesh: Mesh, report: Report) -> int:
    """Return the MTU: 1500 inside one VPC, 1450 across.

    Refuse members of several VPCs, unless those of all VPCs but one say that they are reachable.
    """
    vpcs: dict[str, list[Member]] = {}
    for member in mesh.members:
        if member.instance:
            vpcs.setdefault(member.instance.vpc_id, []).append(member)
    if len(vpcs) < 2:
        return JUMBO_MTU
    apart = {vpc: inside for vpc, inside in vpcs.items() if not all(member.reachable for member in inside)}
    home = max(apart, key=lambda vpc: (len(apart[vpc]), vpc), default=None)
    for vpc, inside in sorted(apart.items()):
        for member in inside:
            if vpc != home and not member.reachable:
                report.problem(
                    f"{mesh.label}: {member.host} is in the VPC {vpc}, the others are in {home}: their private "
                    f"addresses do not reach each other. Set bonding_reachable: true on {member.host} if a peering "
                    f"makes them, or leave the host out of {mesh.option}."
                )
    return INTERNET_MTU


def space_members(
    space: DesiredSpace, vxlan: DesiredVxlan, fleet: Fleet, server: Server, report: Report
) -> list[Member]:
    """Return the members of a space's mesh by `vxlan.aggregators`; whoever carries its bonds has to be among them."""
    what = f"space {space.key}"
    bonds = [bond for bond in server.bonds.values() if bond.space == space.key]
    involved = {number for bond in bonds for number in (bond.primary, bond.secondary, bond.present) if number}
    wanted = vxlan.aggregators
    if wanted == "all":
        members = list(fleet.members)
    elif wanted == "involved":
        hosts = {gateway.host for gateway in space.gateways}
        members = [m for m in fleet.members if m.id in involved or m.host in hosts]
    else:
        members = []
        for host in wanted:
            member = fleet.by_host(host)
            if member is None:
                refuse_host(host, f"{what}: vxlan.aggregators", fleet, report)
            else:
                members.append(member)
        for gateway in space.gateways:
            if fleet.by_host(gateway.host) and fleet.by_host(gateway.host) not in members:
                text = f"{what}: its gateway on {gateway.host} is outside of vxlan.aggregators."
                report.problem(f"{text} Name {gateway.host} there, or put the gateway on another member.")
    inside = {member.id for member in members}
    outside: dict[int, list[str]] = {}
    for bond in sorted(bonds, key=lambda bond: bond.id):
        roles: dict[int, list[str]] = {}
        for role, number in (("primary", bond.primary), ("secondary", bond.secondary), ("present", bond.present)):
            if number and number not in inside:
                roles.setdefault(number, []).append(role)
        for number, found in roles.items():
            outside.setdefault(number, []).append(f"{bond.id} ({bond.name}: {' and '.join(found)})")
    for number, listed in sorted(outside.items()):
        name = server.aggregators[number].name if number in server.aggregators else str(number)
        text = (
            f"{what}: {name} is the aggregator of bonds of the space, and outside of its mesh: there they would be cut "
            f"off. Bonds: {', '.join(listed)}. "
        )
        if fleet.by_id(number):
            way = "Add it to vxlan.aggregators."
        elif number in {member.id for member in fleet.decommissioned}:
            way = "It is decommissioned: move these bonds to other aggregators on the management server first."
        else:
            way = "Add its host to the inventory."
        refuse_unless_incomplete(fleet, text + way, report)
    return members


def space_mesh(space: DesiredSpace, vxlan: DesiredVxlan, found: Space, context: Context) -> Mesh:
    """Return the space's direct mesh; `vxlan` is the space's."""
    members = space_members(space, vxlan, context.fleet, context.server, context.report)
    return _mesh(space.key, found.id, vxlan, members, context)


def built_transit(context: Context) -> Mesh | None:
    """Return the transit as it is on the server: a run that only moves addresses takes up no pending change of it."""
    found = {number: objects[0] for number, objects in context.existing.of(None, 0).items()}
    if not found:
        return None
    names = Counter((obj.key, obj.data["vni"]) for obj in found.values())
    (interface, vni), _count = names.most_common(1)[0]
    everyone = (*context.fleet.members, *context.fleet.decommissioned)
    addresses = {
        number: ipaddress.IPv4Interface(obj.data["addresses"][0])
        for number, obj in found.items()
        if obj.key == interface and obj.data.get("addresses")
    }
    members = tuple(member for member in everyone if member.host and member.id in addresses)
    if not members:
        return None
    subnet = addresses[members[0].id].network
    own = {member.id: str(addresses[member.id].ip) for member in members}
    return Mesh(None, 0, vni, interface, subnet, members, own, JUMBO_MTU)


def transit_mesh(context: Context) -> Mesh | None:
    """Return the VXLAN without a space that carries BGP between the aggregators."""
    bgp = context.desired.bgp
    if bgp is None or bgp.subnet is None:
        return None
    return _mesh(None, 0, DesiredVxlan(subnet=bgp.subnet), context.fleet.speakers, context)


def _mesh(space: str | None, number: int, vxlan: DesiredVxlan, members: Sequence[Member], context: Context) -> Mesh:
    """Return a mesh with its VNI, addresses and MTU; problems are reported."""
    report, existing = context.report, context.existing.of(space, number)
    what = mesh_label(space)
    vni = _vni(vxlan, space, context.desired.vni_base + number, existing, report)
    interface = vxlan.interface or _kept_name(space, existing) or vxlan_name(vni)
    addresses = derived_addresses(vxlan, what, members, existing, report)
    mesh = Mesh(space, number, vni, interface, vxlan.subnet, tuple(members), addresses, JUMBO_MTU)
    mesh = replace(mesh, mtu=_mtu(mesh, report))
    check_addresses(mesh, report)
    return mesh
