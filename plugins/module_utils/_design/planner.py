# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole design: from the intent and what exists to what has to be done, in phases. Private to the collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from .._model.desired_network import Intent, Report, SpaceIntent
from .._model.names import GATEWAY_KINDS, vxlan_name
from .._model.ownership import own_thing
from .._model.phases import PHASES, Phase, stage
from .._model.plan import Design
from .._model.state import Cloud, Server, SpaceFound
from .._objects import Object
from .._parents import number_of
from .aggregators.fleet import refuse_unless_incomplete, resolve_fleet, some
from .aggregators.identities import check_identities
from .aggregators.leftovers import PRUNE, find_leftovers, keeps_gateways, leaving
from .aggregators.public_addresses import design_public_addresses, warn_of_stays
from .aggregators.versions import check_versions
from .checks import conflicts as collisions
from .checks.duplicates import check_duplicates
from .checks.quotas import check_limits, warn_of_crowds
from .checks.shared_subnets import check_shared_subnets
from .checks.unknown_keys import without_strange_keys
from .checks.warnings import warn_nothing_to_carry, warn_of_idle_interfaces, warn_of_modes
from .context import Context
from .cpe_nat.bgp import check_reflectors, choose_speakers, direct_things, refuse_smaller, transit_things
from .cpe_nat.entries import resolve_entries
from .cpe_nat.planner import design_cpe_nat
from .cpe_nat.removal import design_leftovers
from .gateway.changes import design_gateway
from .gateway.checks import check_egress, check_gateways, warn_of_none
from .gateway.devices import check_devices
from .gateway.elastic_ips import check_gateway_addresses
from .gateway.gateways import Gateway, resolve_gateway, with_device_indexes
from .gateway.removal import design_gateways_gone
from .gateway.supernets import with_auto_networks
from .host import checks as host_checks
from .host.config import design_host_sides
from .mesh.derived_names import check_network_name, warn_of_kept
from .mesh.discovery import ExistingMeshes, protocol_patterns
from .mesh.meshes import Mesh, space_mesh, transit_mesh
from .mesh.objects import space_things
from .renames import check_gateway_names, check_space_names, with_renames
from .security_groups.groups import design_security
from .tags import design_company_tags
from .vpc.foreign_objects import refuse_foreign_objects
from .vpc.public_subnets import public_gone
from .vpc.vpcs import VpcDesign, design_vpc, design_vpcs_gone

TRANSIT_KINDS = ("bgp", "import")
"""Kinds of names that belong to the BGP mesh; `export` does with the number 0."""


def part_of(network: str, thing: Object) -> str:
    """The part of a protocol or filter with one of our names."""
    kind, number = own_thing(network, thing) or ("", 0)
    if kind in GATEWAY_KINDS:
        return "gateways"
    return "cpe_nat" if kind in TRANSIT_KINDS or number == 0 else "private_wan"


