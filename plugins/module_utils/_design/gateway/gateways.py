# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateways of a space: a network interface of an aggregator, with an Elastic IP and the VPC's routes (AN-001)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

from ..._model.desired_network import MASQUERADE, NAT, DesiredGateway, DesiredNetwork, DesiredSpace
from ..._model.names import (
    gateway_device,
    gateway_ip_key,
    gateway_key,
    nat_gateway_ip_key,
    nat_gateway_key,
    owned,
    route_table_key,
)
from ..._model.phases import Phase
from ..._model.role_inputs import GatewayInput
from ..._model.state import Cloud, ElasticIp, Instance, Interface, NatGateway, Server, Space
from ..aggregators.fleet import NO_INSTANCE, Member, refuse_host, refuse_unless_incomplete
from ..context import Context
from ..roles.gateway_input import named_input, wanted_fields
from ..vpc.vpcs import VpcDesign

PART = "gateways"


@dataclass(frozen=True)
class Gateway:
    """One gateway with everything that its objects are made of; ids are None where AWS has yet to choose them."""

    space: str
    number: int
    desired: DesiredGateway
    member: Member
    instance: Instance
    """The member's instance."""
    subnet: str
    vpc: VpcDesign
    ipv6: bool
    """True if the gateway carries IPv6: the VPC shall have it, and the gateway's subnet has a block or gets one."""
    device: str
    """The name of the network interface's device on the aggregator."""
    interface: Interface | None
    address: ElasticIp | None
    """The Elastic IP of the network interface; with a NAT gateway none is wanted, and it may be a kept one."""
    nat: NatGateway | None = None
    nat_address: ElasticIp | None = None
    device_index: int = 0
    """Index at which the interface will be attached; 0, the primary's, where it is attached already."""
    is_active: bool = True
    """False of the standby: it has neither the Elastic IP nor the VPC's routes."""

    @property
    def key(self) -> str:
        """Return the tag value of the network interface."""
        return gateway_key(self.space, self.member.host)

    @property
    def zone(self) -> str:
        """Return the availability zone of the aggregator, and so of the network interface."""
        return self.instance.zone

    @property
    def wants_nat(self) -> bool:
        """Return True if the gateway's packets leave through a NAT gateway."""
        return self.desired.egress == NAT

    @property
    def makes_nat(self) -> bool:
        """Return True if that NAT gateway is the network's own: in an adopted VPC it is the operator's."""
        return self.wants_nat and self.vpc.cidr is not None

    @property
    def translates(self) -> bool:
        """Return True if the aggregator itself translates the packets that leave by the gateway."""
        return self.desired.egress == MASQUERADE

    @property
    def routed(self) -> bool:
        """Return True if the VPC's route tables route the private WAN's networks to the gateway."""
        return self.desired.vpc_routes and bool(self.desired.networks)

    @property
    def source_dest_check(self) -> bool:
        """Return True if AWS may check the interface's packets: only where all addresses are its own."""
        return self.translates and not self.routed

    @property
    def lacks_ipv6(self) -> bool:
        """Return True if the interface is older than its subnet's IPv6 block: EC2 assigns IPv6 only at creation."""
        return self.ipv6 and self.interface is not None and self.interface.ipv6 is None

    @property
    def own_table(self) -> str | None:
        """Return the plan's name of the route table of its subnet; None for a subnet that others made."""
        return None if self.desired.subnet_id else route_table_key(self.space)

    @property
    def label(self) -> str:
        """Return the gateway's name in messages."""
        return f"space {self.space}, gateway on {self.member.host}"


