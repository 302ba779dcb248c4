# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collisions of VNIs, names, tunnel subnets and addresses, with each other and with existing objects.

A wrong VNI cross-connects two customers; a wrong address keeps a host from coming back.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from ..._model.addresses import network_of
from ..._model.desired_network import DesiredNetwork, Report
from ..._model.phases import ObjectBatch
from ..._model.state import Cloud, Server
from ..._objects import Object, title_of
from ..._parents import AGGREGATOR, is_below, number_of
from ..aggregators.fleet import Fleet, refuse_unless_incomplete, some
from ..aggregators.leftovers import PRUNE, decommissioned
from ..context import Context
from ..mesh.meshes import Mesh
from ..vpc.vpcs import VpcDesign


def _name(server: Server, number: int) -> str:
    aggregator = server.aggregators.get(number)
    return f"{aggregator.name} (id {number})" if aggregator else f"id {number}"


def _space_of(obj: Object) -> str:
    space = obj.data.get("space")
    return f"in space {space}" if space else "without a space"


def check_vnis(meshes: list[Mesh], desired: DesiredNetwork, server: Server, report: Report) -> None:
    """Refuse a VNI that two spaces have, in the inventory or on any aggregator of the management server."""
    holders: dict[int, Mesh] = {}
    for mesh in meshes:
        if mesh.vni in holders:
            report.problem(
                f"{mesh.label}: the VNI {mesh.vni} is also that of {holders[mesh.vni].label}: two customers would be "
                "connected with each other. Give one of them another vxlan.vni."
            )
        holders.setdefault(mesh.vni, mesh)
    for number, objects in sorted(server.objects.items()):
        for obj in objects:
            if obj.kind != "vxlan_interface":
                continue
            holder = holders.get(obj.data.get("vni", 0))
            if holder and obj.data.get("space") != holder.space:
                report.problem(
                    f"{holder.label}: the VNI {holder.vni} is in use by the interface {obj.key} on "
                    f"{_name(server, number)} {_space_of(obj)}: they would be "
                    "connected with each other. Give another vxlan.vni (or bonding_vni_base)."
                )


def check_names(meshes: list[Mesh], desired: DesiredNetwork, server: Server, report: Report) -> None:
    """Refuse a wanted name that an interface of others has: the plan never adopts one by its name."""
    present: dict[tuple[int, str], list[Object]] = {}
    for number, objects in server.objects.items():
        for obj in objects:
            if obj.kind.endswith("_interface"):
                present.setdefault((number, obj.key), []).append(obj)
    names: dict[str, Mesh] = {}
    for mesh in meshes:
        if mesh.interface in names and names[mesh.interface].vni != mesh.vni:
            report.problem(
                f"{mesh.label}: the interface name {mesh.interface} is also that of {names[mesh.interface].label}. "
                "Give another bonding_tunnel_device or vxlan.vni."
            )
        names.setdefault(mesh.interface, mesh)
        for member in mesh.members:
            for obj in present.get((member.id, mesh.interface), ()):
                if (obj.kind, obj.data.get("space")) != ("vxlan_interface", mesh.space):
                    report.problem(
                        f"{mesh.label}: {member.host} has an interface {mesh.interface} of another kind or space (got "
                        f"{title_of(obj.kind)} {_space_of(obj)}, expected none of others). Give another vxlan.vni (or "
                        "bonding_vni_base), from which the name is made, or delete that interface on the management "
                        "server."
                    )


def check_objects(batches: Iterable[ObjectBatch], fleet: Fleet, report: Report) -> None:
    """Refuse two objects of one name on one aggregator: the server keeps one of them, and the other one is lost.

    `check_gateways` refuses a device that two gateways want.
    """
    first: dict[tuple[str, str, str], Object] = {}
    for batch in batches:
        for obj in batch.wanted:
            if not is_below(obj.parent, AGGREGATOR):
                continue
            other = first.setdefault((obj.parent, obj.kind.rpartition("_")[2], obj.key), obj)
            is_device = other.kind == obj.kind == "ethernet_interface"
            if other is not obj and not is_device and (other.kind, other.data) != (obj.kind, obj.data):
                member = fleet.by_id(number_of(obj.parent))
                report.problem(
                    f"{member.host if member else obj.parent}: two objects would have the name {obj.key}: "
                    f"{_words(other)} and {_words(obj)}. Give one of them another name: interface of vxlan, or "
                    "interface of the gateway."
                )


def _words(obj: Object) -> str:
    space = obj.data.get("space")
    return f"the {obj.kind.replace('_', ' ')} {f'of space {space}' if space else 'without a space'}"


def check_endpoints(meshes: list[Mesh], context: Context) -> None:
    """Refuse an endpoint that is no member's address, since a mesh never shrinks by itself.

    The address may be that of a host outside of the mesh, of a host that is lost, or a former one.
    """
    desired, fleet, server, report = context.desired, context.fleet, context.server, context.report
    if desired.absent:
        return
    hosts = {member.private_ip: member for member in fleet.members}
    unknown: dict[str, list[str]] = {}
    for mesh in meshes:
        members = {member.id for member in mesh.members}
        known = fleet.decommissioned_addresses | {
            m.private_ip for m in (fleet.members if desired.prune else mesh.members)
        }
        existing = context.existing.of(mesh.space, mesh.number)
        decommissioned_ids = {member.id for member in fleet.decommissioned}
        for number, objects in sorted(existing.items()):
            if number in decommissioned_ids:
                continue
            if number not in members and fleet.by_id(number) and not desired.prune:
                report.problem(_left_out(mesh, _name(server, number)))
            for obj in objects:
                for endpoint in obj.data.get("endpoints") or ():
                    address = endpoint["ip"]
                    if address in known:
                        continue
                    if outside := hosts.get(address):
                        report.problem(_left_out(mesh, _name(server, outside.id)))
                    elif not fleet.decommissioned_unknown:
                        where = f"{obj.key} of {mesh.label} on {_name(server, number)}"
                        unknown.setdefault(address, []).append(where)
    for address, places in unknown.items():
        refuse_unless_incomplete(
            fleet,
            f"endpoint {address}: is the private address of no host ({some(places)}). If its aggregator has another "
            f"address now, or was deleted from the server, say {decommissioned(address)}.",
            report,
        )


