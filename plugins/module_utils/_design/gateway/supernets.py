# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`networks: auto` of a gateway: the supernets of what the space's bonds carry into it.

AN-001 advises supernets, so that a new office wants no new route; `auto` works them out.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import replace

from ..._model.addresses import network_of
from ..._model.desired_network import DesiredGateway, DesiredNetwork, DesiredSpace, Report
from ..._model.names import ANYWHERE, TAG_KEY, gateway_key, owned, vpc_key
from ..._model.state import Cloud, Server, Vpc
from ..cpe_nat.entries import resolve_entries
from ..cpe_nat.removal import going_connected_ips

Network = ipaddress.IPv4Network

PRIVATE = tuple(map(Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""A supernet grows inside one of these (RFC 1918, RFC 6598): beyond them it would swallow the Internet's networks."""


def auto_bonds(desired: DesiredNetwork, server: Server) -> set[int]:
    """Return the bonds whose networks make those of a gateway with `networks: auto`: each run reads them."""
    spaces = {space.key for space in desired.spaces if any(gateway.auto for gateway in space.gateways)}
    return set() if desired.absent else {bond.id for bond in server.bonds.values() if bond.space in spaces}


def with_auto_networks(desired: DesiredNetwork, server: Server, cloud: Cloud, report: Report) -> DesiredNetwork:
    """Return the desired network with supernets in place of `auto`; without a good answer none, and a problem."""
    if desired.absent or not any(gateway.auto for space in desired.spaces for gateway in space.gateways):
        return desired
    spaces = []
    for space in desired.spaces:
        if not any(gateway.auto for gateway in space.gateways):
            spaces.append(space)
            continue
        carried = _carried(space, desired, server, cloud)
        closed = [*_taken(space, desired, cloud), *_foreign_routes(space, desired, cloud)]
        chosen = [
            _with_networks(f"space {space.key}, gateway on {gateway.host}", gateway, carried, closed, report)
            if gateway.auto
            else gateway
            for gateway in space.gateways
        ]
        spaces.append(replace(space, gateways=tuple(chosen)))
    return replace(desired, spaces=tuple(spaces))


def supernets(networks: Iterable[Network], most: int, taken: Iterable[Network]) -> list[Network] | None:
    """At most `most` networks that hold all of these, none of them overlapping one of `taken` because it grew.

    None if that cannot be. Each step joins the two neighbours whose supernet adds the fewest addresses.
    """
    found = list(ipaddress.collapse_addresses(networks))
    closed = list(taken)
    while len(found) > most:
        joined = [_joined(one, other) for one, other in zip(found, found[1:], strict=False)]
        allowed = [j for j in joined if is_private(j) and not any(j.overlaps(other) for other in closed)]
        if not allowed:
            return None
        best = min(allowed, key=lambda j: (j.num_addresses - _held(j, found), j))
        found = list(ipaddress.collapse_addresses([best, *found]))
    return found


def _joined(one: Network, other: Network) -> Network:
    """Return the smallest network that holds both."""
    while not other.subnet_of(one):
        one = one.supernet()
    return one


def _held(network: Network, parts: Iterable[Network]) -> int:
    return sum(part.num_addresses for part in parts if part.subnet_of(network))


def is_private(network: Network) -> bool:
    """Return True if `network` lies in one of these."""
    return any(network.subnet_of(block) for block in PRIVATE)


def _with_networks(
    what: str,
    gateway: DesiredGateway,
    carried: set[Network],
    closed: list[tuple[Network, str]],
    report: Report,
) -> DesiredGateway:
    """Return the gateway with supernets of `carried`, the bonds' networks, that swallow nothing of `closed`."""
    what += ", networks: auto"
    if not carried:
        report.problem(
            f"{what}: no connected IP or route of the space's bonds has include_private_wan, so there is nothing to "
            "lead to the gateway. Set it on the server, or give the networks; an empty list is none."
        )
        return gateway
    found = supernets(carried, gateway.max_networks, [network for network, _what in closed])
    if found is None:
        least = len(list(ipaddress.collapse_addresses(carried)))
        near = [text for network, text in closed if any(network.overlaps(block) for block in _blocks(carried))]
        report.problem(
            f"{what}: the bonds' {least} networks do not fit into max_networks: {gateway.max_networks} without "
            f"swallowing {' or '.join(near[:3]) or 'public networks'}. Raise max_networks, or give the networks."
        )
        return gateway
    return replace(gateway, networks=tuple(map(str, found)))


def _blocks(networks: Iterable[Network]) -> set[Network]:
    return {block for block in PRIVATE for network in networks if network.subnet_of(block)}


def _carried(space: DesiredSpace, desired: DesiredNetwork, server: Server, cloud: Cloud) -> set[Network]:
    """Return the IPv4 networks that the space's bonds give to its private WAN, when this run has changed them."""
    found = set()
    entries = resolve_entries(desired, server, Report())
    going = going_connected_ips(entries, desired, server, cloud)
    given = {
        (entry.bond.id, entry.desired.connected_ip): entry.desired.include_private_wan
        for entry in entries
        if entry.bond.space == space.key and entry.desired.include_private_wan is not None
    }
    for bond in server.bonds.values():
        if bond.space != space.key:
            continue
        for obj in server.bond_objects.get(bond.id, ()):
            if (bond.id, obj.key) in going:
                continue
            text = {"connected_ip": obj.data.get("ip"), "bond_route": obj.data.get("network")}.get(obj.kind)
            network = network_of(text)
            if network and obj.data.get("include_private_wan") and given.get((bond.id, obj.key), True):
                found.add(network)
    wanted = (network_of(text) for (_bond, text), included in given.items() if included)
    return found | {network for network in wanted if network}


def _taken(space: DesiredSpace, desired: DesiredNetwork, cloud: Cloud) -> list[tuple[Network, str]]:
    """Return the networks that no supernet may take in: the space's VPC and tunnels, BGP's, aggregators' subnets."""
    vpc = _vpc_of(space, desired, cloud)
    cidrs = (vpc.cidrs if vpc else ()) or ([space.vpc.cidr] if space.vpc and space.vpc.cidr else [])
    taken = {Network(cidr): f"the VPC network {cidr} of space {space.key}" for cidr in cidrs}
    if space.vxlan:
        taken[space.vxlan.subnet] = f"the tunnel subnet {space.vxlan.subnet} of space {space.key}"
    if desired.bgp and desired.bgp.subnet:
        taken[desired.bgp.subnet] = f"the tunnel subnet {desired.bgp.subnet} of bonding_bgp"
    for number in sorted({instance.subnet_id for instance in cloud.instances.values()}):
        if number in cloud.subnets:
            cidr = cloud.subnets[number].cidr
            taken[Network(cidr)] = f"the aggregators' subnet {cidr}"
    return list(taken.items())


def _vpc_of(space: DesiredSpace, desired: DesiredNetwork, cloud: Cloud) -> Vpc | None:
    if space.vpc and space.vpc.id:
        return cloud.vpcs.get(space.vpc.id)
    found: Vpc | None = owned(desired.network, vpc_key(space.key), cloud.vpcs.values())
    return found


def _foreign_routes(space: DesiredSpace, desired: DesiredNetwork, cloud: Cloud) -> list[tuple[Network, str]]:
    """Return routes of the space's VPC that others made: a longer prefix of ours would take their traffic."""
    vpc = _vpc_of(space, desired, cloud)
    prefix = gateway_key(space.key, "")
    mine = {one.id for one in cloud.interfaces.values() if one.tags.get(TAG_KEY, "").startswith(prefix)}
    return [
        (Network(route.destination), f"the route of {route.destination} to {route.target} in {table.id}")
        for table in cloud.route_tables.values()
        if vpc and table.vpc_id == vpc.id
        for route in table.routes
        if ":" not in route.destination and route.destination != ANYWHERE and route.target not in mine
    ]