def resolve_gateway(
    space: DesiredSpace,
    wanted: DesiredGateway,
    found: Space,
    vpc: VpcDesign | None,
    context: Context,
    is_active: bool = True,
) -> Gateway | None:
    """Return a gateway matched with its aggregator and subnet; None with a problem."""
    desired, cloud, fleet, report = context.desired, context.cloud, context.fleet, context.report
    what = f"space {space.key}, gateway on {wanted.host}"
    member = fleet.by_host(wanted.host)
    if member is None:
        refuse_host(wanted.host, what, fleet, report)
        return None
    if member.instance is None:
        if fleet.lacks_instance(member):
            context.leftovers.kept_gateways.add((space.key, member.host))
            report.warn(f"{what}: this run keeps the gateway as it is: {member.host} has no instance.")
        else:
            refuse_unless_incomplete(fleet, f"{member.host}: {NO_INSTANCE}", report)
        return None
    interface = owned(desired.network, gateway_key(space.key, member.host), cloud.interfaces.values())
    device = wanted.interface or device_of(interface, space.key, found.id, member, context.server)
    if device is None:
        report.problem(
            f"{what}: interface is needed: the name that the device gets on {wanted.host}. With bonding_manage_hosts: "
            "true it is given over SSH."
        )
        return None
    if device in member.primary_devices:
        report.problem(
            f"{what}: interface {device!r} is the aggregator's primary device: configuring it would keep the "
            "host from coming back after a restart. Name the device of the gateway's own network interface."
        )
    if vpc is None and space.vpc is not None:
        return None  # why the VPC cannot be used has been said
    if vpc is None:
        report.problem(f"{what}: needs a vpc for the space. Give it one: a cidr makes a VPC, an id adopts one.")
        return None
    chosen = _subnet_of(wanted, member.instance, vpc, what, context)
    if chosen is None:
        return None
    cidr, has_ipv6 = chosen
    ipv6 = bool(space.vpc and space.vpc.ipv6)
    if ipv6 and not has_ipv6:
        report.warn(
            f"{what}: vpc.ipv6: true, but the given subnet {wanted.subnet_id} has no IPv6 block: the gateway carries "
            "no IPv6. Give the subnet a block, or leave subnet_id out: a subnet is made."
        )
    return Gateway(
        space=space.key,
        number=found.id,
        desired=wanted,
        member=member,
        instance=member.instance,
        subnet=cidr,
        vpc=vpc,
        ipv6=ipv6 and has_ipv6,
        device=device,
        interface=interface,
        is_active=is_active,
        **(_addresses(space.key, wanted, desired, cloud) if is_active else {"address": None}),
    )


def _subnet_of(
    wanted: DesiredGateway, instance: Instance, vpc: VpcDesign, what: str, context: Context
) -> tuple[str, bool] | None:
    """Return a gateway's subnet as CIDR, with True unless a given one has no IPv6; None with a problem.

    :param what: the gateway's name in messages
    """
    if not wanted.subnet_id:
        cidr = vpc.subnets.get(instance.zone)
        return (cidr, True) if cidr else None  # the missing subnet has been reported with the VPC
    report, subnet = context.report, context.cloud.subnets.get(wanted.subnet_id)
    if subnet is None:
        report.problem(f"{what}: AWS has no subnet {wanted.subnet_id}. Correct subnet_id, or leave it out.")
        return None
    if subnet.zone != instance.zone:
        report.problem(
            f"{what}: subnet {subnet.id} is in {subnet.zone}, the aggregator in {instance.zone}: an interface attaches "
            "only inside its zone. Name a subnet there, or leave subnet_id out."
        )
    alone = wanted.egress == MASQUERADE and not wanted.vpc_routes  # then no route table has to name the interface
    own_vpc = vpc.found.id if vpc.found else "not made yet"
    if subnet.vpc_id != own_vpc and not alone:
        report.problem(
            f"{what}: subnet {subnet.id} is in {subnet.vpc_id}, the space's VPC is {own_vpc}: only egress: masquerade "
            "with vpc_routes: false can do with another VPC's subnet. Name a subnet of the space's VPC, or leave "
            "subnet_id out."
        )
    return subnet.cidr, subnet.ipv6


def _addresses(space: str, wanted: DesiredGateway, desired: DesiredNetwork, cloud: Cloud) -> dict[str, Any]:
    """Return the Elastic IP and the NAT gateway, which a gateway and its standby share."""
    return {
        "address": owned(desired.network, gateway_ip_key(space, wanted.first), cloud.addresses),
        "nat": owned(desired.network, nat_gateway_key(space, wanted.first), cloud.nat_gateways.values()),
        "nat_address": owned(desired.network, nat_gateway_ip_key(space, wanted.first), cloud.addresses),
    }