def design_network(intent: Intent, server: Server, cloud: Cloud, report: Report) -> Design:
    """Everything that has to be done; problems, warnings and drift go to `report`."""
    design = Design(update_password=intent.bgp is not None and intent.bgp.update_password)
    cloud = without_strange_keys(intent.network, cloud, report)
    cloud = with_renames(intent, server, cloud, design, report)
    intent = with_auto_networks(intent, server, cloud, report)
    fleet = resolve_fleet(intent, server, cloud, report)
    existing, leftovers = ExistingMeshes(intent, server), find_leftovers(intent, server, fleet)
    context = Context(intent, server, cloud, fleet, existing, leftovers, design, report)
    check_identities(context)
    if not intent.absent:
        check_network_name(context)
    if intent.absent:
        _design_absent(context)
        return design
    check_duplicates(intent, cloud, report)
    entries = resolve_entries(intent, server, report)
    fleet.speakers = choose_speakers(entries, context)
    meshes: list[Mesh] = []
    vpcs: list[VpcDesign] = []
    gateways: list[Gateway] = []
    wanted: dict[tuple[str, str], Object] = {}
    pairs: list[tuple[SpaceIntent, SpaceFound]] = []
    for space in intent.spaces:
        found = server.spaces.get(space.key)
        if found is None:
            names = ", ".join(sorted(server.spaces)) or "none"
            report.problem(f"space {space.key}: the server has no space with this key (it has: {names}).")
            continue
        pairs.append((space, found))
        _design_mode(space, found, design)
        if space.vxlan:
            mesh = space_mesh(space, space.vxlan, found, context)
            meshes.append(mesh)
            _want(wanted, space_things(mesh, space.private_wan, space.vxlan.protocol, intent))
        vpc = design_vpc(space, context)
        if vpc:
            vpcs.append(vpc)
        for given in space.gateways:
            check_egress(space, given, report)
            gateway = resolve_gateway(space, given, found, vpc, context)
            if gateway:
                gateways.append(gateway)
    transit = transit_mesh(context)
    if transit:
        meshes.append(transit)
        _want(wanted, transit_things(transit, intent))
    _want(wanted, direct_things(intent, fleet, report))
    check_reflectors(intent, fleet, report)
    warn_of_kept(meshes, context)
    _design_things(wanted, meshes, context)
    gateways = with_device_indexes(gateways)
    check_gateways(gateways, intent, cloud, report)
    check_devices(gateways, server, report)
    check_gateway_addresses(gateways, context)
    check_space_names((space for space, _found in pairs), context)
    check_gateway_names(gateways, context)
    for gateway in gateways:
        others = [one for one in gateways if one.space == gateway.space and one is not gateway]
        design_gateway(gateway, others, context)
    warn_of_none(gateways, report)
    design_gateways_gone(gateways, context)
    for made in vpcs:
        if made.found and made.cidr and not keeps_gateways(made.space, leftovers):
            public_gone(made.space, made.found, made.public, intent, cloud, design)
    design_vpcs_gone(context)
    refuse_foreign_objects(context)
    chosen = design_cpe_nat(entries, context)
    design_leftovers(entries, context)
    design_host_sides(gateways, chosen, transit, meshes, context)
    host_checks.check_hosts(meshes, chosen, gateways, context)
    owners = {host for host, _work in design.entries.values() if host}
    design_security(gateways, owners, context)
    planned = [*wanted.values(), *(t for batch in design.batches["add"] for t in batch.wanted)]
    collisions.check_vnis(meshes, intent, server, report)
    collisions.check_names(meshes, intent, server, report)
    for phase in PHASES:
        collisions.check_objects(design.batches[phase], fleet, report)
    collisions.check_endpoints(meshes, context)
    collisions.check_tunnels(meshes, vpcs, server, cloud, report)
    check_shared_subnets(gateways, meshes, vpcs, report)
    collisions.check_primary_addresses(planned, fleet, server, report)
    collisions.check_cpe_nat_addresses(chosen, planned, fleet, server, report)
    check_versions(context)
    _check_regions(intent, report)
    peers = Counter(member.host for mesh in meshes for member in mesh.members for _peer in mesh.members[1:])
    design_public_addresses(context)
    design_company_tags(intent, entries, cloud, design)
    design.limits = check_limits(design.items, context)
    warn_of_crowds(peers, report)
    warn_nothing_to_carry(pairs, server, report)
    warn_of_modes(context)
    if intent.removes:
        warn_of_idle_interfaces(context)
    return design


def _want(wanted: dict[tuple[str, str], Object], things: Iterable[Object]) -> None:
    for thing in things:
        wanted[thing.parent + ":" + thing.kind.rsplit("_", 1)[-1], thing.key] = thing


def _design_mode(space: SpaceIntent, found: SpaceFound, design: Design) -> None:
    """From nothing, the mode comes first; a change of mode waits until the direct mesh is settled."""
    if found.enabled and found.mode == space.private_wan:
        return
    phase: Phase = "switch" if found.enabled else "add"
    design.private_wan[phase].append({"space": space.key, "enabled": True, "mode": space.private_wan})
    data = {"key": space.key, "private_wan_enabled": True, "private_wan_mode": space.private_wan}
    design.want(phase, "private_wan", None, Object("space", "", space.key, data))


