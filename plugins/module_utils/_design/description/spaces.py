# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spaces of a description, with their VPCs and gateways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..._model.description import (
    GatewayDescription,
    RouteTableDescription,
    SpaceDescription,
    SubnetDescription,
    VpcDescription,
)
from ..._model.desired_network import NAT, DesiredGateway, DesiredSpace
from ..._model.names import (
    TAG_KEY,
    egress_only_gateway_key,
    gateway_ip_key,
    gateway_key,
    internet_gateway_key,
    nat_gateway_key,
    owned,
    vpc_key,
)
from ..._model.state import Interface, RouteTable
from ..gateway.adopted_nat import adopted_nat
from ..gateway.gateways import device_of
from ..gateway.standby import active_host
from .meshes import describe_mesh
from .state import PresentState


def describe_spaces(state: PresentState) -> tuple[SpaceDescription, ...]:
    """Return the spaces of the inventory, in its order."""
    return tuple(_space(space, state) for space in state.desired.spaces)


def _space(space: DesiredSpace, state: PresentState) -> SpaceDescription:
    found = state.server.spaces.get(space.key)
    gateways = tuple(_gateway(space, given, state) for given in space.gateways)
    return SpaceDescription(
        key=space.key,
        id=found.id if found else None,
        name=found.name if found else "",
        private_wan=(found.mode or "") if found and found.enabled else "",
        mesh=describe_mesh(space, state),
        vpc=_vpc(space, gateways, state),
        gateways=gateways,
    )


def _gateway(space: DesiredSpace, given: DesiredGateway, state: PresentState) -> GatewayDescription:
    network, cloud = state.desired.network, state.cloud
    interface = _interface(space, given.host, state)
    pair = [one.host for one in space.gateways if one.first == given.first and one.host != given.host]
    peer = pair[0] if pair else given.standby or ""
    first = next((one for one in space.gateways if one.host == given.first), given)
    active = active_host(space.key, first, network, cloud) if peer else given.host
    described = GatewayDescription(
        space=space.key,
        host=given.host,
        egress=given.egress,
        role="alone" if not peer else "active" if active == given.host else "standby",
        peer=peer,
        interface_id=interface.id if interface else "",
        private_ip=interface.private_ip if interface else "",
        device=given.interface or _device(space, interface, given, state),
        networks=given.networks,
        port_forwards=tuple(_forward(one) for one in given.port_forwards),
        region=state.region_of(given.host),
    )
    if described.role == "standby":
        return described
    return replace(described, spare=_spare(space, peer, state), **_egress(space, given, state))


def _egress(space: DesiredSpace, given: DesiredGateway, state: PresentState) -> dict[str, Any]:
    """Return the address by which a gateway's traffic leaves: its NAT gateway's, or that of its interface."""
    network, cloud = state.desired.network, state.cloud
    if given.egress == NAT:
        own = owned(network, nat_gateway_key(space.key, given.first), cloud.nat_gateways.values())
        nat = own or adopted_nat(given.subnet_id, cloud)
        allocation, number = (nat.allocation_id, nat.id) if nat else (None, "")
        address = next((one for one in cloud.addresses if allocation and one.allocation_id == allocation), None)
    else:
        number, address = "", owned(network, gateway_ip_key(space.key, given.first), cloud.addresses)
    return {
        "nat_gateway_id": number,
        "public_ip": address.public_ip if address else "",
        "allocation_id": address.allocation_id if address else "",
    }


def _spare(space: DesiredSpace, peer: str, state: PresentState) -> str:
    """Return the host that can take a gateway's place: as `evacuate`, one that runs, with its interface attached."""
    member, interface = state.member_of.get(peer), _interface(space, peer, state)
    instance = member.instance if member else None
    runs = instance is not None and instance.state == "running"
    return peer if instance and runs and interface and interface.instance_id == instance.id else ""


def _interface(space: DesiredSpace, host: str, state: PresentState) -> Interface | None:
    interface: Interface | None = owned(
        state.desired.network, gateway_key(space.key, host), state.cloud.interfaces.values()
    )
    return interface


def _device(space: DesiredSpace, interface: Interface | None, given: DesiredGateway, state: PresentState) -> str:
    member, found = state.member_of.get(given.host), state.server.spaces.get(space.key)
    return (device_of(interface, space.key, found.id, member, state.server) or "") if member and found else ""


def _forward(forward: Any) -> str:
    return f"{forward['protocol']} {forward['port']} to {forward['to']}:{forward.get('to_port') or forward['port']}"


def _vpc(space: DesiredSpace, gateways: tuple[GatewayDescription, ...], state: PresentState) -> VpcDescription | None:
    """Return the VPC of a space; one that is not made yet has no id, and a space without a VPC has none."""
    network, cloud = state.desired.network, state.cloud
    if space.vpc is None:
        return None
    adopted = space.vpc.id
    found = cloud.vpcs.get(adopted) if adopted else owned(network, vpc_key(space.key), cloud.vpcs.values())
    if found is None:
        cidrs = (space.vpc.cidr,) if space.vpc.cidr else ()
        return VpcDescription(adopted or "", cidrs, state.first_region, bool(adopted), space.vpc.ipv6)
    igw = owned(network, internet_gateway_key(space.key), cloud.internet_gateways.values())
    igw = igw or next((one for one in cloud.internet_gateways.values() if one.vpc_id == found.id), None)
    outgoing = owned(network, egress_only_gateway_key(space.key), cloud.egress_only_gateways.values())
    hosts = {gateway.interface_id: gateway.host for gateway in gateways if gateway.interface_id}
    tables = [one for one in cloud.route_tables.values() if one.vpc_id == found.id]
    subnets = sorted((one for one in cloud.subnets.values() if one.vpc_id == found.id), key=lambda one: one.cidr)
    return VpcDescription(
        id=found.id,
        cidrs=tuple(found.cidrs),
        region=state.first_region,
        is_adopted=bool(adopted),
        ipv6=found.ipv6,
        internet_gateway=igw.id if igw else "",
        egress_only_gateway=outgoing.id if outgoing else "",
        subnets=tuple(
            SubnetDescription(one.id, one.cidr, one.zone, one.free, one.tags.get(TAG_KEY, "")) for one in subnets
        ),
        route_tables=tuple(_table(one, hosts) for one in sorted(tables, key=lambda one: (not one.main, one.id))),
    )


def _table(table: RouteTable, hosts: dict[str, str]) -> RouteTableDescription:
    return RouteTableDescription(
        id=table.id,
        key=table.tags.get(TAG_KEY, ""),
        is_main=table.main,
        routes=sum(":" not in route.destination for route in table.routes),
        destinations={one.destination: hosts[one.target] for one in table.routes if one.target in hosts},
    )