def device_of(interface: Interface | None, space: str, number: int, member: Member, server: Server) -> str | None:
    """Return the name that the server has for it; else ours, which the host's side gives it; else None."""
    if interface:
        for obj in server.objects.get(member.id, ()):
            addresses = [address.split("/")[0] for address in obj.data.get("addresses") or ()]
            mine = obj.kind == "ethernet_interface" and obj.data.get("space") == space
            if mine and interface.private_ip in addresses:
                return obj.key
    return gateway_device(number) if member.manage_host else None


def with_device_indexes(gateways: list[Gateway]) -> list[Gateway]:
    """Return the gateways, each to be attached at the next index that is free on its instance."""
    taken: dict[str, set[int]] = {}
    placed = []
    for gateway in gateways:
        instance = gateway.instance
        if gateway.interface and gateway.interface.instance_id == instance.id:
            placed.append(gateway)
            continue
        used = taken.setdefault(instance.id, {0, *instance.devices})
        index = next(number for number in itertools.count(1) if number not in used)
        used.add(index)
        placed.append(replace(gateway, device_index=index))
    return placed


@dataclass(frozen=True)
class GatewayRoutes:
    """Routes of a gateway that one phase changes: of the VPC's route tables, and of its static protocol."""

    networks: list[str] = field(default_factory=list)
    """Destinations that the route tables get or replace."""
    absent_networks: list[str] = field(default_factory=list)
    route_table_ids: list[str] = field(default_factory=list)
    """The route tables that lose routes; empty for those that the gateway names."""
    static: list[dict[str, Any]] = field(default_factory=list)
    """The routes of the static protocol after the phase."""


def gateway_input(gateway: Gateway, desired: DesiredNetwork) -> GatewayInput:
    """Return the input of role pwan_gateway for a gateway, as far as it is the same in each phase."""
    names = named_input(desired.network, gateway.space, gateway.member.host, gateway.zone)
    if gateway.is_active:
        first = named_input(desired.network, gateway.space, gateway.desired.first, gateway.zone)
        names = replace(names, ip_key=first.ip_key, nat_key=first.nat_key, nat_ip_key=first.nat_ip_key)
        names = replace(names, address_name=first.address_name)
    fields = wanted_fields(desired.network, gateway.number, gateway.desired) | {"interface": gateway.device}
    return replace(
        names,
        **fields,
        aggregator=gateway.member.id,
        instance_id=gateway.instance.id,
        device_index=gateway.device_index,
        accept_ra=gateway.ipv6,
        release=desired.prune_addresses,
        standby=not gateway.is_active,
        reassociate=desired.relocation is not None,
    )


def phase_input(
    gateway: Gateway, desired: DesiredNetwork, phase: Phase, routes: GatewayRoutes, kept: dict[str, Any] | None = None
) -> GatewayInput:
    """Return the input of role pwan_gateway in one phase; `kept` is what the gateway loses in a later one."""
    return replace(
        gateway_input(gateway, desired),
        phases=[phase],
        source_dest_check=source_dest_check_in(gateway, phase),
        routes=routes.static,
        kept=kept or {},
        networks=routes.networks,
        absent_networks=routes.absent_networks,
        route_table_ids=routes.route_table_ids or list(gateway.desired.route_tables) or None,
        fresh=phase == "add" and not _exists(gateway),
    )


def _exists(gateway: Gateway) -> bool:
    """Return True if AWS has anything of the gateway before the run."""
    return bool(gateway.interface or gateway.address or gateway.nat or gateway.nat_address)


def source_dest_check_in(gateway: Gateway, phase: Phase) -> bool:
    """Return the source/destination check after a phase: it goes off first, and on last."""
    if phase == "remove" or gateway.interface is None:
        return gateway.source_dest_check
    return gateway.source_dest_check and gateway.interface.source_dest_check
