# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole design: changes by phase that lead from the present state to the desired network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from .._model.desired_network import DesiredNetwork, DesiredSpace, Report
from .._model.names import GATEWAY_KINDS, vxlan_name
from .._model.ownership import is_own_object
from .._model.phases import PHASES, Phase, stage
from .._model.plan import Design
from .._model.role_inputs import PrivateWanInput
from .._model.state import Cloud, Server, Space
from .._objects import Object
from .._parents import number_of
from .adoption import with_adoptions
from .aggregators.fleet import refuse_unless_incomplete, resolve_fleet, some
from .aggregators.identities import check_identities
from .aggregators.leftovers import PRUNE, decommissioned, find_leftovers, keeps_gateways
from .aggregators.public_addresses import design_public_addresses, warn_of_stays
from .aggregators.unavailable import keep_last_addresses
from .aggregators.versions import check_versions
from .checks import conflicts as collisions
from .checks.duplicates import check_duplicates
from .checks.foreign_protocols import check_foreign_protocols
from .checks.quotas import check_limits, warn_of_crowds
from .checks.shared_subnets import check_shared_subnets
from .checks.unknown_keys import without_strange_keys
from .checks.warnings import warn_nothing_to_carry, warn_of_idle_interfaces, warn_of_modes
from .context import Context
from .cpe_nat.bgp import check_reflectors, choose_speakers, direct_objects, refuse_smaller, transit_objects
from .cpe_nat.entries import resolve_entries
from .cpe_nat.planner import design_cpe_nat
from .cpe_nat.removal import design_leftovers
from .gateway.adopted_nat import check_adopted_nats
from .gateway.changes import design_gateway
from .gateway.checks import check_devices, check_egress, check_gateway_addresses, check_gateways, warn_egress_none
from .gateway.gateways import Gateway, resolve_gateway, with_device_indexes
from .gateway.removal import design_gateway_removal
from .gateway.standby import active_hosts, warn_of_unprotected
from .gateway.supernets import with_auto_networks
from .host import checks as host_checks
from .host.config import design_host_configs
from .mesh.derived_names import check_network_name, warn_of_kept
from .mesh.discovery import ExistingMeshes, protocol_patterns
from .mesh.meshes import Mesh, space_mesh, transit_mesh
from .mesh.objects import space_objects
from .relocation import design_relocation
from .renames import check_gateway_names, check_space_names, with_renames
from .security_groups.groups import design_security
from .tags import design_company_tags
from .vpc.foreign_objects import refuse_foreign_objects
from .vpc.public_subnets import remove_public_subnets
from .vpc.vpcs import VpcDesign, design_vpc, design_vpc_removal

TRANSIT_KINDS = ("bgp", "import")
"""Kinds of names that belong to the BGP mesh; `export` does with the number 0."""


def part_of(network: str, obj: Object) -> str:
    """Return the part of a protocol or filter with one of our names."""
    kind, number = is_own_object(network, obj) or ("", 0)
    if kind in GATEWAY_KINDS:
        return "gateways"
    return "cpe_nat" if kind in TRANSIT_KINDS or number == 0 else "private_wan"


