# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects on the management server that meshes and BGP want: created, changed, kept or deleted on each aggregator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .._model.desired_network import DesiredNetwork
from .._model.names import GATEWAY_KINDS, vxlan_name
from .._model.ownership import is_own_object
from .._model.phases import stage
from .._model.plan import Design
from .._model.state import Server
from .._objects import Object
from .._parents import number_of
from .aggregators.fleet import Member, refuse_unless_incomplete
from .aggregators.leftovers import PRUNE, decommissioned
from .context import Context
from .cpe_nat.bgp import refuse_smaller
from .mesh.discovery import ExistingMeshes, protocol_patterns
from .mesh.meshes import Mesh

TRANSIT_KINDS = ("bgp", "import")
"""Kinds of names that belong to the BGP mesh; `export` does with the number 0."""


def part_of(network: str, obj: Object) -> str:
    """Return the part of a protocol or filter with one of our names."""
    kind, number = is_own_object(network, obj) or ("", 0)
    if kind in GATEWAY_KINDS:
        return "gateways"
    return "cpe_nat" if kind in TRANSIT_KINDS or number == 0 else "private_wan"


def _part_of_space(space: str | None) -> str:
    """Return the part of an interface: that of BGP has no space."""
    return "cpe_nat" if space is None else "private_wan"


def design_objects(wanted: Mapping[tuple[str, str], Object], meshes: list[Mesh], context: Context) -> None:
    """Stage the meshes' objects of every member, and drop ours that are not wanted any more."""
    wanted_of: dict[str, list[Object]] = {}
    for obj in wanted.values():
        wanted_of.setdefault(obj.parent, []).append(obj)
    names = {mesh.interface: mesh for mesh in meshes}
    replaced = _replaced_interfaces(meshes, context.existing)
    for member in context.fleet.members:
        found = {identity_of(obj): obj for obj in context.server.objects.get(member.id, ())}
        mine = wanted_of.get(member.parent, [])
        _stage_wanted(mine, found, names, member, context)
        kept = {identity_of(obj) for obj in mine}
        _drop_unwanted([obj for key, obj in found.items() if key not in kept], replaced, member, context)
        if context.desired.prune:
            _prune_interfaces(kept, replaced, member, context)
    for member in context.fleet.decommissioned:
        drop_objects(member.id, member.host or None, context)


def identity_of(obj: Object) -> tuple[str, str]:
    """Return the last word of an object's kind, and its key: interfaces of all kinds share one set of names."""
    return obj.kind.rsplit("_", 1)[-1], obj.key


def _stage_wanted(
    mine: Iterable[Object],
    found: Mapping[tuple[str, str], Object],
    names: Mapping[str, Mesh],
    member: Member,
    context: Context,
) -> None:
    """Stage the wanted objects of a member over the phases."""
    desired, fleet, design = context.desired, context.fleet, context.design
    filters_grow = not fleet.decommissioned
    # BGP's filters name the subnets of all speakers, and that of a speaker without an instance is not known.
    filters_stay = any(map(fleet.lacks_instance, fleet.speakers))
    for obj in mine:
        present = found.get(identity_of(obj))
        if obj.kind.endswith("_interface"):
            part = _part_of_space(names[obj.key].space)
        else:
            part = part_of(desired.network, obj)
        if present and filters_stay and obj.kind == "filter" and part == "cpe_nat":
            continue
        if present and set(present.data.get("addresses") or ()) - set(obj.data.get("addresses") or ()):
            design.interrupts(obj, f"what still uses the tunnel addresses {', '.join(present.data['addresses'])}")
        for phase, staged in stage(present, obj, filters_grow).items():
            design.want(phase, part, member.host, staged)


def _drop_unwanted(
    unwanted: Iterable[Object], replaced: set[tuple[int, str]], member: Member, context: Context
) -> None:
    """Drop protocols, filters and replaced interfaces of ours that a member has and no mesh wants, or warn of them."""
    desired, existing, design = context.desired, context.existing, context.design
    for obj in unwanted:
        own = is_own_object(desired.network, obj) if identity_of(obj)[0] in ("protocol", "filter") else None
        if own and own[0] not in GATEWAY_KINDS:
            _drop_or_warn(obj, part_of(desired.network, obj), member.host, context)
        elif (member.id, obj.key) in replaced:
            design.drop(_part_of_space(obj.data.get("space")), member.host, obj)
            design.interrupts(obj, "what the mesh carries while it moves to the new VNI or name")
        elif desired.bgp and desired.bgp.mode == "direct" and obj in existing.of(None, 0).get(member.id, ()):
            design.drop("cpe_nat", member.host, obj)  # of transit, over which nothing runs any more


def _prune_interfaces(
    kept: set[tuple[str, str]], replaced: set[tuple[int, str]], member: Member, context: Context
) -> None:
    """Drop the VXLAN interfaces of ours that no mesh wants."""
    for obj in _unnamed_interfaces(member.id, kept, context.existing, context.server):
        if (member.id, obj.key) not in replaced:
            context.design.drop(_part_of_space(obj.data.get("space")), member.host, obj)
            context.design.interrupts(obj, f"everything over this interface of {member.host}", PRUNE)


