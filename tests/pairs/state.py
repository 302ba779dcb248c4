# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both sides in memory as they really are, and of them what a plan reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.cpe_nat.entries import resolve_entries
from ansible_collections.bonded.internet.plugins.module_utils._design.cpe_nat.removal import leftover_keys
from ansible_collections.bonded.internet.plugins.module_utils._design.deviations import ObjectNames
from ansible_collections.bonded.internet.plugins.module_utils._design.gateway.supernets import auto_bonds
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import NAT, DesiredNetwork, Report
from ansible_collections.bonded.internet.plugins.module_utils._model.names import TAG_KEY, TAG_NETWORK
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Cloud,
    ElasticIp,
    Instance,
    Server,
    Subnet,
)
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object

NETWORK = "demo"
Identity = tuple[str, str, str]
GATEWAY_ADDRESSES = ("gateway-ip/", "natgw-ip/")


@dataclass
class State:
    """The state of the server, AWS and the aggregators."""

    server: Server = field(default_factory=Server)
    cloud: Cloud = field(default_factory=Cloud)
    """`addresses` are all of the account's."""
    objects: dict[Identity, Object] = field(default_factory=dict)
    installed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By host, what role aggregator_host has left there."""
    released: tuple[str, ...] = ()
    """Public addresses that are gone for good."""
    made: int = 0
    """The number of ids that AWS has given."""

    def copy(self) -> State:
        """Return another one that shares nothing that changes."""
        server, cloud = self.server, self.cloud
        return State(
            replace(server, spaces=dict(server.spaces)),
            replace(
                cloud,
                instances=dict(cloud.instances),
                subnets=dict(cloud.subnets),
                vpcs=dict(cloud.vpcs),
                addresses=list(cloud.addresses),
                interfaces=dict(cloud.interfaces),
                route_tables=dict(cloud.route_tables),
                internet_gateways=dict(cloud.internet_gateways),
                egress_only_gateways=dict(cloud.egress_only_gateways),
                nat_gateways=dict(cloud.nat_gateways),
                groups=dict(cloud.groups),
            ),
            dict(self.objects),
            dict(self.installed),
            self.released,
            self.made,
        )

    def host_of(self, interface_id: str | None) -> str | None:
        """Return the host whose primary interface this is."""
        found = (one for one in self.cloud.instances.values() if one.interface_id == interface_id)
        return next((one.id.removeprefix("i-") for one in found), None)

    def aggregator_of(self, host: str) -> int:
        """Return the id of the aggregator that a host is."""
        return next(one.id for one in self.server.aggregators.values() if one.name == host)

    def keyed(self, kind: str, key: str) -> list[Any]:
        """Return the objects of a kind of the cloud with this key."""
        found = getattr(self.cloud, kind)
        return [o for o in (found.values() if isinstance(found, dict) else found) if o.tags.get(TAG_KEY) == key]


def is_ours(one: Any) -> bool:
    """Return True if an object of AWS carries the network's tag."""
    return one.tags.get(TAG_NETWORK) == NETWORK


def seen(state: State, desired: DesiredNetwork) -> tuple[Server, Cloud, dict[Identity, Object]]:
    """Return what network_plan reads for an intent: no more, since what is not read cannot be judged by."""
    cloud = _cloud(state, desired)
    server, objects = _server(state, desired, cloud)
    return server, cloud, objects


