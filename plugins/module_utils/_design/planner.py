# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole design: changes by phase that lead from the present state to the desired network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from .._model.desired_network import DesiredNetwork, DesiredSpace, Report
from .._model.phases import PHASES, Phase
from .._model.plan import Design
from .._model.role_inputs import PrivateWanInput
from .._model.state import Cloud, Server, Space
from .._objects import Object
from .adoption import with_adoptions
from .aggregators.fleet import resolve_fleet, some
from .aggregators.identities import check_identities
from .aggregators.leftovers import find_leftovers, keeps_gateways
from .aggregators.public_addresses import design_public_addresses
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
from .cpe_nat.bgp import check_reflectors, choose_speakers, direct_objects, transit_objects
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
from .host.planner import design_host_configs
from .mesh.derived_names import check_network_name, warn_of_kept
from .mesh.discovery import ExistingMeshes
from .mesh.meshes import Mesh, space_mesh, transit_mesh
from .mesh.objects import space_objects
from .relocation import design_relocation
from .renames import check_gateway_names, check_space_names, with_renames
from .security_groups.groups import design_security
from .server_objects import design_objects, identity_of
from .tags import design_company_tags
from .teardown import design_teardown
from .vpc.foreign_objects import refuse_foreign_objects
from .vpc.public_subnets import remove_public_subnets
from .vpc.removal import design_vpc_removal
from .vpc.vpcs import VpcDesign, design_vpc


@dataclass
class _Parts:
    """Parts of the network, resolved against the present state: spaces of the server, meshes, VPCs and gateways."""

    spaces: list[tuple[DesiredSpace, Space]] = field(default_factory=list)
    meshes: list[Mesh] = field(default_factory=list)
    transit: Mesh | None = None
    """The mesh of BGP, one of `meshes`."""
    vpcs: list[VpcDesign] = field(default_factory=list)
    gateways: list[Gateway] = field(default_factory=list)
    actives: dict[str, dict[str, str]] = field(default_factory=dict)
    """`active_hosts` of each space."""
    wanted: dict[tuple[str, str], Object] = field(default_factory=dict)
    """The server's objects of meshes and BGP, by parent with the last word of the kind, and key."""

    def want(self, server_objects: Iterable[Object]) -> None:
        """Add objects to the wanted ones."""
        for obj in server_objects:
            kind, key = identity_of(obj)
            self.wanted[f"{obj.parent}:{kind}", key] = obj


def design_network(desired: DesiredNetwork, server: Server, cloud: Cloud, report: Report) -> Design:
    """Design everything that has to be done; problems, warnings and drift go to `report`."""
    context = _resolve_context(desired, server, cloud, report)
    check_identities(context)
    if context.desired.absent:
        design_teardown(context)
        return context.design
    is_renamed = check_network_name(context)
    check_duplicates(context.desired, context.cloud, report)
    entries = resolve_entries(context.desired, server, report)
    context.fleet.speakers = choose_speakers(entries, context)
    if context.desired.relocation:
        design_relocation(entries, context)
        return context.design
    parts = _Parts()
    _design_spaces(parts, context)
    _design_bgp(parts, context)
    warn_of_kept(parts.meshes, context)
    design_objects(parts.wanted, parts.meshes, context)
    _design_gateways(parts, context)
    design_vpc_removal(context)
    refuse_foreign_objects(context)
    chosen = design_cpe_nat(entries, context)
    design_leftovers(entries, context)
    design_host_configs(parts.gateways, chosen, parts.transit, parts.meshes, context)
    host_checks.check_hosts(parts.meshes, chosen, parts.gateways, context)
    owners = {host for host, _work in context.design.entries.values() if host}
    design_security(parts.gateways, owners, context)
    _check_collisions(parts, chosen, is_renamed, context)
    check_versions(context)
    _check_regions(context.desired, report)
    peers = Counter(member.host for mesh in parts.meshes for member in mesh.members for _peer in mesh.members[1:])
    design_public_addresses(context)
    design_company_tags(context.desired, entries, context.cloud, context.design)
    context.design.limits = check_limits(context.design.items, context)
    warn_of_crowds(peers, report)
    warn_nothing_to_carry(parts.spaces, server, report)
    warn_of_modes(context)
    if context.desired.removes:
        warn_of_idle_interfaces(context)
    return context.design


def _resolve_context(desired: DesiredNetwork, server: Server, cloud: Cloud, report: Report) -> Context:
    """Return the context of the design, with renames, adoptions and hosts that do not answer taken into account."""
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
    return Context(desired, server, cloud, fleet, existing, leftovers, design, report)