def _replaced_interfaces(meshes: list[Mesh], existing: ExistingMeshes) -> set[tuple[int, str]]:
    """Return (aggregator id, name) of our interfaces whose mesh has another name now: the old one of a new VNI."""
    old: set[tuple[int, str]] = set()
    for mesh in meshes:
        members = {member.id for member in mesh.members}
        for number, server_objects in existing.of(mesh.space, mesh.number).items():
            old |= {(number, t.key) for t in server_objects if t.key != mesh.interface and number in members}
    return old


def _unnamed_interfaces(
    number: int, kept: set[tuple[str, str]], existing: ExistingMeshes, server: Server
) -> Iterable[Object]:
    """Return unwanted VXLAN interfaces that protocols of ours name, or that fit a space's derived names."""
    spaces = [(None, 0), *((space.key, space.id) for space in server.spaces.values())]
    for space, identity in spaces:
        for obj in existing.of(space, identity).get(number, ()):
            if ("interface", obj.key) not in kept:
                yield obj


def _drop_or_warn(obj: Object, part: str, host: str, context: Context) -> None:
    desired, fleet, design, report = context.desired, context.fleet, context.design, context.report
    kind, number = is_own_object(desired.network, obj) or ("", 0)
    peer_left = kind == "bgp" and (
        any(member.id == number for member in fleet.decommissioned)
        or (fleet.decommissioned_unknown and not fleet.by_id(number))
    )
    # the other routing protocol of the same space, or its filter, takes the place of this one
    replaced = kind in ("babel", "ospf", "export") and number in _numbers_wanted(obj.parent, desired, design)
    reflected = kind == "bgp" and {number, number_of(obj.parent)} <= {speaker.id for speaker in fleet.speakers}
    if desired.prune or peer_left or replaced or reflected:
        design.drop(part, host, obj)
        if obj.kind != "filter" and not (peer_left or replaced or reflected):
            design.interrupts(obj, f"the routes that {obj.key} brings to {host}", PRUNE)
    elif kind == "bgp" and desired.bgp and fleet.by_id(number):
        refuse_smaller(obj, number, fleet, report)
    elif kind == "bgp" and desired.bgp:
        refuse_unless_incomplete(
            fleet,
            f"bonding_bgp: BGP protocols {obj.key} lead to aggregator {number}, which is not a host of the inventory. "
            f"If it was deleted from the server, say {decommissioned(number)}.",
            report,
        )
    else:
        text = "is not in the inventory any more. It is kept; bonding_prune: true removes it."
        report.keep(f"{host}: {obj.key} {text}")


def _numbers_wanted(parent: str, desired: DesiredNetwork, design: Design) -> set[int]:
    """Return the ids of the spaces that get a routing protocol on this aggregator."""
    return {
        own[1]
        for batch in design.batches["add"]
        for obj in batch.wanted
        if obj.parent == parent and (own := is_own_object(desired.network, obj)) and own[0] in ("babel", "ospf")
    }


def drop_objects(number: int, host: str | None, context: Context) -> None:
    """Delete everything of ours on a decommissioned aggregator but gateways, which go with their interface."""
    desired, server, design = context.desired, context.server, context.design
    server_objects = server.objects.get(number, [])
    for obj in server_objects:
        own = is_own_object(desired.network, obj) if not obj.kind.endswith("_interface") else None
        if own and own[0] not in GATEWAY_KINDS:
            design.drop(part_of(desired.network, obj), host, obj)
        elif own and obj.kind == "filter" and server.space_by_id(own[1]) is None:
            design.drop("private_wan", host, obj)  # of a gateway in a space that the server has forgotten
    spaces = [(None, 0), *((space.key, space.id) for space in server.spaces.values())]
    seen: set[str] = set()
    for space, identity in spaces:
        for obj in context.existing.of(space, identity).get(number, ()):
            if obj.key not in seen and _is_ours(obj, desired, server, number):
                seen.add(obj.key)
                design.drop(_part_of_space(space), host, obj)


def _is_ours(obj: Object, desired: DesiredNetwork, server: Server, number: int) -> bool:
    """Return True if a protocol of ours names it, or its name is derived, and its space wanted or unused.

    The latter is what a run leaves that was killed after the protocols had gone.
    """
    named = {space.key for space in desired.spaces} | ({None} if desired.bgp else set())
    space, others = obj.data.get("space"), server.objects.get(number, ())
    own = {address.split("/")[0] for address in obj.data.get("addresses") or ()}
    idle = not any(
        obj.key in protocol_patterns(other) if space is not None else other.data.get("local_address") in own
        for other in others
        if "protocol" in other.kind
    )
    fits = obj.key == vxlan_name(obj.data["vni"]) and (space in named or idle)
    return fits or any(
        is_own_object(desired.network, other) for other in server.objects.get(number, ()) if "protocol" in other.kind
    )