def design_network(desired: DesiredNetwork, server: Server, cloud: Cloud, report: Report) -> Design:
    """Design everything that has to be done; problems, warnings and drift go to `report`."""
    design = Design(update_password=desired.bgp is not None and desired.bgp.update_password)
    cloud = without_strange_keys(desired.network, cloud, report)
    cloud = with_renames(desired, server, cloud, design, report)
    if desired.relocation is None:
        desired = with_auto_networks(desired, server, cloud, report)
    fleet = resolve_fleet(desired, server, cloud, report)
    design.unavailable = fleet.unavailable
    cloud = with_adoptions(desired, server, cloud, fleet, design, report)
    existing, leftovers = ExistingMeshes(desired, server), find_leftovers(desired, server, fleet)
    keep_last_addresses(desired, server, existing, fleet, report)
    context = Context(desired, server, cloud, fleet, existing, leftovers, design, report)
    check_identities(context)
    if desired.absent:
        _design_absent(context)
        return design
    is_renamed = check_network_name(context)
    check_duplicates(desired, cloud, report)
    entries = resolve_entries(desired, server, report)
    fleet.speakers = choose_speakers(entries, context)
    if desired.relocation:
        design_relocation(entries, context)
        return design
    meshes: list[Mesh] = []
    vpcs: list[VpcDesign] = []
    gateways: list[Gateway] = []
    actives: dict[str, dict[str, str]] = {}
    wanted: dict[tuple[str, str], Object] = {}
    pairs: list[tuple[DesiredSpace, Space]] = []
    for space in desired.spaces:
        found = server.spaces.get(space.key)
        if found is None:
            names = ", ".join(sorted(server.spaces)) or "none"
            text = f"space {space.key}: the server has no space with this key (it has: {names})."
            report.problem(f"{text} Correct the key, or create the space there.")
            continue
        pairs.append((space, found))
        _design_mode(space, found, design)
        if space.vxlan:
            mesh = space_mesh(space, space.vxlan, found, context)
            meshes.append(mesh)
            _want(wanted, space_objects(mesh, space.private_wan, space.vxlan.protocol, desired))
        vpc = design_vpc(space, context)
        if vpc:
            vpcs.append(vpc)
        actives[space.key] = active_hosts(space, context)
        for given in space.gateways:
            check_egress(space, given, report)
            is_active = actives[space.key].get(given.first) == given.host
            gateway = resolve_gateway(space, given, found, vpc, context, is_active)
            if gateway:
                gateways.append(gateway)
    transit = transit_mesh(context)
    if transit:
        meshes.append(transit)
        _want(wanted, transit_objects(transit, desired))
    _want(wanted, direct_objects(desired, fleet, report))
    check_reflectors(desired, fleet, report)
    warn_of_kept(meshes, context)
    _design_objects(wanted, meshes, context)
    gateways = with_device_indexes(gateways)
    check_gateways(gateways, desired, cloud, report)
    check_devices(gateways, context)
    check_adopted_nats(gateways, context)
    check_gateway_addresses(gateways, context)
    check_space_names((space for space, _found in pairs), context)
    check_gateway_names(gateways, context)
    for gateway in gateways:
        others = [one for one in gateways if one.space == gateway.space and one is not gateway]
        design_gateway(gateway, others, context)
    warn_egress_none(gateways, report)
    warn_of_unprotected(actives, context)
    design_gateway_removal(gateways, context)
    for made in vpcs:
        if made.found and made.cidr and not keeps_gateways(made.space, leftovers):
            remove_public_subnets(made.space, made.found, made.public, desired, cloud, design)
    design_vpc_removal(context)
    refuse_foreign_objects(context)
    chosen = design_cpe_nat(entries, context)
    design_leftovers(entries, context)
    design_host_configs(gateways, chosen, transit, meshes, context)
    host_checks.check_hosts(meshes, chosen, gateways, context)
    owners = {host for host, _work in design.entries.values() if host}
    design_security(gateways, owners, context)
    planned = [*wanted.values(), *(t for batch in design.batches["add"] for t in batch.wanted)]
    collisions.check_vnis(meshes, desired, server, report)
    collisions.check_names(meshes, desired, server, report)
    for phase in PHASES:
        collisions.check_objects(design.batches[phase], fleet, report)
    collisions.check_endpoints(meshes, context)
    collisions.check_tunnels(meshes, vpcs, server, cloud, report)
    if not is_renamed:  # all that the network has under its other name would meet it
        check_foreign_protocols(wanted.values(), gateways, context)
    check_shared_subnets(gateways, meshes, vpcs, report)
    collisions.check_primary_addresses(planned, fleet, server, report)
    collisions.check_cpe_nat_addresses(chosen, planned, fleet, server, report)
    check_versions(context)
    _check_regions(desired, report)
    peers = Counter(member.host for mesh in meshes for member in mesh.members for _peer in mesh.members[1:])
    design_public_addresses(context)
    design_company_tags(desired, entries, cloud, design)
    design.limits = check_limits(design.items, context)
    warn_of_crowds(peers, report)
    warn_nothing_to_carry(pairs, server, report)
    warn_of_modes(context)
    if desired.removes:
        warn_of_idle_interfaces(context)
    return design


def _want(wanted: dict[tuple[str, str], Object], server_objects: Iterable[Object]) -> None:
    for obj in server_objects:
        wanted[obj.parent + ":" + obj.kind.rsplit("_", 1)[-1], obj.key] = obj


def _design_mode(space: DesiredSpace, found: Space, design: Design) -> None:
    """From nothing, the mode comes first; a change of mode waits until the direct mesh is settled."""
    if found.enabled and found.mode == space.private_wan:
        return
    phase: Phase = "switch" if found.enabled else "add"
    design.private_wan[phase].append(PrivateWanInput(space.key, True, space.private_wan))
    data = {"key": space.key, "private_wan_enabled": True, "private_wan_mode": space.private_wan}
    design.want(phase, "private_wan", None, Object("space", "", space.key, data))