def _design_spaces(parts: _Parts, context: Context) -> None:
    """Design mode and VPC of each space, and resolve its mesh and gateways; refuse a space that the server lacks."""
    desired, server, report = context.desired, context.server, context.report
    for space in desired.spaces:
        found = server.spaces.get(space.key)
        if found is None:
            names = ", ".join(sorted(server.spaces)) or "none"
            text = f"space {space.key}: the server has no space with this key (it has: {names})."
            report.problem(f"{text} Correct the key, or create the space there.")
            continue
        parts.spaces.append((space, found))
        _design_mode(space, found, context.design)
        if space.vxlan:
            mesh = space_mesh(space, space.vxlan, found, context)
            parts.meshes.append(mesh)
            parts.want(space_objects(mesh, space.private_wan, space.vxlan.protocol, desired))
        vpc = design_vpc(space, context)
        if vpc:
            parts.vpcs.append(vpc)
        parts.actives[space.key] = active_hosts(space, context)
        for given in space.gateways:
            check_egress(space, given, report)
            is_active = parts.actives[space.key].get(given.first) == given.host
            gateway = resolve_gateway(space, given, found, vpc, context, is_active)
            if gateway:
                parts.gateways.append(gateway)


def _design_bgp(parts: _Parts, context: Context) -> None:
    """Resolve the mesh and the sessions of BGP between aggregators."""
    desired, fleet, report = context.desired, context.fleet, context.report
    parts.transit = transit_mesh(context)
    if parts.transit:
        parts.meshes.append(parts.transit)
        parts.want(transit_objects(parts.transit, desired))
    parts.want(direct_objects(desired, fleet, report))
    check_reflectors(desired, fleet, report)


def _design_gateways(parts: _Parts, context: Context) -> None:
    """Check the gateways of all spaces together, design each, and remove what no gateway wants any more."""
    desired, cloud, report = context.desired, context.cloud, context.report
    gateways = parts.gateways = with_device_indexes(parts.gateways)
    check_gateways(gateways, desired, cloud, report)
    check_devices(gateways, context)
    check_adopted_nats(gateways, context)
    check_gateway_addresses(gateways, context)
    check_space_names((space for space, _found in parts.spaces), context)
    check_gateway_names(gateways, context)
    for gateway in gateways:
        others = [one for one in gateways if one.space == gateway.space and one is not gateway]
        design_gateway(gateway, others, context)
    warn_egress_none(gateways, report)
    warn_of_unprotected(parts.actives, context)
    design_gateway_removal(gateways, context)
    for made in parts.vpcs:
        if made.found and made.cidr and not keeps_gateways(made.space, context.leftovers):
            remove_public_subnets(made.space, made.found, made.public, desired, cloud, context.design)


def _check_collisions(parts: _Parts, chosen: dict[str, str], is_renamed: bool, context: Context) -> None:
    """Refuse what meets something else: numbers, names, endpoints, networks and addresses, of ours and of others."""
    desired, server, cloud, fleet = context.desired, context.server, context.cloud, context.fleet
    batches, report = context.design.batches, context.report
    planned = [*parts.wanted.values(), *(obj for batch in batches["add"] for obj in batch.wanted)]
    collisions.check_vnis(parts.meshes, desired, server, report)
    collisions.check_names(parts.meshes, desired, server, report)
    for phase in PHASES:
        collisions.check_objects(batches[phase], fleet, report)
    collisions.check_endpoints(parts.meshes, context)
    collisions.check_tunnels(parts.meshes, parts.vpcs, server, cloud, report)
    if not is_renamed:  # all that the network has under its other name would meet it
        check_foreign_protocols(parts.wanted.values(), parts.gateways, context)
    check_shared_subnets(parts.gateways, parts.meshes, parts.vpcs, report)
    collisions.check_primary_addresses(planned, fleet, server, report)
    collisions.check_cpe_nat_addresses(chosen, planned, fleet, server, report)


def _design_mode(space: DesiredSpace, found: Space, design: Design) -> None:
    """From nothing, the mode comes first; a change of mode waits until the direct mesh is settled."""
    if found.enabled and found.mode == space.private_wan:
        return
    phase: Phase = "switch" if found.enabled else "add"
    design.private_wan[phase].append(PrivateWanInput(space.key, True, space.private_wan))
    data = {"key": space.key, "private_wan_enabled": True, "private_wan_mode": space.private_wan}
    design.want(phase, "private_wan", None, Object("space", "", space.key, data))


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