def _design_things(wanted: dict[tuple[str, str], Object], meshes: list[Mesh], context: Context) -> None:
    """Stage the meshes' objects of every member, and drop ours that are not wanted any more."""
    intent, fleet, existing, design = context.intent, context.fleet, context.existing, context.design
    wanted_of: dict[str, list[Object]] = {}
    for thing in wanted.values():
        wanted_of.setdefault(thing.parent, []).append(thing)
    names = {mesh.interface: mesh for mesh in meshes}
    filters_grow = not fleet.leaving
    replaced = _replaced_interfaces(meshes, existing)
    for member in fleet.members:
        found = {(t.kind.rsplit("_", 1)[-1], t.key): t for t in context.server.things.get(member.id, ())}
        mine = wanted_of.get(member.parent, [])
        for thing in mine:
            present = found.get((thing.kind.rsplit("_", 1)[-1], thing.key))
            if thing.kind.endswith("_interface"):
                part = "cpe_nat" if names[thing.key].space is None else "private_wan"
            else:
                part = part_of(intent.network, thing)
            if present and set(present.data.get("addresses") or ()) - set(thing.data.get("addresses") or ()):
                design.interrupts(thing, f"what still uses the tunnel addresses {', '.join(present.data['addresses'])}")
            for phase, staged in stage(present, thing, filters_grow).items():
                design.want(phase, part, member.host, staged)
        kept = {(t.kind.rsplit("_", 1)[-1], t.key) for t in mine}
        for key, thing in found.items():
            if key in kept:
                continue
            own = own_thing(intent.network, thing) if key[0] in ("protocol", "filter") else None
            if own and own[0] not in GATEWAY_KINDS:
                _drop_or_warn(thing, part_of(intent.network, thing), member.host, context)
            elif (member.id, thing.key) in replaced:
                design.drop("cpe_nat" if thing.data.get("space") is None else "private_wan", member.host, thing)
                design.interrupts(thing, "what the mesh carries while it moves to the new VNI or name")
            elif intent.bgp and intent.bgp.mode == "direct" and thing in existing.of(None, 0).get(member.id, ()):
                design.drop("cpe_nat", member.host, thing)  # of transit, over which nothing runs any more
        if intent.prune:
            for thing in _unnamed_interfaces(member.id, kept, existing, context.server):
                part = "cpe_nat" if thing.data.get("space") is None else "private_wan"
                if (member.id, thing.key) not in replaced:
                    design.drop(part, member.host, thing)
                    design.interrupts(thing, f"everything over this interface of {member.host}", PRUNE)
    for member in fleet.leaving:
        _drop_all(member.id, member.host or None, context)


def _replaced_interfaces(meshes: list[Mesh], existing: ExistingMeshes) -> set[tuple[int, str]]:
    """(aggregator id, name) of our interfaces whose mesh now has another name: the old one of a new VNI."""
    old: set[tuple[int, str]] = set()
    for mesh in meshes:
        members = {member.id for member in mesh.members}
        for number, things in existing.of(mesh.space, mesh.number).items():
            old |= {(number, t.key) for t in things if t.key != mesh.interface and number in members}
    return old


def _unnamed_interfaces(
    number: int, kept: set[tuple[str, str]], existing: ExistingMeshes, server: Server
) -> Iterable[Object]:
    """VXLAN interfaces that protocols of ours name, or that fit a space's derived names, and nobody wants any more."""
    spaces = [(None, 0), *((space.key, space.id) for space in server.spaces.values())]
    for space, identity in spaces:
        for thing in existing.of(space, identity).get(number, ()):
            if ("interface", thing.key) not in kept:
                yield thing


def _drop_or_warn(thing: Object, part: str, host: str, context: Context) -> None:
    intent, fleet, design, report = context.intent, context.fleet, context.design, context.report
    kind, number = own_thing(intent.network, thing) or ("", 0)
    peer_left = kind == "bgp" and (
        any(member.id == number for member in fleet.leaving) or (fleet.leaving_unknown and not fleet.by_id(number))
    )
    # the other routing protocol of the same space, or its filter, takes the place of this one
    replaced = kind in ("babel", "ospf", "export") and number in _numbers_wanted(thing.parent, intent, design)
    reflected = kind == "bgp" and {number, number_of(thing.parent)} <= {speaker.id for speaker in fleet.speakers}
    if intent.prune or peer_left or replaced or reflected:
        design.drop(part, host, thing)
        if thing.kind != "filter" and not (peer_left or replaced or reflected):
            design.interrupts(thing, f"the routes that {thing.key} brings to {host}", PRUNE)
    elif kind == "bgp" and intent.bgp and fleet.by_id(number):
        refuse_smaller(thing, number, fleet, report)
    elif kind == "bgp" and intent.bgp:
        refuse_unless_incomplete(
            fleet,
            f"bonding_bgp: BGP protocols {thing.key} lead to aggregator {number}, which is no host of the inventory. "
            f"If it was deleted from the server, say {leaving(number)}.",
            report,
        )
    else:
        text = "is not in the inventory any more. It is kept; bonding_prune: true removes it."
        report.keep(f"{host}: {thing.key} {text}")


def _numbers_wanted(parent: str, intent: Intent, design: Design) -> set[int]:
    """The ids of the spaces that get a routing protocol on this aggregator."""
    return {
        own[1]
        for batch in design.batches["add"]
        for thing in batch.wanted
        if thing.parent == parent and (own := own_thing(intent.network, thing)) and own[0] in ("babel", "ospf")
    }


