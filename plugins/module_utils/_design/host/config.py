# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host configuration of an aggregator, over SSH: masquerading, return routes, firewall.

A host's `HostConfig` is the input of role aggregator_host, which the role records in a file on the host and
aggregator_host_info reads there: {"masquerade": [M by space], "return_routes": [W by address], "firewall": [F by key]}.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._model.desired_network import DesiredNetwork, Report
from ..._model.phases import Phase
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
from .changes import NO_ZONE, Part, masquerade_after, masquerade_items, natural_sort_key
from .files import check_masquerade
from .firewall import PARTS, firewall_after, firewall_items, firewall_needs, kept_entries, key_of, merged
from .return_routes import (
    RouteChange,
    private_address_moves,
    return_route_changes,
    return_route_items,
    return_routes_after,
)

_OFF = "bonding_manage_hosts is false (or bonding_host_skip has it)"
ZONES = 65535
"""A conntrack zone has 16 bits, and 0 is everybody's."""


@dataclass
class HostConfig:
    """Host configuration of a host, present or desired."""

    masquerade: Part = field(default_factory=dict)
    return_routes: Part = field(default_factory=dict)
    firewall: Part = field(default_factory=dict)

    def as_dict(self) -> dict[str, list[dict[str, Any]]]:
        """Return the configuration as role aggregator_host takes it."""
        return {
            "masquerade": [self.masquerade[name] for name in sorted(self.masquerade)],
            "return_routes": [self.return_routes[name] for name in sorted(self.return_routes)],
            "firewall": [self.firewall[name] for name in sorted(self.firewall)],
        }


@dataclass
class HostConfigChange:
    """One host that was looked at: what is there, and what is wanted at the end."""

    found: HostConfig
    wanted: HostConfig
    parts: Mapping[str, str] = field(default_factory=dict)
    """The part of the run by the key of what the firewall lets in."""
    needs: Part = field(default_factory=dict)
    """Traffic that the host firewall has to admit, whoever configures that."""
    routes: Mapping[str, RouteChange] = field(default_factory=dict)
    """The return routes by address."""
    at_once: bool = False
    """True if all changes are of the first phase, in a run that only moves addresses and gateways."""

    @property
    def is_installed(self) -> bool:
        """Return True if role aggregator_host has its program on the host."""
        return any(self.found.as_dict().values())

    @property
    def changes_routes(self) -> bool:
        """Return True if a return route changes."""
        return any(route.before != route.after for route in self.routes.values())

    def after(
        self, phase: Phase, masquerade: bool = True, return_routes: bool = True, firewall: Collection[str] = PARTS
    ) -> HostConfig:
        """Return the host configuration after a phase; a part that is not run stays as found."""
        return HostConfig(
            masquerade_after(self.found.masquerade, self.wanted.masquerade, "remove" if self.at_once else phase)
            if masquerade
            else dict(self.found.masquerade),
            return_routes_after(self.routes, phase) if return_routes else dict(self.found.return_routes),
            self._firewall_after(phase, firewall),
        )

    def _firewall_after(self, phase: Phase, parts: Collection[str]) -> Part:
        """Return the rules of the firewall after a phase; those of a part that is not run stay as they are."""
        after = firewall_after(self.found.firewall, self.wanted.firewall, phase)
        left = {key for key in self.found.firewall.keys() | after if self.parts.get(key, PARTS[0]) not in parts}
        stays = {key: entry for key, entry in self.found.firewall.items() if key in left}
        return {**{key: entry for key, entry in after.items() if key not in left}, **stays}

    def prepared(
        self, masquerade: bool = True, return_routes: bool = True, firewall: Collection[str] = PARTS
    ) -> HostConfig:
        """Return the specification before the routes of the first phase: new rules translate in zone NO_ZONE."""
        spec = self.after("add", masquerade, return_routes and not self.at_once, firewall)
        for space, entry in spec.masquerade.items():
            if self.found.masquerade.get(space, {}).get("zone", NO_ZONE) == NO_ZONE and masquerade:
                spec.masquerade[space] = {**entry, "zone": NO_ZONE}
        return spec


def conntrack_zone(number: int) -> int:
    """Return the conntrack zone of a space."""
    return (number - 1) % ZONES + 1