def _cloud(state: State, desired: DesiredNetwork) -> Cloud:
    found = state.cloud
    gateways = [gateway for space in desired.spaces for gateway in space.gateways]
    given = {entry.public_ip for entry in desired.cpe_nat_ips if entry.public_ip}
    given |= {gateway.public_ip for gateway in gateways if gateway.public_ip}
    given_interfaces = {gateway.interface_id for gateway in gateways}
    mine = [one for one in found.addresses if is_ours(one)]
    names = any(entry.reverse_dns is not None for entry in desired.cpe_nat_ips)
    addresses = [replace(one, reverse_dns=one.reverse_dns or "" if names else None) for one in mine]
    vpcs = desired.removes or any(space.vpc or space.gateways for space in desired.spaces)
    adopted = {space.vpc.id for space in desired.spaces if space.vpc and space.vpc.id}
    behind_nat = {s.vpc.id for s in desired.spaces if s.vpc and any(one.egress == NAT for one in s.gateways)}
    visible = {n: one for n, one in found.vpcs.items() if vpcs and (is_ours(one) or n in adopted)}
    around = {*visible, *(one.vpc_id for one in found.instances.values())}
    some_subnet = {g.subnet_id for space in desired.spaces for g in space.gateways}
    subnets = {n: one for n, one in found.subnets.items() if one.vpc_id in around or n in some_subnet}
    mine_public = any(one.tags.get(TAG_KEY, "").startswith("natgw-subnet/") for one in subnets.values() if is_ours(one))
    has_gateways = (
        desired.removes
        or any(space.gateways for space in desired.spaces)
        or any(one.devices != (0,) for one in found.instances.values())
        or any(one.tags.get(TAG_KEY, "").startswith(GATEWAY_ADDRESSES) for one in mine)
    )
    groups = found.groups if desired.security_groups or desired.removes else {}
    carriers = {
        number: tuple(
            [one.interface_id for one in found.instances.values() if number in one.groups]
            + [one.id for one in found.interfaces.values() if number in one.groups]
        )
        for number in groups
    }
    gone = {one.vpc_id for one in found.interfaces.values() if is_ours(one)} if desired.removes else set()
    return Cloud(
        instances={n: _with_publics(one, found.addresses) for n, one in found.instances.items()},
        limits=found.limits,
        subnets={n: _with_use(one, state) for n, one in subnets.items()},
        vpcs=visible,
        addresses=addresses,
        named=[one for one in found.addresses if not is_ours(one) and one.public_ip in given],
        interfaces={n: one for n, one in found.interfaces.items() if is_ours(one)} if vpcs and has_gateways else {},
        named_interfaces={n: o for n, o in found.interfaces.items() if n in given_interfaces and not is_ours(o)},
        route_tables={n: one for n, one in found.route_tables.items() if one.vpc_id in {*visible, *gone}},
        internet_gateways={n: one for n, one in found.internet_gateways.items() if vpcs and is_ours(one)},
        egress_only_gateways=dict(found.egress_only_gateways),
        nat_gateways={n: one for n, one in found.nat_gateways.items() if is_ours(one)} if mine_public else {},
        adopted_nat_gateways={n: one for n, one in found.nat_gateways.items() if one.vpc_id in behind_nat},
        nat_gateways_in={},
        groups=dict(groups),
        carriers=carriers,
        checked_before=found.checked_before,
    )


def _with_publics(one: Instance, addresses: Iterable[ElasticIp]) -> Instance:
    publics = {a.private_ip: a.public_ip for a in addresses if a.interface_id == one.interface_id and a.private_ip}
    return replace(one, publics=publics)


def used_in(subnet: str, state: State) -> frozenset[str]:
    """Return the private addresses that a subnet has given."""
    instances = (a for one in state.cloud.instances.values() if one.subnet_id == subnet for a in one.addresses)
    interfaces = (one.private_ip for one in state.cloud.interfaces.values() if one.subnet_id == subnet)
    return frozenset([*instances, *interfaces])


def _with_use(one: Subnet, state: State) -> Subnet:
    return replace(one, used=used_in(one.id, state))


def _server(state: State, desired: DesiredNetwork, cloud: Cloud) -> tuple[Server, dict[Identity, Object]]:
    found = state.server
    entries = resolve_entries(desired, found, Report())
    parts = dict.fromkeys((entry.bond.id for entry in entries), {"connected_ip", "cpe_nat_ip"})
    for bond in auto_bonds(desired, found):
        parts[bond] = parts.get(bond, set()) | {"connected_ip", "bond_route"}
    if desired.prune_addresses and set(leftover_keys(entries, desired, cloud)) - {entry.key for entry in entries}:
        for bond in found.bonds:
            parts[bond] = parts.get(bond, set()) | {"cpe_nat_ip"}
    objects: dict[Identity, Object] = {}
    server_objects: dict[int, list[Object]] = {number: [] for number in found.aggregators}
    bond_objects: dict[int, list[Object]] = {number: [] for number in parts}
    for identity, one in state.objects.items():
        place, _slash, number = one.parent.partition("/")
        if place == "bonds":
            if one.kind not in parts.get(int(number), ()):
                continue
            bond_objects[int(number)].append(Object(one.kind, one.parent, one.key, one.data))
        elif place == "aggregators":
            server_objects[int(number)].append(Object(one.kind, one.parent, one.key, one.data))
        objects[identity] = one
    server = Server(
        found.aggregators,
        dict(found.spaces),
        found.bonds,
        server_objects,
        bond_objects,
        {entry.bond.id: found.bond_interfaces[entry.bond.id] for entry in entries},
    )
    return server, objects


def with_network_names(server: Server, objects: dict[Identity, Object], names: ObjectNames) -> dict[Identity, Object]:
    """Return the objects, and let the server have them, under the names that the design knows."""
    server.objects = {number: list(map(names.from_server, found)) for number, found in server.objects.items()}
    renamed = (names.from_server(one) if one.parent.startswith("aggregators/") else one for one in objects.values())
    return {one.identity: one for one in renamed}


def hosts_with(state: State, hosts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return network_plan's `aggregators` with what each host answers that is asked."""
    facts: dict[str, Any] = {"devices": [], "programs": {"nft": True}, "managers": {}}
    return [
        {**host, "manage_host": True, "found": {**facts, "installed": deepcopy(state.installed.get(host["host"], {}))}}
        if host.get("manage_host", True)
        else dict(host)
        for host in hosts
    ]