def _drop_all(number: int, host: str | None, context: Context) -> None:
    """Everything of ours on a leaving aggregator, gateways apart (they go with their network interface)."""
    intent, server, design = context.intent, context.server, context.design
    things = server.things.get(number, [])
    for thing in things:
        own = own_thing(intent.network, thing) if not thing.kind.endswith("_interface") else None
        if own and own[0] not in GATEWAY_KINDS:
            design.drop(part_of(intent.network, thing), host, thing)
        elif own and thing.kind == "filter" and server.space_by_id(own[1]) is None:
            design.drop("private_wan", host, thing)  # of a gateway in a space that the server has forgotten
    spaces = [(None, 0), *((space.key, space.id) for space in server.spaces.values())]
    seen: set[str] = set()
    for space, identity in spaces:
        for thing in context.existing.of(space, identity).get(number, ()):
            if thing.key not in seen and _is_ours(thing, intent, server, number):
                seen.add(thing.key)
                design.drop("cpe_nat" if space is None else "private_wan", host, thing)


def _is_ours(thing: Object, intent: Intent, server: Server, number: int) -> bool:
    """Return True if a protocol of ours names it, or its name is derived and its space the intent's or nobody uses it.

    The latter is what a run leaves that was killed after the protocols had gone.
    """
    named = {space.key for space in intent.spaces} | ({None} if intent.bgp else set())
    space, others = thing.data.get("space"), server.things.get(number, ())
    own = {address.split("/")[0] for address in thing.data.get("addresses") or ()}
    idle = not any(
        thing.key in protocol_patterns(other) if space is not None else other.data.get("local_address") in own
        for other in others
        if "protocol" in other.kind
    )
    fits = thing.key == vxlan_name(thing.data["vni"]) and (space in named or idle)
    return fits or any(
        own_thing(intent.network, other) for other in server.things.get(number, ()) if "protocol" in other.kind
    )


def _design_absent(context: Context) -> None:
    """A teardown: all that is ours, and nothing else."""
    intent, report = context.intent, context.report
    design_host_sides([], {}, None, (), context)
    quiet = Report()  # a bond or space that is gone is no problem for a teardown
    entries = resolve_entries(intent, context.server, quiet)
    design_gateways_gone([], context)
    for member in context.fleet.leaving:
        _drop_all(member.id, member.host or None, context)
    design_leftovers(entries, context)
    for space in intent.spaces:
        found = context.server.spaces.get(space.key)
        if found is None or not found.enabled:
            continue
        if not intent.teardown_private_wan:
            report.warn(
                f"space {space.key}: its private WAN stays in mode {found.mode}; -e bonding_teardown_private_wan=true "
                "turns it off."
            )
            continue
        context.design.private_wan["remove"].append({"space": space.key, "enabled": False})
        data: dict[str, Any] = {"key": space.key, "private_wan_enabled": False}
        context.design.want("remove", "private_wan", None, Object("space", "", space.key, data))
    design_security([], (), context)
    design_vpcs_gone(context)
    warn_of_stays(set(), intent, context.cloud, report)
    if not intent.needs_cloud:
        report.warn(
            "AWS was not asked for objects of this network: no host has an aws_instance_id, no space a vpc, and there "
            "is no CPE NAT entry. If there are any, name one of these again."
        )
    refuse_foreign_objects(context)


def _check_regions(intent: Intent, report: Report) -> None:
    regions = {host.region: host.host for host in intent.hosts if host.region}
    spaces = sorted(space.key for space in intent.spaces if space.vpc)
    if len(regions) > 1 and spaces:
        listing = ", ".join(f"{host}: {region}" for region, host in sorted(regions.items()))
        report.problem(
            f"aws_region differs ({listing}), and spaces with a vpc ({some(spaces)}) need all aggregators in one "
            "region. Make a network of each region (bonding_network, and a group of hosts), or leave vpc out: CPE NAT "
            "entries, BGP and meshes work over several regions."
        )


def changing_spaces(design: Design, intent: Intent) -> set[str]:
    """Spaces whose mesh, VPC or mode would change: only their bonds' networks have to be read for the checks."""
    spaces = {work["space"] for phase in PHASES for work in design.private_wan[phase]}
    spaces |= {work["space"] for phase in PHASES for work in design.vpcs[phase]}
    return spaces | {
        thing.data["space"]
        for batch in design.batches["add"]
        for thing in batch.wanted
        if thing.kind == "vxlan_interface" and thing.data.get("space")
    }
