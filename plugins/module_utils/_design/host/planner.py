# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Design of the host configurations: what each aggregator translates, routes back and lets in at the end of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..._model.desired_network import DesiredHost, DesiredNetwork, Report
from ..._model.plan import Design
from ..._model.state import Server
from ..aggregators.fleet import Fleet, Member
from ..aggregators.leftovers import Leftovers, removal_switch
from ..context import Context
from ..cpe_nat.entries import is_retired
from ..cpe_nat.planner import own_addresses
from ..gateway.gateways import Gateway
from ..gateway.port_forwards import port_forwards_of
from ..gateway.standby import Roles
from ..mesh.meshes import Mesh, built_transit
from ..renames import renamed_spaces
from .changes import NO_ZONE, Part, masquerade_items, natural_sort_key
from .config import HostConfig, HostConfigChange
from .files import check_masquerade
from .firewall import firewall_items, firewall_needs, kept_entries, key_of, merged
from .return_routes import private_address_moves, return_route_changes, return_route_items
from .zones import check_zones, conntrack_zone, with_second_zones, with_zones_of_roles

_OFF = "bonding_manage_hosts is false (or bonding_host_skip has it)"


def design_host_configs(
    gateways: list[Gateway],
    chosen: Mapping[str, str],
    transit: Mesh | None,
    meshes: Iterable[Mesh],
    context: Context,
    roles: Roles | None = None,
) -> None:
    """Fill design.host_configs for each host that was looked at, with an item for each difference.

    What belongs to a gateway, an address or a BGP that is kept stays as it was found. In a run that only moves
    addresses and gateways, `roles` are those of the gateways of the pairs that it moves, or has moved.
    """
    desired, report = context.desired, context.report
    hosts = _Hosts(gateways, chosen, transit, meshes, roles or {}, context)
    for given in desired.hosts:
        facts = given.found
        if not given.manage_host or facts is None:
            continue
        if facts.get("unreachable"):
            if desired.absent:
                report.warn(
                    f"{given.host}: SSH does not reach it: the teardown leaves its host configuration installed."
                )
            continue
        hosts.design(given, facts)
    check_zones(hosts.masquerades, report)
    _warn(gateways, chosen, transit, desired, context.fleet, report)