def _left_out(mesh: Mesh, name: str) -> str:
    return (
        f"{mesh.label}: {name} is in its mesh, but {mesh.option} does not name it any more. {PRUNE}: true takes it out."
    )


def overlapping(networks: list[ipaddress.IPv4Network]) -> list[tuple[int, int]]:
    """Return the pairs that overlap, as positions in the list. Of two networks that do, one holds the other."""
    bounds = [(int(network.network_address), int(network.broadcast_address)) for network in networks]
    pairs = []
    around: list[int] = []
    for position in sorted(range(len(networks)), key=lambda n: (bounds[n][0], -bounds[n][1], n)):
        while around and bounds[around[-1]][1] < bounds[position][0]:
            around.pop()
        pairs += [(min(outer, position), max(outer, position)) for outer in around]
        around.append(position)
    return sorted(pairs)


def check_tunnels(meshes: list[Mesh], vpcs: Iterable[VpcDesign], server: Server, cloud: Cloud, report: Report) -> None:
    """Refuse tunnel subnets and VPC networks that overlap what is routed in the same space or in the main table.

    Those of two spaces may: each space has routes of its own. `shared_subnets` has what two spaces cannot share.
    """
    ranges: list[tuple[ipaddress.IPv4Network, str, str | None]] = []
    for mesh in meshes:
        what = f"the tunnel subnet {mesh.subnet} of {mesh.label}"
        ranges.append((mesh.subnet, what, mesh.space))
    for vpc in vpcs:
        for cidr in (vpc.cidr,) if vpc.cidr else vpc.found.cidrs if vpc.found else ():
            network = ipaddress.IPv4Network(cidr)
            ranges.append((network, f"the VPC network {cidr} of space {vpc.space}", vpc.space))
    for subnet in sorted({i.subnet_id for i in cloud.instances.values()}):
        if subnet in cloud.subnets:
            cidr = cloud.subnets[subnet].cidr
            ranges.append((ipaddress.IPv4Network(cidr), f"the aggregators' subnet {cidr}", None))
    for first, second in overlapping([network for network, _what, _space in ranges]):
        spaces = {ranges[first][2], ranges[second][2]}
        if len(spaces) == 1 or None in spaces:
            report.problem(f"{ranges[first][1]} overlaps {ranges[second][1]}. Change one of them.")
    for bond, objects in sorted(server.bond_objects.items()):
        found = server.bonds.get(bond)
        for obj in objects:
            text = obj.data.get("ip") if obj.kind == "connected_ip" else obj.data.get("network")
            bonds_network = network_of(text) if obj.kind in ("connected_ip", "bond_route") else None
            if bonds_network is None:
                continue
            for one, what, space in ranges:
                if found and space == found.space and one.overlaps(bonds_network):
                    report.problem(
                        f"{what} overlaps the network {bonds_network} of bond {bond} ({found.name}). Give the space "
                        "another network, or change that of the bond."
                    )


def check_primary_addresses(wanted: Iterable[Object], fleet: Fleet, server: Server, report: Report) -> None:
    """Refuse an interface with the aggregator's own address: the host would not come back after a restart (vendor)."""
    planned: dict[str, list[Object]] = {}
    for obj in wanted:
        planned.setdefault(obj.parent, []).append(obj)
    for member in fleet.members:
        public = server.aggregators[member.id].ip if member.id in server.aggregators else None
        own = {address for address in (member.private_ip, public) if address}
        for obj in (*planned.get(member.parent, ()), *server.objects.get(member.id, ())):
            if not obj.kind.endswith("_interface"):
                continue
            for address in obj.data.get("addresses") or ():
                if address.split("/")[0] in own:
                    report.problem(
                        f"{member.host}: its primary address {address.split('/')[0]} is on the interface {obj.key}: "
                        "the host would not come back after a restart. Take it off."
                    )


def check_cpe_nat_addresses(
    chosen: dict[str, str], wanted: Iterable[Object], fleet: Fleet, server: Server, report: Report
) -> None:
    """No interface may carry a CPE NAT address: the kernel would answer itself, and the bond would get nothing."""
    private = {address: key for key, address in chosen.items()}
    found = [obj for member in fleet.members for obj in server.objects.get(member.id, ())]
    for obj in (*wanted, *found):
        if not obj.kind.endswith("_interface"):
            continue
        for address in obj.data.get("addresses") or ():
            key = private.get(address.split("/")[0])
            if key:
                number = number_of(obj.parent)
                report.problem(
                    f"CPE NAT entry {key}: its private address {address.split('/')[0]} is on the interface {obj.key} "
                    f"of {_name(server, number)}: a CPE NAT address is configured on no interface (AN-001). Take it "
                    "off there, or give the entry another private_ip."
                )