def _design_objects(wanted: dict[tuple[str, str], Object], meshes: list[Mesh], context: Context) -> None:
    """Stage the meshes' objects of every member, and drop ours that are not wanted any more."""
    desired, fleet, existing, design = context.desired, context.fleet, context.existing, context.design
    wanted_of: dict[str, list[Object]] = {}
    for obj in wanted.values():
        wanted_of.setdefault(obj.parent, []).append(obj)
    names = {mesh.interface: mesh for mesh in meshes}
    filters_grow = not fleet.decommissioned
    replaced = _replaced_interfaces(meshes, existing)
    # BGP's filters name the subnets of all speakers, and that of a speaker without an instance is not known.
    filters_stay = any(map(fleet.lacks_instance, fleet.speakers))
    for member in fleet.members:
        found = {(t.kind.rsplit("_", 1)[-1], t.key): t for t in context.server.objects.get(member.id, ())}
        mine = wanted_of.get(member.parent, [])
        for obj in mine:
            present = found.get((obj.kind.rsplit("_", 1)[-1], obj.key))
            if obj.kind.endswith("_interface"):
                part = "cpe_nat" if names[obj.key].space is None else "private_wan"
            else:
                part = part_of(desired.network, obj)
            if present and filters_stay and obj.kind == "filter" and part == "cpe_nat":
                continue
            if present and set(present.data.get("addresses") or ()) - set(obj.data.get("addresses") or ()):
                design.interrupts(obj, f"what still uses the tunnel addresses {', '.join(present.data['addresses'])}")
            for phase, staged in stage(present, obj, filters_grow).items():
                design.want(phase, part, member.host, staged)
        kept = {(t.kind.rsplit("_", 1)[-1], t.key) for t in mine}
        for key, obj in found.items():
            if key in kept:
                continue
            own = is_own_object(desired.network, obj) if key[0] in ("protocol", "filter") else None
            if own and own[0] not in GATEWAY_KINDS:
                _drop_or_warn(obj, part_of(desired.network, obj), member.host, context)
            elif (member.id, obj.key) in replaced:
                design.drop("cpe_nat" if obj.data.get("space") is None else "private_wan", member.host, obj)
                design.interrupts(obj, "what the mesh carries while it moves to the new VNI or name")
            elif desired.bgp and desired.bgp.mode == "direct" and obj in existing.of(None, 0).get(member.id, ()):
                design.drop("cpe_nat", member.host, obj)  # of transit, over which nothing runs any more
        if desired.prune:
            for obj in _unnamed_interfaces(member.id, kept, existing, context.server):
                part = "cpe_nat" if obj.data.get("space") is None else "private_wan"
                if (member.id, obj.key) not in replaced:
                    design.drop(part, member.host, obj)
                    design.interrupts(obj, f"everything over this interface of {member.host}", PRUNE)
    for member in fleet.decommissioned:
        _drop_all(member.id, member.host or None, context)


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


def _drop_all(number: int, host: str | None, context: Context) -> None:
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
                design.drop("cpe_nat" if space is None else "private_wan", host, obj)


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


def _design_absent(context: Context) -> None:
    """Design a teardown: delete all that is ours, and nothing else."""
    desired, report = context.desired, context.report
    design_host_configs([], {}, None, (), context)
    quiet = Report()  # a bond or space that is gone is no problem for a teardown
    entries = resolve_entries(desired, context.server, quiet)
    design_gateway_removal([], context)
    for member in context.fleet.decommissioned:
        _drop_all(member.id, member.host or None, context)
    design_leftovers(entries, context)
    for space in desired.spaces:
        found = context.server.spaces.get(space.key)
        if found is None or not found.enabled:
            continue
        if not desired.teardown_private_wan:
            report.warn(
                f"space {space.key}: its private WAN stays in mode {found.mode}; -e bonding_teardown_private_wan=true "
                "turns it off."
            )
            continue
        context.design.private_wan["remove"].append(PrivateWanInput(space.key, False))
        data: dict[str, Any] = {"key": space.key, "private_wan_enabled": False}
        context.design.want("remove", "private_wan", None, Object("space", "", space.key, data))
    design_security([], (), context)
    design_vpc_removal(context)
    warn_of_stays(set(), desired, context.cloud, report)
    if not desired.needs_cloud:
        report.warn(
            "AWS was not asked for objects of this network: no host has an aws_instance_id, no space a vpc, and there "
            "is no CPE NAT entry. If there are any, name one of these again."
        )
    refuse_foreign_objects(context)


def _check_regions(desired: DesiredNetwork, report: Report) -> None:
    regions = {host.region: host.host for host in desired.hosts if host.region}
    spaces = sorted(space.key for space in desired.spaces if space.vpc)
    if len(regions) > 1 and spaces:
        listing = ", ".join(f"{host}: {region}" for region, host in sorted(regions.items()))
        report.problem(
            f"aws_region differs ({listing}), and spaces with a vpc ({some(spaces)}) need all aggregators in one "
            "region. Make a network of each region (bonding_network, and a group of hosts), or leave vpc out: CPE NAT "
            "entries, BGP and meshes work over several regions."
        )


def changing_spaces(design: Design, desired: DesiredNetwork) -> set[str]:
    """Return the spaces whose mesh, VPC or mode would change: the checks read only their bonds' networks."""
    spaces = {work.space for phase in PHASES for work in design.private_wan[phase]}
    spaces |= {work.space for phase in PHASES for work in design.vpcs[phase]}
    return spaces | {
        obj.data["space"]
        for batch in design.batches["add"]
        for obj in batch.wanted
        if obj.kind == "vxlan_interface" and obj.data.get("space")
    }