class _Hosts:
    """The wanted host configurations of all hosts, and the design of each.

    The arguments are those of `design_host_configs`.
    """

    def __init__(
        self,
        gateways: list[Gateway],
        chosen: Mapping[str, str],
        transit: Mesh | None,
        meshes: Iterable[Mesh],
        roles: Roles,
        context: Context,
    ) -> None:
        self.gateways, self.chosen, self.roles, self.context = gateways, chosen, roles, context
        desired = context.desired
        self.only_moves = desired.relocation is not None
        self.masquerades = _masquerades(gateways, desired, context.server, context.design)
        self.needs, self.parts = firewall_needs(meshes, desired, context.fleet)
        self.moves = private_address_moves(chosen, context)
        self.moving = {address for address, move in self.moves.items() if move.left != move.to}
        self.return_routes = _return_routes(chosen, transit, context)
        if context.leftovers.keeps_bgp and not self.only_moves:
            kept = _return_routes(chosen, built_transit(context), context)
            self.return_routes = _return_routes_of(self.moving, kept)
        self.addresses = {
            address.private_ip
            for key, address in own_addresses(desired, context.cloud).items()
            if address.private_ip
            and not is_retired(address)
            and chosen.get(key, address.private_ip) == address.private_ip
        }
        self.renamed = renamed_spaces(desired)

    def design(self, given: DesiredHost, facts: Mapping[str, Any]) -> None:
        """Design the configuration of one host, by what was found on it."""
        context, host = self.context, given.host
        fleet, design = context.fleet, context.design
        found = self._found(facts)
        staying = {gateway.space: gateway for gateway in self.gateways if gateway.member.host == host}
        has_firewall = bool((facts.get("firewall") or {}).get("directory"))
        wanted = self._wanted(given, found, staying, has_firewall)
        for sentence in check_masquerade(wanted.masquerade):
            context.report.problem(
                f"{host}: {sentence} Name it otherwise, on the management server or in the inventory."
            )
        self.masquerades[host] = wanted.masquerade
        routes = return_route_changes(
            host, found.return_routes, wanted.return_routes, self.moves, at_once=self.only_moves
        )
        needs = self.needs.get(host, {})
        design.host_configs[host] = HostConfigChange(found, wanted, self.parts, needs, routes, self.only_moves)
        firewall_items(host, found.firewall, wanted.firewall, self.parts, design)
        member = next((m for m in (*fleet.members, *fleet.decommissioned) if m.host == host), None)
        switch = removal_switch(context.desired, fleet, member) if member in fleet.decommissioned else None
        masquerade_items(host, found.masquerade, wanted.masquerade, staying, switch, context)
        return_route_items(host, routes, self.addresses, switch, context)

    def _found(self, facts: Mapping[str, Any]) -> HostConfig:
        """Return the configuration that aggregator_host_info has read, with the spaces' names of this run."""
        installed, renamed = facts.get("installed") or {}, self.renamed
        return HostConfig(
            {renamed.get(entry["space"], entry["space"]): entry for entry in installed.get("masquerade") or ()},
            {entry["address"]: entry for entry in installed.get("return_routes") or ()},
            {key_of(entry): entry for entry in installed.get("firewall") or ()},
        )

    def _wanted(
        self, given: DesiredHost, found: HostConfig, staying: Mapping[str, Gateway], has_firewall: bool
    ) -> HostConfig:
        """Return the wanted configuration; a part that the host skips stays as it was found."""
        context, host = self.context, given.host
        if self.only_moves:
            # Such a run knows the return routes of a BGP that is kept, too: all that are wanted.
            spaces, routes = with_zones_of_roles(host, found.masquerade, self.roles, context.server), Part()
        else:
            spaces = _kept_masquerades(host, found, staying, context)
            routes = _kept_return_routes(found, self.moving, context.leftovers)
        wanted = HostConfig(
            spaces | with_second_zones(self.masquerades.get(host, {}), found.masquerade),
            routes | self.return_routes.get(host, {}),
            self._wanted_firewall(host, found.firewall) if has_firewall else {},
        )
        skipped = set(given.host_skip)
        if self.only_moves:
            skipped |= {"firewall"} if self.chosen else {"firewall", "return_routes"}
        return replace(wanted, **{part: getattr(found, part) for part in skipped & {*vars(wanted)}})

    def _wanted_firewall(self, host: str, found: Part) -> Part:
        """Return the rules of a member's firewall; a host that leaves, and a teardown, have none."""
        context, member = self.context, self.context.fleet.by_host(host)
        if member is None or context.desired.absent:
            return {}
        kept = kept_entries(member, found, context.leftovers.keeps_bgp, context.server, context.design)
        return merged(kept, self.needs.get(host, {}))


def _masquerades(
    gateways: Iterable[Gateway], desired: DesiredNetwork, server: Server, design: Design
) -> dict[str, Part]:
    """Return the wanted entries by host and space."""
    bonds: dict[str, list[int]] = {}
    for bond in server.bonds.values():
        bonds.setdefault(bond.space, []).append(bond.id)
    gone = {(obj.parent, obj.key) for batch in design.batches["remove"] for obj in batch.gone}
    coming: dict[tuple[str, str], set[str]] = {}
    for batch in design.batches["remove"]:
        for obj in batch.wanted:
            if obj.kind.endswith("_interface"):
                coming.setdefault((obj.parent, obj.data.get("space") or ""), set()).add(obj.key)
    found: dict[str, Part] = {}
    for gateway in gateways:
        if not gateway.translates:
            continue
        parent = gateway.member.parent
        incoming = {desired.tunnel_device.replace("{bond}", str(bond)) for bond in bonds.get(gateway.space, ())}
        incoming |= coming.get((parent, gateway.space), set()) | set(gateway.desired.incoming)
        incoming |= {
            obj.key
            for obj in server.objects.get(gateway.member.id, ())
            if obj.kind.endswith("_interface")
            and obj.data.get("space") == gateway.space
            and (parent, obj.key) not in gone
        }
        vpc = gateway.vpc.found.cidrs if gateway.vpc.found else (gateway.vpc.cidr,)
        found.setdefault(gateway.member.host, {})[gateway.space] = {
            "space": gateway.space,
            "zone": conntrack_zone(gateway.number) if gateway.is_active else NO_ZONE,
            "device": gateway.device,
            "subnet": gateway.subnet,
            "untranslated": [cidr for cidr in vpc if cidr] if gateway.routed else [],
            "ipv6": gateway.ipv6,
            "incoming": sorted(incoming - {gateway.device}, key=natural_sort_key),
            "port_forwards": port_forwards_of(gateway.desired),
        }
    return found