def second_zone(zone: int) -> int:
    """Return the second conntrack zone of a space, for a gateway that has the first one already."""
    return conntrack_zone(zone + ZONES // 2)


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
    desired, fleet, design, report = context.desired, context.fleet, context.design, context.report
    masquerades = _masquerades(gateways, desired, context.server, design)
    moves = private_address_moves(chosen, context)
    ways = _return_routes(chosen, transit, context)
    moving = {address for address, move in moves.items() if move.left != move.to}
    if context.leftovers.keeps_bgp and desired.relocation is None:
        ways = _return_routes_of(moving, _return_routes(chosen, built_transit(context), context))
    addresses = {
        address.private_ip
        for key, address in own_addresses(desired, context.cloud).items()
        if address.private_ip and not is_retired(address) and chosen.get(key, address.private_ip) == address.private_ip
    }
    renamed = renamed_spaces(desired)
    needs, parts = firewall_needs(meshes, desired, fleet)
    for given in desired.hosts:
        host, facts = given.host, given.found
        if not given.manage_host or facts is None:
            continue
        if facts.get("unreachable"):
            if desired.absent:
                report.warn(f"{host}: SSH does not reach it: the teardown leaves its host configuration installed.")
            continue
        installed = facts.get("installed") or {}
        found = HostConfig(
            {renamed.get(entry["space"], entry["space"]): entry for entry in installed.get("masquerade") or ()},
            {entry["address"]: entry for entry in installed.get("return_routes") or ()},
            {key_of(entry): entry for entry in installed.get("firewall") or ()},
        )
        staying_member = fleet.by_host(host)
        staying = {gateway.space: gateway for gateway in gateways if gateway.member.host == host}
        skipped = given.host_skip
        if desired.relocation:
            skipped = (*skipped, "firewall", *(() if chosen else ("return_routes",)))
            kept_spaces = _with_zones(host, found.masquerade, roles or {}, context.server)
        else:
            kept_spaces = _kept_masquerades(host, found, staying, context)
        wanted = HostConfig(
            {**kept_spaces, **_with_second_zones(masquerades.get(host, {}), found.masquerade)},
            # A run that only moves addresses knows the return routes of a BGP that is kept, too.
            {
                **({} if desired.relocation else _kept_return_routes(found, moving, context.leftovers)),
                **ways.get(host, {}),
            },
        )
        if staying_member is not None and not desired.absent and (facts.get("firewall") or {}).get("directory"):
            kept = kept_entries(staying_member, found.firewall, context.leftovers.keeps_bgp, context.server, design)
            wanted.firewall = merged(kept, needs.get(host, {}))
        if "firewall" in skipped:
            wanted.firewall = found.firewall
        if "masquerade" in skipped:
            wanted.masquerade = found.masquerade
        if "return_routes" in skipped:
            wanted.return_routes = found.return_routes
        for sentence in check_masquerade(wanted.masquerade):
            report.problem(f"{host}: {sentence} Name it otherwise, on the management server or in the inventory.")
        masquerades[host] = wanted.masquerade
        at_once = desired.relocation is not None
        routes = return_route_changes(host, found.return_routes, wanted.return_routes, moves, at_once)
        design.host_configs[host] = HostConfigChange(found, wanted, parts, needs.get(host, {}), routes, at_once)
        firewall_items(host, found.firewall, wanted.firewall, parts, design)
        member = next((m for m in (*fleet.members, *fleet.decommissioned) if m.host == host), None)
        switch = removal_switch(desired, fleet, member) if member in fleet.decommissioned else None
        masquerade_items(host, found.masquerade, wanted.masquerade, staying, switch, context)
        return_route_items(host, routes, addresses, switch, context)
    _check_zones(masquerades, report)
    _warn(gateways, chosen, transit, desired, fleet, report)


def _with_zones(host: str, found: Part, roles: Roles, server: Server) -> Part:
    """Return a host's masquerading with the zones of the gateways that a run moves, in their new roles.

    SSH does not reach a gateway that hangs, so that it keeps the space's zone. Connections that leave by its standby
    since then are in that zone as not translated: when the gateway is restored, it gets the second zone.
    """
    wanted = dict(found)
    for space, entry in found.items():
        role, zone = roles.get((host, space)), conntrack_zone(server.spaces[space].id) if space in server.spaces else 0
        if role == "standby":
            wanted[space] = {**entry, "zone": NO_ZONE}
        elif role and (role == "moved" or entry["zone"] == NO_ZONE):
            taken = {one["zone"] for one in found.values()}
            fresh = [one for one in (zone, second_zone(zone)) if one not in taken]
            wanted[space] = {**entry, "zone": fresh[0] if fresh else entry["zone"]}
    return wanted


def _with_second_zones(wanted: Part, found: Part) -> Part:
    """Return the wanted masquerading, with the second zone of each space where the host has that one already."""
    return {
        space: {**entry, "zone": second_zone(entry["zone"])}
        if entry["zone"] != NO_ZONE and found.get(space, {}).get("zone") == second_zone(entry["zone"])
        else entry
        for space, entry in wanted.items()
    }


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


def _check_zones(masquerades: Mapping[str, Part], report: Report) -> None:
    for host, spaces in masquerades.items():
        zones: dict[int, str] = {}
        for space, entry in sorted(spaces.items()):
            if entry["zone"] == NO_ZONE:
                continue
            other = zones.setdefault(entry["zone"], space)
            if other != space:
                report.problem(
                    f"{host}: the spaces {other} and {space} would share the conntrack zone {entry['zone']} (it has 16 "
                    "bits of a space's id), so that equal connections of both were one. Put one gateway on another "
                    "host."
                )


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