def _return_routes(chosen: Mapping[str, str], transit: Mesh | None, context: Context) -> dict[str, Part]:
    """Return by host the return routes: traffic from a CPE NAT IP goes to the aggregator whose interface has it."""
    desired = context.desired
    if transit is None:
        return {}
    owners: dict[str, Member] = {}
    for key, address in own_addresses(desired, context.cloud).items():
        member = context.fleet.by_interface(address.interface_id)
        if key in chosen:
            continue  # by the address that it shall have, below
        if member and address.private_ip and not is_retired(address) and not desired.prune_addresses:
            owners[address.private_ip] = member
    for host, work in context.design.entries.values():
        member = context.fleet.by_host(host or "")
        if member and work.key and work.key in chosen:
            owners[chosen[work.key]] = member
    found: dict[str, Part] = {}
    for private_ip, owner in owners.items():
        via = transit.addresses.get(owner.id)
        for member in transit.members:
            if via and member.id != owner.id:
                way = {
                    "address": private_ip,
                    "via": via,
                    "device": transit.interface,
                    "table": desired.vni_base + owner.id,
                }
                found.setdefault(member.host, {})[private_ip] = way
    return found


def _kept_masquerades(host: str, found: HostConfig, staying: Mapping[str, Gateway], context: Context) -> Part:
    """Return the host's masquerading for kept gateways, and for missing ones that no switch of this run removes."""
    fleet = context.fleet
    kept: Part = {}
    for space, entry in found.masquerade.items():
        if (space, host) in context.leftovers.kept_gateways:
            kept[space] = entry
        elif space in staying or (space, host) in context.leftovers.gone_gateways:
            continue
        elif removal_switch(context.desired, fleet, fleet.by_host(host) or _decommissioned(fleet, host)) is None:
            kept[space] = entry
            context.report.keep(
                f"{host}: translates for space {space}, whose gateway is not in the inventory any more. The rules are "
                "kept; bonding_prune: true removes them."
            )
    return kept


def _decommissioned(fleet: Fleet, host: str) -> Member | None:
    return next((member for member in fleet.decommissioned if member.host == host), None)


def _kept_return_routes(found: HostConfig, moving: Collection[str], leftovers: Leftovers) -> Part:
    """Return the return routes of a BGP that is kept, without those of addresses that are removed, or that move."""
    if not leftovers.keeps_bgp:
        return {}
    others = {*leftovers.gone_addresses, *moving}
    return {address: way for address, way in found.return_routes.items() if address not in others}


def _return_routes_of(addresses: Collection[str], ways: Mapping[str, Part]) -> dict[str, Part]:
    return {host: {key: way for key, way in routes.items() if key in addresses} for host, routes in ways.items()}


def _warn(
    gateways: list[Gateway],
    chosen: Mapping[str, str],
    transit: Mesh | None,
    desired: DesiredNetwork,
    fleet: Fleet,
    report: Report,
) -> None:
    """Warn of work that is left to the operator without host configuration, and of devices that are not known."""
    off = {
        part: {host.host for host in desired.hosts if part in host.host_skip}
        for part in ("masquerade", "return_routes")
    }
    translating = [gateway for gateway in gateways if gateway.translates]
    by_hand = [g for g in translating if not g.member.manage_host or g.member.host in off["masquerade"]]
    if by_hand:
        labels = "; ".join(gateway.label for gateway in by_hand)
        report.warn(
            f"egress: masquerade ({labels}): {_OFF}, so the rules that translate are not installed: do it by hand, as "
            "roles/aggregator_host says. Without them the Internet is not reached."
        )
    alone = [member.host for member in fleet.speakers if not member.manage_host or member.host in off["return_routes"]]
    if transit and chosen and alone and len(fleet.speakers) > 1:
        report.warn(
            f"bonding_bgp: {', '.join(alone)}: {_OFF}, so no return route is set there: a bond that moves there does "
            "not answer under its public address until the address has been moved too."
        )
    for gateway in gateways:
        mesh_only = gateway.translates and not gateway.desired.incoming
        if mesh_only and gateway.space in {s.key for s in desired.spaces if s.vxlan is None}:
            report.warn(
                f"{gateway.label}: egress: masquerade without vxlan: the managed mesh's own device is not known, so "
                "bonds of other aggregators are not translated: give the gateway incoming: [its name], or the space a "
                "vxlan."
            )
